"""What projects came to in earlier runs, each with what it asked of the file system: of many projects, only those that
have changed are judged again.

`remembered` keeps a run whole, which pays where it is short. Here a project is kept under a key of all else that its
report depends on: the program, the options, the folder, the day, the variables, the streams, its configuration and its
files. What is kept is text for one format, in which no secret stands. It lies in a database beside the entries of
`remembered`, which may be removed at any time.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from composeguard.commands.result import Judged
from composeguard.commands.stream import Shown
from composeguard.compose.discover import ProjectFiles
from composeguard.engine.run import Outcome
from composeguard.remembered import PROJECTS
from composeguard.source import disk

_LARGEST = 256 << 20
"""Bytes of the database; a larger one is begun anew."""
_DAYS = 30
"""What was not asked for so long is dropped."""
_PATIENCE = 1.0
"""Seconds to wait for another run that writes."""
_AT_ONCE = 64
"""Projects that are written together."""
_ANSWERS = 4096
"""Answers of the file system that are kept for the next projects, which mostly lie beside."""
_DAY = 24 * 60 * 60
_DIGEST = 20
"""Bytes before what is told, by which a damaged row is known: the database is written without waiting for the disk."""
_LAYOUT = 1
_TABLE = "CREATE TABLE IF NOT EXISTS project (key BLOB PRIMARY KEY, day INTEGER, seen BLOB, told BLOB)"


class _Told(Struct, frozen=True, array_like=True):
    """What is kept of a judged project."""

    files: tuple[str, ...]
    shown: Shown


class Entry(Struct, frozen=True, array_like=True):
    """A project for the memory, as bytes: it may come from another process."""

    seen: bytes
    told: bytes

    @classmethod
    def of(cls, told: Judged, seen: Mapping[disk.Question, str]) -> Entry | None:
        """None for what depends on more than files, or is no text."""
        if told.shown is None or not disk.is_repeatable(seen):
            return None
        asked = [(question, path, answer) for (question, path), answer in seen.items()]
        try:
            return cls(msgspec.msgpack.encode(asked), msgspec.msgpack.encode(_Told(told.files, told.shown)))
        except UnicodeEncodeError:
            return None

    @property
    def judged(self) -> Judged:
        """What the project came to.

        Raises:
            msgspec.DecodeError: these are no bytes of this program's.
        """
        told = msgspec.msgpack.decode(self.told, type=_Told)
        return Judged(Outcome((), ()), (), told.files, (), shown=told.shown)


class Memory:
    """The projects of one run. `about` is what all of them depend on; whatever fails is as if nothing were known."""

    def __init__(self, folder: str, about: str) -> None:
        self._path = Path(folder, f"{PROJECTS}.{_LAYOUT}")
        self._about = about
        self._today = int(time.time()) // _DAY
        self._answers: dict[disk.Question, str] = {}
        self._new: list[tuple[bytes, int, bytes, bytes]] = []
        self._database: sqlite3.Connection | None = None
        with self._careful():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute("PRAGMA cache_size = -512")
            self._database.execute(_TABLE)

    def key(self, project: ProjectFiles, *parts: str | None) -> bytes:
        """What a project is kept under; `parts` are what it depends on besides."""
        told_by = repr((self._about, project, parts))
        return bytes.fromhex(disk.digest(told_by.encode("utf-8", "surrogatepass")))

    def holds(self, key: bytes) -> bool:
        """Whether a project is known, and would see the same files."""
        row = self._row("SELECT seen FROM project WHERE key = ?", key)
        if row is None:
            return False
        if len(self._answers) > _ANSWERS:
            self._answers.clear()
        try:
            return disk.holds(msgspec.msgpack.decode(row[0], type=list[tuple[str, str, str]]), self._answers)
        except (msgspec.DecodeError, TypeError, OSError, ValueError, KeyError):
            return False

    def told(self, key: bytes) -> Judged | None:
        """What a project came to."""
        row = self._row("SELECT seen, told, day FROM project WHERE key = ?", key)
        if row is None:
            return None
        seen, blob, day = row
        try:
            entry = Entry(seen, blob[_DIGEST:])
            if blob[:_DIGEST] != _sum(key, entry):
                return None
            told = entry.judged
        except (msgspec.DecodeError, TypeError):
            return None
        if day != self._today:
            self.keep(key, entry)
        return told

    def keep(self, key: bytes, entry: Entry) -> None:
        """Remember a project."""
        self._new.append((key, self._today, entry.seen, _sum(key, entry) + entry.told))
        if len(self._new) >= _AT_ONCE:
            self._write()

    def close(self) -> None:
        """Write what is new, and let go of what is old."""
        self._write()
        with self._careful():
            if self._database is not None:
                self._database.execute("DELETE FROM project WHERE day < ?", (self._today - _DAYS,))
                self._database.close()
                self._database = None
                if self._path.stat().st_size > _LARGEST:
                    self._path.unlink()

    def _write(self) -> None:
        new, self._new = self._new, []
        with self._careful():
            if new and self._database is not None:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany("INSERT OR REPLACE INTO project VALUES (?, ?, ?, ?)", new)
                self._database.execute("COMMIT")

    def _row(self, query: str, key: bytes) -> Any:
        with self._careful():
            if self._database is not None:
                return self._database.execute(query, (key,)).fetchone()
        return None

    @contextmanager
    def _careful(self) -> Iterator[None]:
        """No run fails because nothing can be remembered: it goes on without. A broken file is removed."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            if self._database is not None:
                self._database.close()
                self._database = None
            if _is_broken(error):
                with suppress(OSError):
                    self._path.unlink()


def _is_broken(error: Exception) -> bool:
    """Whether it is the file that is at fault; not, where another run writes, or nobody can."""
    if isinstance(error, sqlite3.OperationalError):
        # A table without the columns that this program knows; or a text that is none, which has no code.
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR
    return isinstance(error, sqlite3.DatabaseError)


def _sum(key: bytes, entry: Entry) -> bytes:
    return bytes.fromhex(disk.digest(b"%b %d %b%b" % (key, len(entry.seen), entry.seen, entry.told)))
