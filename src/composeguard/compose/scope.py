"""The surroundings of one model: a project, or what an `include` brings into it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from composeguard.compose.unresolved import Text


class Scope(Struct, frozen=True):
    """What the files of one model share."""

    directory: str
    """Absolute; what relative paths of the model are relative to."""
    environment: Mapping[str, Text]
    included: tuple[str, ...] = ()
    """The files that led here, outermost first."""
