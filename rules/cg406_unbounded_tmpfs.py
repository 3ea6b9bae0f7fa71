"""CG406: a file system in memory without a bound."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    FixLimits,
    Path,
    Problem,
    Profile,
    Set,
    Severity,
    Unresolved,
    compose,
    container_rule,
    cwe,
    docker,
    limit_fix,
)

_SIZE = "100m"


@container_rule(
    code="CG406",
    name="unbounded-tmpfs",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED,),
    references=(
        cwe(770),
        docker("engine/storage/tmpfs/#options-for---tmpfs", "tmpfs mounts: options"),
        compose("05-services.md#tmpfs"),
    ),
    examples=(
        Example(
            title="Short syntax, and a mount",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    tmpfs:
      - /run  # expect: CG406
      - /tmp:noexec,nosuid  # expect: CG406
    volumes:
      - type: tmpfs  # expect: CG406
        target: /cache
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    tmpfs:
      - /run:size=100m
      - /tmp:noexec,nosuid,size=100m
    volumes:
      - type: tmpfs
        target: /cache
        tmpfs:
          size: 100m
""",
        ),
        Example(
            title="Sizes in every form",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    tmpfs: ["/run:size=1m,noexec", "/tmp:mode=1777,size=5%"]
    volumes:
      - {type: tmpfs, target: /cache, tmpfs: {size: 1048576}}
""",
        ),
    ),
    options=FixLimits,
)
def unbounded_tmpfs(container: Container, options: FixLimits) -> Iterator[Problem]:
    """Files in a tmpfs are memory, and without `size` they may take half of the host's.

    Whoever makes the program write temporary files (uploads are enough) fills the memory of the host, or, where
    the container has a memory limit, gets it killed. A size of 0 is no bound.

    **Fix.** Give each tmpfs the size that the program needs; the fix writes what the configuration says
    (`fix.limits`, `tmpfs-size`), else 100m.

    **When to ignore.** A container whose memory limit is small, and which may be ended when it is reached.
    """
    chosen = options.of(container).tmpfs_size
    for index, entry in enumerate(container.tmpfs):
        if isinstance(entry, Unresolved):
            continue
        target, _, written = entry.partition(":")
        if _is_bounded(written):
            continue
        path = container.at("tmpfs", index)
        yield _problem(container, path, target, Set((*path, "size"), chosen or _SIZE), chosen is not None)
    for index, mount in enumerate(container.volumes):
        if mount.type != "tmpfs":
            continue
        size = mount.tmpfs.size if mount.tmpfs else None
        if isinstance(size, Unresolved) or (size or 0) > 0:
            continue
        path = container.at("volumes", index)
        operation = Set((*path, "tmpfs", "size"), chosen or _SIZE)
        yield _problem(container, path, str(mount.target), operation, chosen is not None)


def _problem(container: Container, path: Path, target: str, operation: Set, chosen: bool) -> Problem:
    return Problem(
        path,
        f"{container.name} has a tmpfs on {target} without a size",
        label="may take half of the host's memory",
        fix=limit_fix(
            f"bound the tmpfs to {operation.value}",
            (operation,),
            chosen=chosen,
            note="a program that writes more gets no space; put in what it uses under load",
        ),
        evidence=target,
    )


def _is_bounded(options: str) -> bool:
    sizes = [option.partition("=")[2] for option in options.split(",") if option.startswith("size=")]
    return bool(sizes) and sizes[-1].strip("0kKmMgG%") != ""
