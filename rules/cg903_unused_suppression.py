"""CG903: a comment that accepts nothing."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Acceptance,
    Example,
    Fix,
    Place,
    Problem,
    Profile,
    RemoveComment,
    Safety,
    Severity,
    Use,
    Word,
    cwe,
    suppression_rule,
)


@suppression_rule(
    code="CG903",
    name="unused-suppression",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED,),
    correctness=True,
    references=(cwe(1164),),
    examples=(
        Example(
            title="The port is bound to one address now",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    ports:
      - "127.0.0.1:8080:80"  # composeguard: ignore[CG302] the office network only  # expect: CG903
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    ports:
      - "127.0.0.1:8080:80"
""",
        ),
        Example(
            title="A code that does not exist, and none at all",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    network_mode: host  # composeguard: ignore[CG30] measures the traffic of the host  # expect: CG903
    privileged: true  # composeguard: ignore  # expect: CG903
""",
        ),
        Example(
            title="Comments that accept what is there",
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
    ports:
      # composeguard: ignore[port-on-all-interfaces] the public site
      - "8080:80"
""",
        ),
    ),
)
def unused_suppression(acceptance: Acceptance) -> Iterator[Problem]:
    """A comment that accepts nothing would accept the next mistake unseen.

    The finding that it was written for is gone, or it never named one: a code that does not exist, no code, or
    another word than `ignore`. Who trusts it believes that somebody has looked; whoever brings the setting back
    finds it accepted beforehand.

    A code is judged only where its rule ran: not under another profile or `--select`, not where a part of the
    project could not be seen, and not where another file of the project has a say in the same setting.

    **Fix.** Remove the comment, or the code; put a misspelt one right.

    **When to ignore.** Files that are deployed with variables or overrides that the check does not know.
    """
    directive = acceptance.directive
    verb = directive.verb
    if acceptance.near:
        message = (
            f"composeguard knows no {verb.text!r}, so the comment accepts nothing; did you mean {acceptance.near}?"
        )
        yield _problem(acceptance, verb, message, "accepts nothing")
        return
    if not directive.words:
        message = f"the comment names no code, so it accepts nothing: write {verb.text}[CODE] and the reason"
        yield _problem(acceptance, verb, message, "accepts nothing")
        return
    for named in acceptance.named:
        word = named.word
        if named.use is Use.UNKNOWN:
            hint = f"; did you mean {named.near}?" if named.near else ""
            message = f"there is no rule {named.shown}, so the comment accepts nothing by it{hint}"
            yield _problem(acceptance, word, message, "accepts nothing")
        elif named.use is Use.UNUSED:
            message = f"the comment accepts {named.shown}, which finds nothing here"
            yield _problem(acceptance, word, message, "would accept the next one unseen", _removal(acceptance, word))


def _removal(acceptance: Acceptance, word: Word) -> Fix:
    """The code goes; with the last one, the comment. Where all go, they go at once: one by one takes a round each."""
    directive = acceptance.directive
    whole = all(named.use is Use.UNUSED for named in acceptance.named)
    start, end = (directive.start, directive.end) if whole else (word.start, word.end)
    operation = RemoveComment(acceptance.path, directive.file, start, end)
    title = f"remove `{word.text.upper()}` from the comment"
    return Fix("remove the comment" if whole and len(directive.words) > 1 else title, (operation,), Safety.SAFE)


def _problem(acceptance: Acceptance, word: Word, message: str, label: str, fix: Fix | None = None) -> Problem:
    place = Place(acceptance.file, word.start, word.end)
    return Problem(acceptance.path, message, label=label, place=place, evidence=word.text, fix=fix)
