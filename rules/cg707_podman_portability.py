"""CG707: what Podman does otherwise."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Literal

from composeguard.api import (
    LOG_DRIVERS,
    WITHOUT_EFFECT,
    Container,
    Example,
    Fix,
    Mount,
    Options,
    Problem,
    Profile,
    Reading,
    Reference,
    Safety,
    Set,
    Severity,
    Unresolved,
    compose,
    normal_host_path,
    option,
    reading_rule,
)

_SOCKETS = frozenset(("docker.sock", "docker.sock.raw", "docker.raw.sock"))
_OF_THE_SYSTEM = (
    *("/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run"),
    *("/sbin", "/srv", "/sys", "/tmp", "/usr", "/var"),  # noqa: S108
)
_NEVER = ("/dev", "/etc", "/lib", "/proc", "/run", "/sys", "/usr")
"""Folders whose label the host needs: programs of the host fail when it is another one."""


class PodmanPortability(Options):
    """What a configuration can set."""

    runtime: Literal["docker", "podman"] = option("docker", "The engine that runs the project.")


@reading_rule(
    code="CG707",
    name="podman-portability",
    severity=Severity.INFO,
    profiles=(Profile.ALL,),
    references=(
        Reference("podman-run(1)", "https://docs.podman.io/en/latest/markdown/podman-run.1.html"),
        Reference("podman-compose(1)", "https://docs.podman.io/en/latest/markdown/podman-compose.1.html"),
        compose("05-services.md#volumes"),
    ),
    examples=(
        Example(
            title="Binds without a label, the socket of Docker, what has no effect",
            settings={"runtime": "podman"},
            bad="""\
services:
  web:
    image: example.org/web:1.4
    volumes:
      - ./site:/site:ro  # expect: CG707
      - type: bind
        source: ./conf  # expect: CG707
        target: /conf
      - /var/run/docker.sock:/var/run/docker.sock  # expect: CG707
    links: [db]  # expect: CG707
  db:
    image: postgres:16.4
    logging: {driver: local}  # expect: CG707
""",
            fixed="""\
services:
  web:
    image: example.org/web:1.4
    volumes:
      - ./site:/site:ro,Z
      - type: bind
        source: ./conf
        target: /conf
        bind:
          selinux: Z
      - /var/run/docker.sock:/var/run/docker.sock
    links: [db]
  db:
    image: postgres:16.4
    logging: {driver: local}
""",
        ),
        Example(
            title="With labels, and where none is asked for",
            settings={"runtime": "podman"},
            good="""\
x-hardened: &hardened
  user: "1000:1000"
  cap_drop: [ALL]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: journald}
services:
  web:
    <<: *hardened
    image: example.org/web:1.4
    security_opt: ["no-new-privileges:true"]
    volumes: ["./site:/site:ro,z", "data:/data", "/etc/localtime:/etc/localtime:ro"]
volumes: {data: {}}
""",
        ),
    ),
    options=PodmanPortability,
)
def podman_portability(reading: Reading, options: PodmanPortability) -> Iterator[Problem]:
    """What works with Docker and not, or otherwise, with Podman.

    On hosts with SELinux, a bind without `:z` or `:Z` cannot be read by the container; people then turn the
    confinement off, which is worse than the label. Podman's socket is elsewhere, it has no links, takes some keys
    without effect, and knows fewer log drivers. The rule speaks only where the configuration says `runtime: podman`.

    **Fix.** `:Z` for a folder of one container, `:z` for one that several share; folders of the system must not be
    relabelled, for the host needs their labels.

    **When to ignore.** Hosts without SELinux, macOS among them.
    """
    if options.runtime != "podman":
        return
    containers = tuple(reading.project.containers())
    binds = [
        (container.path, normal_host_path(mount.source))
        for container in containers
        for mount in container.volumes
        if mount.type == "bind" and mount.source is not None
    ]
    for container in containers:
        for index, mount in enumerate(container.volumes):
            if mount.type != "bind" or mount.source is None:
                continue
            path = normal_host_path(mount.source)
            place = container.at("volumes", index, "source")
            if posixpath.basename(path) in _SOCKETS:
                yield Problem(
                    place,
                    f"{container.name} mounts the socket of Docker; Podman's is /run/podman/podman.sock, without root "
                    "podman/podman.sock in $XDG_RUNTIME_DIR",
                    label="Podman's socket is elsewhere",
                    evidence=path,
                )
            elif not _is_labelled(container, mount) and _may_be_labelled(path):
                shared = any(_touch(path, other) for owner, other in binds if owner != container.path)
                label = "z" if shared else "Z"
                yield Problem(
                    place,
                    f"{container.name} cannot read {mount.source} on a host with SELinux: the bind has no label",
                    label="no `:z` or `:Z`",
                    fix=Fix(
                        f"label it `{label}`",
                        (Set(container.at("volumes", index, "bind", "selinux"), label),),
                        Safety.UNSAFE,
                        note="the files of the host get the label of containers; programs of the host that are "
                        "confined may no longer read them",
                    ),
                    evidence=str(mount.source),
                )
        for key, (reason, _) in WITHOUT_EFFECT.items():
            if getattr(container, key, None) not in (None, [], {}, False):
                yield Problem(
                    container.at(key),
                    f"Podman ignores `{key}` of {container.name}: {reason}",
                    label="without effect",
                    evidence=key,
                )
        driver = container.logging.driver if container.logging else None
        if isinstance(driver, str) and driver and driver not in LOG_DRIVERS:
            yield Problem(
                container.at("logging", "driver"),
                f"Podman has no log driver {driver}, which {container.name} asks for",
                label="no such driver",
                evidence="driver",
            )


def _touch(one: str, other: str) -> bool:
    """Whether one folder is the other, or holds it: a label is for all that is below."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _is_labelled(container: Container, mount: Mount) -> bool:
    """Whether the bind has a label, or the container needs none."""
    if mount.bind is not None and mount.bind.selinux is not None:
        return True
    if container.privileged is True:
        return True
    return any(
        isinstance(entry, Unresolved) or entry.replace("=", ":").startswith(("label:disable", "label:type"))
        for entry in container.security_opt
    )


def _may_be_labelled(path: str) -> bool:
    """Whether a path is known, and one of the project's own."""
    if not path or path == "/" or path in _OF_THE_SYSTEM or path.endswith(".sock") or path.startswith("~/."):
        return False
    return path != "~" and not any(path.startswith(f"{folder}/") for folder in _NEVER)
