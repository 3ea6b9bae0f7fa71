"""Where YAML events come from, and what of them is used."""

from __future__ import annotations

import sys
from _thread import _count as other_threads
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import yaml
from msgspec import Struct
from msgspec.structs import astuple
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent


class _Mark(Protocol):
    index: int


class Event(Protocol):
    """What all events share and some have; the class of an event tells which."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    flow_style: bool | None


class Kinds(Struct, frozen=True):
    """The classes of the events that most of a text is made of; those of the others are PyYAML's."""

    scalar: type[object]
    mapping_start: type[object]
    mapping_end: type[object]
    sequence_start: type[object]
    sequence_end: type[object]


class EventSource(Struct, frozen=True):
    """A stream of events, and how to tell them."""

    get_event: Callable[[], Event]
    kinds: Kinds


class _Scalar(Struct, gc=False):
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    value: str
    start_mark: _Mark
    end_mark: _Mark
    style: str | None


class _Start(Struct, gc=False):
    anchor: str | None
    tag: str | None
    implicit: bool
    start_mark: _Mark
    end_mark: _Mark
    flow_style: bool


class _MappingStart(_Start, gc=False):
    pass


class _SequenceStart(_Start, gc=False):
    pass


class _End(Struct, gc=False):
    start_mark: _Mark
    end_mark: _Mark


class _MappingEnd(_End, gc=False):
    pass


class _SequenceEnd(_End, gc=False):
    pass


_PYYAML = Kinds(ScalarEvent, MappingStartEvent, MappingEndEvent, SequenceStartEvent, SequenceEndEvent)
_QUICK = Kinds(_Scalar, _MappingStart, _MappingEnd, _SequenceStart, _SequenceEnd)
"""The same events, made in a third of the time: by no `__init__` in Python, and without a dictionary each."""
_THEIRS = {kind.__name__: kind for kind in astuple(_PYYAML)}
_OURS = dict(zip(_THEIRS, astuple(_QUICK), strict=True))


@contextmanager
def libyaml_events(text: str) -> Iterator[EventSource]:
    """libyaml's events; where it is missing, those of PyYAML's own parser.

    PyYAML spends a third of its time on making the objects. It looks their classes up in its module, so that others
    can stand there for as long as a text is read; nobody else sees them, as it is done where no other thread runs.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    # Without the extension there is nowhere to put them: PyYAML's own parser has its names elsewhere.
    extension = sys.modules.get("yaml._yaml")
    names = {} if extension is None else vars(extension)
    swapped = not other_threads() and _THEIRS.items() <= names.items()
    try:
        if swapped:
            names.update(_OURS)
        yield EventSource(loader.get_event, _QUICK if swapped else _PYYAML)
    finally:
        if swapped:
            names.update(_THEIRS)
        loader.dispose()


@contextmanager
def pure_python_events(text: str) -> Iterator[EventSource]:
    """The events of PyYAML's own parser: what runs where libyaml is missing."""
    loader = yaml.SafeLoader(text)
    try:
        yield EventSource(loader.get_event, _PYYAML)
    finally:
        loader.dispose()
