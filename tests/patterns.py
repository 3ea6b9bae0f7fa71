"""Every regular expression of the program, how it is called, and texts that a careless one takes for ever over."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

import composeguard
from composeguard.policy.builtin import load_builtin
from composeguard.source.regex import Later

# What `re` itself reads patterns with. It has no public name, and a reader of our own would read something else.
from re import _constants as constants  # type: ignore[attr-defined]  # isort: skip
from re import _parser as parser  # type: ignore[attr-defined]  # isort: skip

PROJECT = Path(__file__).resolve().parents[1]
_METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "scanner")
_DEEPEST = 6


class Used(Struct, frozen=True):
    """A pattern, where it stands, and the methods that are called on its name; all, where none is seen."""

    pattern: re.Pattern[str]
    where: str
    methods: frozenset[str]


def patterns() -> list[Used]:
    """Those in the globals and tables of every module and rule, and those that calls of `re` are given as literals."""
    for each in pkgutil.walk_packages(composeguard.__path__, "composeguard."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    load_builtin()
    calls = _calls()
    found: dict[re.Pattern[str], Used] = {}
    for name, module in list(sys.modules.items()):
        origin = Path(getattr(module, "__file__", None) or "/")
        if not any(origin.is_relative_to(PROJECT / part) for part in ("src", "rules")):
            continue
        for variable, value in list(vars(module).items()):
            for pattern in _inside(value, 0):
                # Of a table, the methods that the module calls on what is no constant.
                methods = calls.get((origin, variable), frozenset()) or calls.get((origin, ""), frozenset())
                old = found.get(pattern)
                found[pattern] = Used(pattern, f"{name}:{variable}", methods | (old.methods if old else frozenset()))
    texts = {pattern.pattern for pattern in found}
    for used in _literals():
        if used.pattern.pattern not in texts or used.methods:
            found.setdefault(used.pattern, used)
    return [
        used if used.methods else Used(used.pattern, used.where, frozenset(_METHODS[:3])) for used in found.values()
    ]


def _inside(value: object, depth: int) -> Iterator[re.Pattern[str]]:
    if isinstance(value, Later):
        yield value.compiled
    elif isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth > _DEEPEST or isinstance(value, type):
        return
    elif isinstance(value, dict):
        for key, item in list(value.items()):
            yield from _inside(key, depth + 1)
            yield from _inside(item, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in list(value):
            yield from _inside(item, depth + 1)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _inside(getattr(value, name, None), depth + 1)


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    for part in ("src", "rules"):
        for path in sorted((PROJECT / part).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def _calls() -> dict[tuple[Path, str], frozenset[str]]:
    """By module and name of a pattern: the methods that are called on it; "" for what is no constant."""
    found: dict[tuple[Path, str], set[str]] = defaultdict(set)
    for path, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _METHODS:
                name = node.value.id if isinstance(node.value, ast.Name) else ""
                found[path, name if name.isupper() else ""].add(node.attr)
    return {name: frozenset(methods) for name, methods in found.items()}


def _literals() -> Iterator[Used]:
    for path, tree in _sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                methods = frozenset({node.func.attr} & set(_METHODS))
                yield Used(re.compile(node.args[0].value), f"{path.name}:{node.lineno}", methods)


def attacks(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Texts of about this length: what each repetition of a pattern takes, again and again, and then what does not fit.

    What stands before the repetition comes first; the whole of a pattern is repeated as well, and each of its letters.
    """
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    seen: set[str] = set()
    pieces: list[tuple[str, str]] = [("", _sample(tree)), *_repeats(tree, "")]
    pieces += [("", char) for char in set(_sample(tree)) | set("a A1 \t.-_/:=,\"'$\\{\n")]
    for before, piece in pieces:
        if piece and f"{before}\0{piece}" not in seen:
            seen.add(f"{before}\0{piece}")
            body = piece * (length // len(piece))
            yield before + body
            yield before + body + "\0"
            yield before + body + "\n!"
    for before, piece in pieces:
        # What a search begins again at every place.
        text = before + piece
        if text and before and f"\1{text}" not in seen:
            seen.add(f"\1{text}")
            yield text * (length // len(text))


def _repeats(items: Any, before: str) -> Iterator[tuple[str, str]]:
    for code, value in items:
        if code in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
            _, most, inner = value
            if most > 20:
                for body in _samples(inner):
                    yield before, body
            yield from _repeats(inner, before)
        else:
            for inner in _parts(code, value):
                yield from _repeats(inner, before)
        before += _sample([(code, value)])


def _parts(code: Any, value: Any) -> list[Any]:
    if code is constants.SUBPATTERN:
        return [value[3]]
    if code is constants.BRANCH:
        return list(value[1])
    if code in (constants.ASSERT, constants.ASSERT_NOT):
        return [value[1]]
    if code is constants.ATOMIC_GROUP:
        return [value]
    return []


def _samples(items: Any) -> Iterator[str]:
    yield _sample(items)
    if len(items) == 1:
        code, value = items[0]
        if code is constants.SUBPATTERN:
            yield from _samples(value[3])
        elif code is constants.BRANCH:
            yield from map(_sample, value[1])


def _sample(items: Any) -> str:
    """A text that the items match, where that is easy."""
    return "".join(_one(code, value) for code, value in items)


def _one(code: Any, value: Any) -> str:
    makers: dict[Any, Callable[[], str]] = {
        constants.LITERAL: lambda: chr(value),
        constants.NOT_LITERAL: lambda: "b" if value == ord("a") else "a",
        constants.ANY: lambda: "a",
        constants.IN: lambda: _member(value),
        constants.BRANCH: lambda: _sample(value[1][0]),
        constants.SUBPATTERN: lambda: _sample(value[3]),
        constants.ATOMIC_GROUP: lambda: _sample(value),
        constants.ASSERT: lambda: "",
    }
    if code in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        least, most, inner = value
        return _sample(inner) * int(max(least, min(1, most)))
    maker = makers.get(code)
    return maker() if maker else ""


def _member(items: Any) -> str:
    text = parser_class(items)
    for char in "a1 A.-_/:=,\"'$\\{\t\n\r#@%é":
        if text(char):
            return char
    return next(chr(code) for code in range(0x110000) if text(chr(code)))


def parser_class(items: Any) -> Callable[[str], bool]:
    """Whether a character is in a class of characters."""
    negated = bool(items) and items[0][0] is constants.NEGATE
    categories: dict[Any, Callable[[str], bool]] = {
        constants.CATEGORY_DIGIT: str.isdigit,
        constants.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(),
        constants.CATEGORY_SPACE: str.isspace,
        constants.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
        constants.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
        constants.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
    }

    def holds(char: str) -> bool:
        found = False
        for code, value in items:
            if code is constants.LITERAL:
                found |= ord(char) == value
            elif code is constants.RANGE:
                found |= value[0] <= ord(char) <= value[1]
            elif code is constants.CATEGORY:
                found |= bool(categories[value](char))
        return found != negated

    return holds
