"""CG408: a container with the engine's limits of processes and files."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Problem,
    Profile,
    Severity,
    cis,
    compose,
    container_rule,
    cwe,
)


@container_rule(
    code="CG408",
    name="no-ulimits",
    severity=Severity.INFO,
    profiles=(Profile.CIS,),
    references=(cis("5.19"), cwe(770), compose("05-services.md#ulimits")),
    examples=(
        Example(
            title="Nothing set",
            bad="""\
services:
  web:  # expect: CG408
    image: nginx:1.27.2
""",
        ),
        Example(
            title="Files bounded",
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
    ulimits: {nofile: {soft: 1024, hard: 2048}}
""",
        ),
    ),
)
def no_ulimits(container: Container) -> Iterator[Problem]:
    """The container takes the engine's limits of open files and processes as they are.

    They are often without a bound, and a program that opens files or forks without end takes them from the whole
    host. The CIS benchmark asks to think about them for each container, not for certain values.

    **Fix.** Set `ulimits`, `nofile` first, to what the program needs.

    **When to ignore.** Where the engine's `default-ulimits` are set for all containers.
    """
    if not container.ulimits:
        yield Problem(
            container.at("ulimits"),
            f"{container.name} sets no ulimits",
            label="takes the engine's limits",
            evidence="ulimits",
        )
