"""Comments that accept findings: which findings each one reaches, what becomes of it, and at what cost."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import date

import pytest
from tests.reading import read_texts

from composeguard.engine.directive import directives
from composeguard.engine.finding import Finding
from composeguard.engine.rule import Rule, Scope
from composeguard.engine.severity import Severity
from composeguard.engine.suppress import Comments, Named, Use
from composeguard.source.file import SourceFile
from composeguard.source.read import read_source

RULE = Rule("CG999", "some-rule", Severity.LOW, (), Scope.READING, lambda reading: ())
OTHER = Rule("CG998", "other-rule", Severity.LOW, (), Scope.READING, lambda reading: ())
ON_COMMENTS = Rule("CG997", "on-comments", Severity.LOW, (), Scope.SUPPRESSION, lambda acceptance: ())
RULES = (RULE, OTHER, ON_COMMENTS)
TODAY = date(2026, 7, 1)


def _finding(file: SourceFile, line: int, rule: Rule = RULE) -> Finding:
    start = file.line_start(line)
    return Finding(rule, Severity.LOW, "m", "", file, start, start + 1, (), "f")


def _mark(findings: Iterable[Finding], today: date = TODAY) -> list[Finding]:
    return Comments(today).mark(findings)


def _accepted(text: str) -> list[int]:
    """The lines on which a finding of CG999 is accepted."""
    file = read_source("compose.yaml", text.encode())
    count = len(text.splitlines())
    marked = _mark(_finding(file, line) for line in range(1, count + 1))
    return [line for line, finding in enumerate(marked, 1) if finding.suppression]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 2 # composeguard: ignore[CG999] x\nc: 3\n", [2]),
        ("a: 1\n# composeguard: ignore[some-rule] x\nb: 2\nc: 3\n", [3]),
        ("# composeguard: ignore[cg999] x\n# why\n#\na: 1\nb: 2\n", [4]),
        ("# composeguard: ignore[CG999] x\n\na: 1\n", [2]),
        ("# composeguard: ignore-file[CG1, CG999] x\na: 1\n", [1, 2]),
        ("# composeguard: ignore[CG1] x\na: 1\n", []),
        ("# composeguard: ignore\na: 1\n", []),
        ("services:\n  a: # composeguard: ignore[CG999] x\n    image: b\n    user: c\n  d:\n    image: e\n", [2, 3, 4]),
        ("services:\n  # composeguard: ignore[CG999] x\n  a:\n    image: b\n  d:\n    image: e\n", [3, 4]),
        ("services:\n  a:\n    image: b\n    # composeguard: ignore[CG999] x\n    user: c\n    tty: true\n", [5]),
        ("a: 1 # noqa # composeguard: ignore[CG999] x\n", [1]),
        ("a: 1 # composeguard: ignore[CG1] x # composeguard: ignore[CG999] y\n", [1]),
        ("a: 1 # composeguard: disable[CG999] x\n", []),
        ("a: 1 # composeguard: ignore[CG999] until=2026-07-01 x\nb: 1\n", [1]),
        ("a: 1 # composeguard: ignore[CG999] x until=2026-06-30\nb: 1\n", []),
        ("a: 1 # composeguard: ignore[CG999] until=soon\n", []),
        ("a: |\n  # composeguard: ignore-file[CG999] a text\nb: '# composeguard: ignore-file[CG999]'\n", []),
    ],
)
def test_what_a_comment_reaches(text: str, lines: list[int]) -> None:
    assert _accepted(text) == lines


def test_the_first_comment_that_holds_gives_the_reason() -> None:
    text = (
        "# composeguard: ignore-file[CG999] until=2026-01-01 over\n# composeguard: ignore-file[some-rule] first\n"
        "a: 1 # composeguard: ignore[CG999] second\n"
    )
    file = read_source("compose.yaml", text.encode())
    (finding,) = _mark([_finding(file, 3)])
    assert finding.suppression is not None
    assert (finding.suppression.justification, finding.suppression.line) == ("first", 2)


def test_a_comment_and_its_parts_have_places() -> None:
    text = "a: 1  # x # Composeguard:  Ignore[CG1,\tsome-rule]  why not until=2027-01-31, indeed  \n"
    file = read_source("compose.yaml", text.encode())
    (directive,) = directives(file)
    assert text[directive.start : directive.end] == text[text.index("# Comp") :].rstrip()
    parts = [directive.verb, *directive.words]
    assert [text[part.start : part.end].lower() for part in parts] == [part.text for part in parts]
    assert [part.text for part in parts] == ["ignore", "cg1", "some-rule"]
    assert directive.until is not None
    assert text[directive.until.start : directive.until.end] == "until=2027-01-31"
    assert (directive.reason, directive.last_day) == ("why not indeed", date(2027, 1, 31))
    assert not directive.alone


@pytest.mark.parametrize(
    "text",
    ["# composeguard: see the wiki", "# composeguard ignore[CG1]", "# composeguard: 1", "# composeguard:"],
)
def test_a_remark_is_no_directive(text: str) -> None:
    assert directives(read_source("compose.yaml", f"a: 1 {text}\n".encode())) == ()


@pytest.mark.parametrize("day", ["2027-1-31", "20270131", "2027-02-30", "2027-W01-1", "٢٠٢٧-01-31", ""])
def test_what_is_no_day(day: str) -> None:
    (directive,) = directives(read_source("compose.yaml", f"a: 1 # composeguard: ignore[CG1] until={day}\n".encode()))
    assert directive.until is not None
    assert (directive.last_day, directive.holds(None)) == (None, False)


# What becomes of a comment ------------------------------------------------------------------------------------------

WEB = "services:\n  web:\n    image: nginx{}\n    privileged: true{}\n"


def _uses(
    texts: Mapping[str, str],
    findings: Mapping[str, Iterable[int]] | None = None,
    *,
    ran: Iterable[str] = ("CG999", "CG998", "CG997"),
    files: tuple[str, ...] = ("compose.yaml",),
) -> list[Named]:
    """What becomes of every code, where CG999 has findings on the given lines."""
    reading = read_texts(texts, files=files)
    comments = Comments(TODAY)
    by_name = {file.uri: file for file in reading.files}
    comments.mark(_finding(by_name[name], line) for name, lines in (findings or {}).items() for line in lines)
    return [named for each in comments.judged(reading, RULES, frozenset(ran)) for named in each.named]


def _use(text: str, *lines: int, ran: Iterable[str] = ("CG999", "CG998", "CG997")) -> list[Use]:
    return [named.use for named in _uses({"compose.yaml": text}, {"compose.yaml": lines}, ran=ran)]


def test_used_unused_and_not_judged() -> None:
    assert _use(WEB.format("", " # composeguard: ignore[CG999] x"), 4) == [Use.USED]
    assert _use(WEB.format("", " # composeguard: ignore[CG999] x"), 3) == [Use.UNUSED]
    assert _use(WEB.format("", " # composeguard: ignore[CG999, CG998] x"), 4) == [Use.USED, Use.UNUSED]
    assert _use(WEB.format("", " # composeguard: ignore[some-rule] x"), ran=()) == [Use.UNTOLD]
    assert _use(WEB.format("", " # composeguard: ignore[on-comments] x")) == [Use.UNTOLD]
    over = " # composeguard: ignore[CG999] until=2020-01-01"
    assert _use(WEB.format("", over), 4) == [Use.USED], "it would be needed"
    assert _use(WEB.format("", over)) == [Use.UNUSED]


def test_all_comments_that_speak_of_a_finding_are_used() -> None:
    text = WEB.format("", " # composeguard: ignore[some-rule] x").replace(
        "web:", "web: # composeguard: ignore[CG999] x"
    )
    assert _use("# composeguard: ignore-file[cg999] x\n" + text, 5) == [Use.USED] * 3


@pytest.mark.parametrize(
    ("word", "near"),
    [("CG99", "CG999"), ("CG99O", ""), ("CG99B", "CG999"), ("some-rul", "some-rule"), ("quite-another", "")],
)
def test_a_code_that_does_not_exist(word: str, near: str) -> None:
    (named,) = _uses({"compose.yaml": WEB.format("", f" # composeguard: ignore[{word}] x")})
    assert (named.use, named.shown) == (Use.UNKNOWN, word.upper() if word[-3:].isdigit() else word.lower())
    if near:
        assert named.near == near


def test_zeros_that_look_like_letters() -> None:
    rule = Rule("CG101", "zero", Severity.LOW, (), Scope.READING, lambda reading: ())
    reading = read_texts({"compose.yaml": WEB.format("", " # composeguard: ignore[CGlO1] x")})
    ((named,),) = [each.named for each in Comments().judged(reading, (rule,), frozenset())]
    assert named.near == "CG101"


def test_codes_of_others_are_left_to_them() -> None:
    assert _use(WEB.format("", " # composeguard: ignore[ACME001] x")) == [Use.UNTOLD]


def test_a_part_that_is_not_seen_may_have_the_finding() -> None:
    text = WEB.format("", " # composeguard: ignore[CG999] x") + "include: [gone.yaml]\n"
    assert _use(text) == [Use.UNTOLD]


def test_another_file_of_the_project_has_a_say() -> None:
    base = WEB.format("", " # composeguard: ignore[CG999] x")
    for override, use in (
        ("services: {web: {privileged: false}}\n", Use.UNTOLD),
        ("services: {web: {user: a}}\n", Use.UNUSED),
        ("services: {api: {image: b}}\n", Use.UNUSED),
        ("x-a: &a {privileged: false}\nservices: {web: {<<: *a}}\n", Use.UNTOLD),
    ):
        (named,) = _uses({"compose.yaml": base, "b.yaml": override}, files=("compose.yaml", "b.yaml"))
        assert named.use is use, override


def test_comments_of_a_base_are_for_all_who_extend_it() -> None:
    base = WEB.format("", " # composeguard: ignore[CG999] x")
    texts = {"compose.yaml": "services: {web: {extends: {file: base.yaml, service: web}}}\n", "base.yaml": base}
    assert _uses(texts) == []
    assert [named.use for named in _uses(texts, files=("base.yaml",))] == [Use.UNUSED]


def test_the_path_is_that_of_what_the_comment_counts_for() -> None:
    text = (
        "# composeguard: ignore-file[CG999] x\nservices:\n  # composeguard: ignore[CG999] x\n  web:\n    image: nginx\n"
        "    ports:\n      - '80:80' # composeguard: ignore[CG999] x\n    user: a # composeguard: ignore[CG999] x\n"
    )
    reading = read_texts({"compose.yaml": text})
    paths = [each.path for each in Comments().judged(reading, RULES, frozenset())]
    web = ("services", "web")
    assert paths == [(), web, (*web, "ports", 0), (*web, "user")]


def test_many_comments_and_many_findings_cost_no_more_than_their_sum() -> None:
    text = (
        "# composeguard: ignore[CG1] x\n" * 20_000
        + "# composeguard: ignore[CG999] x\n" * 20_000
        + "services: {a: {image: b}} # composeguard: ignore[CG2] x\n"
    )
    started = time.perf_counter()
    reading = read_texts({"compose.yaml": text})
    comments = Comments(TODAY)
    comments.mark(_finding(reading.files[0], 40_001) for _ in range(20_000))
    assert len(list(comments.judged(reading, RULES, frozenset(("CG999",))))) == 40_001
    assert time.perf_counter() - started < 10  # a look at each comment for each finding takes minutes


@pytest.mark.parametrize(
    "text",
    [
        "# composeguard: ignore[CG1]" + " " * 200_000 + "x",
        "#" + " " * 200_000 + "composeguard" + " " * 200_000,
        "# composeguard:" * 20_000,
        "# composeguard: ignore[" + "a," * 200_000,
        "# composeguard: ignore[CG1]" + " until=" * 50_000,
    ],
)
def test_a_long_comment_takes_no_longer_than_its_length(text: str) -> None:
    started = time.perf_counter()
    file = read_source("compose.yaml", f"a: 1 {text}\n".encode())
    directives(file)
    assert time.perf_counter() - started < 5
