"""CG401: a container that may use all memory of the host."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    FixLimits,
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

_MEBIBYTE = 1 << 20
_DEFAULT = 512 * _MEBIBYTE


@container_rule(
    code="CG401",
    name="no-memory-limit",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.11"), owasp(7), cwe(770), compose("05-services.md#mem_limit")),
    examples=(
        Example(
            title="A reservation is no limit",
            bad="""\
services:
  web:  # expect: CG401
    image: nginx:1.27.2
    mem_reservation: 128m
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    mem_reservation: 128m
    mem_limit: 512m
""",
        ),
        Example(
            title="The limit goes where the other limits are",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    deploy:
      resources:
        limits:  # expect: CG401
          cpus: "0.5"
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    deploy:
      resources:
        limits:
          cpus: "0.5"
          memory: 512m
""",
        ),
        Example(
            title="Limits in the long form, the amount from the environment",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    logging: {driver: local}
    deploy:
      resources:
        limits: {memory: "${WEB_MEMORY:-256m}", cpus: "0.5", pids: 100}
""",
        ),
        Example(
            title="What an organisation has chosen",
            settings={"limits": [{"memory": "256m"}, {"images": ["postgres"], "memory": "2g"}]},
            bad="""\
services:
  web:  # expect: CG401
    image: nginx:1.27.2
  db:  # expect: CG401
    image: postgres:17.2
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 256m
  db:
    image: postgres:17.2
    mem_limit: 2g
""",
        ),
    ),
    options=FixLimits,
)
def no_memory_limit(container: Container, options: FixLimits) -> Iterator[Problem]:
    """A container without a memory limit can take all memory of the host.

    A request that makes the program allocate without bound, or a leak, starves every other container, and the
    kernel kills processes of the host to go on. `mem_limit` or `deploy.resources.limits.memory` counts. 0 is
    no limit, nor is a reservation, nor a number with a fraction (`mem_limit: 1.5`), which Compose drops
    without a word.

    **Fix.** Set `mem_limit` to what the program needs under load; the fix writes what the configuration says
    (`fix.limits`, `memory`), else 512m. Where a block `deploy.resources.limits` exists, the limit goes there:
    Compose refuses two that differ.

    **When to ignore.** A host that runs this one program only.
    """
    deploy = container.deploy if isinstance(container, Service) else None
    resources = deploy.resources if deploy else None
    limits = resources.limits if resources else None
    place = container.at("deploy", "resources", "limits", "memory") if limits else container.at("mem_limit")
    given: list[Path] = []
    if container.mem_limit is not None:
        given.append(container.at("mem_limit"))
    if limits and limits.memory is not None:
        given.append(place)
    for amount in (container.mem_limit, limits.memory if limits else None):
        if isinstance(amount, Unresolved) or (amount is not None and amount > 0):
            return
    chosen = options.of(container).memory
    value = chosen or _default(container)
    fix = None
    if value is not None:
        fix = limit_fix(
            f"limit memory to {value}",
            tuple(Set(path, value) for path in dict.fromkeys((*given, place))),
            chosen=chosen is not None,
            note="the kernel ends a program that needs more; put in what it uses under load",
        )
    yield Problem(
        given[-1] if given else place,
        f"{container.name} has no memory limit",
        label="may take all memory of the host",
        fix=fix,
        evidence="memory",
    )


def _default(container: Container) -> str | None:
    """An amount that the engine takes: not below what is reserved, not above `memswap_limit`; None when unknown."""
    least = container.mem_reservation
    if isinstance(container, Service) and container.deploy and container.deploy.resources:
        reserved = container.deploy.resources.reservations
        least = reserved.memory if reserved and reserved.memory is not None else least
    most = container.memswap_limit
    if isinstance(least, Unresolved) or isinstance(most, Unresolved):
        return None
    amount = max(_DEFAULT, least or 0)
    if most is not None and most > 0:
        amount = min(amount, most)
    return f"{amount // _MEBIBYTE}m" if amount % _MEBIBYTE == 0 else f"{amount}b"
