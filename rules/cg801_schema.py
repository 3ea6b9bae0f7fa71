"""CG801: what the reference refuses to read."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Diagnostic,
    Example,
    Fix,
    Kind,
    Operation,
    Problem,
    Profile,
    Reading,
    Rename,
    Safety,
    Set,
    Severity,
    compose,
    reading_rule,
)


@reading_rule(
    code="CG801",
    name="schema",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(compose("00-overview.md"), compose("05-services.md")),
    examples=(
        Example(
            title="A misspelt key hardens nothing",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    read_olny: true  # expect: CG801
    security-opt: [no-new-privileges:true]  # expect: CG801
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    read_only: true
    security_opt: [no-new-privileges:true]
""",
        ),
        Example(
            title="A text where a list belongs",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    cap_drop: ALL  # expect: CG801
    pids_limit: many  # expect: CG801
""",
        ),
        Example(
            title="Keys of one's own, and words for booleans",
            good="""\
x-team: payments
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: "Yes"
    mem_limit: 256m
    cpus: "0.5"
    pids_limit: "100"
    logging: {driver: local}
    x-owner: {team: payments}
""",
        ),
    ),
)
def schema(reading: Reading) -> Iterator[Problem]:
    """Compose refuses the file, or the part of it that is meant to protect has no effect.

    An unknown key, a value of the wrong type or a misspelt choice: `docker compose` stops at it, while tools
    that are less strict (older engines, other runtimes, generators) pass over it. A misspelt hardening key is
    then a hole that looks closed. composeguard leaves the part out and judges the rest of the file.

    **Fix.** Write the key or value as the specification has it; where one is near, the fix puts it in.

    **When to ignore.** Never for a file that Compose is to read. Keys for other tools go below a name that
    starts with `x-`.
    """
    # What to run is there, and said to be wrong.
    wrong = {
        diagnostic.path[:2]
        for diagnostic in reading.diagnostics
        if diagnostic.kind is Kind.SCHEMA and diagnostic.path[2:3] in (("image",), ("build",))
    }
    whole = bool(wrong) or not reading.project.is_fragment
    # A base that could not be read may have the image.
    unseen = {diagnostic.path[:2] for diagnostic in reading.diagnostics if diagnostic.kind is Kind.GAP} | wrong
    for diagnostic in reading.diagnostics:
        lacks_image = _lacks_image(diagnostic)
        if lacks_image and diagnostic.path in unseen:
            continue
        if diagnostic.kind is Kind.SCHEMA and (whole or not lacks_image):
            severity = Severity.MEDIUM if lacks_image else None  # the image may be in a file beside this one
            yield Problem(
                diagnostic.path, diagnostic.message, fix=_fix(diagnostic), severity=severity, diagnostic=diagnostic
            )
    if not whole and not unseen:
        yield Problem(
            ("services",) if reading.project.services else ("jobs",),
            "no service has an image: this is read as a fragment, to be checked with the file that it belongs to",
            severity=Severity.INFO,
            evidence="fragment",
        )


def _fix(diagnostic: Diagnostic) -> Fix | None:
    path, near = diagnostic.path, diagnostic.suggestion
    if not near or not path:
        return None
    operation: Operation = Rename(path, near) if _is_key(diagnostic) else Set(path, near)
    return Fix(f"write `{near}`", (operation,), Safety.UNSAFE, note="what had no effect takes effect")


def _is_key(diagnostic: Diagnostic) -> bool:
    """Whether the place is that of a key, and not of its value."""
    written = diagnostic.file.text[diagnostic.start : diagnostic.end].strip("\"'")
    return written == diagnostic.path[-1]


def _lacks_image(diagnostic: Diagnostic) -> bool:
    return len(diagnostic.path) == 2 and "neither an image" in diagnostic.message
