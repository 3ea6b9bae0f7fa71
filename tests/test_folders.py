"""Where folders really are, and what is asked of the file system for that."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composeguard.compose import folders as module
from composeguard.compose.folders import Folders, below
from composeguard.source import disk

PATHS = (
    "a/b",
    "a/b/c.yml",
    "to_b",
    "to_b/c.yml",
    "to_b/../c.yml",
    "a/to_a/to_a/b",
    "a/b/to_file",
    "out/etc",
    "loop/x/y",
    "missing/x/y",
    "a/b/c.yml/x",
    "a//b/./c.yml",
    "a/b/..",
    "a/b/",
    "x" * 300 + "/y",
    "x/" * 3000 + "y",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.yml").write_text("")
    (tmp_path / "to_b").symlink_to("a/b")
    (tmp_path / "a" / "to_a").symlink_to("../a")
    (tmp_path / "a" / "b" / "to_file").symlink_to("c.yml")
    (tmp_path / "out").symlink_to("/")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_links_are_followed_as_the_system_does(tree: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    for asked in (f"{tree}/{path}", path):
        folders = Folders()
        assert folders.real(asked) == folders.real(asked) == os.path.realpath(asked)
        assert folders.place(asked) == os.path.realpath(asked)


def test_a_name_that_no_folder_has(tree: Path) -> None:
    assert Folders().real(f"{tree}/a\0b") == f"{tree}/a\0b"


def _counted(call: Callable[..., Any], asked: list[object]) -> Callable[..., Any]:
    def counted(path: object, *rest: Any, **named: Any) -> Any:
        asked.append(path)
        return call(path, *rest, **named)

    return counted


def test_each_folder_is_asked_about_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = Folders()
    asked: list[object] = []
    for name in ("stat", "lstat", "readlink"):
        monkeypatch.setattr(os, name, _counted(getattr(os, name), asked))
    with disk.witnessed() as first:
        folders.real(f"{tree}/a/b")
        folders.repository(f"{tree}/a/b")
    assert len(asked) > 3
    asked.clear()
    with disk.witnessed() as again:
        for name in ("a", "a/b", "a/b/.."):
            folders.repository(os.path.normpath(f"{tree}/{name}"))
            folders.real(os.path.normpath(f"{tree}/{name}"))
    assert not asked
    assert again == {("real", f"{tree}/{name}"): f"{tree}/{name}" for name in ("a", "a/b")}, "what is gone by is noted"
    with disk.witnessed() as last_step:
        folders.place(f"{tree}/a/b/to_file")
    assert ("link", f"{tree}/a/b/to_file") in last_step
    folders = Folders()
    with disk.witnessed() as anew:
        folders.real(f"{tree}/a/b")
        folders.repository(f"{tree}/a/b")
    assert anew == first


def test_few_folders_are_kept(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 20)
    folders = Folders()
    for number in range(200):
        asked = f"{tree}/missing/{number}"
        assert folders.real(asked) == asked
        assert folders.repository(asked) == folders.repository(str(tree))
    assert max(len(folders._real), len(folders._repositories)) < 60


def test_the_nearest_repository(tmp_path: Path) -> None:
    for name in (".git", "sub/deep/.git", "sub/other/x"):
        (tmp_path / name).mkdir(parents=True)
    folders = Folders()
    asked = {name: folders.repository(str(tmp_path / name)) for name in ("sub/deep/er", "sub/other/x", "sub", ".")}
    assert asked == {
        "sub/deep/er": str(tmp_path / "sub/deep"),
        "sub/other/x": str(tmp_path),
        "sub": str(tmp_path),
        ".": str(tmp_path),
    }


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("/a/b", "/a", "b"),
        ("/a", "/a", "."),
        ("/ab", "/a", None),
        ("/a", "/", "a"),
        ("/", "/", "."),
        ("/a", "/a/b", None),
    ],
)
def test_what_is_below_a_folder(path: str, folder: str, expected: str | None) -> None:
    assert below(path, folder) == expected
