"""What a schema is made of: shapes, and those that the tables use again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from composeguard.source.regex import regex

STRING, NUMBER, INTEGER, BOOLEAN, NULL = 1, 2, 4, 8, 16
"""Kinds of scalars; a shape allows a sum of them. A number without fraction is an integer too."""


class Shape(Struct, eq=False):
    """What may stand at a place."""

    scalars: int = 0
    choices: tuple[str, ...] = ()
    """The only texts, if any."""
    pattern: re.Pattern[str] | None = None
    """What a text must hold somewhere."""
    minimum: int | None = None
    maximum: int | None = None
    items: Shape | None = None
    """Of a list; without it, no list may stand here."""
    unique: bool = False
    keys: Mapping[str, Shape] | None = None
    """Of a mapping; without it, no mapping may stand here."""
    names: re.Pattern[str] | None = None
    """What keys chosen by the author look like; their values are `named`."""
    named: Shape | None = None
    open: bool = False
    """Other keys are let through, with any value."""
    extensions: bool = True
    """Keys with `x-` are let through."""
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """At least one of these keys must be there."""
    noun: str = ""
    """What the place is called in messages."""
    any_text: bool = False
    """Whatever text stands here, it fits."""
    any_texts: bool = False
    """A list of texts fits, whatever they say."""

    def __post_init__(self) -> None:
        self.any_text = self.scalars & STRING != 0 and not self.choices and self.pattern is None
        self.any_texts = self.items is not None and self.items.any_text


def list_of(items: Shape, *, unique: bool = False) -> Shape:
    """A list."""
    return Shape(items=items, unique=unique)


def mapping(
    keys: Mapping[str, Shape],
    *,
    required: tuple[str, ...] = (),
    extensions: bool = True,
    open: bool = False,  # noqa: A002
    scalars: int = 0,
) -> Shape:
    """A mapping with fixed keys."""
    return Shape(scalars, keys=keys, required=required, extensions=extensions, open=open)


def named_by(value: Shape, names: re.Pattern[str], *, open: bool = False) -> Shape:  # noqa: A002
    """A mapping whose keys the author chooses."""
    return Shape(keys={}, names=names, named=value, open=open, extensions=False)


def either(shape: Shape, scalars: int, choices: tuple[str, ...] = ()) -> Shape:
    """The shape, or a scalar."""
    return replace(shape, scalars=shape.scalars | scalars, choices=choices)


def choice(*choices: str) -> Shape:
    """One of a few texts."""
    return Shape(STRING, choices=choices)


NAME = regex(r"\A[a-zA-Z0-9._-]+\Z")
ANY_NAME = regex(r".")
FULL_LINE = regex(r"\A.+\Z")

TEXT = Shape(STRING)
FLAG = Shape(BOOLEAN | STRING)
BOOL = Shape(BOOLEAN)
NUM = Shape(NUMBER | STRING)
INT = Shape(INTEGER | STRING)
TEXTS = list_of(TEXT)
SET = list_of(TEXT, unique=True)
TEXT_OR_SET = either(SET, STRING)
COMMAND = either(TEXTS, STRING | NULL)
TEXT_OR_TEXTS = either(TEXTS, STRING)
LIST_OR_DICT = replace(named_by(Shape(STRING | NUMBER | BOOLEAN | NULL), ANY_NAME), items=TEXT, unique=True)
OPTIONS = named_by(Shape(STRING | NUMBER), FULL_LINE, open=True)
EXTRA_HOSTS = replace(named_by(TEXT_OR_TEXTS, ANY_NAME), items=TEXT, unique=True)
