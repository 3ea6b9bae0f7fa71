"""CG403: a container that may start processes without end."""

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

_DEFAULT = 200


@container_rule(
    code="CG403",
    name="no-pids-limit",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.29"), owasp(7), cwe(770), compose("05-services.md#pids_limit")),
    examples=(
        Example(
            title="-1 is no limit",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    pids_limit: -1  # expect: CG403
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    pids_limit: 200
""",
        ),
        Example(
            title="The limit of the deployment",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    logging: {driver: local}
    deploy: {resources: {limits: {memory: 256m, cpus: "0.5", pids: 100}}}
""",
        ),
    ),
    options=FixLimits,
)
def no_pids_limit(container: Container, options: FixLimits) -> Iterator[Problem]:
    """A container without a limit of processes can fill the process table of the host.

    A fork bomb, or a server that starts a process for every request, leaves the host without process numbers:
    nobody can log in to stop it. `pids_limit` or `deploy.resources.limits.pids` counts; 0 and -1 are no
    limit.

    **Fix.** Set `pids_limit`; the fix writes what the configuration says (`fix.limits`, `pids`), else 200. Threads
    count as processes. Where a block `deploy.resources.limits` exists, the limit goes there: Compose refuses two
    that differ.

    **When to ignore.** Hosts whose engine sets a limit for every container.
    """
    deploy = container.deploy if isinstance(container, Service) else None
    resources = deploy.resources if deploy else None
    limits = resources.limits if resources else None
    given: list[Path] = []
    for limit, steps in (
        (container.pids_limit, ("pids_limit",)),
        (limits.pids if limits else None, ("deploy", "resources", "limits", "pids")),
    ):
        if limit is None:
            continue
        if isinstance(limit, Unresolved) or limit > 0:
            return
        given.append(container.at(*steps))
    place = container.at("deploy", "resources", "limits", "pids") if limits else container.at("pids_limit")
    chosen = options.of(container).pids
    amount = chosen or _DEFAULT
    operations: tuple[Operation, ...] = tuple(Set(path, amount) for path in dict.fromkeys((*given, place)))
    yield Problem(
        given[0] if given else place,
        f"{container.name} has no limit of processes",
        label="may fill the process table of the host",
        fix=limit_fix(
            f"limit processes to {amount}",
            operations,
            chosen=chosen is not None,
            note="a program with more threads and processes fails to start new ones; put in what it uses under load",
        ),
        evidence="pids",
    )
