"""CG301: a container on the network of the host."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Problem,
    Profile,
    Reading,
    Severity,
    cis,
    compose,
    cwe,
    docker,
    pss,
    reading_rule,
)

_LABEL = "every interface of the host, loopback included"


@reading_rule(
    code="CG301",
    name="host-network",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.10"),
        pss("baseline"),
        cwe(653),
        docker("engine/network/drivers/host/", "Host network driver"),
        compose("05-services.md#network_mode"),
    ),
    examples=(
        Example(
            title="By mode, and by the engine's own network under its name",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    network_mode: host  # expect: CG301
  api:
    image: nginx:1.27.2
    networks: [outside]  # expect: CG301
networks:
  outside: {external: true, name: host}
""",
        ),
        Example(
            title="A network and a service that are called host",
            good="""\
services:
  host:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    networks: [host]
  beside:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    network_mode: service:host
networks:
  host: {}
""",
        ),
    ),
)
def host_network(reading: Reading) -> Iterator[Problem]:
    """A container on the host's network has no network boundary.

    It reaches every program that listens on the host's loopback address (databases, engines and metrics that
    rely on it for want of a password), can take any free port, and sees the traffic of the host where it may
    capture packets. Rules for published ports do not apply to it. An `external` network with the name `host` is
    the same as `network_mode: host`.

    **Fix.** Put the container on a network of its own and publish the ports that clients use.

    **When to ignore.** Programs that manage or measure the host's network: DHCP and mDNS servers, routers, VPN
    endpoints, node exporters.
    """
    outside = {
        name
        for name, network in reading.project.networks.items()
        if network.external is True and (network.name or name) == "host"
    }
    for container in reading.project.containers():
        if container.network_mode == "host":
            yield Problem(container.at("network_mode"), _message(container), label=_LABEL)
        for name in container.networks:
            if name in outside:
                yield Problem(container.at("networks", name), _message(container), label=_LABEL)


def _message(container: Container) -> str:
    return f"{container.name} runs on the network of the host"
