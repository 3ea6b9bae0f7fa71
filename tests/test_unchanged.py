"""Runs over many projects judge what has changed, and say what a run without a memory says."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from tests.corpus import corpus_files
from tests.test_remembered import CHANGES, TREE

from composeguard import remembered
from composeguard.cli import run
from composeguard.commands import memory as memory_module
from composeguard.commands import unchanged
from composeguard.commands.lint import Linter
from composeguard.commands.memory import Entry
from composeguard.commands.options import CheckOptions
from composeguard.commands.render import render_options
from composeguard.commands.result import Result
from composeguard.commands.stream import Format
from composeguard.compose.discover import ProjectFiles
from composeguard.source import disk

_FORMATS = ("full", "concise", "jsonl")
_KEPT = "projects.1"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    files = {**TREE, "other/compose.yaml": "services: {o: {extends: {file: ../app/base.yml, service: base}}}\n"}
    files[".composeguard.yaml"] = "profile: restricted\n"
    files |= {f"many/{number}/compose.yaml": f"services: {{m: {{image: m:{number}}}}}\n" for number in range(4)}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(unchanged, "WORTH_REMEMBERING", 2)
    monkeypatch.chdir(root)
    return root


class Runs:
    """Runs `check` in this process; notes the projects that were judged in it."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.judged: list[str] = []

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.judged.clear()
        code = remembered.run(["check", *arguments], run)
        return code, *self._capsys.readouterr()


@pytest.fixture
def runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runs:
    made = Runs(capsys)
    check = Linter.check

    def counted(self: Linter, project: ProjectFiles, *rest: object) -> Result:
        made.judged.append(Path(project.files[0]).relative_to(Path.cwd()).as_posix())
        return check(self, project, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Linter, "check", counted)
    return made


@pytest.mark.parametrize("name", _FORMATS)
@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_the_same_again_is_judged_nowhere(
    tree: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch, name: str, jobs: str
) -> None:
    plain = runs("-f", name, jobs, "--no-cache")
    assert runs("-f", name, jobs) == plain
    monkeypatch.setattr(Linter, "told", lambda self, projects: iter_nothing(projects))
    assert runs("-f", name, jobs) == plain
    assert not runs.judged


def iter_nothing(projects: list[ProjectFiles]) -> Iterator[Result]:
    assert not projects
    yield from ()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_seen(tree: Path, runs: Runs, change: Callable[[Path], object]) -> None:
    (tree / "known.json").unlink()
    (tree / "known.json").write_text("{}")
    runs("-f", "full")
    change(tree)
    after = runs("-f", "full")
    assert after == runs("-f", "full", "--no-cache")


@pytest.mark.parametrize(
    ("name", "judged"),
    [
        ("many/2/compose.yaml", ["many/2/compose.yaml"]),
        ("app/base.yml", ["app/compose.yaml", "other/compose.yaml"]),
        ("app/web.env", ["app/compose.yaml"]),
        ("app/.env", ["app/compose.yaml"]),
        (".gitignore", ["app/compose.yaml"]),
    ],
)
def test_only_what_changes_is_judged(tree: Path, runs: Runs, name: str, judged: list[str]) -> None:
    runs()
    path = tree / name
    path.write_text(path.read_text() + "# more\n")
    after = runs()
    assert sorted(runs.judged) == judged
    assert after == runs("--no-cache")
    runs()
    assert not runs.judged


def test_what_was_read_to_tell_findings_apart_counts_for_later_projects(tree: Path, runs: Runs) -> None:
    """Two known projects say different things of one file, some of them accepted: that is looked at anew."""
    service = "  {}: {{image: a:1, privileged: true}}{}\n"
    shared = tree / "again/base.yml"
    shared.parent.mkdir()
    accepted = service.format("one", "  # composeguard: ignore[CG101] known")
    shared.write_text("services:\n" + accepted + service.format("two", ""))
    one, two = (f"{name}: {{extends: {{file: ../base.yml, service: {name}}}}}" for name in ("one", "two"))
    for number, services in enumerate((one, f"{one}, {two}", two)):
        (tree / f"again/{number}").mkdir()
        text = f"services: {{{services}}}\n"
        (tree / f"again/{number}/compose.yaml").write_text(text)
    runs()
    (tree / "again/2/compose.yaml").write_text(text + "# more\n")
    assert runs() == runs("--no-cache")
    runs()
    assert set(runs.judged) <= {"again/1/compose.yaml"}, "all are known"
    shared.write_text(shared.read_text().replace("two: {image: a:1", "two: {image: a:1, pid: host"))
    after = runs()
    assert "again/2/compose.yaml" in runs.judged
    assert after == runs("--no-cache")


