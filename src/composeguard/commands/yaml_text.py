"""A resolved project as YAML that a Compose reader reads back to the same data."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from composeguard.model.types import Json
from composeguard.source.node import Path, child
from composeguard.source.read import read_source
from composeguard.source.scalars import resolve_plain

_NO_FOLDING = 1 << 30


class _Dumper(yaml.SafeDumper):
    """Quotes every text that Compose reads as something else, such as `0o17` and `1e3`, and uses no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None if resolve_plain(value) == value else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(project: Json) -> str:
    """Block style, keys in order, a line for each scalar but those that hold line ends."""
    text: str = yaml.dump(project, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_NO_FOLDING)
    return text


def lines_of(project: Json, text: str) -> Iterator[tuple[int, Path]]:
    """For each line (from 1) of `yaml_text` that begins a value, the path of the outermost one.

    A value of several lines has none of its own: a comment would become a part of it.
    """
    printed = read_source("resolved", text.encode())
    seen: set[int] = set()
    for path in paths(project):
        node = printed.documents[0]
        for step in path:
            below = child(node, step)
            if below is not None:
                node = below
        line = printed.line_of(node.start if node.key_start < 0 else node.key_start)
        whole = line == printed.line_of(node.end) or isinstance(node.value, dict | list)
        if whole and line not in seen:
            seen.add(line)
            yield line, path


def paths(value: Json, path: Path = ()) -> Iterator[Path]:
    """The path of every value below the root, outer ones first."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, (*path, index))
