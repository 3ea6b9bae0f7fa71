"""CG905: a finding that was accepted until a day that has passed."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Acceptance,
    Example,
    Place,
    Problem,
    Profile,
    Severity,
    Use,
    cwe,
    suppression_rule,
)


@suppression_rule(
    code="CG905",
    name="expired-suppression",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED,),
    correctness=True,
    references=(cwe(672),),
    examples=(
        Example(
            title="A day that has passed, and one that is none",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    # composeguard: ignore[CG301] until=2020-06-30 until the exporter has a port of its own  # expect: CG905
    network_mode: host
    pid: host  # composeguard: ignore[CG108] until=June  # expect: CG905
""",
        ),
        Example(
            title="A day to come",
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
def expired_suppression(acceptance: Acceptance) -> Iterator[Problem]:
    """The day until which a finding was accepted has passed, and the finding counts again.

    A risk was taken for a while, and the while is over: what was to be repaired by then was not. `until=` names the
    last day; the day changes at midnight UTC, and `SOURCE_DATE_EPOCH` stands in for the clock. A day that is not
    written as `2027-01-31` is no day, and the comment does not count.

    **Fix.** Repair what the comment accepts and remove it, or decide anew and write a later day.

    **When to ignore.** Never: a comment without `until=` is for what is accepted for good.
    """
    directive, codes = acceptance.directive, acceptance.codes
    until = directive.until
    if until is None or not acceptance.over or not directive.is_known or not directive.words:
        return
    if all(named.use in (Use.UNUSED, Use.UNKNOWN) for named in acceptance.named):
        return  # CG903 says that there is nothing to accept
    if directive.last_day is None:
        message = f"`until={until.text}` names no day (2027-01-31 is one), so {codes} is not accepted"
    else:
        message = f"{codes} was accepted until {until.text}, and counts again"
    yield Problem(
        acceptance.path,
        message,
        label="no day" if directive.last_day is None else "is over",
        place=Place(acceptance.file, until.start, until.end),
        evidence=codes,
    )
