"""Values of Compose attributes to build random projects from; the file beside this one holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from msgspec import Struct

FILE = Path(__file__).with_suffix(".txt")
HEADER = re.compile(r"\[([\w. -]+)\] (one|list|words|map|pairs)")


class Shape(Enum):
    """How the values of an attribute make up its text."""

    ONE = "one"
    LIST = "list"
    WORDS = "words"
    MAP = "map"
    PAIRS = "pairs"


class Samples(Struct, frozen=True):
    """The values of one attribute as YAML flow text: `good` ones are valid alone, `odd` ones are not, or surprise."""

    shape: Shape
    good: tuple[str, ...]
    odd: tuple[str, ...] = ()


class Named(Struct, frozen=True):
    name: str
    samples: Samples


def _read(text: str) -> Iterator[Named]:
    """The sections of the file; a section with several names gives each of them."""
    names: list[str] = []
    shape = Shape.ONE
    values: list[str] = []
    for line in [*text.splitlines(), "[end] one"]:
        header = HEADER.fullmatch(line)
        if header is None:
            if line and not line.startswith("##"):
                values.append(line)
            continue
        cut = values.index("---") if "---" in values else len(values)
        samples = Samples(shape, tuple(values[:cut]), tuple(values[cut + 1 :]))
        yield from (Named(name, samples) for name in names)
        names, shape, values = header[1].split(), Shape(header[2]), []


_ALL = {named.name: named.samples for named in _read(FILE.read_text("utf-8"))}
SERVICE = {name: samples for name, samples in _ALL.items() if "." not in name}
SECTIONS = {name.removeprefix("top."): samples for name, samples in _ALL.items() if name.startswith("top.")}
ENV_LINES = _ALL["lines.env"]
