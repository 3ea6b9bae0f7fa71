"""CG703: a service that stays down after its first failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from composeguard.api import (
    Example,
    Fix,
    Options,
    Problem,
    Profile,
    Reading,
    Set,
    Severity,
    compose,
    docker,
    is_lasting,
    option,
    reading_rule,
)


class NoRestartPolicy(Options):
    """What a configuration can set."""

    policy: Literal["always", "unless-stopped", "on-failure", "on-failure:3", "on-failure:5"] | None = option(
        None, "The policy that the fix writes; without one there is no fix."
    )


@reading_rule(
    code="CG703",
    name="no-restart-policy",
    severity=Severity.INFO,
    profiles=(Profile.RESTRICTED,),
    group="hardening",
    references=(
        docker("engine/containers/start-containers-automatically/", "Start containers automatically"),
        compose("05-services.md#restart"),
    ),
    examples=(
        Example(
            title="A server without one, and the policy of one's own",
            settings={"policy": "on-failure:5"},
            bad="""\
services:
  web:  # expect: CG703
    image: nginx:1.27.2
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    restart: on-failure:5
""",
        ),
        Example(
            title="Without a policy in the configuration there is nothing to write",
            bad="""\
services:
  web:  # expect: CG703
    image: nginx:1.27.2
""",
        ),
        Example(
            title="A policy in either place, a decision against one, a program that ends",
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
  web: {<<: *hardened, image: "nginx:1.27.2", restart: unless-stopped}
  api: {<<: *hardened, image: "nginx:1.27.2", deploy: {restart_policy: {condition: on-failure}}}
  report: {<<: *hardened, image: "example.org/report:2.0", restart: "no"}
  db-migrate: {<<: *hardened, image: "example.org/api:2.0"}
""",
        ),
    ),
    options=NoRestartPolicy,
)
def no_restart_policy(reading: Reading, options: NoRestartPolicy) -> Iterator[Problem]:
    """A service without a restart policy is down until somebody notices.

    One crash is enough, or one restart of the host: the engine starts again only what it was told to. An attacker
    who can crash the program once has taken it down. Programs that do one thing and end are left out, by what waits
    for them, their name or command.

    **Fix.** `restart: unless-stopped`, or `on-failure:5` as the CIS benchmark has it. The fix writes the `policy` of
    the rule's options.

    **When to ignore.** Projects that are started by hand for a while: development and tests.
    """
    for service in reading.project.services.values():
        policy = service.deploy.restart_policy if service.deploy else None
        if service.restart is not None or policy is not None or not is_lasting(reading.project, service):
            continue
        path = service.at("restart")
        fix = Fix(f"restart: {options.policy}", (Set(path, options.policy),)) if options.policy else None
        yield Problem(
            path,
            f"{service.name} has no restart policy: after a crash, or a restart of the host, it stays down",
            label="stays down after its first failure",
            fix=fix,
        )
