"""The oracle itself: it gives the recorded answers, and it outlives a load that does not end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.json_value import Json
from tests.oracle import BUILD_HELP, Oracle, OracleError, Request, find_oracle
from tests.recorded_case import expected_project, placed_json, request_of
from tests.same_answer import differences, meaning


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    if find_oracle() is None:
        pytest.skip(BUILD_HELP)
    with Oracle() as running:
        yield running


def test_recorded_answers(oracle: Oracle, shared_dir: Path) -> None:
    wrong: list[str] = []
    cases = sorted(path for path in (shared_dir / "conformance").iterdir() if path.is_dir())
    assert cases
    for case in cases:
        answer = oracle.load(case, request_of(case))
        want = expected_project(case)
        if answer.result != ("accept" if want is not None else "reject"):
            wrong.append(f"{case.name}: {answer.result} {answer.error}")
        elif want is not None:
            wrong += [f"{case.name}: {d}" for d in differences(placed_json(answer.project, case), want)]
    assert not wrong, "\n".join(wrong)


def write(folder: Path, text: str) -> Path:
    (folder / "compose.yaml").write_text(text, "utf-8")
    return folder


def test_goes_on_after_a_load_that_does_not_end(oracle: Oracle, tmp_path: Path) -> None:
    # The search for dependency cycles is exponential.
    lines = [
        f"  s{n}: {{image: x, depends_on: [{', '.join(f's{m}' for m in range(max(0, n - 3), n))}]}}" for n in range(40)
    ]
    write(tmp_path, "services:\n" + "\n".join(lines))
    assert oracle.load(tmp_path, Request(), timeout=0.3).result == "timeout"
    write(tmp_path, "services: {a: {image: x}}")
    assert oracle.load(tmp_path, Request()).result == "accept"


def test_sees_only_the_environment_of_the_request(
    oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAK", "leaked")
    write(tmp_path, 'services: {a: {image: x, command: ["${LEAK}", "$SEEN"], volumes: ["~/v:/v"]}}')
    answer = oracle.load(tmp_path, Request(env={"SEEN": "yes", "HOME": "/h"}))
    assert isinstance(answer.project, dict)
    service = answer.project["services"]
    assert isinstance(service, dict)
    assert meaning(service["a"]) == {
        "image": "x",
        "command": ["", "yes"],
        "networks": {"default": None},
        "volumes": [{"type": "bind", "source": "/h/v", "target": "/v"}],
    }
    assert answer.warnings == ('warning: The "LEAK" variable is not set. Defaulting to a blank string.',)


@pytest.mark.parametrize("reference", ["https://github.com/a/b.git", "oci://docker.io/a/b", "git@github.com:a/b"])
def test_fetches_nothing(oracle: Oracle, tmp_path: Path, reference: str) -> None:
    write(tmp_path, f"include: ['{reference}']\nservices: {{a: {{image: x}}}}")
    answer = oracle.load(tmp_path, Request())
    assert answer.result == "reject"
    assert "no such file" in answer.error


def test_a_wrong_request_is_an_error(oracle: Oracle, tmp_path: Path) -> None:
    with pytest.raises(OracleError, match="bad-request"):
        oracle.load(tmp_path / "absent", Request())


@pytest.mark.parametrize(
    ("got", "want", "paths"),
    [
        ({"command": None, "x": 1.0}, {"x": 1}, []),
        ({"privileged": True}, {"privileged": 1}, ["privileged"]),
        (
            {"services": {"a": {"ports": [1, 2]}}},
            {"services": {"a": {"ports": [1, 3]}}},
            ["services.a.ports[1]"],
        ),
        ({"networks": {"default": None}}, {"networks": {}}, ["networks.default"]),
        ({"bind": {"create_host_path": True}}, {}, []),
        ({"bind": {"create_host_path": False}}, {}, ["bind"]),
        ({"list": [1]}, {"list": [1, 1]}, ["list"]),
        ({"ssh": ["b", "a"]}, {"ssh": ["a", "b"]}, []),
    ],
)
def test_differences(got: Json, want: Json, paths: list[str]) -> None:
    assert [d.path for d in differences(got, want)] == paths
