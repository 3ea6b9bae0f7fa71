"""The same YAML events in another layout: block style, folded or literal texts, other indents and line ends."""

from __future__ import annotations

import random

import yaml
from msgspec import Struct

_NARROW = 30
_WIDE = 1 << 20


class Layout(Struct, frozen=True):
    """How a text is laid out again. `seed` chooses the collections that become blocks, and the style of texts."""

    seed: int
    indent: int = 2
    narrow: bool = False
    carriage_return: bool = False
    byte_order_mark: bool = False
    literals: bool = False


def lay_out(text: str, layout: Layout) -> str:
    """The text in the layout; as it was where it is no YAML, or where the emitter cannot write it.

    A tagged plain scalar comes out quoted and a text as a literal block has a line end more: the data may differ,
    which does not matter where two readers get the same text.
    """
    try:
        events = [_styled(event, layout) for event in _parse(text)]
        written = yaml.emit(events, indent=layout.indent, width=_NARROW if layout.narrow else _WIDE, allow_unicode=True)
        _parse(written)
    except (yaml.YAMLError, TypeError, ValueError):
        return text
    if not isinstance(written, str):
        return text
    if layout.carriage_return:
        written = written.replace("\n", "\r\n")
    return ("\ufeff" if layout.byte_order_mark else "") + written


def _parse(text: str) -> list[yaml.Event]:
    return list(yaml.parse(text, Loader=yaml.CSafeLoader))


def _styled(event: yaml.Event, layout: Layout) -> yaml.Event:
    # The place of an event decides, so that the same text gets the same layout.
    mark = event.start_mark
    chooser = random.Random(f"{layout.seed} {mark.index if mark else 0}")
    if isinstance(event, yaml.CollectionStartEvent):
        event.flow_style = chooser.random() < 0.2
    elif isinstance(event, yaml.ScalarEvent) and event.style == '"' and layout.literals and event.value:
        event.style = chooser.choice(('"', "'", "|", ">"))
    elif isinstance(event, yaml.DocumentEndEvent):
        event.explicit = False
    return event
