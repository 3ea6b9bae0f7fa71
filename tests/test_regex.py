"""A regular expression that waits is the one that it stands for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from composeguard.source.regex import regex

PROJECT = Path(__file__).resolve().parents[1]

WORD = regex(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
PLAIN = re.compile(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)


def test_it_does_what_the_pattern_does() -> None:
    for text in ("", "Ab c", "1ab"):
        assert WORD.findall(text) == PLAIN.findall(text)
        assert bool(WORD.match(text)) == bool(PLAIN.match(text))
        assert WORD.sub("x", text, count=1) == PLAIN.sub("x", text, count=1)
    assert (WORD.pattern, WORD.flags, WORD.groups, WORD.groupindex) == (
        PLAIN.pattern,
        PLAIN.flags,
        PLAIN.groups,
        PLAIN.groupindex,
    )


def test_it_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    late = regex("a+")
    compile_ = re.compile
    calls: list[str] = []

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        calls.append(text)
        return compile_(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    assert late.match("aa")
    assert not late.search("b")
    assert calls == ["a+"]
    with pytest.raises(AttributeError):
        getattr(late, "matches")  # noqa: B009 -- what no pattern has


def _compiled_at_import(tree: ast.Module) -> Iterator[str]:
    """The calls of `re.compile` with a text that importing a module makes."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        called = isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
        # Patterns of bytes are few, and none is part of a check.
        if called and not ast.unparse(node).startswith("re.compile(b"):
            yield ast.unparse(node)
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


@pytest.mark.parametrize("folder", ["src", "rules"])
def test_no_module_compiles_at_import(folder: str) -> None:
    """All of them together take a sixth of a short run."""
    for path in sorted((PROJECT / folder).rglob("*.py")):
        assert not list(_compiled_at_import(ast.parse(path.read_text("utf-8")))), path
