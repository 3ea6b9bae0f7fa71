"""Everything around a run goes wrong: disks, pipes, signals, terminals, folders. A line, an exit code, nothing lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.test_cli import BAD, Run, run, write

from composeguard.fix.refusal import Refusal
from composeguard.fix.write import write as write_text
from composeguard.report import FORMATS
from composeguard.source.read import read_source

__all__ = ["run"]

FULL = Path("/dev/full")
ODD = BAD.replace("web:", "wéb:").replace("privileged: true", 'privileged: true\n    labels: {a: "→ é \U0001f600"}')
MANY = "services:\n" + "".join(f"  s{n}: {{image: 'nginx:1', privileged: true}}\n" for n in range(300))
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
posix = pytest.mark.skipif(os.name != "posix", reason="shells, signals and pipes of POSIX")


def shell(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which `composeguard` is a command."""
    program = f"composeguard() {{ '{sys.executable}' -m composeguard \"$@\"; }}\n"
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / ".cache"), "NO_COLOR": "1", **variables}
    return subprocess.run(
        ["bash", "-c", program + command],
        cwd=folder, capture_output=True, text=True, errors="replace", timeout=60, env=environment, check=False,
    )  # fmt: skip


def is_clean(done: subprocess.CompletedProcess[str]) -> bool:
    return not any(word in done.stderr for word in ("Traceback", "internal error", "Exception ignored", "Errno"))


# Output ---------------------------------------------------------------------------------------------------------


@needs_full
@pytest.mark.parametrize(
    "arguments",
    [
        "check",
        "check --no-cache -f json",
        "--version",
        "--help",
        "explain CG101",
        "fix --diff --unsafe",
        "resolve",
        "rules",
    ],
)
def test_a_full_disk_is_said(tmp_path: Path, arguments: str) -> None:
    (tmp_path / "compose.yaml").write_text(BAD)
    done = shell(f"composeguard {arguments} > /dev/full", tmp_path)
    assert done.returncode == 2
    assert is_clean(done), done.stderr
    assert done.stderr.splitlines()[-1] == "composeguard: error: the output cannot be written: No space left on device"


@needs_full
def test_a_report_for_a_full_disk_is_said(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(BAD)
    done = shell("composeguard -o json=/dev/full", tmp_path)
    assert done.returncode == 2
    assert "error: /dev/full: cannot be written: No space left on device" in done.stderr


@posix
@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_that_goes_is_no_error_message(tmp_path: Path, name: str) -> None:
    (tmp_path / "compose.yaml").write_text(MANY)
    for _ in range(2):  # the second run is recalled
        done = shell(f"composeguard -q -f {name} | true; echo ${{PIPESTATUS[0]}}", tmp_path)
        assert is_clean(done), done.stderr
        assert done.stdout.strip() in ("1", "141")


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["check", "check --no-cache", "fix --diff", "--version"])
def test_streams_may_be_closed(tmp_path: Path, arguments: str, closed: str) -> None:
    (tmp_path / "compose.yaml").write_text(BAD)
    done = shell(f"composeguard {arguments} {closed}", tmp_path)
    assert done.returncode == (0 if arguments in ("--version", "fix --diff") else 1)
    assert is_clean(done), done.stderr


@posix
def test_standard_input_that_is_closed_is_named(tmp_path: Path) -> None:
    done = shell("composeguard - <&-", tmp_path)
    assert (done.returncode, done.stderr) == (2, "composeguard: error: standard input is closed\n")


@posix
@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "utf-16"},
    ],
)
def test_any_encoding_of_the_terminal(tmp_path: Path, variables: dict[str, str]) -> None:
    (tmp_path / "compose.yaml").write_text(ODD, encoding="utf-8")
    expected = {
        "check": 1, "check -f html": 1, "fix --diff --unsafe": 1, "explain CG101": 0, "resolve": 2, "rules": 0,
        "explain ☃": 2, "check nöpe.yaml": 2, "check --statistics -v": 1, "check --help": 0, "fix --unsafe": 1,
    }  # fmt: skip
    for arguments, code in expected.items():
        done = shell(f"composeguard {arguments}", tmp_path, **variables)
        assert (done.returncode, is_clean(done)) == (code, True), (arguments, done.stderr)
    assert "→ é \U0001f600" in (tmp_path / "compose.yaml").read_text(encoding="utf-8")


