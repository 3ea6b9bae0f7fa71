"""Many projects on several processes say what one process says, and no end of a process hangs the run."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from composeguard import remembered
from composeguard.cli import run
from composeguard.commands import workers
from composeguard.commands.deadline import deadline
from composeguard.compose.discover import ProjectFiles
from composeguard.engine.rule import Rule
from composeguard.source.file import SourceFile

_PROJECTS = 24
_ODD = {
    "broken/compose.yaml": "services: [\n",
    "gap/compose.yaml": "include: [missing.yaml]\nservices: {web: {image: a:1}}\n",
    "shared/base.yml": "services: {base: {image: nginx, privileged: true}}\n",
    "shared/compose.yaml": "services: {web: {extends: {file: base.yml, service: base}}}\n",
    "own/.composeguard.yaml": "profile: restricted\nrules: {CG101: low}\n",
    "own/compose.yaml": "services: {web: {image: a, privileged: true}}\n",
    "crash/compose.yaml": "services: {crash: {image: a:1}}\n",
    "secret/compose.yaml": "services: {a: {image: a:1, environment: {PASSWORD: hunter2hunter2, OTHER: x}}}\n",
    "accepted/compose.yaml": "services:\n  web:\n    image: nginx  # composeguard: ignore[CG501] mirrored\n",
}
_RULE = """\
import os, signal, time
from composeguard.api import Problem, Profile, Severity, service_rule

