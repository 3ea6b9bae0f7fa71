"""What a run asks of the file system: one gate, so that a run can be remembered with all that it saw.

Answers are texts that a later run compares; contents are kept as digests only. Imports next to nothing, because a
remembered run has nothing else to pay for.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

try:
    from _blake2 import blake2b
except ImportError:  # hashlib imports the whole of OpenSSL first
    from hashlib import blake2b

Question = tuple[str, str]
"""What was asked (a key of `QUESTIONS`), and of which path."""

_seen: dict[Question, str] | None = None
_keeping = False
"""Whether notes are kept where the run cannot be repeated."""
READ = "read "
"""How the question for the first bytes of a file begins; their number follows."""
_CHUNK = 1 << 20
_UNREPEATABLE: Question = ("", "")


def digest(data: bytes) -> str:
    """Tells contents apart."""
    return blake2b(data, digest_size=20).hexdigest()


@contextmanager
def witnessed(*, keeping: bool = False) -> Iterator[dict[Question, str]]:
    """All questions until the end of the block, with their answers; `keeping` also where what they are for cannot be
    repeated, else they are let go of there."""
    global _seen, _keeping
    outer = _seen, _keeping
    _seen, _keeping = {}, keeping
    try:
        yield _seen
    finally:
        _seen, _keeping = outer


@contextmanager
def overheard(*, keeping: bool = False) -> Iterator[dict[Question, str]]:
    """The same for a part of a run: who notes what happens around it notes this as well, unless it ends by an error."""
    with witnessed(keeping=keeping) as seen:
        yield seen
    saw(seen)


def is_witnessed() -> bool:
    """Whether somebody notes what is asked, and nothing has happened yet that makes the notes useless."""
    return _seen is not None and is_repeatable(_seen)


def noted(question: str, path: str) -> str | None:
    """The answer to a question that was just asked; None where nobody takes notes."""
    return None if _seen is None else _seen.get((question, path))


def note_again(question: str, path: str, answer: str | None) -> None:
    """Note what somebody was told before and goes by again, without asking."""
    notes = _notes()
    if notes is not None and answer is not None:
        _note(notes, (question, path), answer)


def saw(seen: Mapping[Question, str]) -> None:
    """Note what somebody else, such as another process, has asked for this run."""
    if not is_repeatable(seen):
        unrepeatable()
    notes = _notes()
    if notes is not None:
        for asked, answer in seen.items():
            _note(notes, asked, answer)


def is_file(path: str) -> bool:
    """Whether a path leads to a regular file; links are followed. False where that cannot be told."""
    return _noted("type", path, kind(path)) == "file"


def is_folder(path: str) -> bool:
    """Whether a path leads to a folder; links are followed. False where that cannot be told."""
    return _noted("type", path, kind(path)) == "folder"


def is_link(path: str) -> bool:
    """Whether the last part of a path is a symbolic link."""
    return _noted("link", path, _link(path)) == "link"


def exists(path: str) -> bool:
    """Whether a path leads to anything; links are followed. False where that cannot be told."""
    return _noted("type", path, kind(path)) != ""


def real(path: str) -> str:
    """The path without symbolic links, as far as there are files.

    Raises:
        OSError: links lead in a circle.
        ValueError: no file can have this name.
    """
    found = os.path.realpath(path)
    _noted("real", path, found)
    return found


def read(path: str, limit: int) -> bytes:
    """The first `limit` bytes of a regular file. Looks at what was opened, not at the name, and waits for nobody.

    Raises:
        OSError: it cannot be read; `IsADirectoryError` stands for all that is no regular file.
        ValueError: no file can have this name.
    """
    try:
        data = _read(path, limit)
    except OSError as error:
        _noted(f"{READ}{limit}", path, type(error).__name__)
        raise
    if _notes() is not None:
        _noted(f"{READ}{limit}", path, digest(data))
    return data


def scan(folder: str) -> list[os.DirEntry[str]]:
    """What a folder holds, by name.

    Raises:
        OSError: it cannot be looked into.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        _noted("list", folder, type(error).__name__)
        raise
    if _notes() is not None:
        _noted("list", folder, _listing(found))
    return found


def kind(path: str) -> str:
    """`file`, `folder`, `other`, or nothing where there is none or it cannot be told."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return ""
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def unrepeatable() -> None:
    """What happens now depends on more than files, or does more than print: the run cannot be remembered."""
    if _seen is not None:
        if not _keeping:
            _seen.clear()
        _seen[_UNREPEATABLE] = ""


def is_repeatable(seen: Mapping[Question, str]) -> bool:
    """Whether all that a run did can be told from what it saw."""
    return _UNREPEATABLE not in seen


def holds(seen: Iterable[tuple[str, str, str]], known: dict[Question, str] | None = None) -> bool:
    """Whether the file system still gives every answer; `known` has those that it gave just now."""
    known = {} if known is None else known
    for word, path, answer in seen:
        now = known.get((word, path))
        if now is None:
            now = known[word, path] = _answer(word, path)
        if now != answer:
            return False
    return True


def contents(seen: Mapping[Question, str]) -> str:
    """Tells apart what was read."""
    read = sorted((path, answer) for (word, path), answer in seen.items() if word.startswith(READ))
    return digest(repr(read).encode("utf-8", "surrogatepass"))


def _notes() -> dict[Question, str] | None:
    """Where notes are taken; None where nobody wants them, or wants them any longer."""
    return _seen if _seen is not None and (_keeping or _UNREPEATABLE not in _seen) else None


def _link(path: str) -> str:
    return "link" if os.path.islink(path) else ""


def _noted(question: str, path: str, answer: str) -> str:
    notes = _notes()
    if notes is not None:
        # As it was asked: what `..` leads to is for the system to say, where it stands after a link.
        _note(notes, (question, path if os.path.isabs(path) else os.path.join(os.getcwd(), path)), answer)
    return answer


def _note(notes: dict[Question, str], asked: Question, answer: str) -> None:
    """Whoever was told two things of one file has seen what no later run sees."""
    if notes.setdefault(asked, answer) != answer:
        notes[asked] = answer
        unrepeatable()


def _answer(question: str, path: str) -> str:
    try:
        if question.startswith(READ):
            return digest(_read(path, int(question.removeprefix(READ))))
        return _ASKED[question](path)
    except OSError as error:
        return type(error).__name__


def _read(path: str, limit: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IsADirectoryError(path)
        pieces: list[bytes] = []
        while limit > 0 and (piece := os.read(descriptor, min(limit, _CHUNK))):
            pieces.append(piece)
            limit -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def _list(folder: str) -> str:
    with os.scandir(folder) as entries:
        return _listing(sorted(entries, key=lambda entry: entry.name))


def _listing(entries: list[os.DirEntry[str]]) -> str:
    return digest(
        "\0".join(f"{entry.name}\0{_entry_kind(entry)}" for entry in entries).encode("utf-8", "surrogatepass")
    )


def _entry_kind(entry: os.DirEntry[str]) -> str:
    try:
        return f"{entry.is_symlink():d}{entry.is_dir():d}"
    except OSError:
        return "?"


_ASKED: Mapping[str, Callable[[str], str]] = {"type": kind, "link": _link, "real": os.path.realpath, "list": _list}