def test_another_choice_of_paths_knows_them_too(tree: Path, runs: Runs) -> None:
    runs(".")
    assert runs("many", "other")[0] == 1
    assert not runs.judged


@pytest.mark.parametrize("arguments", [("--select", "CG101"), ("--fail-on", "info"), ("--profile", "all"), ("-v",)])
def test_other_options_are_another_run(tree: Path, runs: Runs, arguments: tuple[str, ...]) -> None:
    runs()
    after = runs(*arguments)
    assert runs.judged
    assert after == runs(*arguments, "--no-cache")


@pytest.mark.parametrize("where", [".composeguard.yaml", "many/.composeguard.yaml"])
def test_a_change_of_a_configuration_counts_for_its_projects(tree: Path, runs: Runs, where: str) -> None:
    (tree / "many/.composeguard.yaml").write_text("profile: baseline\n")
    runs()
    (tree / where).write_text("profile: all\n")
    after = runs()
    of_many = {name for name in runs.judged if name.startswith("many/")}
    assert of_many == (set(runs.judged) if where.startswith("many/") else set())
    assert after == runs("--no-cache")


@pytest.mark.parametrize(
    "arguments", [("-f", "json"), ("-o", "out.txt"), ("--baseline", "known.json"), ("--no-cache",)]
)
def test_what_is_not_remembered(tree: Path, runs: Runs, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    runs(*arguments)
    assert not (tmp_path / "cache/composeguard" / _KEPT).exists()


def test_it_is_private_and_holds_no_secret(tree: Path, runs: Runs, tmp_path: Path) -> None:
    secret = "correct-horse-9-battery"
    (tree / "many/1/compose.yaml").write_text(
        f"services: {{m: {{image: m:1, environment: {{DB_PASSWORD: {secret}}}, command: --password={secret}}}}}\n"
    )
    assert "CG601" in runs()[1]
    kept = tmp_path / "cache/composeguard" / _KEPT
    assert kept.stat().st_mode & 0o777 == 0o600
    assert b"CG601" in kept.read_bytes()
    assert secret.encode() not in kept.read_bytes()


@pytest.mark.parametrize(
    "damage", [b"", b"no database at all, and long enough to be looked at " * 100, b"SQLite format 3\0"]
)
def test_a_broken_file_is_none(tree: Path, runs: Runs, tmp_path: Path, damage: bytes) -> None:
    first = runs()
    kept = tmp_path / "cache/composeguard" / _KEPT
    kept.write_bytes(damage)
    assert runs() == first
    assert runs() == first
    runs()
    assert not runs.judged


@pytest.mark.parametrize("column", ["seen", "told"])
@pytest.mark.parametrize("damage", [b"", b"\x93\x01", b"\x90", b"\x91\x93\xa1x\xa1y\xa1z", None, 3])
def test_a_broken_row_is_none(tree: Path, runs: Runs, tmp_path: Path, column: str, damage: object) -> None:
    first = runs()
    with sqlite3.connect(tmp_path / "cache/composeguard" / _KEPT) as database:
        database.execute(f"UPDATE project SET {column} = ?", (damage,))
    database.close()
    assert runs() == first
    runs()
    assert not runs.judged or (column, damage) == ("seen", b"\x90")


@pytest.mark.parametrize(
    "damage", ["ALTER TABLE project RENAME COLUMN told TO tolp", "UPDATE project SET seen = CAST(x'ff' AS TEXT)"]
)
def test_a_file_that_sqlite_reads_and_nobody_can_use_is_begun_anew(
    tree: Path, runs: Runs, tmp_path: Path, damage: str
) -> None:
    first = runs()
    with sqlite3.connect(tmp_path / "cache/composeguard" / _KEPT) as database:
        database.execute(damage)
    database.close()
    assert runs() == first
    assert runs() == first
    runs()
    assert not runs.judged


@pytest.mark.parametrize("damage", ["replace(told, 'm lacks', 'm likes')", "(SELECT max(told) FROM project)"])
def test_a_damaged_row_is_none(tree: Path, runs: Runs, tmp_path: Path, damage: str) -> None:
    first = runs()
    with sqlite3.connect(tmp_path / "cache/composeguard" / _KEPT) as database:
        database.execute(f"UPDATE project SET told = CAST({damage} AS BLOB)")
    database.close()
    assert runs() == first
    assert runs.judged
    assert runs() == first
    assert not runs.judged


def test_another_run_that_writes_is_not_waited_for(
    tree: Path, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = runs()
    monkeypatch.setattr(memory_module, "_PATIENCE", 0.01)
    database = sqlite3.connect(tmp_path / "cache/composeguard" / _KEPT, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    assert runs() == first
    assert runs.judged
    database.close()
    runs()
    assert not runs.judged


def test_it_is_bounded(tree: Path, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs()
    kept = tmp_path / "cache/composeguard" / _KEPT
    with sqlite3.connect(kept) as database:
        database.execute("UPDATE project SET day = day - 31 WHERE rowid > 2")
    database.close()
    runs("many/1", "many/2")
    with sqlite3.connect(kept) as database:
        assert database.execute("SELECT count(*) FROM project").fetchone()[0] < 6
    database.close()
    monkeypatch.setattr(memory_module, "_LARGEST", 100)
    runs()
    assert not kept.exists()


def test_what_is_asked_each_day_stays(tree: Path, runs: Runs, tmp_path: Path) -> None:
    runs()
    kept = tmp_path / "cache/composeguard" / _KEPT
    with sqlite3.connect(kept) as database:
        database.execute("UPDATE project SET day = day - 29")
    runs()
    assert not runs.judged
    assert len({day for (day,) in database.execute("SELECT day FROM project")}) == 1
    assert database.execute("SELECT max(day) FROM project").fetchone()[0] * 86400 + 86400 > kept.stat().st_mtime - 1
    database.close()


def _asked(linter: Linter, project: ProjectFiles) -> set[tuple[str, str, str]]:
    """The questions by which a project is found unchanged; where folders are is asked in several ways."""
    result = linter.in_time(project)
    assert isinstance(result, Result)
    assert isinstance(result.told.entry, Entry)
    rows = msgspec.msgpack.decode(result.told.entry.seen)
    return {(word, path, answer) for word, path, answer in rows if word not in ("real", "link")}


def _linter(paths: list[str]) -> Linter:
    here = render_options(CheckOptions(), sys.stdout)
    linter = Linter(CheckOptions(paths=tuple(paths)), keeping=False, format_=Format("concise", here, here))
    linter.remembering = True
    return linter


def _compare(paths: list[str]) -> int:
    compared = 0
    with disk.witnessed():
        together = _linter(paths)
        projects = together.projects()
        for project in projects:
            together.configurations.of(project.directory)
        for project in projects:
            alone = _linter([*project.report_on])
            (same,) = alone.projects()
            alone.configurations.of(same.directory)
            if same == project:
                assert _asked(together, project) == _asked(alone, project)
                compared += 1
    return compared


def test_a_project_asks_the_same_alone_and_beside_others(tree: Path) -> None:
    """What an earlier project was told is asked for the later one as well."""
    assert _compare(["."]) >= 6


def test_real_projects_ask_the_same_alone_and_beside_others(shared_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = shared_dir / "corpus"
    monkeypatch.chdir(corpus)
    files = [str(each.path.relative_to(corpus)) for each in corpus_files(corpus)][::5]
    assert _compare(files) > 300
