"""Readings of texts that a test writes."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.model.read import read_project
from composeguard.model.reading import Reading

FOLDER = "/nowhere/project"
"""A folder that does not exist: all files are in the overlay."""


def read_texts(
    texts: Mapping[str, str],
    *,
    files: tuple[str, ...] = ("compose.yaml",),
    strict: bool = False,
    profiles: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> Reading:
    """A project of files that are given by name and text."""
    overlay = {f"{FOLDER}/{name}": dedent(text).encode() for name, text in texts.items()}
    request = Request(
        files=tuple(f"{FOLDER}/{name}" for name in files),
        project_directory=FOLDER,
        root=FOLDER,
        environment=environment or {},
        profiles=profiles,
        strict=strict,
        home="/home/someone",
    )
    return read_project(request, Files(FOLDER, overlay=overlay))


def read_text(text: str, *, strict: bool = False, profiles: tuple[str, ...] = ()) -> Reading:
    """A project of one file."""
    return read_texts({"compose.yaml": text}, strict=strict, profiles=profiles)
