"""Places that the reference accepts and reads otherwise than they look, each proven by a case of its behaviour."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.model.hazards.hazard import Change, Hazard, Repair
from composeguard.model.hazards.merging import KeptPort, kept_ports, merge_hazards
from composeguard.model.hazards.mounts import mount_hazards
from composeguard.model.hazards.values import text_maps, value_hazards
from composeguard.model.hazards.words import word_hazards
from composeguard.model.reading import Reading


def silent_hazards(reading: Reading) -> Iterator[Hazard]:
    """All of a project."""
    yield from value_hazards(reading)
    yield from mount_hazards(reading)
    yield from word_hazards(reading)
    yield from merge_hazards(reading)


__all__ = ["Change", "Hazard", "KeptPort", "Repair", "kept_ports", "silent_hazards", "text_maps"]
