"""Files are replaced whole, or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from composeguard.fix.refusal import Refusal
from composeguard.fix.write import write
from composeguard.source.decode import encode
from composeguard.source.file import SourceFile
from composeguard.source.read import read_source

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
