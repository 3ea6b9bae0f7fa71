"""Every project under `fixtures/projects`: read as recorded, and recorded as the reference answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.oracle import BUILD_HELP, Oracle, find_oracle
from tests.recorded_case import expected_project, placed_json, request_of
from tests.resolve_adapter import resolve_json
from tests.same_answer import differences

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "projects"
CASES = sorted(path.parent.name for path in FOLDER.glob("*/case.json"))


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    if find_oracle() is None:
        pytest.skip(BUILD_HELP)
    with Oracle() as running:
        yield running


def test_no_project_is_without_a_case() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == CASES


@pytest.mark.parametrize("name", CASES)
def test_reads_as_recorded(name: str) -> None:
    case = FOLDER / name
    assert (case / "expected.json").is_file() != (case / "expected-error.txt").is_file()
    wanted = expected_project(case)
    resolved = resolve_json(case, request_of(case))
    if wanted is None:
        assert resolved.result == "reject"
    else:
        assert (resolved.result, resolved.errors) == ("accept", ())
        assert differences(placed_json(resolved.project, case), wanted) == []


@pytest.mark.parametrize("name", CASES)
def test_recorded_as_the_reference_answers(name: str, oracle: Oracle) -> None:
    case = FOLDER / name
    wanted = expected_project(case)
    answer = oracle.load(case, request_of(case))
    if wanted is None:
        assert answer.result == "reject"
    else:
        assert (answer.result, answer.error) == ("accept", "")
        assert differences(placed_json(answer.project, case), wanted) == []
