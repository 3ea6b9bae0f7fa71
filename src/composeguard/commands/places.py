"""Folders and files as a command line names them."""

from __future__ import annotations

import os
from pathlib import Path

from composeguard.errors import UsageError


def absolute(name: str) -> str:
    """Links stay: reports name a file as the user does, and `..` counts by name as in the shell."""
    return os.path.abspath(name)  # noqa: PTH100 -- Path.resolve() would follow links


def current_folder() -> Path:
    """Raises UsageError where it has gone."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the current folder does not exist any more") from None
