"""CG208: a service that is a program on the host."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    Service,
    Severity,
    compose,
    cwe,
    docker,
    service_rule,
)

_OF_DOCKER = frozenset(("model",))
"""Providers that come with the engine (https://docs.docker.com/compose/how-tos/model-runner/)."""


@service_rule(
    code="CG208",
    name="host-command-provider",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    references=(
        compose("05-services.md#provider"),
        docker("compose/how-tos/provider-services/", "Docker: provider services"),
        cwe(829),
    ),
    examples=(
        Example(
            title="A database from a program on the path",
            bad="""\
services:
  database:
    provider:  # expect: CG208
      type: awesomecloud
      options: {type: mysql}
""",
        ),
        Example(
            title="A service that is a container",
            good="""\
services:
  provider:
    image: example.org/provider:1.0
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    labels: {provider: awesomecloud}
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def host_command_provider(service: Service) -> Iterator[Problem]:
    """A `provider` runs a program on the host, with the rights of whoever starts the project.

    `docker compose up` looks for a plug-in `docker-TYPE` of the engine's command line, or a program of that
    name on the path, and runs it with the options of the file. No container, limit or filter is around it,
    and what it answers becomes environment variables of other services. Whoever may change the file chooses
    which program runs, and with which arguments, also on the machine of a colleague or of CI.

    **Fix.** Run what the service needs in a container, or connect to it by its address.

    **When to ignore.** Providers that everybody who starts the project has installed and trusts. `model`
    comes from Docker, and is low.
    """
    if service.provider is None:
        return
    kind = service.provider.type
    yield Problem(
        service.at("provider"),
        f"{service.name} runs the program `{kind}` on the host, outside any container",
        label="runs as whoever starts the project",
        severity=Severity.LOW if kind in _OF_DOCKER else None,
        evidence=str(kind),
    )
