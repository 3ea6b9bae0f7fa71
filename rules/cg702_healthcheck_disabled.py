"""CG702: a health check that is turned off, or that cannot fail."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Problem,
    Profile,
    Reading,
    Remove,
    Safety,
    Severity,
    Workload,
    cis,
    compose,
    docker,
    reading_rule,
)

_ALWAYS_WELL = frozenset(("true", "/bin/true", "exit 0", ":", "exit", "echo ok"))
"""Commands that say that all is well, whatever the program does."""


@reading_rule(
    code="CG702",
    name="healthcheck-disabled",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    references=(
        cis("5.27"),
        docker("reference/dockerfile/#healthcheck", "Dockerfile: HEALTHCHECK"),
        compose("05-services.md#healthcheck"),
    ),
    examples=(
        Example(
            title="Both ways to turn it off",
            bad="""\
services:
  web:
    image: example.org/web:1.4
    healthcheck:
      disable: true  # expect: CG702
  api:
    image: example.org/api:2.0
    healthcheck:
      test: [NONE]  # expect: CG702
""",
            fixed="""\
services:
  web:
    image: example.org/web:1.4
  api:
    image: example.org/api:2.0
""",
        ),
        Example(
            title="A test that cannot fail, and a word that is run as a program",
            bad="""\
services:
  web:
    image: example.org/web:1.4
    healthcheck:
      test: exit 0  # expect: CG702
  api:
    image: example.org/api:2.0
    healthcheck:
      test: NONE  # expect: CG702
""",
        ),
        Example(
            title="One of the file's own, and one of the image with other times",
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
  web: {<<: *hardened, image: "nginx:1.27.2", healthcheck: {test: "wget -qO- http://127.0.0.1:8080/ || exit 1"}}
  api: {<<: *hardened, image: "example.org/api:2.0", healthcheck: {interval: 10s, disable: false}}
""",
        ),
    ),
)
def healthcheck_disabled(reading: Reading) -> Iterator[Problem]:
    """A health check that is turned off takes away what the image brings.

    The program may hang, or answer nobody, and counts as running; what waits for it to be healthy never starts.
    A test that cannot fail (`true`, `exit 0`) is worse, for it reports health. As a text, `NONE` turns nothing off:
    the engine runs a program of that name, finds none, and the container is unhealthy for ever.

    **Fix.** Remove the switch, so that the image's own check counts; or write a `test`.

    **When to ignore.** The image's check does not fit how it is used here, and another program watches the service.
    """
    project = reading.project
    for workload in (*project.services.values(), *project.jobs.values()):
        check = workload.healthcheck
        if check is None:
            continue
        test = list(check.test)
        if check.disable is True:
            yield _off(workload, "disable")
        elif test[:1] == ["NONE"]:
            yield _off(workload, "test")
        elif test == ["CMD-SHELL", "NONE"]:
            yield Problem(
                workload.at("healthcheck", "test"),
                f"the health check of {workload.name} runs a program called NONE: it is unhealthy for ever; "
                "write `disable: true`, or a test",
                label="as a text, NONE is a command",
            )
        elif test[:1] in (["CMD"], ["CMD-SHELL"]) and " ".join(map(str, test[1:])).strip() in _ALWAYS_WELL:
            yield Problem(
                workload.at("healthcheck", "test"),
                f"the health check of {workload.name} cannot fail: it counts as healthy whatever it does",
                label="always healthy",
            )


def _off(workload: Workload, key: str) -> Problem:
    path = workload.at("healthcheck", key)
    return Problem(
        path,
        f"{workload.name} has its health check turned off: when it hangs, it counts as running",
        label="nothing tells that it no longer works",
        fix=Fix(
            "let the image's own check count",
            (Remove(path),),
            Safety.UNSAFE,
            note="a check of the image that does not fit this use reports the container as unhealthy",
        ),
    )