# Where reports go -----------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_report_can_go_to_standard_output(tmp_path: Path, name: str, run: Run) -> None:
    if not Path(name).exists():
        pytest.skip(f"no {name} on this system")
    (tmp_path / "compose.yaml").write_text(BAD)
    before = os.lstat(name).st_mode
    done = shell(f"composeguard -o json={name} -f concise > out", tmp_path)
    assert (done.returncode, is_clean(done)) == (1, True)
    assert os.lstat(name).st_mode == before
    assert '"findings"' in (tmp_path / "out").read_text()


@posix
def test_no_report_takes_the_place_of_what_is_no_file(tmp_path: Path, run: Run) -> None:
    write("compose.yaml", BAD)
    Path("null.json").symlink_to(os.devnull)
    os.mkfifo("pipe.json")
    reader = os.open("pipe.json", os.O_RDONLY | os.O_NONBLOCK)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.json")
        assert run("-o", "null.json", "-q").code == 1
        assert run("-o", "json=pipe.json", "-f", "concise", "--select", "CG101").code == 1
        assert run("-o", "socket.json").code == 2
    assert os.read(reader, 1 << 16).startswith(b"{")
    os.close(reader)
    assert Path("null.json").is_symlink()
    assert Path("pipe.json").is_fifo()
    assert Path("socket.json").is_socket()


def test_a_report_keeps_the_mode_of_the_file_and_replaces_a_link(run: Run) -> None:
    write("compose.yaml", BAD)
    write("old.json", "old").chmod(0o640)
    write("elsewhere.txt", "mine")
    Path("link.json").symlink_to("elsewhere.txt")
    assert run("-o", "old.json", "-o", "link.json", "-o", "new.json").code == 1
    assert Path("old.json").stat().st_mode & 0o777 == 0o640
    assert Path("elsewhere.txt").read_text() == "mine"
    mask = os.umask(0)
    os.umask(mask)
    assert Path("new.json").stat().st_mode & 0o777 == 0o666 & ~mask
    assert {path.name for path in Path().iterdir() if path.name.endswith(".tmp")} == set()


# Signals --------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("delay", [0.2, 0.7, 1.5])
@pytest.mark.parametrize("arguments", [["fix", "--unsafe"], ["check", "-o", "json=report.json"]])
def test_an_interrupt_leaves_whole_files(tmp_path: Path, arguments: list[str], delay: float) -> None:
    files = {f"{number}/compose.yaml": MANY for number in range(8)}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-m", "composeguard", *arguments],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    # So early, Python itself may not have come to its first line of ours.
    if delay > 0.5:
        assert process.returncode in (0, 1, 130), errors
        assert "Traceback" not in errors
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".tmp")]
    for name in files:
        text = (tmp_path / name).read_text()
        assert text == MANY or ("privileged: true" not in text and text.count("image:") == 300)


# Folders and names ----------------------------------------------------------------------------------------------


