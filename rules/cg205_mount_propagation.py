"""CG205: a mount whose mounts go back to the host."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Problem,
    Profile,
    Reference,
    Remove,
    Safety,
    Severity,
    cis,
    compose,
    container_rule,
    cwe,
    docker,
)

_SHARED = frozenset(("shared", "rshared"))


@container_rule(
    code="CG205",
    name="mount-propagation",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    references=(
        cis("5.20"),
        compose("05-services.md#volumes"),
        docker("engine/storage/bind-mounts/#configure-bind-propagation", "Docker: bind propagation"),
        Reference("mount_namespaces(7)", "https://man7.org/linux/man-pages/man7/mount_namespaces.7.html"),
        cwe(668),
    ),
    examples=(
        Example(
            title="Short and long syntax",
            bad="""\
services:
  agent:
    image: example.org/agent:1.4
    volumes:
      - /srv/data:/data:ro,rshared  # expect: CG205
      - type: bind
        source: /srv/media
        target: /media
        bind:
          propagation: shared  # expect: CG205
""",
            fixed="""\
services:
  agent:
    image: example.org/agent:1.4
    volumes:
      - /srv/data:/data:ro
      - type: bind
        source: /srv/media
        target: /media
""",
        ),
        Example(
            title="One way only: from the host to the container",
            good="""\
services:
  agent:
    image: example.org/agent:1.4
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    volumes:
      - /srv/data:/data:ro,rslave
      - type: bind
        source: /srv/media
        target: /media
        read_only: true
        bind: {propagation: rprivate}
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def mount_propagation(container: Container) -> Iterator[Problem]:
    """What a container mounts below a `shared` mount appears on the host and in other containers.

    Whoever takes over a container that may mount puts a file system of their own over one that the host
    relies on. To mount takes `SYS_ADMIN`: the finding is high where the container has it, and low elsewhere,
    where it waits for the day on which the capability is added.

    **Fix.** Remove the option; `rslave` still shows the container what the host mounts later.

    **When to ignore.** Storage drivers and network file systems whose purpose is to mount for the host.
    """
    may_mount = container.privileged is True or any(
        isinstance(entry, str) and entry.upper().removeprefix("CAP_") in ("ALL", "SYS_ADMIN")
        for entry in container.cap_add
    )
    for index, mount in enumerate(container.volumes):
        propagation = mount.bind.propagation if mount.bind else None
        if propagation not in _SHARED:
            continue
        path = container.at("volumes", index, "bind", "propagation")
        now = "and this one may mount" if may_mount else "as soon as it may mount"
        yield Problem(
            path,
            f"{container.name} shares the mount of {mount.source} with the host: "
            f"what it mounts below it appears there, {now}",
            label="mounts made in the container appear on the host",
            severity=Severity.HIGH if may_mount else Severity.LOW,
            fix=Fix(
                f"remove `{propagation}`",
                (Remove(path),),
                Safety.UNSAFE,
                note="mounts made in the container stay inside, and mounts that the host makes later do not show",
            ),
            evidence=str(propagation),
        )
