"""Snippets: what is shown of a line, and whether the marks stand under the text that the finding names."""

from __future__ import annotations

import pytest
from msgspec import Struct
from tests.report_samples import SECRET, Made, make_file, make_finding, make_report

from composeguard.engine.report import Report
from composeguard.report.cells import width_of
from composeguard.report.secrets import Secrets
from composeguard.report.snippet import Row, snippet

_NO_SECRETS = Secrets(Report(version="1"))


def _draw(rows: tuple[Row, ...]) -> list[str]:
    drawn: list[str] = []
    for row in rows:
        drawn.extend(["..."] if row.gap else [])
        drawn.append(f"{row.number}|{row.text}")
        drawn.append(f" |{' ' * row.indent}{'^' * row.marks}")
    return drawn


class Case(Struct, frozen=True):
    """`marked` is the text of the region in `text`; `drawn` is what a terminal shows."""

    name: str
    text: str
    marked: str
    drawn: list[str]
    width: int = 60


CASES = [
    Case(
        "one line", "web:\n  privileged: true\n", "privileged: true", ["2|  privileged: true", " |  ^^^^^^^^^^^^^^^^"]
    ),
    Case("carriage returns", "web:\r\n  user: root\r\n", "user: root", ["2|  user: root", " |  ^^^^^^^^^^"]),
    Case("old newlines", "web:\r  user: root\r", "user: root", ["2|  user: root", " |  ^^^^^^^^^^"]),
    Case("last line", "a: 1\nb: 22", "22", ["2|b: 22", " |   ^^"]),
    Case("tabs", "a:\tb\tc", "c", ["1|a:  b   c", " |        ^"]),
    Case("astral", "a: 🐳 b", "b", ["1|a: 🐳 b", " |      ^"]),
    Case("wide", "名前: 値 x", "値", ["1|名前: 値 x", " |      ^^"]),
    Case("combining", "e\u0301e\u0301: x", "x", ["1|e\u0301e\u0301: x", " |    ^"]),
    Case("hangul parts", "\u1112\u1161\u11ab: x", "x", ["1|\u1112\u1161\u11ab: x", " |    ^"]),
    Case("written out", "a\x1b: \u202ex", "x", ["1|a\\x1b: \\u202ex", " |             ^"]),
    Case("empty region", "a: \nb: 1\n", "", ["1|a: ", " |^"]),
    Case("two lines", "a:\n  - b\n", "a:\n  - b\n", ["1|a:", " |^^", "2|  - b", " |  ^^^"]),
    Case(
        "many lines",
        "x: [1,\n  2,\n  3] # c\n",
        "[1,\n  2,\n  3]",
        ["1|x: [1,", " |   ^^^", "...", "3|  3] # c", " |  ^^"],
    ),
    Case("blanks at the end", "a:\n  b: 1\n\n\nc: 1", "b: 1\n\n\n", ["2|  b: 1", " |  ^^^^"]),
    Case(
        "long, near the start",
        "key: value " + "x" * 90,
        "value",
        ["1|key: value xxxxxxxxxxxxx...", " |     ^^^^^"],
        30,
    ),
    Case(
        "long, in the middle",
        "x" * 90 + " value " + "y" * 90,
        "value",
        ["1|...xxxxxxx value yyyyyyyyyy...", " |           ^^^^^"],
        30,
    ),
    Case(
        "long, at the end",
        "x" * 90 + " value",
        "value",
        ["1|...xxxxxxx value", " |           ^^^^^"],
        30,
    ),
    Case("longer than the screen", "k: " + "v" * 90, "v" * 90, ["1|..." + "v" * 24 + "...", " |   " + "^" * 24], 30),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_snippet(case: Case) -> None:
    file = make_file(case.text)
    start = case.text.index(case.marked)
    rows = snippet(file, start, start + len(case.marked), width=case.width, secrets=_NO_SECRETS)
    assert _draw(rows) == case.drawn
    assert all(sum(map(width_of, row.text)) <= case.width for row in rows)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 9), (99, 120), (3, 1)])
def test_a_place_outside_the_text_shows_what_there_is(start: int, end: int) -> None:
    rows = snippet(make_file("ab: 1"), start, end, width=60, secrets=_NO_SECRETS)
    assert [row.text for row in rows] == ["ab: 1"]
    assert rows[0].marks >= 1
    assert snippet(make_file(""), start, end, width=60, secrets=_NO_SECRETS)[0].text == ""


class Masked(Struct, frozen=True):
    """A secret at `marked`, named by the last step of a path; `shown` is the only line."""

    name: str
    text: str
    marked: str
    step: str | int
    shown: str


MASKED = [
    Masked("mapping", "  PW: hunter2 # c", "PW: hunter2", "PW", "  PW: **** # c"),
    Masked("quoted value", '  PW: "hunter2"', 'PW: "hunter2"', "PW", "  PW: ****"),
    Masked("quoted key", '{"PW": hunter2}', '"PW": hunter2', "PW", '{"PW": ****}'),
    Masked("list", '- "PW=hunter2"', '"PW=hunter2"', "PW", '- "PW=****"'),
    Masked("plain list", "- PW=hunter2", "PW=hunter2", "PW", "- PW=****"),
    Masked("value alone", "PW: aGk=", "aGk=", "PW", "PW: ****"),
    Masked("separator in the secret", "PW: abc=def", "abc=def", "PW", "PW: ****"),
    Masked("another key", "x: PW=1", "PW=1", "OTHER", "x: ****"),
    Masked("item", "command: run --pw=a:b", "run --pw=a:b", 0, "command: ****"),
    Masked("wide", "PW: 秘密秘密 # c", "PW: 秘密秘密", "PW", "PW: **** # c"),
]


@pytest.mark.parametrize("case", MASKED, ids=lambda case: case.name)
def test_a_secret_is_masked_and_its_key_is_not(case: Masked) -> None:
    file = make_file(case.text)
    finding = make_finding(file, case.marked, SECRET, Made(path=("services", case.step), redact=True))
    secrets = Secrets(make_report(finding))
    assert [row.text for row in snippet(file, 0, 1, width=60, secrets=secrets)] == [case.shown]


@pytest.mark.parametrize(
    ("secret", "shown"), [("Zq7xVw93", "app: ****"), ("postgres", "app: postgres"), ("Zq7", "app: Zq7")]
)
def test_a_secret_that_is_written_again_is_masked_there_too(secret: str, shown: str) -> None:
    file = make_file(f"PW: {secret}\napp: {secret}\n")
    secrets = Secrets(make_report(make_finding(file, f"PW: {secret}", made=Made(path=("PW",), redact=True))))
    start = file.text.index("app")
    assert [row.text for row in snippet(file, start, start + 3, width=60, secrets=secrets)] == [shown]


def test_every_line_of_a_long_secret_is_masked() -> None:
    text = "key: |\n  -----BEGIN\n  abcdef\n  -----END\nuser: root\n"
    file = make_file(text)
    finding = make_finding(file, text[: text.index("user")], SECRET, Made(path=("configs", "key"), redact=True))
    secrets = Secrets(make_report(finding))
    shown = [
        snippet(file, start, start + 1, width=60, secrets=secrets)[0].text
        for start in map(file.line_start, range(1, 6))
    ]
    assert shown == ["key: ****", "  ****", "  ****", "  ****", "user: root"]
