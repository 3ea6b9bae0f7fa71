"""`composeguard resolve` as a user runs it: the reference's answers, YAML that reads back, and origins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import SHARED
from tests.json_value import Json
from tests.recorded_case import expected_project, placed_json, request_of
from tests.resolve_cli import arguments, resolve
from tests.same_answer import differences

from composeguard.source.node import Node
from composeguard.source.read import read_source
from composeguard.source.scalars import Timestamp

PROJECTS = Path(__file__).resolve().parents[1] / "fixtures" / "projects"
CONFORMANCE = SHARED / "conformance"
TEN_FILES = PROJECTS / "ten-files"
NOT_ALONE = ("expected-alternatives.json",)
SAMPLE = [
    *sorted(path.parent for path in PROJECTS.glob("*/case.json")),
    *[
        case
        for case in (sorted(CONFORMANCE.iterdir()) if CONFORMANCE.is_dir() else [])
        if case.is_dir() and not any((case / name).exists() for name in NOT_ALONE)
    ][::14],
]


def read_back(text: str) -> Json:
    """YAML as composeguard reads Compose files."""

    def plain(node: Node) -> Json:
        value = node.value
        if isinstance(value, dict):
            return {key: plain(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        assert value is None or isinstance(value, str | bool | int | float), type(value)
        assert not isinstance(value, Timestamp)
        return value

    return plain(read_source("printed", text.encode()).documents[0])


@pytest.mark.parametrize("case", SAMPLE, ids=[case.name for case in SAMPLE])
def test_answers_as_the_reference(case: Path) -> None:
    request = request_of(case)
    environment = dict(request.env)
    wanted = expected_project(case)
    printed = resolve(case, *arguments(request), environment=environment)
    if wanted is None:
        assert (printed.code, printed.out) == (2, "")
        assert printed.err.startswith("error: ")
        return
    assert printed.code == 0, printed.err
    project = json.loads(printed.out)
    assert differences(placed_json(project, case), wanted) == []
    for origins in ((), ("--origins",)):
        yaml = resolve(case, *arguments(request), "--format", "yaml", *origins, environment=environment)
        assert read_back(yaml.out) == project


TEXTS = """\
services:
  a:
    image: x
    environment:
      OCTAL: "0o17"
      FLOAT: "1e3"
      DAY: "2020-1-1"
      NUMBER: "0755"
      WORD: "yes"
      NOTHING: "null"
      MERGE: "<<"
      LINES: "one\\ntwo\\n"
      COLON: "a: b # c"
      EMPTY: ""
      LONG: "{long}"
      "0x1F": "~"
