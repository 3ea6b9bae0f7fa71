"""Runs that are remembered: an unchanged project is answered without rules, model or parser.

A run is kept with all that it asked of the file system (`source.disk`), under a key of all else that it depends on: the
program, the arguments, the folder, the day, the variables that it reads and the streams that it writes to. It is
recalled where the file system still gives every answer. An entry holds what the run printed, in which no secret stands,
and digests of what it read. Entries lie in a folder of the user's own and may be removed at any time.

A run over many projects remembers each of them by itself (`commands.memory`), in the same folder.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from composeguard.commands.names import COMMANDS, COMPLETION
from composeguard.source import disk

OTHER_COMMANDS = frozenset((*COMMANDS, "--version")) - {"check"}
"""What is no `check`."""
NO_CACHE = "--no-cache"
_VARIABLES = (
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "FORCE_COLOR",
    "FORCE_HYPERLINK",
    "GITHUB_STEP_SUMMARY",
    "KONSOLE_VERSION",
    "NO_COLOR",
    "SOURCE_DATE_EPOCH",
    "TERM",
    "TERM_PROGRAM",
    "VTE_VERSION",
    "WT_SESSION",
)
"""What `check` and its help read of the environment."""
_COMPLETE = (0, 1)
"""Exit codes of runs that have seen everything."""
_MOST_ENTRIES = 256
_MOST_ROOM = 128 << 20
"""Bytes of all entries."""
_MOST_TEXT = 1 << 20
_MOST_QUESTIONS = 50_000
_LARGEST = 16 << 20
_NAME = 40
_DIGITS = frozenset("0123456789abcdef")
"""An entry is named by a digest, and while it is written by more after that."""

PROJECTS = "projects"
"""The file for runs over many projects; its journals are named after it."""

_here: tuple[str, str] | None = None


def here() -> tuple[str, str] | None:
    """The folder of this run's entries, and a digest of all that it depends on but arguments and files.

    None for a run that remembers nothing.
    """
    return _here


def run(arguments: Sequence[str], check: Callable[[list[str]], int]) -> int:
    """The exit code of a run, which is recalled, or made and remembered."""
    global _here
    folder = None if _is_other(arguments) else _folder()
    if folder is None:
        return check([*arguments])
    about = _circumstances()
    path = os.path.join(folder, disk.digest(json.dumps([about, *arguments]).encode("utf-8", "surrogatepass")))
    known = _recall(path)
    if known is not None:
        return known
    streams = _Tee(sys.stdout), _Tee(sys.stderr)
    with disk.witnessed() as seen:
        sys.stdout, sys.stderr = streams
        _here = folder, about
        try:
            code = check([*arguments])
        finally:
            _here = None
            sys.stdout, sys.stderr = (stream.beneath for stream in streams)
    texts = [stream.text() for stream in streams]
    if code in _COMPLETE and None not in texts and disk.is_repeatable(seen) and len(seen) <= _MOST_QUESTIONS:
        with suppress(OSError):
            _remember(path, [code, *texts, [[*question, answer] for question, answer in seen.items()]])
    return code


def _is_other(arguments: Sequence[str]) -> bool:
    # A shell that asks what may follow gives no arguments, as the shortest of checks does.
    if COMPLETION in os.environ or NO_CACHE in arguments:
        return True
    return arguments[:1] != ["check"] and not OTHER_COMMANDS.isdisjoint(arguments[:1])


class _Tee:
    """A stream that keeps what is written to it, as long as that is little and no line is written over."""

    def __init__(self, beneath: Any) -> None:
        self.beneath = beneath
        self._pieces: list[str] | None = []
        self._length = 0

    def write(self, text: str) -> int:
        # First to the stream: it refuses bytes, by which the command line library asks what kind of stream this is.
        written: int = self.beneath.write(text)
        if self._pieces is not None:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > _MOST_TEXT or "\r" in text:
                self._pieces = None
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def text(self) -> str | None:
        return None if self._pieces is None else "".join(self._pieces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beneath, name)


def _recall(path: str) -> int | None:
    """Print what the run printed, where it would see and print the same again."""
    try:
        told_by, _, content = disk.read(path, _LARGEST).partition(b"\n")
        if told_by != disk.digest(content).encode():
            return None
        code, out, err, seen = json.loads(content)
        if not disk.holds(seen):
            return None
    except (OSError, ValueError, TypeError, KeyError):
        # None, or one that is broken: as if there were none.
        return None
    sys.stderr.write(err)
    sys.stdout.write(out)
    sys.stdout.flush()
    return int(code)


def _remember(path: str, entry: list[Any]) -> None:
    """Write one entry whole, below a digest by which a damaged one is known, and let the oldest go."""
    content = json.dumps(entry, separators=(",", ":")).encode()
    trial = f"{path}.{os.getpid()}"
    descriptor = os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(disk.digest(content).encode() + b"\n" + content)
        os.replace(trial, path)
    except OSError:
        os.unlink(trial)
        raise
    _let_go(os.path.dirname(path))


def _let_go(folder: str) -> None:
    """Remove the oldest entries, until they are few and take little room; and nothing that is no entry."""
    ages: list[tuple[int, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            # Another run may have removed it.
            with suppress(OSError):
                if len(entry.name) >= _NAME and _DIGITS.issuperset(entry.name[:_NAME]):
                    status = entry.stat(follow_symlinks=False)
                    ages.append((status.st_mtime_ns, status.st_size, entry.path))
    room = 0
    for number, (_, size, path) in enumerate(sorted(ages, reverse=True)):
        room += size
        if number >= _MOST_ENTRIES or room > _MOST_ROOM:
            with suppress(OSError):
                os.unlink(path)


def _folder() -> str | None:
    """The folder of the entries, which nobody else can look into; None where there cannot be one."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or ""
    home = os.environ.get("HOME") or ""
    if not os.path.isabs(base):
        if not os.path.isabs(home):
            return None
        base = f"{home}/.cache"
    folder = f"{base}/composeguard"
    try:
        os.getcwd()  # which may be gone
        os.makedirs(folder, 0o700, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return None
    if not stat.S_ISDIR(status.st_mode):
        return None
    if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
        return None
    return folder


def _circumstances() -> str:
    """Tells the program, the folder, the day, the variables and the streams of this run from those of others."""
    streams = [[stream.isatty(), stream.encoding, stream.errors, _width(stream)] for stream in (sys.stdout, sys.stderr)]
    variables = [os.environ.get(name) for name in _VARIABLES]
    day = time.strftime("%Y-%m-%d", time.gmtime())
    program = [sys.version, *sorted(_program())]
    parts = [program, os.getcwd(), day, variables, streams]
    return disk.digest(json.dumps(parts).encode("utf-8", "surrogatepass"))


def _width(stream: Any) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


def _program() -> Iterator[str]:
    """What tells this program from an earlier or a changed one: its own files, and the folders of what it imports."""
    package = os.path.dirname(os.path.abspath(__file__))
    folders = [package, os.path.join(package, "..", "..", "rules")]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                else:
                    status = entry.stat()
                    yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
    here = os.getcwd()
    for folder in sys.path:
        if folder not in ("", here):
            with suppress(OSError):
                yield f"{folder} {os.stat(folder).st_mtime_ns}"
