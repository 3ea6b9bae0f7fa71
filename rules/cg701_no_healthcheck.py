"""CG701: a service of which nobody finds out that it no longer works."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    Reading,
    Severity,
    checks_itself,
    cis,
    compose,
    docker,
    is_lasting,
    reading_rule,
)


@reading_rule(
    code="CG701",
    name="no-healthcheck",
    severity=Severity.INFO,
    profiles=(Profile.RESTRICTED, Profile.CIS),
    group="hardening",
    references=(
        cis("5.27"),
        docker("reference/dockerfile/#healthcheck", "Dockerfile: HEALTHCHECK"),
        compose("05-services.md#healthcheck"),
    ),
    examples=(
        Example(
            title="A server without one, and times without a test",
            bad="""\
services:
  web:  # expect: CG701
    image: nginx:1.27.2
  api:  # expect: CG701
    build: .
    restart: always
""",
        ),
        Example(
            title="A test, an image that checks itself, a program that ends",
            good="""\
x-hardened: &hardened
  user: "101:101"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  web:
    <<: *hardened
    image: nginx:1.27.2
    healthcheck: {test: [CMD, wget, -qO-, "http://127.0.0.1:8080/"]}
    depends_on: {schema: {condition: service_completed_successfully}}
  vault: {<<: *hardened, image: "vaultwarden/server:1.32.3"}
  schema: {<<: *hardened, image: "example.org/web:1.4"}
  migrate: {<<: *hardened, image: "example.org/web:1.4"}
  report: {<<: *hardened, image: "example.org/web:1.4", restart: "no"}
""",
        ),
    ),
)
def no_healthcheck(reading: Reading) -> Iterator[Problem]:
    """Without a health check, a container that hangs counts as one that runs.

    The engine sees only whether the process is there. One that is out of memory, deadlocked or cut off from its
    data keeps its traffic, and an attacker who makes it hang has taken it down for good. Services that wait for it
    start too early. Programs that do one thing and end are left out, by what waits for them, their restart policy,
    name or command; so are images that are known to check themselves.

    **Fix.** A `healthcheck` whose `test` asks the program for an answer: a page of its own, a `ping`, a query.

    **When to ignore.** The image's own Dockerfile has a `HEALTHCHECK`; or another program watches the service.
    """
    for service in reading.project.services.values():
        if service.healthcheck is not None or checks_itself(service.image) or not is_lasting(reading.project, service):
            continue
        yield Problem(
            service.at("healthcheck"),
            f"{service.name} has no health check: when it hangs, it counts as running",
            label="nothing tells that it no longer works",
        )
