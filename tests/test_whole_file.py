"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from composeguard.commands.whole_file import write_whole
from composeguard.errors import UsageError


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    # As `/dev/stdout` and `>(program)` of a shell, and for root as `/dev/null`.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, ["a", "b"])
    reader.join(10)
    assert (read, pipe.is_fifo(), [each.name for each in tmp_path.iterdir()]) == (["ab"], True, ["pipe"])


def test_nothing_is_written_through_a_link_that_lies_ready(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("as it was")
    (tmp_path / f".report.{os.getpid()}.tmp").symlink_to(outside)
    write_whole(tmp_path / "report", ["new"])
    assert (outside.read_text(), (tmp_path / "report").read_text()) == ("as it was", "new")


def test_an_interrupted_run_leaves_the_old_text(tmp_path: Path) -> None:
    target = tmp_path / "report"
    target.write_text("old")

    def pieces() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(target, pieces())
    assert (target.read_text(), [each.name for each in tmp_path.iterdir()]) == ("old", ["report"])


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path / "gone" / "report", ["x"])
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path, ["x"])
