"""Files are replaced whole, or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.test_cli import BAD, Run, run
from tests.test_cli import write as put

from composeguard.fix.refusal import Refusal
from composeguard.fix.write import Writer, write
from composeguard.source.decode import encode
from composeguard.source.file import SourceFile
from composeguard.source.read import read_source

__all__ = ["run"]
TEXT = "a: 1\r\nb: é\n"


def source(path: Path) -> SourceFile:
    return read_source(path.name, path.read_bytes(), path=str(path))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encoding_and_mark_are_kept(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "compose.yaml"
    content = TEXT.encode(codec)
    if codec == "utf-16-le":
        content = b"\xff\xfe" + content
    path.write_bytes(content)
    file = source(path)
    assert encode(file, file.text) == content
    write(file, file.text.replace("1", "2"))
    assert path.read_bytes() == encode(file, TEXT.replace("1", "2"))
    assert source(path).text == TEXT.replace("1", "2")
    assert [each.name for each in tmp_path.iterdir()] == ["compose.yaml"]


def test_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    path.chmod(0o640)
    write(source(path), "a: 2\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def refuses(path: Path, file: SourceFile, why: str) -> None:
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(Refusal, match=why):
        write(file, "a: 2\n")
    assert (path.read_bytes() if path.exists() else None) == before
    assert not [each for each in path.parent.iterdir() if each.suffix == ".tmp"]


def test_a_changed_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    file = source(path)
    path.write_text(TEXT + "c: 3\n")
    refuses(path, file, "changed since it was read")


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    file = source(path)
    path.unlink()
    refuses(path, file, "cannot be read")


def test_a_link_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "real.yaml"
    target.write_text(TEXT)
    path = tmp_path / "compose.yaml"
    path.symlink_to(target)
    refuses(path, source(path), "symbolic link")
    assert path.is_symlink()


def test_a_file_with_other_names_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    os.link(path, tmp_path / "other.yaml")
    refuses(path, source(path), "hard links")


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    file = source(path)
    path.chmod(0o444)
    refuses(path, file, "read-only")


def test_a_folder_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.mkdir()
    with pytest.raises(Refusal, match="regular"):
        write(SourceFile("compose.yaml", "", path=str(path)), "a: 2\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a failing system call")
def test_nothing_is_lost_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    file = source(path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refuses(path, file, "No space left")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit to the size of files")
def test_a_text_that_does_not_fit_on_the_disk_is_refused(tmp_path: Path) -> None:
    """What a stream still holds back fails once more when it is closed."""
    import resource

    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    file = source(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2, hard))
    try:
        with pytest.raises(Refusal, match="cannot be written"):
            write(file, "a: 2\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == TEXT.encode()
    assert [each.name for each in tmp_path.iterdir()] == ["compose.yaml"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a failing system call")
def test_files_that_only_fit_on_the_disk_one_by_one_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{number}.yaml" for number in range(4)]
    writer = Writer()
    for path in paths:
        path.write_text(TEXT)
        writer.stage(source(path), "a: 2\n")
    assert not list(tmp_path.glob(".*"))
    open_stream = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        if len(list(tmp_path.glob(".*.tmp"))) > 1:
            os.close(descriptor)
            raise OSError(28, "No space left on device")
        return open_stream(descriptor, mode)

    monkeypatch.setattr(os, "fdopen", full)
    assert writer.commit() == {}
    writer.end()
    assert [path.read_text() for path in paths] == ["a: 2\n"] * 4
    assert sorted(tmp_path.iterdir()) == paths


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be held back")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_who_ends_a_run_leaves_nothing_half_written(tmp_path: Path, name: str) -> None:
    """The signal comes while new contents lie beside the files."""
    script = textwrap.dedent(
        f"""
        import os, signal, sys
        from pathlib import Path
        from composeguard.fix.write import Writer
        from composeguard.source.read import read_source

        signal.signal(signal.SIGINT, signal.default_int_handler)
        writer, sync = Writer(), os.fsync

        def late(descriptor):
            os.kill(os.getpid(), signal.{name})
            sync(descriptor)

        os.fsync = late
        for path in map(Path, ("a.yaml", "b.yaml")):
            writer.stage(read_source(path.name, path.read_bytes(), path=str(path)), "a: 2\\n")
        writer.commit()
        print("not ended")
        """
    )
    for path in ("a.yaml", "b.yaml"):
        (tmp_path / path).write_text(TEXT)
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert ended.returncode == -getattr(signal, name)
    assert ended.stdout == b""
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.yaml": "a: 2\n", "b.yaml": "a: 2\n"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize("name", ["compose.yaml", "link/compose.yaml", "link.yaml"])
@pytest.mark.parametrize("command", [["fix", "--unsafe"], ["check", "--add-ignore", "CG101"]])
def test_standard_input_is_not_written_by_whatever_name(run: Run, name: str, command: list[str]) -> None:
    """Nor is the file of that name, though it holds the same."""
    Path(".git").mkdir()
    file = put("compose.yaml", BAD)
    Path("link").symlink_to(".")
    Path("link.yaml").symlink_to("compose.yaml")
    result = run(*command, "--stdin-filename", name, "-", stdin=BAD.encode())
    assert "standard input cannot be" in result.out + result.err
    assert file.read_text() == BAD
