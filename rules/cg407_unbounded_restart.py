"""CG407: a container that is started again without end."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Path,
    Problem,
    Profile,
    Safety,
    Service,
    Set,
    Severity,
    Unresolved,
    cis,
    compose,
    docker,
    service_rule,
    whole_number,
)

_MOST = 5
_ENDLESS = frozenset(("always", "unless-stopped", "any"))


@service_rule(
    code="CG407",
    name="unbounded-restart",
    severity=Severity.INFO,
    profiles=(Profile.CIS,),
    references=(
        cis("5.15"),
        docker("engine/containers/start-containers-automatically/", "Start containers automatically"),
        compose("05-services.md#restart"),
    ),
    examples=(
        Example(
            title="Always, and after failures without a bound",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    restart: always  # expect: CG407
  api:
    image: nginx:1.27.2
    restart: on-failure  # expect: CG407
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    restart: on-failure:5
  api:
    image: nginx:1.27.2
    restart: on-failure:5
""",
        ),
        Example(
            title="Five times, or never",
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
    restart: on-failure:5
  once:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    restart: "no"
""",
        ),
    ),
)
def unbounded_restart(service: Service) -> Iterator[Problem]:
    """A container that fails and is started again without end hides its failure.

    The CIS benchmark asks for `on-failure` with at most five attempts: endless restarts of a crashing program
    load the host, and an attack that needs many tries gets them. Outside that profile the rule is off, because
    for most services `unless-stopped` with a health check is the better answer.

    **Fix.** `restart: on-failure:5`.

    **When to ignore.** Services that must come back after every end, and whose restarts somebody watches.
    """
    path = _endless(service)
    if path is None:
        return
    yield Problem(
        path,
        f"{service.name} is started again without end",
        label=f"the benchmark asks for on-failure with at most {_MOST} attempts",
        fix=Fix(
            f"try {_MOST} times",
            (Set(path, f"on-failure:{_MOST}"),),
            Safety.UNSAFE,
            note=f"the container stays down after a normal end, after {_MOST} failures, and after the engine restarts",
        )
        if path[-1] == "restart"
        else None,
    )


def _endless(service: Service) -> Path | None:
    """The place of the policy that has no bound."""
    restart = service.restart
    if restart is not None:
        if isinstance(restart, Unresolved):
            return None
        policy, _, attempts = restart.partition(":")
        bounded = 0 < (whole_number(attempts) or 0) <= _MOST
        endless = policy in _ENDLESS or (policy == "on-failure" and not bounded)
        return service.at("restart") if endless else None
    policy_of_deploy = service.deploy.restart_policy if service.deploy else None
    if policy_of_deploy is None:
        return None
    most = policy_of_deploy.max_attempts
    if policy_of_deploy.condition in _ENDLESS or policy_of_deploy.condition == "on-failure":
        if isinstance(most, Unresolved) or (most is not None and 0 < most <= _MOST):
            return None
        return service.at("deploy", "restart_policy")
    return None
