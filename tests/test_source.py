"""Bytes to nodes: spans, comments, encodings, and errors with a place."""

from __future__ import annotations

import contextlib
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from composeguard.source.events import pure_python_events
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.limits import Limits
from composeguard.source.node import Node
from composeguard.source.node import Path as Steps
from composeguard.source.position import Region
from composeguard.source.read import read_source


def walk(node: Node, path: Steps = ()) -> Iterator[tuple[Steps, Node]]:
    yield path, node
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from walk(child, (*path, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from walk(child, (*path, index))


def spans(file: SourceFile) -> dict[Steps, tuple[str, str]]:
    """Path -> (text of the key, text of the value)."""
    return {
        path: (
            file.text[node.key_start : node.key_end] if node.key_start >= 0 else "",
            file.text[node.start : node.end],
        )
        for path, node in walk(file.documents[0])
    }


class Case(Struct, frozen=True):
    name: str
    text: str
    path: Steps
    key: str
    value: str


SPANS = [
    Case("plain", "a: b # c\n", ("a",), "a", "b"),
    Case("double quoted", 'a: "b # c" # d\n', ("a",), "a", '"b # c"'),
    Case("single quoted key", "'a b': 'it''s'\n", ("a b",), "'a b'", "'it''s'"),
    Case("quoted over lines", 'a: "b\n  c"\nd: e\n', ("a",), "a", '"b\n  c"'),
    Case("plain over lines", "a: b\n  c\nd: e\n", ("a",), "a", "b\n  c"),
    Case("literal block", "a: |\n  b\n  # no comment\n\nc: d\n", ("a",), "a", "|\n  b\n  # no comment"),
    Case("folded block kept", "a: >+\n  b\n\n\nc: d\n", ("a",), "a", ">+\n  b"),
    Case("empty value", "a:\nb: c\n", ("a",), "a", ""),
    Case("block mapping ends at its last leaf", "a:\n  b: c # d\n\n# e\nf: g\n", ("a",), "a", "b: c"),
    Case("block sequence", "a:\n  - b\n  - c\n# d\n", ("a",), "a", "- b\n  - c"),
    Case("sequence without indent", "a:\n- b\n- c\nd: e\n", ("a",), "a", "- b\n- c"),
    Case("item", "a:\n  - b: c\n    d: e\n  - f\n", ("a", 0), "", "b: c\n    d: e"),
    Case("flow mapping", "a: { b: c , d: [e] } # f\n", ("a",), "a", "{ b: c , d: [e] }"),
    Case("flow over lines", "a: [b,\n  c, # d\n ]\n", ("a",), "a", "[b,\n  c, # d\n ]"),
    Case("JSON", '{"a": {"b": ["c"]}}', ("a", "b", 0), "", '"c"'),
    Case("astral and combining", "é😀: 😀é # x\n", ("é😀",), "é😀", "😀é"),
    Case("CRLF", "a:\r\n  b: c\r\nd: e\r\n", ("a", "b"), "b", "c"),
    Case("tab after a value", "a: b\t# c\n", ("a",), "a", "b"),
    Case("alias keeps its own place", "a: &x [b]\nc: *x\n", ("c",), "c", "*x"),
    Case("tag is part of the value", "a: !reset null\n", ("a",), "a", "!reset null"),
    Case("value of a mapping that ends empty", "a:\n  b:\nc: d\n", ("a",), "a", "b:"),
    Case("explicit key", "? a\n: b\n", ("a",), "a", "b"),
]


@pytest.mark.parametrize("case", SPANS, ids=lambda case: case.name)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "python"])
def test_span_is_the_text_of_the_thing(case: Case, bom: bytes, pure: bool) -> None:
    data = bom + case.text.encode()
    if pure and case.name == "tab after a value":
        # PyYAML's own scanner refuses what YAML and libyaml allow here: loud, and rare enough for a fallback.
        with pytest.raises(SourceError, match="cannot start any token"):
            read_source("f.yml", data, events=pure_python_events)
        return
    file = read_source("f.yml", data, events=pure_python_events) if pure else read_source("f.yml", data)
    assert file.bom is bool(bom)
    assert spans(file)[case.path] == (case.key, case.value)


def test_utf16_is_read_by_its_mark() -> None:
    file = read_source("f.yml", "a: é😀\n".encode("utf-16"))
    assert spans(file)[("a",)] == ("a", "é😀")


