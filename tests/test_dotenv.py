"""Env files: positions, errors, the raw format, and unknown variables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.compose import dotenv
from composeguard.compose.dotenv import DotenvError, parse_dotenv, parse_raw
from composeguard.compose.interpolate import Unset
from composeguard.compose.unresolved import MARK, Unresolved

TOKENS = [
    "A",
    "B1",
    "=",
    ":",
    "\n",
    "\r\n",
    " ",
    "#",
    "'",
    '"',
    "\\",
    "\\0101",
    "$A",
    "${U:-d}",
    "export ",
    "é",
    "/",
    "\x85",
    "\u2003",
    MARK,
]
FILES = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)


def test_positions() -> None:
    text = "# secret\r\n\nexport TOKEN = abc # why\nQ='x\ny' \nD: \"a\\nb\"\nHOME\n"
    found = [
        (entry.key, entry.value, entry.line, text[entry.key_start : entry.key_end], text[entry.start : entry.end])
        for entry in parse_dotenv(text, {"HOME": "/root"}).entries
    ]
    assert found == [
        ("TOKEN", "abc", 3, "TOKEN", "abc"),
        ("Q", "x\ny", 4, "Q", "x\ny"),
        ("D", "a\nb", 6, "D", "a\\nb"),
        ("HOME", "/root", 7, "HOME", "HOME"),
    ]


def test_text_after_a_quote_is_an_entry_without_key() -> None:
    text = 'A="x" left'
    last = parse_dotenv(text, {}).entries[-1]
    assert (last.key, last.value, text[last.start : last.end]) == ("", "left", "left")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A\n", {}),
        ("SET\n", {"SET": "s"}),
        ("export\nA=1", {"A": "1"}),
        ("A\tB=1", {"A\tB": "1"}),
        ("A=1 #c", {"A": "1"}),
        ("A=\u2003", {"A": ""}),
        ("\u2003A=1", {"A": "1"}),
        (r'A="\0"', {"A": "\\"}),
        (r'A="\08"', {"A": r"\8"}),
        (r'A="\0400"', {"A": r"\400"}),
        (r'A="\0000"', {"A": "\0"}),
        (r'A="\0377"', {"A": "ÿ"}),
        (r'A="\c\x"', {"A": r"\c\x"}),
        ("A=${OLD}", {"A": "o"}),
        ("OLD=n\nA=${OLD}", {"OLD": "n", "A": "n"}),
        ("SET=n\nA=${SET}", {"SET": "n", "A": "s"}),
    ],
)
def test_values(text: str, values: dict[str, str]) -> None:
    assert parse_dotenv(text, {"SET": "s"}, earlier={"OLD": "o"}).values == values


@pytest.mark.parametrize(
    ("text", "line", "offset"),
    [
        ("A=1\nB/C=1\n", 2, 5),
        ("A=1\n\n A B=2", 3, 6),
        ("A='x\ny\n", 1, 2),
        ("A=1\nB=x${", 2, 7),
        ("A=${NO:?secret reason}", 1, 2),
        ("export \t", 1, 8),
    ],
)
def test_errors(text: str, line: int, offset: int) -> None:
    with pytest.raises(DotenvError) as caught:
        parse_dotenv(text, {})
    assert (caught.value.line, caught.value.offset) == (line, offset)
    assert str(caught.value).startswith(f"line {line}: ")
    assert caught.value.partial.values == ({"A": "1"} if text.startswith("A=1") else {})


def test_errors_hold_no_value() -> None:
    with pytest.raises(DotenvError) as caught:
        parse_dotenv("A='hunter2", {})
    assert "hunter2" not in str(caught.value)


def test_unknown_variables() -> None:
    values = parse_dotenv("A=x$NO\nB=${A}/y\nC=${NO:?why}", {}, unset=Unset.UNRESOLVED).values
    assert values == {
        "A": Unresolved(f"x{MARK}", ("$NO",)),
        "B": Unresolved(f"x{MARK}/y", ("$NO",)),
        "C": Unresolved(MARK, ("${NO:?why}",)),
    }


def test_growth_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dotenv, "MAX_TOTAL", 10_000)
    text = "A=" + "x" * 100 + "\n" + "A=$A$A\n" * 8
    with pytest.raises(DotenvError, match="line 7: "):
        parse_dotenv(text, {})


def test_raw() -> None:
    text = "# c\n\n  A='$X' # no \r\nB=\nSET\nUNSET\nC==\\n"
    entries = parse_raw(text, {"SET": "s"}).entries
    found = [(entry.key, entry.value, entry.line, text[entry.start : entry.end]) for entry in entries]
    assert found == [
        ("A", "'$X' # no ", 3, "'$X' # no "),
        ("B", "", 4, ""),
        ("SET", "s", 5, "SET"),
        ("UNSET", None, 6, "UNSET"),
        ("C", "=\\n", 7, "=\\n"),
    ]
    assert parse_raw(text, {"SET": "s"}).values == {"A": "'$X' # no ", "B": "", "SET": "s", "C": "=\\n"}


@pytest.mark.parametrize(("text", "line"), [("=1", 1), ("A=1\nA B=1", 2), ("A =1", 1), ("A\tB", 1)])
def test_raw_errors(text: str, line: int) -> None:
    with pytest.raises(DotenvError) as caught:
        parse_raw(text, {})
    assert caught.value.line == line


@given(FILES, st.sampled_from(Unset))
def test_any_file_is_read_or_refused(text: str, unset: Unset) -> None:
    try:
        entries = parse_dotenv(text, {"A": "a"}, unset=unset).entries
    except DotenvError as error:
        entries, line, offset = error.partial.entries, error.line, error.offset
    else:
        line, offset = 1, 0
    assert 1 <= line <= text.count("\n") + 1
    assert 0 <= offset <= len(text)
    for entry in entries:
        assert 0 <= entry.key_start <= entry.key_end <= len(text)
        assert text[entry.key_start : entry.key_end] == entry.key
        assert 0 <= entry.start <= entry.end <= len(text)
        assert text.count("\n", 0, entry.key_start) + 1 == entry.line


@given(FILES)
def test_any_raw_file_is_read_or_refused(text: str) -> None:
    try:
        entries = parse_raw(text, {"A": "a"}).entries
    except DotenvError:
        return
    for entry in entries:
        assert entry.value is None or entry.inherited or text[entry.start : entry.end] == entry.value


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z_][A-Z0-9_]*", fullmatch=True), st.text(alphabet="abc $#='\\\"{}\t", max_size=12)
    )
)
def test_single_quotes_keep_everything(values: dict[str, str]) -> None:
    values = {key: value.replace("'", "").replace("\\", "") for key, value in values.items()}
    text = "".join(f"{key}='{value}'\n" for key, value in values.items())
    assert parse_dotenv(text, {}).values == values
