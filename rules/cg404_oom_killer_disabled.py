"""CG404: a container that the kernel spares when memory runs out."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Problem,
    Profile,
    Remove,
    Safety,
    Severity,
    compose,
    container_rule,
    cwe,
    docker,
)

_LABEL = "other programs die in its place"


@container_rule(
    code="CG404",
    name="oom-killer-disabled",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    references=(
        cwe(770),
        docker("engine/containers/resource_constraints/", "Resource constraints"),
        compose("05-services.md#oom_kill_disable"),
    ),
    examples=(
        Example(
            title="Switched off, or made the last choice",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 256m
    oom_kill_disable: true  # expect: CG404
  api:
    image: nginx:1.27.2
    oom_score_adj: -900  # expect: CG404
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 256m
  api:
    image: nginx:1.27.2
""",
        ),
        Example(
            title="A container that goes first",
            good="""\
services:
  batch:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    oom_kill_disable: "false"
    oom_score_adj: 500
""",
        ),
    ),
)
def oom_killer_disabled(container: Container) -> Iterator[Problem]:
    """When memory runs out, the kernel ends other programs in place of this one.

    `oom_kill_disable` leaves a container that has used up its limit hanging, with all its memory; without a
    limit, the host itself hangs. A negative `oom_score_adj` makes the kernel prefer programs of the host, its
    SSH server and the engine among them.

    **Fix.** Remove the key, and give the container a memory limit that it does not reach.

    **When to ignore.** The one program that a machine is there for, with a memory limit of its own.
    """
    if container.oom_kill_disable is True:
        path = container.at("oom_kill_disable")
        yield Problem(
            path,
            f"{container.name} is never ended when memory runs out",
            label=_LABEL,
            fix=Fix(
                "remove `oom_kill_disable`",
                (Remove(path),),
                Safety.UNSAFE,
                note="the kernel ends the program when it reaches its memory limit, where it would have waited",
            ),
        )
    score = container.oom_score_adj
    if isinstance(score, int) and score < 0:
        path = container.at("oom_score_adj")
        yield Problem(
            path,
            f"{container.name} is spared when memory runs out: the kernel ends programs of the host first",
            label=_LABEL,
            fix=Fix(
                "remove `oom_score_adj`",
                (Remove(path),),
                Safety.UNSAFE,
                note="the kernel may choose this program when the host runs out of memory",
            ),
        )
