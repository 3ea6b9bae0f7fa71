"""CG105: a container that can change its own programs."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Append,
    Container,
    Example,
    Fix,
    ImageOptions,
    ImageProfile,
    Operation,
    Problem,
    Profile,
    Safety,
    Set,
    Severity,
    Unresolved,
    cis,
    compose,
    container_rule,
    cwe,
    departs,
    image_profile,
    is_writable,
    owasp,
    writes_elsewhere,
)

_SCRATCH = "/tmp"  # noqa: S108 - a path in the container, which the fix mounts empty
_OPTIONS = "rw,noexec,nosuid,size=100m"


@container_rule(
    code="CG105",
    name="writable-root-filesystem",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.13"), owasp(8), cwe(732), compose("05-services.md#read_only")),
    examples=(
        Example(
            title="A volume for the data does not protect the rest",
            bad="""\
services:
  web:  # expect: CG105
    image: example.org/web:1.27.2
    volumes: [data:/var/lib/web]
volumes:
  data:
""",
            fixed="""\
services:
  web:
    image: example.org/web:1.27.2
    volumes: [data:/var/lib/web]
    read_only: true
    tmpfs: ["/tmp:rw,noexec,nosuid,size=100m"]
volumes:
  data:
""",
        ),
        Example(
            title="Read-only, with a place for scratch files",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: "on"
    volumes:
      - {type: tmpfs, target: /tmp, tmpfs: {size: 50m}}
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
        Example(
            title="An image that is known: what it writes beside its volume becomes a tmpfs",
            bad="""\
services:
  db:  # expect: CG105
    image: postgres:16.4
    volumes: [data:/var/lib/postgresql/data]
volumes:
  data:
""",
            fixed="""\
services:
  db:
    image: postgres:16.4
    volumes: [data:/var/lib/postgresql/data]
    read_only: true
    tmpfs: ["/var/run/postgresql:rw,noexec,nosuid,size=100m", "/tmp:rw,noexec,nosuid,size=100m"]
volumes:
  data:
""",
        ),
    ),
    options=ImageOptions,
)
def writable_root_filesystem(container: Container, options: ImageOptions) -> Iterator[Problem]:
    """A writable root filesystem lets an attacker change the container's programs.

    Whoever can run code in the container can replace a binary, a web page or a start script, and stay there
    until the container is removed. With `read_only: true` only the mounts can be written.

    **Fix.** Set `read_only: true`, and mount a `tmpfs` wherever the program writes scratch files (`/tmp`,
    `/run`, a cache). For the images that people run most it is known where that is; the fix is safe where this is
    all that they write, and the service does not lead them elsewhere.

    **When to ignore.** Programs that install or update themselves in place, and images whose start script
    rewrites its configuration in many folders.
    """
    flag = container.read_only
    if flag is True or isinstance(flag, Unresolved):
        return
    yield Problem(
        container.at("read_only"),
        f"{container.name} can write to its root filesystem: `read_only` is not true",
        label="programs and start scripts can be replaced",
        fix=_fix(container, image_profile(container, options.profiles)),
        evidence="read_only",
    )


def _fix(container: Container, profile: ImageProfile | None) -> Fix:
    folders = [folder for folder in profile.scratch if not is_writable(folder, container)] if profile else []
    if _SCRATCH not in folders:
        folders.append(_SCRATCH)
    operations: list[Operation] = [Set(container.at("read_only"), True)]
    targets = _targets(container)
    # The reference refuses a target used twice, and one that is not known may be any.
    if None not in targets:
        operations += [
            Append(container.at("tmpfs"), f"{folder}:{_OPTIONS}") for folder in folders if folder not in targets
        ]
    title = "make the root filesystem read-only"
    note = "a program that writes outside its volumes and `/tmp` fails until that place is a `tmpfs` or a volume"
    if profile is None:
        return Fix(title, tuple(operations), Safety.UNSAFE, note=note)
    departure = departs(profile, container) or writes_elsewhere(profile, container)
    if not departure and "read-only" in profile.proven:
        return Fix(title, tuple(operations))
    why = departure or "it is not known whether the list is complete"
    return Fix(title, tuple(operations), Safety.UNSAFE, note=f"the program may write in other places: {why}")


def _targets(container: Container) -> set[str | None]:
    """Where something is mounted; None is a place that is not known."""
    targets = [mount.target for mount in container.volumes]
    targets += [entry.partition(":")[0] if isinstance(entry, str) else entry for entry in container.tmpfs]
    return {target.rstrip("/") if isinstance(target, str) else None for target in targets}
