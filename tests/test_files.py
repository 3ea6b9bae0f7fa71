"""What may be read, and what is said of the rest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from composeguard.compose.files import Files, Reason, UnavailableError
from composeguard.source.file import SourceError
from composeguard.source.limits import Limits
from composeguard.source.read import read_source


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def large(path: Path) -> None:
    path.write_bytes(b"#" * 1001)


def link_outside(path: Path) -> None:
    outside = path.parent.parent / "outside.yaml"
    outside.write_text("a: b")
    path.symlink_to(outside)


def link_to_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def nothing(path: Path) -> None:
    """There is no such file."""


def below_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("")


REFUSED = [
    (nothing, {Reason.MISSING}),
    (below_a_file, {Reason.MISSING}),
    (folder, {Reason.NOT_REGULAR}),
    (pipe, {Reason.NOT_REGULAR}),
    (large, {Reason.TOO_LARGE}),
    (link_outside, {Reason.OUTSIDE}),
    (link_to_device, {Reason.OUTSIDE}),
    (loop, {Reason.DENIED, Reason.MISSING}),
]


@pytest.mark.parametrize(("make", "reasons"), REFUSED, ids=[case[0].__name__ for case in REFUSED])
def test_what_is_not_read(tmp_path: Path, make: Callable[[Path], None], reasons: set[Reason]) -> None:
    root = tmp_path / "root"
    root.mkdir()
    path = root / "x.yaml"
    make(path)
    files = Files(str(root), limits=Limits(bytes=1000))
    for read in (files.source, files.text):
        with pytest.raises(UnavailableError) as caught:
            read(str(path))
        assert caught.value.reason in reasons
        assert not caught.value.uri.startswith(("/", ".."))


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\udc80"])
def test_names_that_no_file_has(tmp_path: Path, name: str) -> None:
    files = Files(str(tmp_path))
    assert not files.is_file(str(tmp_path) + "/" + name)
    with pytest.raises(UnavailableError):
        files.source(str(tmp_path) + "/" + name)


def test_a_file_is_read_once_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_text("a: b")
    (tmp_path / "link.yaml").symlink_to("real/a.yaml")
    files = Files(str(tmp_path))
    source = files.source(str(tmp_path / "link.yaml"))
    (tmp_path / "real" / "a.yaml").write_text("changed: true")
    assert files.source(str(tmp_path / "real" / ".." / "real" / "a.yaml")) is source
    assert source.uri == "real/a.yaml"


def test_an_error_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [")
    files = Files(str(tmp_path))
    errors = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            files.source(str(tmp_path / "a.yaml"))
        errors.append(caught.value)
    assert str(errors[0]) == str(errors[1])
    assert errors[0].file is errors[1].file


def test_an_overlay_stands_in_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: disk")
    stdin = str(tmp_path / "stdin.yaml")
    files = Files(str(tmp_path), overlay={str(tmp_path / "a.yaml"): b"a: trial", stdin: b"b: c"})
    assert files.source(str(tmp_path / "a.yaml")).text == "a: trial"
    assert files.is_file(stdin)
    assert files.source(stdin).uri == "stdin.yaml"


def test_a_file_that_is_read_already_is_not_read_again(tmp_path: Path) -> None:
    """Only if its bytes would be read as this very file."""
    path = str(tmp_path / "a.yaml")
    (tmp_path / "a.yaml").write_text("a: disk")
    (tmp_path / "b.yaml").write_text("b: disk")
    base = Files(str(tmp_path))
    known = base.source(path), base.source(str(tmp_path / "b.yaml"))
    trial = read_source("a.yaml", b"a: trial", path=path)
    files = base.beside({path: trial})
    assert files.source(path) is trial
    assert files.source(str(tmp_path / "b.yaml")) is known[1]
    assert base.source(path) is known[0]
    for wrong in (
        read_source("other.yaml", b"a: trial", path=path),
        read_source("a.yaml", b"a: trial", path="elsewhere"),
    ):
        assert base.beside({path: wrong}).source(path) is not wrong
    marked = read_source("a.yaml", "a: \u00e9".encode(), path=path)
    marked.text = "\ufeffa: \u00e9"
    again = base.beside({path: marked}).source(path)
    assert again is not marked
    assert (again.bom, again.text) == (True, "a: \u00e9")


def test_an_overlay_has_the_same_limit(tmp_path: Path) -> None:
    files = Files(str(tmp_path), overlay={str(tmp_path / "a"): b"12345"}, limits=Limits(bytes=4))
    with pytest.raises(UnavailableError):
        files.source(str(tmp_path / "a"))


def test_names_in_reports_can_count_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    files = Files(str(tmp_path), names_from=str(tmp_path / "sub"))
    assert files.uri(str(tmp_path / "sub" / "a.yaml")) == "a.yaml"
    assert files.uri(str(tmp_path / "b.yaml")) == "b.yaml"
    assert files.uri("/etc/passwd") == "passwd"


def test_text_has_no_byte_order_mark_and_keeps_its_line_ends(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=1\r\nB=\xff\x01\n")
    source = Files(str(tmp_path)).text(str(tmp_path / ".env"))
    assert source.text == "A=1\r\nB=\ufffd\x01\n"
    assert source.bom