@posix
def test_the_current_folder_is_gone(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(BAD)
    for arguments in ("check", "check --no-cache", "fix", f"check {tmp_path}"):
        done = shell(f"mkdir gone && cd gone && rmdir ../gone && composeguard {arguments}", tmp_path)
        assert (done.returncode, done.stderr) == (
            2,
            "composeguard: error: the current folder does not exist any more\n",
        )
    assert shell("mkdir gone && cd gone && rmdir ../gone && composeguard --version", tmp_path).returncode == 0


def test_names_like_options(run: Run) -> None:
    write("--version.yml", BAD)
    assert run("check", "-f", "concise", "--", "--version.yml").code == 1
    assert run("fix", "--unsafe", "--", "--version.yml").code == 0
    assert "privileged" not in Path("--version.yml").read_text()


ODD_NAMES = [
    b"a\nb",
    b"\x1b[2Ja",
    b"a\xffb",
    b"::error::a",
    "\u202ea".encode(),
    b"a'b\"c",
    b"<img src=x>",
    b"|a|`b`",
    b" ",
    b"%0A",
]


@posix
@pytest.mark.parametrize("name", FORMATS)
def test_names_that_no_terminal_should_see(run: Run, name: str) -> None:
    for odd in ODD_NAMES:
        folder = b"names/" + odd
        os.makedirs(folder)  # noqa: PTH103 -- bytes
        with open(folder + b"/compose.yaml", "w") as stream:  # noqa: PTH123
            stream.write(BAD)
    result = run("check", "-f", name, "names")
    assert result.code == 1
    for text in (result.out, result.err):
        text.encode()
        assert not set(text) & set("\x1b\u202e")
        assert "<img" not in text or name not in ("html", "markdown", "junit")
        assert not [line for line in text.splitlines() if line.startswith("::error::")]


@posix
def test_fix_and_show_files_take_any_name(run: Run) -> None:
    for odd in ODD_NAMES:
        os.makedirs(b"names/" + odd)  # noqa: PTH103
        with open(b"names/" + odd + b"/compose.yaml", "w") as stream:  # noqa: PTH123
            stream.write(BAD)
    assert len(run("check", "--show-files", "names").out.splitlines()) == len(ODD_NAMES)
    result = run("fix", "--unsafe", "names")
    assert (result.code, set(result.out) & set("\x1b\u202e")) == (0, set())
    for odd in ODD_NAMES:
        with open(b"names/" + odd + b"/compose.yaml") as stream:  # noqa: PTH123
            assert "privileged" not in stream.read()


@posix
@pytest.mark.parametrize("name", ["compose.yaml", ".env", ".composeguard.yaml", ".gitignore", "x.env", "base.yaml"])
def test_pipes_in_the_place_of_files_are_never_waited_for(tmp_path: Path, name: str) -> None:
    text = "services: {a: {image: 'b:1', env_file: x.env, extends: {file: base.yaml, service: a}}}\n"
    for each in ("compose.yaml", "base.yaml"):
        (tmp_path / each).write_text(text if each == "compose.yaml" else "services: {a: {privileged: true}}\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    for command in ("check", "fix --diff"):
        done = shell(f"composeguard {command}", tmp_path)
        assert done.returncode in (0, 1, 2)
        assert is_clean(done), done.stderr


# Writing fixes --------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "text"])
def test_what_takes_the_place_of_a_file_between_reading_and_writing_is_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text("a: 1\n")
    other = tmp_path / "other.txt"
    other.write_text("a: 1\n")
    file = read_source("compose.yaml", path.read_bytes(), path=str(path))
    puts: dict[str, Callable[[Path], object]] = {
        "link": lambda place: place.symlink_to(other),
        "folder": Path.mkdir,
        "pipe": os.mkfifo,
        "text": lambda place: place.write_text("a: 2\n"),
    }
    path.unlink()
    puts[kind](path)
    with pytest.raises(Refusal):
        write_text(file, "a: 3\n")
    assert other.read_text() == "a: 1\n"
    assert kind != "text" or path.read_text() == "a: 2\n"


@posix
def test_a_link_that_comes_at_the_last_moment_is_replaced_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text("a: 1\n")
    other = tmp_path / "other.txt"
    other.write_text("mine\n")
    file = read_source("compose.yaml", path.read_bytes(), path=str(path))
    real = Path.replace

    def late(new: Path, target: Path) -> Path:
        path.unlink()
        path.symlink_to(other)
        return real(new, target)

    monkeypatch.setattr(Path, "replace", late)
    write_text(file, "a: 3\n")
    assert other.read_text() == "mine\n"
    assert (path.is_symlink(), path.read_text()) == (False, "a: 3\n")


def test_a_file_system_that_cannot_be_written_is_said_and_nothing_is_lost(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import tempfile

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    path = write("compose.yaml", BAD)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    result = run("fix", "--unsafe")
    assert result.code == 1
    assert "Read-only file system" in result.out + result.err
    assert path.read_text() == BAD
    assert run("-o", "json=report.json").code == 2
