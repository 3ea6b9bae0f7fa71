"""Runs that are remembered: recalled where nothing has changed, and never where something has."""

from __future__ import annotations

import builtins
import io
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composeguard import remembered
from composeguard.cli import cli, run
from composeguard.commands.lint import Linter
from composeguard.commands.result import Result
from composeguard.source import disk

_COMPOSE = """\
include: [more/compose.yaml]
services:
  web:
    image: "nginx:${TAG:-1}"
    env_file: [web.env]
    extends: {file: base.yml, service: base}
"""
TREE = {
    "app/compose.yaml": _COMPOSE,
    "app/base.yml": "services: {base: {image: a:1, read_only: true}}\n",
    "app/web.env": "A=1\n",
    "app/more/compose.yaml": "services: {db: {image: postgres:16}}\n",
    "app/.env": "TAG=2\n",
    ".gitignore": "ignored/\n",
    ".composeguard.yaml": "profile: restricted\nbaseline: known.json\n",
    "known.json": json.dumps({"format": "composeguard-baseline", "version": 1, "findings": []}),
    ".git/HEAD": "ref: refs/heads/main\n",
    "ignored/compose.yaml": "services: {x: {image: x}}\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    for name, text in TREE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(root)
    return root


class Runs:
    """Runs `check` in this process; counts how often it was really made."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.made = 0

    def _check(self, arguments: list[str]) -> int:
        self.made += 1
        return run(arguments)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = remembered.run(["check", *arguments], self._check)
        return code, *self._capsys.readouterr()


@pytest.fixture
def runs(capsys: pytest.CaptureFixture[str]) -> Runs:
    return Runs(capsys)


def test_the_same_again_is_recalled(tree: Path, runs: Runs) -> None:
    first = runs("-f", "json")
    assert runs("-f", "json") == first
    assert runs.made == 1
    assert json.loads(first[1])["findings"]
    assert runs("-f", "concise") != first
    assert runs.made == 2


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("check", "--no-such-option")])
def test_what_the_command_line_library_prints(
    tree: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    # It tries by writing bytes whether a stream takes them.
    code = remembered.run(arguments, run)
    assert code == (0 if "--help" in arguments else 2)
    first = capsys.readouterr()
    assert "composeguard" in first.out + first.err
    assert remembered.run(arguments, run) == code
    assert capsys.readouterr() == first


def _replace(name: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_text((root / name).read_text().replace(old, new))


def _add(name: str, text: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)

    return change


def _link(name: str, target: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(target)

    return change


def _become_a_folder(name: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / name).unlink()
        (root / name).mkdir()

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "the file": _replace("app/compose.yaml", "nginx", "httpd"),
    "same size and time": lambda root: _quietly(root / "app/compose.yaml", "nginx", "caddy"),
    "an included file": _replace("app/more/compose.yaml", "postgres", "mariadb"),
    "an extended file": _replace("app/base.yml", "read_only: true", "privileged: true"),
    "the project's .env": _replace("app/.env", "2", "latest"),
    "an env file goes": lambda root: (root / "app/web.env").unlink(),
    "an override comes": _add("app/compose.override.yaml", "services: {web: {privileged: true}}\n"),
    "a file that wins comes": _add("app/more/compose.override.yaml", "services: {db: {privileged: true}}\n"),
    "another project comes": _add("new/compose.yaml", "services: {n: {image: n, privileged: true}}\n"),
    "ignored no more": _replace(".gitignore", "ignored/\n", ""),
    "a .gitignore comes": _add("app/.gitignore", "more/\n"),
    "the configuration": _replace(".composeguard.yaml", "restricted", "baseline"),
    "a nearer configuration comes": _add("app/.composeguard.yaml", "profile: all\n"),
    "pyproject.toml comes beside it": _add("pyproject.toml", "[tool.composeguard]\nprofile = 'all'\n"),
    "the baseline goes": lambda root: (root / "known.json").unlink(),
    "the repository goes": lambda root: shutil.rmtree(root / ".git"),
    "a nearer repository comes": lambda root: (root / "app/.git").mkdir(),
    "an included folder goes": lambda root: shutil.rmtree(root / "app/more"),
    "a file becomes a link": _link("app/base.yml", "more/compose.yaml"),
    "a file becomes a folder": _become_a_folder("app/web.env"),
    "it is no YAML any more": _replace("app/compose.yaml", "services:", "services: ["),
}


def _quietly(path: Path, old: str, new: str) -> None:
    before = path.stat()
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_seen(tree: Path, runs: Runs, change: Callable[[Path], object]) -> None:
    runs("-f", "json")
    change(tree)
    after = runs("-f", "json")
    assert runs.made == 2
    assert after == runs("-f", "json", "--no-cache")


def test_what_changes_while_a_run_looks_at_it_is_not_remembered(
    tree: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.env` is read to find the projects, and again with the project."""
    check = Linter.check

    def late(self: Linter, *rest: Any) -> Result:
        (tree / "app/.env").write_text("COMPOSE_FILE=base.yml\n")
        return check(self, *rest)

    monkeypatch.setattr(Linter, "check", late)
    runs("-f", "json")
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree.parent / "cache"))
    monkeypatch.chdir(tree)
    assert runs("-f", "json") == runs("-f", "json", "--no-cache")


