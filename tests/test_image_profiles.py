"""The profiles of images: each row, how one is found, and what the fixes make of it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from tests.reading import read_text
from tests.rule_cases import RULES, TODAY

from composeguard import config
from composeguard.engine.finding import Finding
from composeguard.engine.fix import Append, Operation, Safety
from composeguard.engine.run import Selection, check
from composeguard.errors import ConfigError
from composeguard.model.container import Container
from composeguard.model.image_fit import departs, writes_elsewhere
from composeguard.model.image_profile import (
    PROFILES,
    ImageProfile,
    ProfileError,
    image_profile,
    read_profile,
    shipped_profiles,
)
from composeguard.policy.builtin import load_builtin

ROWS = shipped_profiles()


def _identity(row: ImageProfile) -> str:
    return f"{row.images[0]}-{row.since}"


def read(text: str, selection: Selection | None = None) -> tuple[Container, tuple[Finding, ...]]:
    """The service `a` of a text, and what the four rules find in it."""
    reading = read_text(text)
    rules = tuple(RULES[code] for code in ("CG102", "CG104", "CG105", "CG106"))
    outcome = check(reading, selection or Selection(rules, known=rules), today=TODAY)
    assert not outcome.failures
    return reading.project.services["a"], outcome.findings


def service(body: str, image: str = "postgres:16.4") -> str:
    return f"services: {{a: {{image: '{image}'{', ' if body else ''}{body}}}}}\n"


def appended(finding: Finding, key: str) -> list[object]:
    assert finding.fix is not None
    operations: tuple[Operation, ...] = finding.fix.operations
    return [each.value for each in operations if isinstance(each, Append) and each.path[-1] == key]


@pytest.mark.parametrize("row", ROWS, ids=_identity)
def test_a_row_has_a_source_and_says_nothing_by_halves(row: ImageProfile) -> None:
    assert all(": " in source for source in row.source), "a source is a repository and a file in it"
    assert not row.runs or row.starts == "root"
    assert {"SETGID", "SETUID"} <= set(row.capabilities) or not row.runs, "stepping down needs both"
    assert "cap-drop-all" not in row.proven or row.starts, "who starts it decides what dropping means"
    assert row.starts != "root" or row.capabilities or not row.proven
    for folders in (row.scratch, row.volumes, row.data):
        assert len(set(folders)) == len(folders)


def test_there_are_rows_for_at_least_thirty_images() -> None:
    assert len({row.images[0] for row in ROWS}) >= 30


def test_no_version_of_an_image_has_two_rows() -> None:
    spans: dict[str, list[ImageProfile]] = {}
    for row in ROWS:
        for name in row.images:
            spans.setdefault(name, []).append(row)
    for name, rows in spans.items():
        unbounded = [row for row in rows if not row.until]
        assert len(unbounded) <= 1, name
        for first, second in pairwise(rows):
            assert int(first.until) < int(second.since), name


def test_the_file_is_sorted_one_row_a_line() -> None:
    lines = PROFILES.read_text("utf-8").splitlines()[1:-1]
    names = [json.loads(line.rstrip(","))["images"][0] for line in lines]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("image", "since"),
    [
        ("postgres:16.4", "9.6"),
        ("docker.io/library/postgres:17-alpine", "9.6"),
        ("public.ecr.aws/docker/library/postgres:18", "18"),
        ("postgres", "18"),
        ("postgres:latest", "18"),
        ("postgres:9.5", None),
        ("prom/prometheus:v2.54.1", "2.40"),
        ("prom/prometheus:v2.4.0", None),
        ("prom/prometheus:v2", "2.40"),
        ("example.org/postgres:16", None),
        ("redis:${TAG}", None),
        ("mongo:7-nanoserver", None),
        ("redis@sha256:" + "0" * 64, "8"),
    ],
)
def test_a_row_is_found_by_name_and_version(image: str, since: str | None) -> None:
    container, _ = read(service("", image))
    row = image_profile(container)
    assert (row.since if row else None) == since


def test_an_image_that_the_project_builds_has_no_row() -> None:
    container, _ = read(service("build: ."))
    assert image_profile(container) is None


@pytest.mark.parametrize(
    "body",
    [
        "entrypoint: [/own.sh]",
        "command: [sh, -c, 'postgres']",
        "command: []",
        "user: '0'",
        "user: '1234'",
        "privileged: true",
        "volumes: ['./init:/docker-entrypoint-initdb.d:ro']",
        "post_start: [{command: [id], user: root}]",
        "healthcheck: {test: 'su postgres -c pg_isready'}",
    ],
)
def test_a_service_that_leaves_what_the_row_relies_on_gets_no_safe_fix(body: str) -> None:
    container, findings = read(service(body))
    row = image_profile(container)
    assert row is not None
    assert departs(row, container)
    for finding in findings:
        if finding.rule.code in ("CG102", "CG105"):
            assert finding.fix is not None
            assert finding.fix.safety is Safety.UNSAFE
            assert finding.fix.note


@pytest.mark.parametrize("body", ["", "command: ['-c', 'max_connections=50']", "command: postgres"])
def test_a_service_that_keeps_to_the_row_gets_a_whole_and_safe_fix(body: str) -> None:
    _, findings = read(service(body))
    fixes = {finding.rule.code: finding for finding in findings}
    assert all(finding.fix and finding.fix.safety is Safety.SAFE for finding in fixes.values())
    assert appended(fixes["CG102"], "cap_add") == ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]
    assert [str(entry).partition(":")[0] for entry in appended(fixes["CG105"], "tmpfs")] == [
        "/var/run/postgresql",
        "/tmp",
    ]


def test_what_the_file_settles_already_is_not_given_back() -> None:
    _, findings = read(service("cap_drop: [FOWNER, CAP_SETUID], cap_add: [chown]"))
    (finding,) = (each for each in findings if each.rule.code == "CG102")
    assert appended(finding, "cap_add") == ["DAC_OVERRIDE", "SETGID"]


def test_the_known_user_needs_nothing_back() -> None:
    _, findings = read(service("user: 'postgres:postgres'"))
    (finding,) = (each for each in findings if each.rule.code == "CG102")
    assert appended(finding, "cap_add") == []
    assert finding.fix is not None
    assert finding.fix.safety is Safety.SAFE


def test_a_mounted_folder_gets_no_tmpfs() -> None:
    _, findings = read(service("volumes: ['run:/run'], tmpfs: ['/tmp']") + "volumes: {run: {}}\n")
    (finding,) = (each for each in findings if each.rule.code == "CG105")
    assert appended(finding, "tmpfs") == []


@pytest.mark.parametrize(
    ("image", "body", "moved"),
    [
        ("postgres:16", "environment: {PGDATA: /elsewhere}", True),
        ("postgres:16", "environment: {PGDATA: /var/lib/postgresql/data/pg}", False),
        ("postgres:16", "command: ['-c', 'data_directory=/elsewhere']", True),
        ("postgres:16", "command: ['-c', 'archive_command=cp %p /var/lib/postgresql/archive/%f']", True),
        ("postgres:16", "secrets: [password]", True),
        ("prom/prometheus:v3.1.0", "command: ['--storage.tsdb.path=/elsewhere']", True),
        ("prom/prometheus:v3.1.0", "command: ['--storage.tsdb.path=/prometheus', '--web.page-title=a']", False),
        ("prom/prometheus:v3.1.0", "command: ['--storage.tsdb.path', '/m'], volumes: ['./m:/m']", False),
        ("grafana/grafana:11.2.0", "", True),
        ("grafana/grafana:11.2.0", "volumes: ['./g:/var/lib/grafana']", False),
    ],
)
def test_where_the_settings_lead_decides(image: str, body: str, moved: bool) -> None:
    container, _ = read(service(body, image) + "secrets: {password: {environment: PASSWORD}}\n")
    row = image_profile(container)
    assert row is not None
    assert bool(writes_elsewhere(row, container)) is moved


def test_an_image_whose_start_gains_privileges_makes_no_new_privileges_unsafe() -> None:
    _, findings = read(service("", "hashicorp/vault:1.15"))
    (finding,) = (each for each in findings if each.rule.code == "CG104")
    assert finding.fix is not None
    assert finding.fix.safety is Safety.UNSAFE


@pytest.mark.parametrize(
    ("row", "steps"),
    [
        ([], ()),
        ({"images": ["a"]}, ()),
        ({"images": ["a:1"], "source": ["b: c"]}, ("images", 0)),
        ({"images": "a", "source": ["b: c"]}, ("images",)),
        ({"images": ["a"], "source": ["b: c"], "since": 1}, ("since",)),
        ({"images": ["a"], "source": ["b: c"], "since": "new"}, ("since",)),
        ({"images": ["a"], "source": ["b: c"], "gains": "no"}, ("gains",)),
        ({"images": ["a"], "source": ["b: c"], "capabilities": ["SYS_ADMIN"]}, ("capabilities", 0)),
        ({"images": ["a"], "source": ["b: c"], "scratch": ["tmp"]}, ("scratch", 0)),
        ({"images": ["a"], "source": ["b: c"], "proven": ["all"]}, ("proven", 0)),
        ({"images": ["a"], "source": ["b: c"], "users": ["all"]}, ("users",)),
    ],
)
def test_a_row_is_read_strictly(row: object, steps: tuple[str | int, ...]) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(row)
    assert caught.value.steps == steps


OWN = """\
images:
  - images: [example.org/app]
    source: ["example.org/app: start.sh"]
    starts: root
    runs: app
    capabilities: [SETGID, SETUID]
    scratch: [/work]
    proven: [cap-drop-all, read-only]
