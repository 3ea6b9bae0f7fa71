"""Well-hardened projects of ten services, in three styles: nothing in them is worth a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.oracle import BUILD_HELP, Oracle, find_oracle
from tests.oracle import Request as Asked

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.policy.builtin import load_builtin

_FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "hardened"
_STYLES = sorted(path for path in _FOLDER.iterdir() if path.is_dir())
_ENVIRONMENT = {"MEILI_MASTER_KEY": "x", "WIKI_DB_PASSWORD": "x", "FORGE_DB_PASSWORD": "x", "FORGE_SMTP": "mail:25"}
"""What the host sets for these projects; `check` does without."""


def _files(folder: Path) -> tuple[str, ...]:
    names = ("compose.yaml", "compose.override.yaml")
    return tuple(str(folder / name) for name in names if (folder / name).is_file())


def _read(folder: Path, *, deploys: bool) -> Reading:
    request = Request(
        files=_files(folder),
        project_directory=str(folder),
        root=str(folder),
        environment=_ENVIRONMENT if deploys else {},
        strict=deploys,
    )
    return read_project(request, Files(str(folder)))


@pytest.mark.parametrize("folder", _STYLES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("deploys", [False, True], ids=["bare", "with-variables"])
def test_a_hardened_project_has_no_finding(folder: Path, deploys: bool) -> None:
    reading = _read(folder, deploys=deploys)
    assert len(reading.project.services) == 10 or not deploys
    rules = tuple(rule for rule in load_builtin() if rule.always or Profile.RESTRICTED.holds(rule.profiles))
    outcome = check(reading, Selection(rules))
    assert [f"{found.uri}:{found.region.start_line} {found.code} {found.message}" for found in outcome.findings] == []
    assert outcome.failures == ()


@pytest.mark.parametrize("folder", _STYLES, ids=lambda folder: folder.name)
def test_the_reference_takes_it(folder: Path) -> None:
    if find_oracle() is None:
        pytest.skip(BUILD_HELP)
    with Oracle() as oracle:
        answer = oracle.load(folder, Asked(env=_ENVIRONMENT))
    assert (answer.result, answer.error) == ("accept", "")