def test_processes_that_were_told_different_things_are_not_remembered() -> None:
    with disk.witnessed() as seen:
        disk.saw({("type", "/a"): "file"})
        disk.saw({("type", "/a"): "file", ("type", "/b"): ""})
        assert disk.is_repeatable(seen)
        disk.saw({("type", "/b"): "folder"})
    assert not disk.is_repeatable(seen)


def test_a_folder_that_can_be_looked_into_by_now(tree: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("/app"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refused)
        first = runs("--allow-partial", "--allow-no-files")
        assert first == runs("--allow-partial", "--allow-no-files")
        assert (first[0], runs.made) == (0, 1)
    after = runs("--allow-partial", "--allow-no-files")
    assert after == runs("--allow-partial", "--allow-no-files", "--no-cache") != first


def test_a_way_up_from_a_link_is_the_way_of_the_system(tree: Path, runs: Runs) -> None:
    (tree / "to").symlink_to("app/more")
    for folder in (tree, tree / "app"):
        (folder / "some.yaml").write_text("services: {s: {image: s}}\n")
    assert runs("to/../some.yaml")[0] == 1
    (tree / "app/some.yaml").unlink()
    assert runs("to/../some.yaml") == runs("to/../some.yaml", "--no-cache")


def test_what_does_not_matter_is_not_asked(tree: Path, runs: Runs) -> None:
    runs()
    (tree / "README.md").write_text("new")
    assert runs()[0] == 1
    assert runs.made == 2, "a name in a folder that is walked"
    (tree / "README.md").write_text("newer")
    (tree / ".git/index").write_text("new")
    runs()
    assert runs.made == 2


@pytest.mark.parametrize(
    "arguments",
    [("--environment",), ("-o", "out.json"), ("--rules", "rules"), ("--no-cache",), ("app/broken.yml",)],
    ids=lambda arguments: arguments[0],
)
def test_what_is_not_remembered(tree: Path, runs: Runs, arguments: tuple[str, ...]) -> None:
    (tree / "rules").mkdir()
    (tree / "app/broken.yml").write_text("a: [")
    assert runs(*arguments)[0] in (0, 1, 2)
    runs(*arguments)
    assert runs.made == 2


def test_another_folder_day_or_variable_is_another_run(tree: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    runs()
    monkeypatch.setenv("FORCE_COLOR", "1")
    runs()
    monkeypatch.chdir(tree / "app")
    runs()
    assert runs.made == 4


_BROKEN = (
    *("", "[]", "{", '[0, "", "", 1]', '[0, "", "", [["nothing", "", ""]]]', "\udcff"),
    *("[0, 1, 2, []]", '["", "", "", []]', '[0, "", "", [[1, 2, 3]]]', '[0, "clean", "", []]', "[" * 100_000),
)


@pytest.mark.parametrize("text", _BROKEN, ids=range(len(_BROKEN)))
def test_a_broken_entry_is_none(tree: Path, runs: Runs, tmp_path: Path, text: str) -> None:
    first = runs()
    (entry,) = (tmp_path / "cache/composeguard").iterdir()
    entry.write_text(text, errors="surrogateescape")
    assert runs() == first
    assert runs.made == 2


def test_a_damaged_entry_is_none(tree: Path, runs: Runs, tmp_path: Path) -> None:
    first = runs()
    (entry,) = (tmp_path / "cache/composeguard").iterdir()
    whole = entry.read_bytes()
    for damaged in (whole.replace(b"CG", b"GC", 1), whole[:-1], whole + b" ", b"\0" * len(whole)):
        entry.write_bytes(damaged)
        assert runs() == first
    assert runs.made == 5


def test_a_folder_that_others_can_look_into_is_not_used(tree: Path, runs: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "cache/composeguard"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    runs()
    assert not list(folder.iterdir())
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    runs()
    assert not list(folder.iterdir())


def test_entries_are_private_and_few(tree: Path, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST_ENTRIES", 3)
    for name in ("concise", "json", "jsonl", "sarif", "full"):
        runs("-f", name)
    entries = list((tmp_path / "cache/composeguard").iterdir())
    assert len(entries) == 3
    assert {entry.stat().st_mode & 0o777 for entry in entries} == {0o600}
    made = runs.made
    runs("-f", "full")
    assert runs.made == made


def test_entries_take_little_room(tree: Path, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs("-f", "json")
    (entry,) = (tmp_path / "cache/composeguard").iterdir()
    monkeypatch.setattr(remembered, "_MOST_ROOM", 3 * entry.stat().st_size)
    for name in ("concise", "jsonl", "full", "sarif", "markdown", "github"):
        runs("-f", name)
    sizes = [each.stat().st_size for each in (tmp_path / "cache/composeguard").iterdir()]
    assert 1 < len(sizes) < 7
    assert sum(sizes) <= remembered._MOST_ROOM


def test_only_entries_are_removed(tree: Path, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache/composeguard"
    (folder / "of others").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "notes").write_text("mine")
    (folder / ("0" * 40)).mkdir()
    for name in ("of others", "notes", "0" * 40):
        os.utime(folder / name, (0, 0))
    monkeypatch.setattr(remembered, "_MOST_ENTRIES", 2)
    for name in ("concise", "json", "jsonl", "full"):
        runs("-f", name)
    assert len(list(folder.iterdir())) == 2 + 3
    assert (folder / "notes").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_cache_that_cannot_be_written_does_not_matter(tree: Path, runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(0o500)
    assert runs() == runs()


def test_no_home_no_cache(tree: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    runs()
    runs()
    assert runs.made == 2


def test_the_other_commands_are_known() -> None:
    assert set(cli.commands) - {"check"} | {"--version"} >= remembered.OTHER_COMMANDS - {"policy"}
    assert set(cli.commands) - {"check"} <= remembered.OTHER_COMMANDS


_CALLS = (
    (os, "stat"),
    (os, "lstat"),
    (os, "open"),
    (os, "scandir"),
    (os, "listdir"),
    (os, "readlink"),
    (os, "access"),
    (io, "open"),
    (builtins, "open"),
)


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Whatever is asked of the file system by anybody but `source.disk`."""
    found: list[tuple[str, str, str]] = []
    for module, name in _CALLS:
        original = getattr(module, name)

        def asked(path: object, *rest: object, _name: str = name, _original: Any = original, **named: object) -> Any:
            callers = [frame.f_code.co_filename for frame, _ in traceback.walk_stack(sys._getframe(1))]
            if disk.__file__ not in callers and isinstance(path, str | os.PathLike):
                found.append((_name, os.fspath(path), callers[0]))
            return _original(path, *rest, **named)

        monkeypatch.setattr(module, name, asked)
    return found


def test_nothing_is_asked_past_the_gate(tree: Path, touched: list[tuple[str, str, str]]) -> None:
    """What is not asked through `source.disk` cannot be compared when a run is recalled."""
    assert run(["check", "-f", "json"]) == 1
    past = [what for what in touched if Path(what[1]).absolute().is_relative_to(tree)]
    assert not past


def test_the_help_is_printed_where_the_locale_knows_ascii_only(tree: Path) -> None:
    """There click asks by trial whether a stream takes bytes."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code = "import sys; from composeguard.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "--help"], cwd=tree, env=environment, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_help_is_remembered_like_the_rest(tree: Path, runs: Runs) -> None:
    """click asks a stream with `write(b"")` whether it takes text."""
    code, out, err = runs("--help")
    assert (code, err) == (0, "")
    assert "Usage:" in out
    assert runs("--help") == (code, out, err)


def test_help_is_as_wide_as_the_terminal_says(tree: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    narrow = runs("--help")
    monkeypatch.setenv("COLUMNS", "100")
    assert runs("--help") == runs("--help", "--no-cache") != narrow


def test_a_shell_that_asks_what_may_follow_is_not_given_a_report(tree: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    asks = {"_COMPOSEGUARD_COMPLETE": "bash_complete", "COMP_WORDS": "composeguard base", "COMP_CWORD": "1"}
    told = []
    for more in ({}, asks):
        done = subprocess.run(
            [sys.executable, "-m", "composeguard"],
            cwd=tree,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        told.append(done.stdout)
    assert "CG" in told[0]
    assert told[1].split() == ["plain,baseline"]