x-free: [0.5, 1000000000000, -0.0, 1e3, [], {{}}, null, true]
"""


@pytest.mark.parametrize("origins", [(), ("--origins",)], ids=["plain", "origins"])
def test_yaml_reads_back_to_the_same_data(tmp_path: Path, origins: tuple[str, ...]) -> None:
    (tmp_path / "compose.yaml").write_text(TEXTS.format(long="word " * 60))
    project = json.loads(resolve(tmp_path).out)
    assert read_back(resolve(tmp_path, "--format", "yaml", *origins).out) == project


ORIGINS = [
    ("/name", "compose.yaml:2", []),
    ("/services/web/privileged", "base/web.yaml:9", ["extends compose.yaml:20"]),
    (
        "/services/web/cap_add/0",
        "base/common.yaml:7",
        ["extends compose.yaml:20", "extends base/web.yaml:4"],
    ),
    (
        "/services/web/image",
        "compose.override.yaml:4",
        ["override base/web.yaml:7", "interpolation compose.override.yaml:4"],
    ),
    ("/services/web/environment/TZ", "compose.yaml:15", ["merge key compose.yaml:19"]),
    ("/services/web/environment/DEBUG", "compose.override.yaml:8", []),
    ("/services/web/environment/GREETING", "web.env:2", ["env file compose.yaml:25"]),
    (
        "/services/web/logging/options/max-size",
        "compose.yaml:10",
        ["merge key compose.yaml:19", "anchor compose.yaml:13"],
    ),
    ("/services/web/ports/0/published", "compose.yaml:24", ["default compose.yaml:24"]),
    ("/services/web/ports/1/target", "compose.override.yaml:6", []),
    ("/services/web/volumes/0/source", "base/common.yaml:9", ["extends compose.yaml:20", "extends base/web.yaml:4"]),
    ("/services/web/depends_on/db", "compose.yaml:26", []),
    ("/services/worker/privileged", "base/web.yaml:9", ["extends compose.yaml:29", "extends compose.yaml:20"]),
    ("/services/worker/command/1", "compose.yaml:30", ["interpolation compose.yaml:30"]),
    ("/services/worker/cap_add/0", "compose.override.yaml:10", []),
    ("/services/db/mem_limit", "compose.yaml:34", ["override team/db/compose.yaml:5"]),
    ("/services/db/pids_limit", "team/db/limits.yaml:4", ["include compose.yaml:5"]),
    (
        "/services/db/image",
        "team/db/compose.yaml:4",
        ["include compose.yaml:5", "interpolation team/db/compose.yaml:4"],
    ),
    ("/services/metrics/volumes/1/source", "shared/observability.yaml:9", ["include compose.yaml:4"]),
    (
        "/volumes/metrics/labels/owner",
        "shared/volumes.yaml:5",
        ["include compose.yaml:4", "include shared/observability.yaml:3"],
    ),
    ("/networks/default/name", "compose.yaml:2", ["default"]),
]


@pytest.fixture(scope="module")
def origins() -> dict[str, dict[str, Json]]:
    printed = resolve(TEN_FILES, "--origins")
    assert printed.code == 0, printed.err
    found: dict[str, dict[str, Json]] = json.loads(printed.out)["origins"]
    return found


def described(place: dict[str, Json]) -> str:
    return f"{str(place['file']).split('ten-files/')[-1]}:{place['line']}"


@pytest.mark.parametrize(("pointer", "place", "way"), ORIGINS, ids=[case[0] for case in ORIGINS])
def test_origin_of_a_value(origins: dict[str, dict[str, Json]], pointer: str, place: str, way: list[str]) -> None:
    origin = origins[pointer]
    steps = origin.get("way", [])
    assert isinstance(steps, list)
    found = []
    for step in steps:
        assert isinstance(step, dict)
        found.append(f"{step['way']} {described(step)}" if "file" in step else str(step["way"]))
    assert (described(origin), list(dict.fromkeys(found))) == (place, way)


def test_what_a_further_file_of_an_include_adds_came_by_the_include(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "include:\n  - path: [a.yaml, b.yaml]\nservices: {own: {image: x}}\n",
        "compose.override.yaml": "services: {web: {hostname: h}}\n",
        "a.yaml": "services: {web: {image: x}}\n",
        "b.yaml": "services: {web: {read_only: true}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = json.loads(resolve(tmp_path, "--origins").out)["origins"]
    ways = {
        key: [(step["way"], step["line"]) for step in found[f"/services/web/{key}"].get("way", [])]
        for key in ("image", "read_only", "hostname")
    }
    assert ways == {"image": [("include", 2)], "read_only": [("include", 2)], "hostname": []}


def test_every_value_has_an_origin(origins: dict[str, dict[str, Json]]) -> None:
    project = json.loads(resolve(TEN_FILES).out)

    def pointers(value: Json, at: str) -> list[str]:
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [p for key, child in children for p in (f"{at}/{key}", *pointers(child, f"{at}/{key}"))]

    assert list(origins) == pointers(project, "")


def test_yaml_with_origins_is_a_table_of_values_and_places() -> None:
    lines = resolve(TEN_FILES, "--format", "yaml", "--origins").out.splitlines()
    assert all("  # " in line for line in lines)
    privileged = next(line for line in lines if line.lstrip().startswith("privileged:"))
    assert privileged == f"{'    privileged: true':60}  # base/web.yaml:9:5, extends compose.yaml:20"


def test_refusals_name_their_place(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  a:\n    image: x\n    privileged: maybe\n    ports: [x]\n")
    printed = resolve(tmp_path)
    assert (printed.code, printed.out) == (2, "")
    lines = printed.err.splitlines()
    assert [line.split(": ")[1] for line in lines[:2]] == ["compose.yaml:4:17", "compose.yaml:5:13"]
    assert lines[2].startswith("composeguard: the project cannot be deployed")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("other.yaml", "composeguard: error: other.yaml: a file is named by --file other.yaml\n"),
        ("gone", "composeguard: error: gone: no such folder\n"),
    ],
)
def test_what_is_no_folder_is_not_passed_over_for_the_project_above(tmp_path: Path, given: str, message: str) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: x}}\n")
    (tmp_path / "other.yaml").write_text("services: {b: {image: x}}\n")
    printed = resolve(tmp_path, given)
    assert (printed.code, printed.out, printed.err) == (2, "", message)


def test_files_that_lie_beside_each_other(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "compose.yaml").write_text("services: {a: {image: x}}\n")
    (tmp_path / "b" / "more.yaml").write_text("services: {a: {hostname: h}}\n")
    printed = resolve(tmp_path / "a", "--file", "compose.yaml", "--file", "../b/more.yaml")
    assert printed.code == 0, printed.err
    assert json.loads(printed.out)["services"]["a"]["hostname"] == "h"
