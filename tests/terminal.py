"""A pseudo-terminal for standard output, standard error, or both."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct


class Seen(Struct, frozen=True):
    code: int
    out: str
    err: str


def run_on_terminal(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, out: bool = True, err: bool = False
) -> Seen:
    """Run a command whose streams are terminals where that is said, and pipes where not."""
    streams = [_Stream(terminal) for terminal in (out, err)]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=streams[0].end,
        stderr=streams[1].end,
    )
    texts = [stream.read() for stream in streams]
    code = process.wait(timeout=120)
    return Seen(code, *(text() for text in texts))


class _Stream:
    def __init__(self, terminal: bool) -> None:
        self._main, self.end = pty.openpty() if terminal else os.pipe()
        self._pieces: list[bytes] = []

    def read(self) -> _Reader:
        """Start to read, in a thread: nobody knows which stream fills up first."""
        os.close(self.end)
        thread = threading.Thread(target=self._drain)
        thread.start()
        return _Reader(thread, self._pieces)

    def _drain(self) -> None:
        with contextlib.suppress(OSError):  # the end of a terminal is an error
            while piece := os.read(self._main, 65536):
                self._pieces.append(piece)
        os.close(self._main)


class _Reader:
    def __init__(self, thread: threading.Thread, pieces: list[bytes]) -> None:
        self._thread = thread
        self._pieces = pieces

    def __call__(self) -> str:
        self._thread.join()
        return b"".join(self._pieces).decode().replace("\r\n", "\n")
