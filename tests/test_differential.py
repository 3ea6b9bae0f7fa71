"""Random projects: the loader and the reference agree on each; and the comparison finds what is planted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from tests.block_style import Layout, lay_out
from tests.differential import Comparison, save, search
from tests.json_value import Json
from tests.oracle import BUILD_HELP, Oracle, Request, find_oracle
from tests.projects_strategy import Project, projects
from tests.resolve_adapter import Resolved, Resolver, resolve_json


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    if find_oracle() is None:
        pytest.skip(BUILD_HELP)
    with Oracle() as running:
        yield running


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(project=projects())
def test_agrees_with_the_reference(oracle: Oracle, tmp_path: Path, project: Project) -> None:
    found = Comparison(oracle, resolve_json, tmp_path / "project").disagreement(project)
    assert found is None, f"{found.text}\n{project}"


def reference_but(oracle: Oracle, spoil: str) -> Resolver:
    """The reference as a resolver, which loses one attribute of services."""

    def resolve(folder: Path, request: Request) -> Resolved:
        answer = oracle.load(folder, request)
        if answer.result != "accept":
            return Resolved("reject", errors=(answer.error,))
        assert isinstance(answer.project, dict)
        services = answer.project["services"]
        assert isinstance(services, dict)
        spoilt: dict[str, Json] = {}
        for name, service in services.items():
            assert isinstance(service, dict)
            spoilt[name] = {key: value for key, value in service.items() if key != spoil}
        return Resolved("accept", {**answer.project, "services": spoilt})

    return resolve


def test_agrees_with_itself(oracle: Oracle, tmp_path: Path) -> None:
    comparison = Comparison(oracle, reference_but(oracle, ""), tmp_path / "project")
    assert search(comparison, 1, examples=100) is None
    assert comparison.compared >= 50


def test_finds_shrinks_and_saves_a_planted_error(oracle: Oracle, tmp_path: Path) -> None:
    comparison = Comparison(oracle, reference_but(oracle, "depends_on"), tmp_path / "project")
    found = search(comparison, 1)
    assert found is not None
    assert found.kind == "missing services.*.depends_on"
    assert sum(text.count("\n") for text in found.project.files.values()) <= 15
    case = save(found, comparison.folder, tmp_path / "saved")
    assert Request.from_json(json.loads((case / "case.json").read_text("utf-8"))) == found.project.request
    assert "depends_on" in (case / "expected.json").read_text("utf-8")
    assert "depends_on" not in (case / "ours.json").read_text("utf-8")
    assert str(tmp_path) not in "".join(path.read_text("utf-8") for path in case.rglob("*") if path.is_file())
    comparison.known.add(found.kind)
    assert comparison.disagreement(found.project) is None


def test_projects_are_mostly_valid(oracle: Oracle, tmp_path: Path) -> None:
    verdicts: list[bool] = []

    @settings(max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(projects())
    def count(project: Project) -> None:
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        project.write(tmp_path)
        verdicts.append(oracle.load(tmp_path, project.request).result == "accept")

    count()
    assert 0.5 < sum(verdicts) / len(verdicts) < 0.95


@pytest.mark.parametrize("seed", range(10))
def test_a_layout_keeps_what_the_text_says(seed: int) -> None:
    text = "a: &x {b: [1, 'two', \"th\\tree\"], c: {}, d: }\ne: {<<: *x, f: 'a b c d e f g h i j k l m n o p q'}\n"
    layout = Layout(seed, indent=4, narrow=seed % 2 == 0, carriage_return=seed % 3 == 0, byte_order_mark=seed > 7)
    written = lay_out(text, layout)
    assert written != text
    assert yaml.safe_load(written.removeprefix("\ufeff")) == yaml.safe_load(text)


def test_what_is_no_yaml_stays_as_it_is() -> None:
    assert lay_out("a: [", Layout(1)) == "a: ["
