"""Every conformance case: accepted or refused as the reference does, and the same project when accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conformance_exceptions import EXCEPTIONS
from tests.conftest import SHARED
from tests.json_value import Json
from tests.recorded_case import expected_project, placed_json, request_of
from tests.resolve_adapter import Resolved, resolve_json
from tests.same_answer import Difference, differences

FOLDER = SHARED / "conformance"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) if FOLDER.is_dir() else []


def wanted(case: Path) -> list[Json]:
    """The recorded answers, any of which is right; none when the reference refuses the case."""
    project = expected_project(case)
    alternatives = case / "expected-alternatives.json"
    others: list[Json] = json.loads(alternatives.read_text("utf-8")) if alternatives.is_file() else []
    return others if project is None else [project, *others]


def disagreement(case: Path) -> str:
    """How the answer differs from the recorded one; "" when it does not."""
    resolved = resolve_json(case, request_of(case))
    answers = wanted(case)
    if not answers:
        return "accepted" if resolved.result == "accept" else ""
    if resolved.result == "reject":
        return "refused: " + "; ".join(resolved.errors)
    found = [compare(resolved, case, answer) for answer in answers]
    return "" if not all(found) else "; ".join(str(difference) for difference in found[0])


def compare(resolved: Resolved, case: Path, answer: Json) -> list[Difference]:
    return differences(placed_json(resolved.project, case), answer)


@pytest.mark.skipif(not CASES, reason="the shared folder with the conformance cases is not beside the project")
@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    found = disagreement(FOLDER / name)
    if name in EXCEPTIONS:
        assert found, "the case agrees now; take it out of the exceptions"
        pytest.skip(EXCEPTIONS[name])
    assert not found


def test_exceptions_exist(shared_dir: Path) -> None:
    assert EXCEPTIONS.keys() <= set(CASES)
