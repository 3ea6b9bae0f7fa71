"""One input through everything: bytes, check, every format, fix; and what must hold whatever they are."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import time
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

import yaml
from msgspec import Struct
from tests.hostile_inputs import MARKER, Input, Loader

from composeguard import cli, remembered
from composeguard.commands import unchanged
from composeguard.report import FORMATS, html
from composeguard.source import disk

SECONDS = 2.0
"""Of the processor, for a check with one format, and for each run of `fix`."""
ALL_FORMATS = 3.0
"""The same for a check that writes every format."""
_TIMES = 5
_BIDI = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PLAIN = ("stdout", "stderr", "full", "concise", "github", "markdown", "junit", "html")
_COMMAND = re.compile(r"^\s*(::(?!(error|warning|notice) (file|title)=)|##\[)", re.MULTILINE)


vars(html)["_template"] = cache(html._template)
"""What a process does once. Here one process does many runs, and most of its time would go there."""


class BrokenError(AssertionError):
    """An invariant that does not hold."""


class Ran(Struct, frozen=True):
    """What a run has shown: new values of it are worth keeping its input."""

    code: int
    shown: frozenset[str]
    edited: bool


class Call(Struct, frozen=True):
    """What a run came to."""

    code: int
    out: str
    err: str
    seconds: float


def call(folder: Path, *arguments: str) -> Call:
    """One run of the command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    before = Path.cwd()
    os.chdir(folder)
    started = time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            # The limit of a project is one of the clock on the wall, which goes on while a process is stopped.
            code = cli.run([*arguments, "-v", "--timeout", "0"])
    finally:
        os.chdir(before)
    seconds = time.process_time() - started
    return Call(code, _text(out), _text(err), seconds)


def _timed(folder: Path, *arguments: str, seconds: float = SECONDS) -> Call:
    """A run that can be made again, in the least of some times: what a first run imports and compiles, and what
    others take of a processor that they share, is not the time of the input."""
    calls = [call(folder, *arguments)]
    while calls[-1].seconds > seconds and len(calls) < _TIMES:
        calls.append(call(folder, *arguments))
    return calls[-1]


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def run(given: Input, place: Path) -> Ran:
    """Raises `BrokenError` where something does not hold. `place` is a folder to work in."""
    folder = place / "project"
    folder.mkdir(exist_ok=True)
    _fill(folder, given)
    reports = folder / "reports"
    reports.mkdir()
    outputs = [f"--output={name}={reports / name}" for name in FORMATS if name != "github"]
    arguments = ("check", "--no-cache", "--no-progress", "--profile=all", "-f", "github", *outputs)
    checked = _timed(folder, *arguments, seconds=ALL_FORMATS)
    _no_crash(checked, "check", ALL_FORMATS)
    texts = {"stdout": checked.out, "stderr": checked.err}
    for path in reports.iterdir():
        texts[path.name] = path.read_bytes().decode()
        path.unlink()
    reports.rmdir()
    _well_formed(texts)
    _harmless(texts, given)
    if "jsonl" in texts:
        for what in ("judged", "known"):
            with _memory(place / "memory"):
                streamed = _timed(folder, "check", "--profile=all", "-f", "jsonl")
            _no_crash(streamed, "check as jsonl")
            if sorted(streamed.out.splitlines()) != sorted(texts["jsonl"].splitlines()):
                raise BrokenError(f"what is written as projects are {what} differs:\n{streamed.out[:1000]}")
    edited = _fix(given, folder, checked)
    shown = (
        frozenset(each["code"] for each in json.loads(texts["json"])["findings"]) if "json" in texts else frozenset()
    )
    return Ran(checked.code, shown, edited)


@contextlib.contextmanager
def _memory(kept: Path) -> Iterator[None]:
    """Runs that remember their projects, however few: those of earlier inputs, too, which stood in the same folder."""
    kept.mkdir(exist_ok=True)
    with (
        mock.patch.object(unchanged, "WORTH_REMEMBERING", 1),
        mock.patch.object(remembered, "_here", (str(kept), "fuzzed")),
        disk.witnessed(),
    ):
        yield


def _fill(folder: Path, given: Input) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            for each in path.iterdir():
                each.unlink()
            path.rmdir()
        else:
            path.unlink()
    (folder / ".git").mkdir()
    for name, content in given.files.items():
        if "/" not in name:
            (folder / name).write_bytes(content)


def _no_crash(call: Call, what: str, seconds: float = SECONDS) -> None:
    if call.code not in (0, 1, 2, 3) or "Traceback" in call.err or "internal error" in call.err:
        raise BrokenError(f"{what}: exit {call.code}\n{call.err[-3000:]}")
    if re.search(r"CG\d+ crashed|rule .* (crashed|failed)", call.err):
        raise BrokenError(f"{what}: a rule crashed\n{call.err[-3000:]}")
    if call.seconds > seconds:
        raise BrokenError(f"{what}: {call.seconds:.1f} seconds")


def _well_formed(texts: dict[str, str]) -> None:
    for name in set(texts) & {"json", "sarif", "gitlab", "rdjson"}:
        json.loads(texts[name])
    for line in texts.get("jsonl", "").splitlines():
        json.loads(line)
    if "junit" in texts:
        ElementTree.fromstring(texts["junit"])


def _harmless(texts: dict[str, str], given: Input) -> None:
    for name, text in texts.items():
        if given.planted and MARKER in text:
            at = text.index(MARKER)
            raise BrokenError(f"{name} holds the secret: {text[max(0, at - 200) : at + 60]!r}")
        if name in _PLAIN:
            for char in set(text) - set("\n\t"):
                if unicodedata.category(char) in ("Cc", "Cs") or char in _BIDI:
                    at = text.index(char)
                    raise BrokenError(f"{name} holds {char!r}: {text[max(0, at - 100) : at + 20]!r}")
    found = _COMMAND.search(texts["stdout"]) or _COMMAND.search(texts["stderr"])
    if found:
        raise BrokenError(f"a workflow command: {found.group()!r}")


def _fix(given: Input, folder: Path, checked: Call) -> bool:
    before = _contents(folder)
    shown = _timed(folder, "fix", "--unsafe", "--diff", "--no-progress")
    _no_crash(shown, "fix --diff")
    # Where it is no terminal, a diff is what `git apply` takes: the file's own characters, whatever they are.
    _harmless({"stdout": "", "stderr": shown.err}, given)
    if _contents(folder) != before:
        raise BrokenError("fix --diff has changed a file")
    if not shown.out:
        return False
    fixed = call(folder, "fix", "--unsafe", "--no-progress")
    _no_crash(fixed, "fix")
    _harmless({"stdout": fixed.out, "stderr": fixed.err}, given)
    after = _contents(folder)
    if after.keys() != before.keys():
        raise BrokenError(f"fix has left {after.keys() ^ before.keys()}")
    for name, content in after.items():
        if content != before[name] and parses(before[name]) and not parses(content):
            raise BrokenError(f"fix has broken {name}")
    again = _timed(folder, "fix", "--unsafe", "--diff", "--no-progress")
    _no_crash(again, "fix again")
    if again.out and "it needs another run" not in fixed.out:
        raise BrokenError(f"a second run would edit:\n{again.out[:2000]}")
    if checked.code < 2 <= fixed.code:
        raise BrokenError(f"after the fix, exit {fixed.code}:\n{fixed.err[-2000:]}")
    return after != before


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def parses(content: bytes) -> bool:
    """By a reader that is not ours."""
    try:
        for _ in yaml.parse(content, Loader=Loader):
            pass
    except (yaml.YAMLError, ValueError):
        return False
    return True
