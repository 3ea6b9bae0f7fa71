"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED = (PROJECT.parent / "shared").resolve()
"""Where a link leads: the reference names files by their real paths."""


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests remember does not mix with what the user's runs do."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of reference vectors, conformance cases and public files that lies beside the project in CI."""
    if not (SHARED / "COMPOSE.md").is_file():
        pytest.skip("the shared folder with the reference's answers is not beside the project")
    return SHARED
