"""A project from its files, in one call."""

from __future__ import annotations

from composeguard.compose.files import Files
from composeguard.compose.loader import load
from composeguard.compose.request import Request
from composeguard.model.bind import bind
from composeguard.model.reading import Reading


def read_project(request: Request, files: Files) -> Reading:
    """Load, normalise and bind. Never raises for what a file says: see `Reading.diagnostics`."""
    return bind(load(request, files))
