"""CG402: a container that may use all processors of the host."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    FixLimits,
    Operation,
    Path,
    Problem,
    Profile,
    Service,
    Set,
    Severity,
    Unresolved,
    cis,
    compose,
    container_rule,
    cwe,
    limit_fix,
    owasp,
)

_PERIOD = 100_000  # microseconds: the engine's own period


@container_rule(
    code="CG402",
    name="no-cpu-limit",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.12"), owasp(7), cwe(770), compose("05-services.md#cpus")),
    examples=(
        Example(
            title="Shares and sets are no limit",
            bad="""\
services:
  web:  # expect: CG402
    image: nginx:1.27.2
    cpu_shares: 512
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    cpu_shares: 512
    cpus: 1.0
""",
        ),
        Example(
            title="A quota",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpu_period: 50000
    cpu_quota: 25000
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
    options=FixLimits,
)
def no_cpu_limit(container: Container, options: FixLimits) -> Iterator[Problem]:
    """A container without a CPU limit can keep all processors of the host busy.

    One endless loop, or a miner that an attacker brings along, slows every other container down. `cpus`,
    `cpu_quota` or `deploy.resources.limits.cpus` counts; 0 is no limit. Shares only divide what is contended,
    and `cpuset` says which processors, not how much of them.

    **Fix.** Set `cpus`; the fix writes what the configuration says (`fix.limits`, `cpus`), else 1.0. Where a block
    `deploy.resources.limits` exists, the limit goes there: Compose refuses two that differ.

    **When to ignore.** Batch work that may use whatever is free.
    """
    deploy = container.deploy if isinstance(container, Service) else None
    resources = deploy.resources if deploy else None
    limits = resources.limits if resources else None
    given: list[Path] = []
    for amount, steps in (
        (container.cpus, ("cpus",)),
        (container.cpu_quota, ("cpu_quota",)),
        (limits.cpus if limits else None, ("deploy", "resources", "limits", "cpus")),
    ):
        if amount is None:
            continue
        if isinstance(amount, Unresolved) or amount > 0:
            return
        given.append(container.at(*steps))
    chosen = options.of(container).cpus
    amount_of = f"{chosen:g} processors" if chosen and chosen != 1 else "one processor"
    operations = _operations(container, chosen, in_block=limits is not None)
    yield Problem(
        given[0] if given else operations[-1].path if operations else container.at("cpus"),
        f"{container.name} has no CPU limit",
        label="may keep all processors busy",
        fix=limit_fix(
            f"limit the container to {amount_of}",
            operations,
            chosen=chosen is not None,
            note="a program that uses several processors gets slower; put in what it needs under load",
        )
        if operations
        else None,
        evidence="cpus",
    )


def _operations(container: Container, chosen: float | None, *, in_block: bool) -> tuple[Operation, ...]:
    """The limit, or one processor, by the key that the service already uses: the engine refuses `cpus` beside a
    period or a quota."""
    period = container.cpu_period
    if period is not None or container.cpu_quota is not None:
        if isinstance(period, Unresolved):
            return ()
        return (Set(container.at("cpu_quota"), round((chosen or 1) * (period or _PERIOD))),)
    amount = chosen or 1.0
    if chosen is None and isinstance(container, Service) and container.deploy and container.deploy.resources:
        reserved = container.deploy.resources.reservations
        least = reserved.cpus if reserved else None
        if isinstance(least, Unresolved):
            return ()
        amount = max(amount, least or 0.0)
    operations: list[Operation] = []
    if container.cpus is not None or not in_block:
        operations.append(Set(container.at("cpus"), amount))
    if in_block:
        operations.append(Set(container.at("deploy", "resources", "limits", "cpus"), str(amount)))
    return tuple(operations)
