"""Random documents in random styles, and random operations: either the edit is proved or it is refused."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fix_harness import Edited, edit

from composeguard.engine.fix import Append, Operation, Plain, Remove, Rename, Set
from composeguard.fix.data import from_plain, read_data, same
from composeguard.fix.ops import apply_all, settle
from composeguard.fix.refusal import Refusal
from composeguard.source.node import Path
from composeguard.source.read import read_source

KEYS = ("image", "cap_add", "cap_drop", "labels", "ports", "read_only", "tmpfs", "x-a", "command")
WORDS = (
    "a",
    "b c",
    "80:80",
    "yes",
    "0755",
    "",
    "x: y",
    "it's",
    "${A:-b}",
    "#no",
    "no # c",
    "-",
    "é",
    "a,b",
    "[x]",
    "null",
)


class Writer:
    """Writes data as YAML with styles and comments drawn at random; the text is valid whatever is drawn."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.indent = source.choice((2, 2, 4, 3))
        self.dash = source.choice((0, self.indent))
        self.flow = source.choice((0.0, 0.1, 0.4))
        self.comments = source.choice((0.0, 0.2, 0.5))
        self.newlines = source.choice((("\n",), ("\n",), ("\r\n",), ("\n", "\r\n")))
        self.tall = source.choice((0.0, 0.5))
        """How often a flow collection stands on several lines."""
        self.blanks = source.choice((0.0, 0.2))
        """How often a line ends with blanks."""
        self.anchors = source.choice((0.0, 0.0, 0.1))
        self.anchored = 0

    def file(self, documents: list[Plain]) -> str:
        """All documents, one after the other."""
        parts = [self.document(data, first=number == 0) for number, data in enumerate(documents)]
        text = "".join(parts)
        if self.random.random() < 0.3:
            text = text.rstrip("\r\n") if text.endswith(("}", "]")) else text.removesuffix("\n").removesuffix("\r")
        return "\ufeff" + text if self.random.random() < 0.1 else text

    def document(self, data: Plain, first: bool) -> str:
        lines = [json.dumps(data, indent=2)] if self.random.random() < 0.1 else self.lines(data, 0)
        if not first or self.random.random() < 0.2:
            lines.insert(0, "---" + self.trailing())
        if self.random.random() < 0.05:
            lines.append("...")
        return "".join(self.ended(line) for whole in lines for line in whole.split("\n"))

    def ended(self, line: str) -> str:
        blanks = "  " if self.random.random() < self.blanks and "#" not in line and '"' not in line else ""
        return line + blanks + self.random.choice(self.newlines)

    def lines(self, data: Plain, column: int) -> list[str]:
        lines: list[str] = []
        pad = " " * column
        if isinstance(data, dict):
            for key, value in data.items():
                self.remark(lines, pad)
                lines.extend(self.entry(f"{pad}{self.key(key)}:", value, column + self.indent, column + self.dash))
        elif isinstance(data, list):
            for value in data:
                self.remark(lines, pad)
                if isinstance(value, dict | list) and value and self.random.random() < 0.8:
                    below = self.lines(value, column + 2)
                    first = next((number for number, line in enumerate(below) if not line.lstrip().startswith("#")), 0)
                    below = below[first:]
                    lines.extend([f"{pad}- {below[0][column + 2 :]}", *below[1:]])
                else:
                    lines.append(f"{pad}- {self.inline(value)}{self.trailing()}")
        return lines

    def entry(self, key: str, value: Plain, column: int, dash: int) -> list[str]:
        if self.random.random() < self.anchors:
            self.anchored += 1
            key += f" &n{self.anchored}"
        if isinstance(value, dict | list) and value and self.random.random() >= self.flow:
            return [key + self.trailing(), *self.lines(value, dash if isinstance(value, list) else column)]
        if value is None:
            return [key + self.trailing()]
        if isinstance(value, str) and value and self.random.random() < 0.1:
            return [
                f"{key} {self.random.choice(('|', '>-', '|+'))}",
                *(" " * column + line for line in value.split("\n")),
            ]
        if isinstance(value, dict | list) and value and self.random.random() < self.tall:
            return [f"{key} {line}" if number == 0 else line for number, line in enumerate(self.high(value, column))]
        if isinstance(value, str) and " " in value and "#" not in value and self.random.random() < 0.3:
            head, _, tail = value.partition(" ")
            return [f'{key} "{head}', f'{" " * column}{tail}"{self.trailing()}']
        return [f"{key} {self.inline(value)}{self.trailing()}"]

    def high(self, value: dict[str, Plain] | list[Plain], column: int) -> list[str]:
        """A flow collection with an item on each line, and comments between them."""
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        pad = " " * column
        items = (
            [f"{self.key(key)}: {self.inline(item)}" for key, item in value.items()]
            if isinstance(value, dict)
            else [self.inline(item) for item in value]
        )
        lines = [opening + self.trailing()]
        for number, item in enumerate(items, start=1):
            comma = "," if number < len(items) or self.random.random() < 0.3 else ""
            lines.append(f"{pad}{item}{comma}{self.trailing()}")
            self.remark(lines, pad)
        return [*lines, f"{' ' * max(column - 2, 1)}{closing}{self.trailing()}"]

    def inline(self, value: Plain) -> str:
        if isinstance(value, dict):
            pad = self.random.choice(("", " "))
            return (
                "{"
                + pad
                + ", ".join(f"{self.key(key)}: {self.inline(item)}" for key, item in value.items())
                + pad
                + "}"
            )
        if isinstance(value, list):
            comma = self.random.choice((", ", ","))
            return "[" + comma.join(self.inline(item) for item in value) + "]"
        if isinstance(value, str):
            if value.isalpha() and value not in ("yes", "null") and self.random.random() < 0.6:
                return value
            return "'" + value.replace("'", "''") + "'" if self.random.random() < 0.5 else f'"{value}"'
        return json.dumps(value)

    def key(self, key: str) -> str:
        return f'"{key}"' if self.random.random() < 0.1 else key

    def trailing(self) -> str:
        return (
            self.random.choice(("  # t", " #", "\t# tab", " # it's \""))
            if self.random.random() < self.comments / 2
            else ""
        )

    def remark(self, lines: list[str], pad: str) -> None:
        if self.random.random() < self.comments:
            lines.append(self.random.choice((f"{pad}# own", "# left", f"{pad}   # right", "")))