def test_region_counts_code_points_from_one() -> None:
    file = read_source("f.yml", "a: 1\r\n😀: é\rb: 2\n".encode())
    node = dict(walk(file.documents[0]))[("b",)]
    assert file.region(node.key_start, node.end) == Region(3, 1, 3, 5)
    assert [file.line_text(line) for line in (1, 2, 3)] == ["a: 1", "😀: é", "b: 2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b # c\n", [("# c", False)]),
        ("# x\na: 1\n  # y\n", [("# x", True), ("# y", True)]),
        ("a: 'b # c' # d\n", [("# d", False)]),
        ("a: b#c\n", []),
        ("a: | # head\n  # text\n  b\n# tail\n", [("# head", False), ("# tail", True)]),
        ("a: [b, # one\n  c] # two\n", [("# one", False), ("# two", False)]),
        ('"k # k": v # c\n', [("# c", False)]),
        ("a: &x b # c\nd: *x # e\n", [("# c", False), ("# e", False)]),
        ("--- # start\na: 1\n... # end\n", [("# start", False), ("# end", False)]),
        ("a: b\r\n# c\r\n", [("# c", True)]),
        ("a: 1\n#", [("#", True)]),
    ],
)
def test_comments(text: str, expected: list[tuple[str, bool]]) -> None:
    comments = read_source("f.yml", text.encode()).comments
    assert [(comment.text, comment.own_line) for comment in comments] == expected
    assert all(text[comment.start : comment.end] == comment.text for comment in comments)


def bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    return "\n".join(lines).encode()


BROKEN: list[tuple[str, bytes, str, Region]] = [
    ("two values", b"a: b: c\n", "not YAML", Region(1, 5, 1, 5)),
    ("tab", b"a:\n\tb: 1\n", "not YAML", Region(2, 1, 2, 1)),
    ("duplicate key", b"a: 1\nb: 2\n'a': 3\n", 'duplicate key "a", first on line 1', Region(3, 1, 3, 4)),
    ("duplicate merge key", b"a: &a {}\nb:\n  <<: *a\n  <<: *a\n", 'duplicate key "<<"', Region(4, 3, 4, 5)),
    ("NUL", b"a: \x00b\n", "control character U+0000", Region(1, 4, 1, 4)),
    ("escape", b"a: 1\nb: \x1b[31m\n", "control character U+001B", Region(2, 4, 2, 4)),
    ("not UTF-8", "é: 1\nb: ".encode() + b"\xff\n", "not UTF-8", Region(2, 4, 2, 4)),
    ("truncated UTF-8", b"a: \xc3", "not UTF-8", Region(1, 4, 1, 4)),
    ("undefined alias", b"a: *x\n", 'undefined alias "x"', Region(1, 4, 1, 6)),
    ("anchor in itself", b"a: &x [1, *x]\n", "contains itself", Region(1, 11, 1, 13)),
    ("brackets", b"[" * 900, "nested deeper than 100 levels", Region(1, 101, 1, 101)),
    ("closed brackets", b"[" * 900 + b"]" * 900, "nested deeper than 100", Region(1, 101, 1, 101)),
    ("alias bomb", bomb(), "aliases expand to more than 1,000,000 values", Region(7, 10, 7, 13)),
    ("too large", b"#" * (16 * 1024 * 1024 + 1), "the limit is 16,777,216", Region(1, 1, 1, 1)),
    ("!!bool yes", b"a: !!bool yes\n", "", Region(1, 4, 1, 14)),
]


@pytest.mark.parametrize(("name", "data", "message", "region"), BROKEN, ids=[case[0] for case in BROKEN])
def test_broken_input_is_an_error_with_a_place(name: str, data: bytes, message: str, region: Region) -> None:
    started, peak = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError) as caught:
        read_source("f.yml", data)
    error = caught.value
    assert message in error.message
    assert error.file.region(error.start, error.end) == region
    assert time.monotonic() - started < 2
    # KiB; tests before had a peak of their own.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 512 * 1024


@pytest.mark.parametrize("data", [b"[" * 10_000, b"[" * 10_000 + b"]" * 10_000, b"{a: " * 10_000, b"- " * 10_000])
def test_what_is_too_deep_for_libyaml_itself_is_the_same_error(data: bytes) -> None:
    with pytest.raises(SourceError, match="nested deeper than 100 levels") as caught:
        read_source("f.yml", data)
    assert caught.value.start > 0


def test_an_anchor_may_be_redefined() -> None:
    file = read_source("f.yml", b"a: &x 1\nb: &x 2\nc: *x\n")
    assert dict(walk(file.documents[0]))[("c",)].value == 2


def test_hundreds_of_small_aliases_are_fine() -> None:
    text = "x: &x {a: 1, b: [1, 2, 3]}\n" + "".join(f"k{index}: *x\n" for index in range(5_000))
    assert len(spans(read_source("f.yml", text.encode()))) > 5_000


