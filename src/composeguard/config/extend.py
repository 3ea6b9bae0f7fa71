"""Configurations that extend others: which files these are, and one set of values out of all.

The file that extends comes after what it extends, and of several that are named the last one counts: its values
replace others; lists add up, save `select`, which replaces; rules are merged key by key.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from composeguard.config.model import normal_rule
from composeguard.errors import ConfigError
from composeguard.source import disk
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, child
from composeguard.source.node import Path as Steps

_DEEPEST: Final = 10
_MOST_FILES: Final = 50
_REPLACING = ("select", "extends")
_FIRST_COUNTS = ("images",)
"""Lists of which the first fitting row counts: the rows of the later file come first."""


class ConfigFile(Struct, frozen=True):
    """One file, valid for itself. `display` is its name in messages, `value` what it says."""

    path: Path
    display: str
    value: Mapping[str, object]
    source: tuple[SourceFile, Node] | None = None
    """The text, where places in it are known."""

    def place(self, steps: Steps) -> str:
        """The address of a setting: file, line and column as far as they are known."""
        return self.display if self.source is None else place_in(self.display, *self.source, steps)

    @property
    def extends(self) -> tuple[tuple[Steps, str], ...]:
        """What it extends, with the place of each."""
        said = self.value.get("extends")
        if isinstance(said, str):
            return ((("extends",), said),)
        return tuple((("extends", n), str(each)) for n, each in enumerate(said)) if isinstance(said, list) else ()


def place_in(display: str, file: SourceFile, root: Node, steps: Steps) -> str:
    """The address of a value, of the nearest one around it where it does not exist."""
    node: Node = root
    for step in steps:
        below = child(node, step)
        if below is None:
            break
        node = below
    start = node.key_start if node.key_start >= 0 else node.start
    region = file.region(start, start)
    return f"{display}:{region.start_line}:{region.start_column}"


Read = Callable[[Path, str], ConfigFile]


def chain(path: Path, display: str, root: Path, read: Read) -> tuple[ConfigFile, ...]:
    """A file and all that it extends, in the order in which they count; the file itself is the last.

    Raises:
        ConfigError: a file is missing, outside `root`, extends itself, or there are too many.
    """
    found: dict[Path, ConfigFile] = {}
    top = _real(root)

    def visit(path: Path, display: str, above: tuple[Path, ...], asked_at: str) -> None:
        real = _real(path)
        if real in above:
            names = " -> ".join(os.path.relpath(each, top) for each in (*above[above.index(real) :], real))
            raise ConfigError(f"{asked_at}: extends: it leads back to itself: {names}")
        if real in found:
            return
        if len(above) > _DEEPEST or len(found) >= _MOST_FILES:
            raise ConfigError(f"{asked_at}: extends: more than {_DEEPEST} files deep, or {_MOST_FILES} in all")
        file = read(path, display)
        for steps, name in file.extends:
            at = file.place(steps)
            visit(_target(file, name, top, at), _named(file, name), (*above, real), at)
        found[real] = file

    visit(path, display, (), display)
    return tuple(found.values())


def _real(path: Path) -> Path:
    return Path(disk.real(str(path)))


def _named(file: ConfigFile, name: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(file.display), name))  # noqa: PTH118, PTH120 -- as typed


def _target(file: ConfigFile, name: str, top: Path, at: str) -> Path:
    if "://" in name:
        raise ConfigError(f"{at}: extends: {name}: only files of this repository can be extended")
    path = file.path.parent / name
    try:
        inside = _real(path).is_relative_to(top)
    except (OSError, ValueError):
        raise ConfigError(f"{at}: extends: no file can have this name") from None
    if not inside:
        raise ConfigError(f"{at}: extends: {name} lies outside the repository")
    if not disk.is_file(str(path)):
        raise ConfigError(f"{at}: extends: there is no file {name} (the path is relative to this file)")
    return path


class Merged(Struct):
    """What several files say together, and which file said each part: by steps in the sum, the steps in the file."""

    files: tuple[ConfigFile, ...] = ()
    value: dict[str, object] = field(default_factory=dict)
    said: dict[Steps, tuple[ConfigFile, Steps]] = field(default_factory=dict)

    def origin(self, steps: Steps) -> tuple[ConfigFile, Steps] | None:
        """The file that said a value, and its steps there; None where no file speaks of it."""
        for length in range(len(steps), 0, -1):
            known = self.said.get(steps[:length])
            if known is not None:
                return known[0], (*known[1], *steps[length:])
        return None


def merge(files: Sequence[ConfigFile]) -> Merged:
    """The sum of valid files, in the order in which they count."""
    merged = Merged(tuple(files))
    for file in files:
        for key, value in file.value.items():
            if key == "extends" and file is not files[-1]:
                continue
            _merge_key(merged, file, key, value)
    return merged


def _merge_key(merged: Merged, file: ConfigFile, key: str, value: object) -> None:
    before = merged.value.get(key)
    merged.said[key,] = (file, (key,))
    if key == "rules" and isinstance(value, dict):
        rules = dict(before) if isinstance(before, dict) else {}
        for word, said in value.items():
            entry, old = normal_rule(said), rules.pop(word, {})
            if isinstance(entry, dict):
                merged.said.update({(key, word, name): (file, (key, word, name)) for name in entry})
            # At the end: a rule may be named by its code here and by its name there.
            rules[word] = {**old, **entry} if isinstance(old, dict) and isinstance(entry, dict) else entry
            merged.said[key, word] = (file, (key, word))
        merged.value[key] = rules
    elif key == "fix" and isinstance(value, dict):
        below = dict(before) if isinstance(before, dict) else {}
        for name, said in value.items():
            below[name] = _sum(merged, file, (key, name), below.get(name), said)
        merged.value[key] = below
    elif key in _REPLACING:
        merged.said.update(_items(file, (key,), value, 0))
        merged.value[key] = value
    else:
        merged.value[key] = _sum(merged, file, (key,), before, value)


def _sum(merged: Merged, file: ConfigFile, steps: Steps, before: object, value: object) -> object:
    """A later value in place of an earlier one; lists add up."""
    merged.said[steps] = (file, steps)
    if not isinstance(value, list):
        return value
    old = before if isinstance(before, list) else []
    if steps[0] in _FIRST_COUNTS:
        moved = {(*steps, n + len(value)): merged.said[*steps, n] for n in range(len(old))}
        merged.said.update(moved)
        merged.said.update(_items(file, steps, value, 0))
        return [*value, *old]
    merged.said.update(_items(file, steps, value, len(old)))
    return [*old, *value]


def _items(
    file: ConfigFile, steps: Steps, value: object, after: int
) -> Iterator[tuple[Steps, tuple[ConfigFile, Steps]]]:
    if isinstance(value, list):
        for index in range(len(value)):
            yield (*steps, after + index), (file, (*steps, index))
