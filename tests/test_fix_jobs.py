"""Fixing many projects at once comes to what fixing one after the other comes to."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from tests.test_cli import BAD, CLEAN, Result, Run, run, write

from composeguard.commands import workers
from composeguard.commands.lint import Linter
from composeguard.compose.discover import ProjectFiles
from composeguard.fix.write import Writer

__all__ = ["run"]
_PROJECTS = 40
_BASE = CLEAN.replace("web", "base") + "    privileged: true\n"
_SHARING = "include: [../base.yaml]\n"


@pytest.fixture
def tree(run: Run) -> Path:
    """Projects that have nothing to do with each other between projects that change one file for all."""
    Path(".git").mkdir()
    write("base.yaml", _BASE)
    write("gap/compose.yaml", "include: [missing.yaml]\nservices: {web: {image: a:1}}\n")
    write("bad/compose.yaml", "a: b: c\n")
    for number in range(_PROJECTS):
        text = _SHARING if number % 7 == 3 else BAD.replace("nginx", f"nginx{number}")
        write(f"p{number:02}/compose.yaml", f"# {number}\n{text}")
    return Path.cwd()


def _texts(tree: Path) -> dict[str, bytes]:
    return {str(path.relative_to(tree)): path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file()}


def _fixed(run: Run, tree: Path, *arguments: str) -> tuple[Result, dict[str, bytes]]:
    """What a run says, and makes of the files; these are then as they were before."""
    before = _texts(tree)
    result = run("fix", "--unsafe", *arguments)
    after = _texts(tree)
    for name, data in before.items():
        (tree / name).write_bytes(data)
    assert before.keys() == after.keys()
    return result, after


def test_several_processes_write_what_one_writes(run: Run, tree: Path) -> None:
    alone = _fixed(run, tree, "-j1")
    assert alone[0].code == 2
    assert [name for name, text in alone[1].items() if b"privileged: true" in text] == []
    assert _fixed(run, tree, "-j3") == alone


def test_a_spawned_process_plans_the_same(run: Run, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = _fixed(run, tree, "-j1")
    context = multiprocessing.get_context("spawn")
    monkeypatch.setattr(workers, "_context", lambda: context)
    assert _fixed(run, tree, "-j2") == alone


@pytest.mark.parametrize("jobs", ["-j1", "-j3"])
def test_all_at_once_is_one_after_the_other(run: Run, tree: Path, jobs: str) -> None:
    """Each project in a run of its own sees what the runs before it have written."""
    _, together = _fixed(run, tree, jobs)
    for name in ("gap", *(f"p{number:02}" for number in range(_PROJECTS))):
        run("fix", "--unsafe", name)
    assert _texts(tree) == together


@pytest.mark.parametrize("jobs", ["-j1", "-j3"])
def test_a_file_that_changes_meanwhile_is_left_alone_and_said(
    run: Run, tree: Path, jobs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Path("p05/compose.yaml")
    commit = Writer.commit

    def late(writer: Writer) -> dict[str, object]:
        theirs.write_text(BAD + "# mine\n")
        return dict(commit(writer))

    monkeypatch.setattr(Writer, "commit", late)
    result = run("fix", "--unsafe", jobs, "p04", "p05", "p06")
    assert "left alone p05/compose.yaml:" in result.out
    assert "the file has changed since it was read" in result.out
    assert (result.code, theirs.read_text()) == (1, BAD + "# mine\n")
    for name in ("p04", "p06"):
        assert "privileged" not in Path(name, "compose.yaml").read_text()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nothing tells how many files are open")
def test_more_files_than_can_be_open(run: Run) -> None:
    """All files of a project are written together, which may be more than a process may have open."""
    import resource

    count = 90
    names = [f"part{number}.yaml" for number in range(count)]
    write("compose.yaml", f"include: [{', '.join(names)}]\n")
    for number, name in enumerate(names):
        write(name, BAD.replace("web:", f"web{number}:"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 80, hard))
    try:
        result = run("fix", "--unsafe", "-j1")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (result.code, result.err) == (0, "")
    assert f"fixed {count} findings in {count} files" in result.out
    assert all("privileged" not in Path(name).read_text() for name in names)


@pytest.mark.parametrize(("error", "code", "written"), [(KeyboardInterrupt, 130, 32), (ArithmeticError, 70, 39)])
def test_a_run_that_ends_early_says_what_it_has_written(
    run: Run, error: type[BaseException], code: int, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(_PROJECTS):
        write(f"p{number:02}/compose.yaml", BAD)
    in_time = Linter.in_time

    def ends(linter: Linter, project: ProjectFiles) -> object:
        if project.directory.endswith("p39"):
            raise error
        return in_time(linter, project)

    monkeypatch.setattr(Linter, "in_time", ends)
    result = run("fix", "--unsafe", "-j1")
    fixed = [path for path in Path().rglob("compose.yaml") if "privileged" not in path.read_text()]
    assert (result.code, len(fixed)) == (code, written)
    assert f"fixed {written} findings in {written} files" in result.out


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_files_of_two_repositories_count_apart(run: Run, jobs: str) -> None:
    """They have the same name in reports."""
    for name in ("one", "two"):
        Path(name, ".git").mkdir(parents=True)
        write(f"{name}/compose.yaml", BAD)
    assert "2 findings remain" in run("fix", jobs, "one", "two").out
    said = json.loads(run("check", "--no-cache", jobs, "-f", "json", "one", "two").out)
    assert len(said["findings"]) == 2