@service_rule(code="XX001", name="own-rule", severity=Severity.LOW, profiles=[Profile.RECOMMENDED])
def own(service):
    '''A rule of one's own.'''
    if service.name == "crash":
        raise KeyError("secret text")
    if service.name == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if service.name == "slow":
        time.sleep(60)
    yield Problem(service.at(), "own")
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    (root / ".git").mkdir(parents=True)
    for number in range(_PROJECTS):
        write(
            root,
            f"p{number:02}/compose.yaml",
            f"services: {{web: {{image: 'a:{number}', ports: ['{number + 80}']}}}}\n",
        )
    for name, text in _ODD.items():
        write(root, name, text)
    write(tmp_path, "rules/own.py", _RULE)
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["check", *arguments])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("name", ["full", "concise", "json", "sarif", "junit", "markdown", "rdjson", "html"])
def test_the_report_is_the_same(tree: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("-f", name, "--rules", "../rules", "--include-suppressed", "-v")
    alone = said(capsys, "-j1", *arguments)
    assert alone[0] == 2
    assert "XX001 failed on crash: KeyError at own.py:8" in alone[1] + alone[2]
    assert said(capsys, "-j4", *arguments) == alone


@pytest.mark.parametrize("name", ["full", "sarif"])
def test_a_spawned_process_says_the_same(
    tree: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = said(capsys, "-j1", "--rules", "../rules", "-f", name)
    context = multiprocessing.get_context("spawn")
    monkeypatch.setattr(workers, "_context", lambda: context)
    assert said(capsys, "-j2", "--rules", "../rules", "-f", name) == alone


def test_what_was_on_trial_does_not_stay(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A node refers to its file, and the collector does not look into nodes."""
    many = said(capsys, "-j1", "-f", "sarif")
    assert many[1].count('"fixes"') > 2 * _PROJECTS
    gc.collect()
    parsed = [each for each in gc.get_objects() if isinstance(each, SourceFile) and each.documents]
    assert len([each for each in parsed if each.path.startswith(str(tree))]) <= _PROJECTS + len(_ODD)


def test_projects_leave_little_to_the_collector(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What refers to itself stays until the collector looks, which it seldom does: a run would keep every project."""
    said(capsys, "-j1")
    gc.collect()
    gc.disable()
    try:
        said(capsys, "-j1")
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kept = Counter(type(each).__name__ for each in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert kept["Session"] + kept["frame"] + kept["_Loader"] <= len(_ODD), kept


def test_a_baseline_counts_in_every_process(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baselines = []
    for jobs in ("1", "3"):
        assert run(["baseline", "write", "-j", jobs, "--baseline", f"known{jobs}.json"]) == 2  # `broken`
        baselines.append((tree / f"known{jobs}.json").read_text())
    assert baselines[0] == baselines[1]
    for path in tree.glob("p0*/compose.yaml"):
        path.write_text("services: {}\n")
    capsys.readouterr()
    alone = said(capsys, "-j1", "--baseline", "known1.json")
    assert "stale" in alone[2]
    assert said(capsys, "-j3", "--baseline", "known1.json") == alone


def test_a_broken_configuration_ends_the_run(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "own" / ".composeguard.yaml").write_text("profle: all\n")
    alone = said(capsys, "-j1")
    assert alone[0] == 2
    assert said(capsys, "-j4") == alone


def test_the_time_of_a_project_is_limited_in_every_process(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, "slow/compose.yaml", "services: {slow: {image: a:1}}\n")
    code, out, err = said(capsys, "-j2", "--rules", "../rules", "--timeout", "0.5", "-f", "concise")
    assert code == 2
    assert "slow/compose.yaml: not checked within 0.5 seconds" in err
    assert "p23/compose.yaml" in out


def test_a_process_that_is_killed_is_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, "die/compose.yaml", "services: {die: {image: a:1}}\n")
    _, whole, _ = said(capsys, "--rules", "../rules", "--exclude", "die")
    code, out, err = said(capsys, "-j2", "--rules", "../rules")
    assert code == 2
    assert whole.startswith(out)
    assert "die/compose.yaml" in err
    assert "was ended (signal 9)" in err


def test_no_process_can_be_started(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(BaseProcess, "start", full)
    code, _, err = said(capsys, "-j2")
    assert code == 2
    assert "-j 1" in err


def _interruptible() -> None:
    """What a shell starts in the background is told to ignore the signal, and so are its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups")
@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interrupt_ends_all_processes(tree: Path, whole_group: bool) -> None:
    write(tree, "slow/compose.yaml", "services: {slow: {image: a:1}}\n")
    command = [sys.executable, "-m", "composeguard", "check", "-j2", "--rules", "../rules", "--no-cache"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_interruptible,
    )
    time.sleep(3)
    os.killpg(process.pid, signal.SIGINT) if whole_group else process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b" findings (" not in out  # the last line, which sums up
    assert err.decode().splitlines()[-1] == "composeguard: interrupted"
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="pipes that close with their process")
def test_workers_do_not_outlive_a_run_that_is_killed(tree: Path) -> None:
    write(tree, "slow/compose.yaml", "services: {slow: {image: a:1}}\n")
    script = textwrap.dedent(
        """
        import sys
        from composeguard.__main__ import main
        sys.argv[1:] = ["check", "-j3", "--rules", "../rules", "--no-cache", "--timeout", "6"]
        main()
        """
    )
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(3)
    process.kill()
    process.wait()
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    raise AssertionError("a worker is left")


def test_what_workers_ask_is_remembered(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("broken", "gap"):
        (tree / name / "compose.yaml").unlink()
    made: list[list[str]] = []

    def check(arguments: list[str]) -> int:
        made.append(arguments)
        return run(arguments)

    def once() -> str:
        assert remembered.run(["check", "-j2", "-f", "json"], check) == 1
        return capsys.readouterr().out

    first = once()
    assert once() == first
    assert len(made) == 1
    (tree / "shared" / "base.yml").write_text("services: {base: {image: 'nginx:1'}}\n")
    assert json.loads(once()) != json.loads(first)
    assert len(made) == 2


class _Lengthy:
    """Says much of each project."""

    rules: tuple[Rule, ...] = ()

    def judge(self, project: ProjectFiles) -> str:
        return project.directory + "x" * 1_000_000


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_much_to_ask_and_much_to_answer_do_not_wait_for_each_other(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither fits into a pipe."""
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip("no such method here")
    context = multiprocessing.get_context(method)
    monkeypatch.setattr(workers, "_context", lambda: context)
    projects = [
        ProjectFiles(tuple(f"/{number}/{name:0100}.yaml" for name in range(10_000)), (), str(number))
        for number in range(6)
    ]
    with deadline(20):
        said = [str(told).rstrip("x") for told in workers.judged(_Lengthy(), projects, 2)]
    assert said == [str(number) for number in range(6)]


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_number_of_processes_is_at_least_one(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-j", number]) == 2
    assert "--jobs" in capsys.readouterr().err
