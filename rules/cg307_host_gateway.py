"""CG307: a name for the host inside a container."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    docker,
)


@container_rule(
    code="CG307",
    name="host-gateway",
    severity=Severity.INFO,
    profiles=(Profile.ALL,),
    references=(
        docker("reference/cli/docker/container/run/#add-host", "docker run --add-host"),
        compose("05-services.md#extra_hosts"),
    ),
    examples=(
        Example(
            title="As a list and as a mapping, at run time and at build time",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    extra_hosts:
      - "host.docker.internal:host-gateway"  # expect: CG307
  api:
    build:
      context: .
      extra_hosts:
        host: host-gateway  # expect: CG307
""",
        ),
        Example(
            title="The address of another machine",
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
    extra_hosts: ["host-gateway=10.0.0.9", "db:10.0.0.7"]
""",
        ),
    ),
)
def host_gateway(container: Container) -> Iterator[Problem]:
    """The container has a name for the host, and so is meant to talk to programs on it.

    What listens on the bridge's address of the host is within its reach. Programs on the host that trust
    whoever is local (databases, engines, development servers) should not listen there.

    **Fix.** Run the program that the container needs as a service of the project.

    **When to ignore.** Whenever the program on the host is meant for the container and asks who calls.
    """
    for name, addresses in container.extra_hosts.items():
        yield from _problems(container, container.at("extra_hosts", name), addresses)
    if isinstance(container, Workload) and container.build is not None:
        for name, addresses in container.build.extra_hosts.items():
            yield from _problems(container, container.at("build", "extra_hosts", name), addresses)


def _problems(container: Container, path: Path, addresses: list[str | Unresolved]) -> Iterator[Problem]:
    if "host-gateway" in addresses:
        yield Problem(path, f"{container.name} reaches the host as {path[-1]}", label="the host, by name")
