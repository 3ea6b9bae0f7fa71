"""CG303: a database, cache, queue, engine or administration port that other machines can reach."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from composeguard.api import (
    Example,
    Fix,
    Operation,
    Options,
    Path,
    Problem,
    Profile,
    Reach,
    Reading,
    Remove,
    Safety,
    SensitivePort,
    Set,
    Severity,
    Unresolved,
    compose,
    cwe,
    docker,
    option,
    owasp,
    reading_rule,
    sensitive_port,
)

_LOOPBACK = "127.0.0.1"


class SensitivePortPublished(Options):
    """What a configuration can set."""

    ports: tuple[int, ...] = option((), "Further ports of containers that are no business of other machines.")
    services: tuple[str, ...] = option((), "Services that are there for other machines; `*` stands for any text.")


@reading_rule(
    code="CG303",
    name="sensitive-port-published",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(
        owasp("5a"),
        cwe(668),
        docker("engine/network/packet-filtering-firewalls/", "Docker and firewalls"),
        compose("05-services.md#ports"),
    ),
    examples=(
        Example(
            title="The port of the container tells what it is",
            bad="""\
services:
  db:
    image: postgres:16.4
    ports:
      - "15432:5432"  # expect: CG303
  cache:
    image: redis:7.4.1
    ports:
      - target: 6379  # expect: CG303
        published: "6379"
""",
            fixed="""\
services:
  db:
    image: postgres:16.4
    ports:
      - "127.0.0.1:15432:5432"
  cache:
    image: redis:7.4.1
    ports:
      - target: 6379
        published: "6379"
        host_ip: 127.0.0.1
""",
        ),
        Example(
            title="Loopback, services of the project only, and another program on such a port",
            good="""\
services:
  db:
    image: postgres:16.4
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["127.0.0.1:5432:5432", "[::1]:5432:5432"]
  cache:
    image: redis:7.4.1
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    expose: ["6379"]
  home:
    image: example.org/home-assistant:2024.11
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["10.0.0.5:8123:8123", "10.0.0.5:5432:8080"]
""",
        ),
        Example(
            title="A port of one's own",
            settings={"ports": [7070], "services": ["edge-*"]},
            bad="""\
services:
  backend:
    image: example.org/backend:1.4
    ports: ["7070:7070"]  # expect: CG303
  edge-db:
    image: postgres:16.4
    ports: ["5432:5432"]
""",
            fixed="""\
services:
  backend:
    image: example.org/backend:1.4
    ports: ["127.0.0.1:7070:7070"]
  edge-db:
    image: postgres:16.4
    ports: ["5432:5432"]
""",
        ),
    ),
    options=SensitivePortPublished,
)
def sensitive_port_published(reading: Reading, options: SensitivePortPublished) -> Iterator[Problem]:
    """Databases, caches, queues, engines and debuggers are no business of other machines.

    Scanners find an open port within minutes of its opening, and data stores without a password are emptied and
    held for ransom; an engine's port is a root shell. The engine's own firewall rules go before those of the
    host, so a firewall on the host does not help. The port of the container tells what listens, whatever the
    port of the host. Published on one address of the host it is medium: one network reaches it, not all.

    **Fix.** Publish on `127.0.0.1`, or not at all: services of the same project reach the port anyway, and
    administrators reach it through a tunnel.

    **When to ignore.** A server that is there for other machines, with authentication, encryption and a firewall
    in front.
    """
    project = reading.project
    for container in (*project.services.values(), *project.jobs.values()):
        if (
            not container.ports
            or not container.publishes
            or any(fnmatchcase(container.name, name) for name in options.services)
        ):
            continue
        taken = {(port.published, port.target, port.protocol) for port in container.ports if port.host_ip == _LOOPBACK}
        shown: set[tuple[int, int]] = set()
        first: dict[tuple[int, int], Path] = {}
        for index, port in enumerate(container.ports):
            row = sensitive_port(container, port.target, port.protocol) or _further(port.target, options)
            path = container.at("ports", index)
            node = reading.node(path)
            place = (node.start, node.end) if node else (index, -1)
            first.setdefault(place, path)  # a range in the short syntax is one entry for each port
            if row is None or port.reach not in (Reach.EVERYWHERE, Reach.ADDRESS) or place in shown:
                continue
            shown.add(place)
            key = (port.published, port.target, port.protocol)
            operation: Operation = Remove(path) if key in taken else Set((*first[place], "host_ip"), _LOOPBACK)
            taken.add(key)
            yield Problem(
                path,
                f"{container.name} publishes {row.service} (port {row.port}) beyond this host; {row.reason}",
                label=row.reason,
                fix=Fix(
                    f"publish on {_LOOPBACK}",
                    (operation,),
                    Safety.UNSAFE,
                    note="only programs on the host reach the port any more",
                ),
                severity=None if port.reach is Reach.EVERYWHERE else Severity.MEDIUM,
                evidence=f"{port.published}:{port.target}/{port.protocol}",
            )


def _further(target: int | Unresolved | None, options: SensitivePortPublished) -> SensitivePort | None:
    if not isinstance(target, int) or target not in options.ports:
        return None
    return SensitivePort(target, "what the configuration keeps back", "the configuration names its port", "")
