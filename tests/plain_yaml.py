"""A YAML fragment to plain values by `resolve_plain` and `resolve_tagged` alone, for tests of single values."""

from __future__ import annotations

from typing import TypeAlias

import yaml

from composeguard.source.scalars import Scalar, resolve_plain, resolve_tagged

Plain: TypeAlias = "Scalar | list[Plain] | dict[str, Plain]"


def plain_value(text: str) -> Plain:
    """The value of `text` as it stands behind a key."""
    events: list[yaml.Event] = [
        event
        for event in yaml.parse(f"key: {text}\n", Loader=yaml.SafeLoader)
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent)
    ]
    # The first two open the mapping and give its key.
    return _node(events[2:])


def _node(events: list[yaml.Event]) -> Plain:
    event = events.pop(0)
    if isinstance(event, yaml.ScalarEvent):
        if event.tag is not None:
            return resolve_tagged(event.tag, event.value)
        return event.value if event.style else resolve_plain(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Plain] = []
        while not isinstance(events[0], yaml.SequenceEndEvent):
            items.append(_node(events))
        events.pop(0)
        return items
    entries: dict[str, Plain] = {}
    while not isinstance(events[0], yaml.MappingEndEvent):
        key = _node(events)
        entries[str(key)] = _node(events)
    events.pop(0)
    return entries
