"""CG904: a finding that is accepted, and nobody says why."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Acceptance,
    Example,
    Options,
    Place,
    Problem,
    Severity,
    cwe,
    option,
    suppression_rule,
)


class SuppressionWithoutReason(Options):
    mentions: tuple[str, ...] = option(
        (), "Texts of which every reason must hold one, such as the prefix of a ticket (`SEC-`)."
    )


@suppression_rule(
    code="CG904",
    name="suppression-without-reason",
    severity=Severity.LOW,
    profiles=(),
    correctness=True,
    options=SuppressionWithoutReason,
    references=(cwe(1059),),
    examples=(
        Example(
            title="No word on why",
            bad="""\
services:
  build:
    image: docker:27.3.1-dind
    privileged: true  # composeguard: ignore[CG101]  # expect: CG904
""",
        ),
        Example(
            title="A reason that names no ticket",
            settings={"mentions": ["SEC-"]},
            bad="""\
services:
  build:
    image: docker:27.3.1-dind
    privileged: true  # composeguard: ignore[CG101] the engine of the build machine  # expect: CG904
    cgroup: host  # composeguard: ignore[CG108] SEC-214: the engine makes groups of its own
""",
        ),
        Example(
            title="Reasons",
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
    ports: ["8080:80"]  # composeguard: ignore[CG302] until=2031-06-30 the public site, until the proxy is there
""",
        ),
    ),
)
def suppression_without_reason(acceptance: Acceptance, options: SuppressionWithoutReason) -> Iterator[Problem]:
    """A finding that is accepted without a reason cannot be judged again.

    A year later nobody knows whether the risk was weighed or the tool was to be silent, and the comment stays for
    fear of what it may be good for. The rule is on where a configuration says `require-reason: true`, or
    something of CG904.

    **Fix.** Write behind the brackets why it is right here.

    **When to ignore.** Teams that keep their reasons elsewhere leave the rule off.
    """
    directive = acceptance.directive
    if not (directive.is_known and directive.words):
        return
    place = Place(acceptance.file, directive.start, directive.end)
    codes = acceptance.codes
    if not directive.reason:
        yield Problem(
            acceptance.path,
            f"the comment accepts {codes} and does not say why",
            label="nobody can judge it again",
            place=place,
            evidence=codes,
        )
    elif options.mentions and not any(text in directive.reason for text in options.mentions):
        yield Problem(
            acceptance.path,
            f"the reason for accepting {codes} holds none of {', '.join(options.mentions)}",
            label="nobody can look it up",
            place=place,
            evidence=codes,
        )