def test_keys_that_are_no_strings_are_passed_over_and_noted() -> None:
    file = read_source("f.yml", b"1: a\ntrue: b\nyes: c\n? [x]\n: d\n")
    assert [file.text[problem.start : problem.end] for problem in file.problems][:2] == ["1", "true"]
    assert set(spans(file)) == {(), ("yes",)}
    assert len(file.problems) == 3


def test_limits_are_adjustable() -> None:
    with pytest.raises(SourceError, match="more than 10 values"):
        read_source("f.yml", b"[[1,2,3,4],[1,2,3,4],[1,2,3,4]]", limits=Limits(nodes=10))


_scalar = st.text("ab c:#-'\"{}[]é😀\n", max_size=12)
_tree: st.SearchStrategy[object] = st.recursive(
    _scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_scalar, inner, max_size=3), max_leaves=12
)


def _plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: _plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value


@given(st.dictionaries(_scalar, _tree, max_size=4), st.sampled_from([True, False, None]), st.integers(2, 6))
def test_values_written_by_another_library_are_read_back(
    tree: dict[str, object], flow: bool | None, indent: int
) -> None:
    import yaml

    # "<<" and non-printable text aside, whatever PyYAML writes with quotes must come back, with sound spans.
    text = yaml.dump(tree, default_flow_style=flow, indent=indent, allow_unicode=True, default_style='"')
    file = read_source("f.yml", text.encode())
    assert _plain(file.documents[0]) == tree
    for _, node in walk(file.documents[0]):
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node.value, str):
            assert yaml.safe_load(text[node.start : node.end]) == node.value


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        file = read_source("f.yml", data)
    except SourceError as error:
        sound = bool(error.message) and 0 <= error.start <= len(error.file.text)
    else:
        sound = all(comment.text.startswith("#") for comment in file.comments)
    assert sound


def test_both_parsers_agree_on_real_files(shared_dir: Path) -> None:
    def tree(data: bytes, events: Callable[[str], object] | None) -> object:
        try:
            file = read_source("f", data, events=events) if events else read_source("f", data)  # type: ignore[arg-type]
        except SourceError as error:
            return type(error)
        return [[(path, node.start, node.end, node.style) for path, node in walk(root)] for root in file.documents]

    paths = sorted(shared_dir.glob("corpus/*/**/*.y*ml"))[::40]
    assert len(paths) > 30
    for path in paths:
        data = path.read_bytes()
        assert tree(data, None) == tree(data, pure_python_events), path


_STYLES = b"a: &x [1, 'b', {c: d}]\nb: *x\nc: !t |\n  text\n? [k]\n: {}\n--- \n- ~\n- {a: b}\n"


def _outline(data: bytes) -> object:
    return [list(walk_values(root)) for root in read_source("f.yml", data).documents]


def walk_values(node: Node) -> Iterator[object]:
    for path, each in walk(node):
        yield path, each.start, each.end, each.style, each.tag, each.anchor, type(each.value)


def test_a_thread_beside_the_reader_gets_the_events_of_pyyaml() -> None:
    """While a thread runs, the classes of PyYAML's events stay in their place, and the tree is the same."""
    expected = _outline(_STYLES)
    go_on, others = threading.Event(), list[object]()

    def beside() -> None:
        while not go_on.is_set():
            others.extend(type(event).__module__ for event in yaml.parse(_STYLES, Loader=yaml.CSafeLoader))

    thread = threading.Thread(target=beside)
    thread.start()
    try:
        seen = [_outline(_STYLES) for _ in range(50)]
    finally:
        go_on.set()
        thread.join()
    assert set(others) == {"yaml.events"}
    assert seen == [expected] * 50


def test_without_libyaml_the_tree_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML without its extension, as some systems install it."""
    expected = _outline(_STYLES)
    monkeypatch.delattr(yaml, "CSafeLoader")
    monkeypatch.delitem(sys.modules, "yaml._yaml")
    assert _outline(_STYLES) == expected
    assert {type(event).__module__ for event in yaml.parse(_STYLES)} == {"yaml.events"}


@pytest.mark.parametrize("data", [_STYLES, b"a: [", b"a: *b", b"a: 1\na: 2", b"[" * 500])
def test_what_was_read_leaves_pyyaml_as_it_was(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        read_source("f.yml", data)
    events = list(yaml.parse(_STYLES, Loader=yaml.CSafeLoader))
    assert {type(event).__module__ for event in events} == {"yaml.events"}