def value(source: random.Random, depth: int = 0) -> Plain:
    kind = source.random()
    if depth < 3 and kind < 0.2:
        return [value(source, depth + 1) for _ in range(source.randrange(4))]
    if depth < 3 and kind < 0.4:
        return {f"k{number}": value(source, depth + 1) for number in range(source.randrange(4))}
    return source.choice((True, False, None, 0, 7, 1.5, *WORDS))


def project(source: random.Random) -> dict[str, Plain]:
    services: dict[str, Plain] = {}
    for number in range(source.randrange(1, 4)):
        keys = source.sample(KEYS, source.randrange(1, 6))
        services[f"s{number}"] = {key: value(source) for key in keys}
    return {"services": services, **({"x-end": value(source)} if source.random() < 0.5 else {})}


def paths(data: Plain, path: Path = ()) -> list[Path]:
    found = [path] if path else []
    if isinstance(data, dict):
        for key, item in data.items():
            found.extend(paths(item, (*path, key)))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            found.extend(paths(item, (*path, number)))
    return found


def at(data: Plain, path: Path) -> Plain:
    for step in path:
        if isinstance(step, str):
            assert isinstance(data, dict)
            data = data[step]
        else:
            assert isinstance(data, list)
            data = data[step]
    return data


def operation(source: random.Random, data: Plain) -> Operation:
    path = source.choice([path for path in paths(data) if len(path) > 1])
    there = at(data, path)
    kind = source.random()
    if isinstance(there, list) and kind < 0.4:
        return Append(path, value(source, 2))
    if isinstance(there, dict) and kind < 0.5:
        return Set((*path, source.choice(KEYS)), value(source, 1))
    if kind < 0.6:
        return Remove(path)
    if kind < 0.7 and isinstance(path[-1], str):
        return Rename(path, "renamed")
    return Set(path, value(source, 2))


def try_edit(seed: int) -> Edited | None:
    source = random.Random(seed)
    documents: list[Plain] = [project(source) for _ in range(2 if source.random() < 0.1 else 1)]
    text = Writer(source).file(documents)
    number = source.randrange(len(documents))
    operations = [operation(source, documents[number])]
    try:
        edited = edit(text, operations, number)
    except Refusal:
        return None
    text = text.removeprefix("\ufeff")
    # The proof once more, from the outside: what is read is the operation applied to what was meant to be written.
    file = read_source("x.yaml", text.encode())
    now = read_source("x.yaml", edited.text.encode())
    assert len(now.documents) == len(file.documents)
    for index, (old, new) in enumerate(zip(file.documents, now.documents, strict=True)):
        before = read_data(old)
        expected = apply_all(settle(operations, before), before) if index == number else before
        assert same(read_data(new), expected)
    kept = position = 0
    for change in edited.edits:
        length = change.start - position
        assert text[position : change.start] == edited.text[kept : kept + length]
        kept += length + len(change.replacement)
        position = change.end
    assert text[position:] == edited.text[kept:]
    if text.count("\r\n") == text.count("\n"):
        assert edited.text.count("\r\n") == edited.text.count("\n")
    return edited


@given(seed=st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_an_edit_is_proved_or_refused(seed: int) -> None:
    try_edit(seed)


def test_few_edits_are_refused() -> None:
    """Refusing everything would pass the test above."""
    refused = sum(try_edit(seed) is None for seed in range(1000))
    assert refused < 60


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize(
    "before", ["services:\n  a:\n    b: c\n", "services: {a: {b: c}}\n", '{"services": {"a": {"b": "c"}}}']
)
def test_every_text_can_be_written(text: str, before: str) -> None:
    edited = edit(
        before, [Set(("services", "a", "b"), text), Set(("services", "a", "new"), [text, {text or "k": text}])]
    )
    data = read_data(read_source("x.yaml", edited.text.encode()).documents[0])
    assert same(data, from_plain({"services": {"a": {"b": text, "new": [text, {text or "k": text}]}}}))
