"""CG704: a service that waits for the start of another one, not for its health."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Problem,
    Profile,
    Reading,
    Safety,
    Set,
    Severity,
    Workload,
    checks_itself,
    compose,
    docker,
    reading_rule,
)

_KEY = "depends_on"


@reading_rule(
    code="CG704",
    name="start-order-only",
    severity=Severity.INFO,
    profiles=(Profile.RESTRICTED,),
    references=(
        docker("compose/how-tos/startup-order/", "Control startup order"),
        compose("05-services.md#depends_on"),
    ),
    examples=(
        Example(
            title="The short form, and the condition that it means",
            bad="""\
services:
  web:
    image: example.org/web:1.4
    depends_on:
      - db  # expect: CG704
  worker:
    image: example.org/web:1.4
    depends_on:
      db:
        condition: service_started  # expect: CG704
  db:
    image: postgres:16.4
    healthcheck: {test: [CMD, pg_isready]}
""",
            fixed="""\
services:
  web:
    image: example.org/web:1.4
    depends_on:
      db:
        condition: service_healthy
  worker:
    image: example.org/web:1.4
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:16.4
    healthcheck: {test: [CMD, pg_isready]}
""",
        ),
        Example(
            title="Healthy, ended, or without a check to wait for",
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
    image: example.org/web:1.4
    depends_on:
      db: {condition: service_healthy}
      schema: {condition: service_completed_successfully}
      cache: {condition: service_started}
  db: {<<: *hardened, image: "postgres:16.4", healthcheck: {test: [CMD, pg_isready]}}
  schema: {<<: *hardened, image: "example.org/web:1.4", healthcheck: {test: [CMD, /app/check]}}
  cache: {<<: *hardened, image: "example.org/cache:7.1"}
""",
        ),
    ),
)
def start_order_only(reading: Reading) -> Iterator[Problem]:
    """A service that is started is not yet one that answers.

    `depends_on` alone waits for the process, not for the program: a database that still replays its log refuses
    connections, and what depends on it fails at random, most often after a crash of the host, when nobody looks.
    The dependency has a health check here, so that one word makes Compose wait for it.

    **Fix.** `condition: service_healthy`. The fix writes it in the short form as well, by making it the long one.

    **When to ignore.** The program tries again until its dependency answers.
    """
    project = reading.project
    for workload in (*project.services.values(), *project.jobs.values()):
        for name, dependency in workload.depends_on.items():
            other = project.services.get(name)
            path = workload.at(_KEY, name)
            if other is None or dependency.condition not in (None, "service_started") or not _has_check(other):
                continue
            if not _is_written(reading, workload, name):
                continue  # `links`, `network_mode: service:…` and the like bring dependencies of their own
            condition = (*path, "condition")
            yield Problem(
                condition,
                f"{workload.name} starts when {name} is started, not when its health check is passed",
                label=f"{name} may not answer yet",
                fix=Fix(
                    f"wait until {name} is healthy",
                    (Set(condition, "service_healthy"),),
                    Safety.UNSAFE,
                    note=f"where {name} does not become healthy, {workload.name} does not start",
                ),
                evidence=name,
            )


def _has_check(workload: Workload) -> bool:
    check = workload.healthcheck
    if check is None:
        return checks_itself(workload.image)
    return check.disable in (None, False) and bool(check.test) and check.test[0] != "NONE"


def _is_written(reading: Reading, workload: Workload, name: str) -> bool:
    """Whether the text names the dependency; what other keys imply has the place of the whole service."""
    node, whole = reading.node(workload.at(_KEY, name)), reading.node(workload.path)
    if node is None or whole is None:
        return False
    return (node.file, node.start) not in ((whole.file, whole.start), (whole.file, whole.key_start))
