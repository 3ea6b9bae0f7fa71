"""Where YAML events come from, and what of them is used."""

from __future__ import annotations

from typing import Protocol

import yaml


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


class EventSource(Protocol):
    def get_event(self) -> Event: ...

    def dispose(self) -> None: ...


def libyaml_events(text: str) -> EventSource:
    """libyaml's events; where it is missing, those of PyYAML's own parser."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source: EventSource = loader(text)
    return source


def pure_python_events(text: str) -> EventSource:
    """The events of PyYAML's own parser: what runs where libyaml is missing."""
    source: EventSource = yaml.SafeLoader(text)
    return source