"""


def test_a_configuration_adds_rows(tmp_path: Path) -> None:
    path = tmp_path / ".composeguard.yaml"
    path.write_text(OWN)
    settings = config.load(path, path.name)
    _, findings = read(service("", "example.org/app:1"), config.selection(settings, load_builtin()))
    fixes = {finding.rule.code: finding for finding in findings}
    assert "CG106" not in fixes
    assert appended(fixes["CG102"], "cap_add") == ["SETGID", "SETUID"]
    assert len(appended(fixes["CG105"], "tmpfs")) == 2
    for code in ("CG102", "CG105"):
        fix = fixes[code].fix
        assert fix is not None
        assert fix.safety is Safety.SAFE


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scratch", "scrach", "c.yaml:7:5: unknown key 'scrach'; did you mean scratch?"),
        ("[/work]", "[work]", "c.yaml:7:15: images.0.scratch.0: expected an absolute path in the container"),
        ("SETUID]", "SYS_ADMIN]", "c.yaml:6:28: images.0.capabilities.1: SYS_ADMIN is not"),
    ],
)
def test_a_configuration_is_told_the_place_of_its_fault(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / ".composeguard.yaml"
    path.write_text(OWN.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        config.load(path, "c.yaml")
    assert str(caught.value).startswith(message), str(caught.value)
