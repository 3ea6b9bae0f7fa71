"""CG815: keys that a network mode leaves without effect, or that the engine refuses beside it."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Problem,
    Profile,
    Reference,
    Remove,
    Safety,
    Service,
    Severity,
    compose,
    docker,
    service_rule,
)

_REFUSED = ("ports", "expose", "hostname", "dns", "extra_hosts")
"""What the engine's `validateNetContainerMode` refuses for a container on the network of another one."""
_OTHERS = ("service:", "container:")
_WITHOUT_PORTS = {"host": "the container is on the host's network anyway", "none": "the container has no network"}


@service_rule(
    code="CG815",
    name="network-mode-conflict",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(
        Reference(
            "Checks of the engine", "https://github.com/moby/moby/blob/master/daemon/container_operations_unix.go"
        ),
        docker("engine/network/drivers/host/", "Host network driver"),
        compose("05-services.md#network_mode"),
    ),
    examples=(
        Example(
            title="On the network of another service",
            bad="""\
services:
  vpn:
    image: nginx:1.27.2
  client:
    image: nginx:1.27.2
    network_mode: service:vpn
    hostname: client  # expect: CG815
    ports: ["127.0.0.1:8080:80"]  # expect: CG815
""",
        ),
        Example(
            title="Ports of the host's network, and of none",
            bad="""\
services:
  agent:
    image: nginx:1.27.2
    network_mode: host
    ports: ["127.0.0.1:8080:80"]  # expect: CG815
  worker:
    image: nginx:1.27.2
    network_mode: none
    ports: ["127.0.0.1:8081:80"]  # expect: CG815
""",
            fixed="""\
services:
  agent:
    image: nginx:1.27.2
    network_mode: host
  worker:
    image: nginx:1.27.2
    network_mode: none
""",
        ),
        Example(
            title="The ports stand where the network is",
            good="""\
x-hardened: &hardened
  image: nginx:1.27.2
  user: "101:101"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  vpn:
    <<: *hardened
    hostname: gate
    ports: ["127.0.0.1:8080:80"]
  client:
    <<: *hardened
    network_mode: service:vpn
    dns_search: [example.com]
  batch: {<<: *hardened, network_mode: none, hostname: batch}
""",
        ),
    ),
)
def network_mode_conflict(service: Service) -> Iterator[Problem]:
    """A container on the network of another one cannot have ports, a name or resolvers of its own.

    Compose accepts the file, and the engine refuses the container: the service never starts. On the network of the
    host, and without any network, the engine starts it and drops the ports (low): whoever reads the file believes in
    an address that is not there, or that the published address is the only one that is open.

    **Fix.** Publish the ports at the service whose network it is, and leave `hostname`, `dns` and `extra_hosts` to
    that one. Ports that have no effect are removed; what the container does stays the same.

    **When to ignore.** Never for what is refused. Ports without effect may serve as a note; a comment does that better.
    """
    mode = service.network_mode
    if not isinstance(mode, str):
        return
    if mode.startswith(_OTHERS):
        for key in _REFUSED:
            if getattr(service, key):
                yield Problem(
                    service.at(key),
                    f"{service.name} has `{key}` on the network of another container: the engine refuses to start it",
                    label=f"refused beside `network_mode: {mode}`",
                )
    elif mode in _WITHOUT_PORTS and service.ports:
        yield Problem(
            service.at("ports"),
            f"{service.name} publishes ports, and nothing is published: {_WITHOUT_PORTS[mode]}",
            label="without effect",
            severity=Severity.LOW,
            fix=Fix("remove `ports`, which has no effect", (Remove(service.at("ports")),), Safety.SAFE),
        )
