"""CG304: a port of the host that is reserved for the system's services."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from composeguard.api import (
    Example,
    Options,
    Problem,
    Profile,
    Reading,
    Severity,
    cis,
    compose,
    option,
    reading_rule,
    whole_number,
)

_FIRST_FREE = 1024
_WEB = frozenset((80, 443))


class PrivilegedHostPort(Options):
    """What a configuration can set."""

    services: tuple[str, ...] = option((), "Services that may publish such ports; `*` stands for any text.")


@reading_rule(
    code="CG304",
    name="privileged-host-port",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED, Profile.CIS),
    references=(cis("5.8"), compose("05-services.md#ports")),
    examples=(
        Example(
            title="The port of the host counts, not the container's",
            bad="""\
services:
  mail:
    image: nginx:1.27.2
    ports:
      - "127.0.0.1:25:2525"  # expect: CG304
      - target: 8443  # expect: CG304
        published: "443"
        host_ip: 127.0.0.1
""",
        ),
        Example(
            title="A low port of the container on a high port of the host",
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
    ports:
      - "127.0.0.1:8080:80"
      - "127.0.0.1::443"
""",
        ),
        Example(
            title="A service that the configuration lets",
            settings={"services": ["mail*"]},
            good="""\
services:
  mailserver:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["127.0.0.1:25:2525"]
""",
        ),
    ),
    options=PrivilegedHostPort,
)
def privileged_host_port(reading: Reading, options: PrivilegedHostPort) -> Iterator[Problem]:
    """A port under 1024 of the host belongs to a service of the system.

    Clients trust what answers there, because only root may listen on it. The engine listens on behalf of any
    container, so a container can stand in for the host's mail, name or login service. Ports 80 and 443 are
    information only: most front doors need them.

    **Fix.** Publish on a port from 1024 up, behind a proxy or a firewall that forwards the well-known port.

    **When to ignore.** The one service that the host is there for: its web, mail or name server.
    """
    for container in (*reading.project.services.values(), *reading.project.jobs.values()):
        if not container.publishes or any(fnmatchcase(container.name, name) for name in options.services):
            continue
        shown: set[tuple[int, int]] = set()
        for index, port in enumerate(container.ports):
            path = container.at("ports", index)
            number = _lowest(port.published) if isinstance(port.published, str) else 0
            node = reading.node(path)
            place = (node.start, node.end) if node else (index, -1)
            if not 0 < number < _FIRST_FREE or place in shown:
                continue
            shown.add(place)  # a range in the short syntax is one entry for each port
            yield Problem(
                path,
                f"{container.name} publishes on port {number} of the host, which is reserved for the system's services",
                label="a port that clients take for the system's",
                severity=Severity.INFO if number in _WEB and port.published == str(number) else None,
                evidence=f"{port.published}:{port.target}/{port.protocol}",
            )


def _lowest(published: str) -> int:
    """The first port of `443` or `8000-8005`; 0 for a random one."""
    return whole_number(published.partition("-")[0]) or 0
