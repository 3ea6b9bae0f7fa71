"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of reference vectors, conformance cases and public files that lies beside the project in CI."""
    if not (SHARED / "COMPOSE.md").is_file():
        pytest.skip("the shared folder with the reference's answers is not beside the project")
    return SHARED
