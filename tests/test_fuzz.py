"""Inputs that nobody would write: `benchmarks/fuzz.py` runs as many of them as it is given time for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import hostile_inputs
from tests.hostile_inputs import MARKER, Input
from tests.hostile_run import run

FOUND = sorted((Path(__file__).parent / "found").glob("*.yml"))
"""Smallest inputs of what the fuzzer found, each repaired since."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(seed=st.integers(0, 2**64))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_our_own_files_changed_at_random(folder: Path, seed: int) -> None:
    run(hostile_inputs.draw(random.Random(seed)), folder)


@given(
    content=st.binary(max_size=200) | st.text("services:a{}[]&*!|>\n -#'\"<%$?,\r\t\x85", max_size=200).map(str.encode)
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes(folder: Path, content: bytes) -> None:
    run(Input({"compose.yaml": content}), folder)


@pytest.mark.parametrize("path", FOUND, ids=[path.stem for path in FOUND])
def test_what_was_found_once(folder: Path, path: Path) -> None:
    content = path.read_bytes()
    run(Input({"compose.yaml": content}, planted=MARKER.encode() in content), folder)
