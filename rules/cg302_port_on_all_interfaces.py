"""CG302: a port that every network of the host can reach."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Operation,
    Path,
    Problem,
    Profile,
    Reach,
    Reading,
    Remove,
    Safety,
    Set,
    Severity,
    Unresolved,
    cis,
    compose,
    cwe,
    docker,
    owasp,
    reading_rule,
)

_LOOPBACK = "127.0.0.1"


@reading_rule(
    code="CG302",
    name="port-on-all-interfaces",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    references=(
        cis("5.14"),
        owasp("5a"),
        cwe(668),
        docker("engine/network/packet-filtering-firewalls/", "Docker and firewalls"),
        compose("05-services.md#ports"),
    ),
    examples=(
        Example(
            title="Short and long syntax, and a range",
            bad="""\
services:
  db:
    image: postgres:16.4
    ports:
      - "5432:5432"  # expect: CG302
      - 0.0.0.0:8000-8002:8000-8002/tcp  # expect: CG302
      - target: 80  # expect: CG302
        published: "8080"
""",
            fixed="""\
services:
  db:
    image: postgres:16.4
    ports:
      - "127.0.0.1:5432:5432"
      - 127.0.0.1:8000-8002:8000-8002/tcp
      - target: 80
        published: "8080"
        host_ip: 127.0.0.1
""",
        ),
        Example(
            title="One interface by its address, or by a variable",
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
      - "[::1]:8080:80"
      - 10.0.0.5:8443:443
      - ${ADDRESS:-127.0.0.1}:8081:81
""",
        ),
    ),
)
def port_on_all_interfaces(reading: Reading) -> Iterator[Problem]:
    """A port published without a host address is open on every interface of the host.

    The engine writes its own firewall rules, which go before those of `ufw` or `firewalld`: whoever reaches
    the host reaches the program, from the internet as well where the host has a public address. No address,
    `0.0.0.0` and `::` mean the same. An override that publishes the port on `127.0.0.1` adds to the open
    entry and does not replace it.

    **Fix.** Publish on `127.0.0.1`, or on the one address that clients use; services of the same project
    reach each other without any published port.

    **When to ignore.** The front door: the reverse proxy or the server that the world is meant to reach.
    """
    project = reading.project
    for container in (*project.services.values(), *project.jobs.values()):
        if not container.ports or not container.publishes:
            continue
        taken = {(port.published, port.target, port.protocol) for port in container.ports if port.host_ip == _LOOPBACK}
        shown: set[tuple[int, int]] = set()
        for index, port in enumerate(container.ports):
            if port.reach is not Reach.EVERYWHERE:
                continue
            path = container.at("ports", index)
            node = reading.node(path)
            place = (node.start, node.end) if node else (index, -1)
            if place in shown:
                continue
            shown.add(place)  # a range in the short syntax is one entry for each port
            key = (port.published, port.target, port.protocol)
            twin = key in taken and not reading.way(path)  # a variable may publish on another port
            operation: Operation = Remove(path) if twin else Set((*path, "host_ip"), _LOOPBACK)
            taken.add(key)
            what = f"port {port.published}" if port.published else f"a random port for {port.target}"
            yield Problem(
                _place(path, port.host_ip),
                f"{container.name} publishes {what} on every interface of the host",
                label="open to every network that reaches the host",
                fix=Fix(
                    "remove what `127.0.0.1` publishes as well" if twin else f"publish on {_LOOPBACK}",
                    (operation,),
                    Safety.UNSAFE,
                    note="only programs on the host reach the port any more",
                ),
                evidence=f"{port.published}:{port.target}/{port.protocol}",
            )


def _place(path: Path, host_ip: str | Unresolved | None) -> Path:
    return path if host_ip is None else (*path, "host_ip")
