"""Many projects on several processes: chunks of them are given out, by number, and what they come to comes back in the
order of the projects.

A process is forked where that is safe (Linux, and no thread beside this one): it has the rules already, and starts in
milliseconds. Elsewhere it is spawned and loads them anew. Pipes of our own in place of `concurrent.futures`: that
starts threads before it forks, waits for running work when interrupted, and does not know what a killed worker did.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from composeguard.commands.result import Judged
from composeguard.commands.wire import Unpacker, packed
from composeguard.errors import WorkerError
from composeguard.source import disk

if TYPE_CHECKING:
    from composeguard.compose.discover import ProjectFiles
    from composeguard.engine.rule import Rule

_LARGEST_CHUNK = 32
_CHUNKS_EACH = 8
"""Of a worker, at least, of what is left: the fewer, the longer the others wait for the last."""
_AHEAD = 2
"""Chunks that a worker has at a time: one to work on, and one so that it never waits."""
_STORED = 8
"""Chunks for each worker that may be done before it is their turn: what bounds the memory."""


class Judge(Protocol):
    """Checks one project after the other: the linter, as a worker sees it."""

    rules: tuple[Rule, ...]

    def judge(self, project: ProjectFiles) -> Judged | str:
        """What a project comes to, or the reason why it could not be judged."""


class _Answer(Struct):
    """What a chunk came to; after an error there is no more of it."""

    told: list[Judged | str] = field(default_factory=list)
    error: Exception | None = None
    seen: dict[disk.Question, str] = field(default_factory=dict)


def judged(judge: Judge, projects: Sequence[ProjectFiles], jobs: int) -> Iterator[Judged | str]:
    """What every project comes to, in order.

    Raises:
        WorkerError: a process was ended from outside, or cannot be started.
    """
    chunks = _chunks(projects, jobs)
    unpack = Unpacker(judge.rules)
    pool = _Pool(judge, chunks, min(jobs, len(chunks)))
    try:
        for data in pool.answers():
            answer: _Answer = unpack(data)
            disk.saw(answer.seen)
            yield from answer.told
            if answer.error is not None:
                raise answer.error
    finally:
        pool.end()


def _chunks(projects: Sequence[ProjectFiles], jobs: int) -> list[Sequence[ProjectFiles]]:
    """The projects in order, in chunks that become smaller towards the end, which all workers come to together."""
    chunks: list[Sequence[ProjectFiles]] = []
    start = 0
    while start < len(projects):
        size = max(1, min(_LARGEST_CHUNK, (len(projects) - start) // (jobs * _CHUNKS_EACH)))
        chunks.append(projects[start : start + size])
        start += size
    return chunks


class _Pool:
    """Processes and what each of them is at."""

    def __init__(self, judge: Judge, chunks: list[Sequence[ProjectFiles]], jobs: int) -> None:
        self._chunks = chunks
        self._next = 0
        self._under_way: dict[Connection, deque[int]] = {}
        self._processes: dict[Connection, BaseProcess] = {}
        context = _context()
        try:
            for _ in range(jobs):
                self._start(context, judge)
        except OSError as error:
            self.end()
            raise WorkerError(f"no process can be started ({error.strerror}); `-j 1` needs none") from None

    def _start(self, context: BaseContext, judge: Judge) -> None:
        ours, theirs = multiprocessing.Pipe()
        # A forked process has our ends of the pipes too: none of them would close with this one.
        inherited = (*self._processes, ours) if context.get_start_method() == "fork" else ()
        arguments = (theirs, judge, self._chunks, disk.is_witnessed(), gc.get_threshold()[0], inherited)
        process = context.Process(target=_work, args=arguments, daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        self._under_way[ours] = deque()
        self._processes[ours] = process

    def answers(self) -> Iterator[bytes]:
        """The answer to every chunk, in order."""
        done: dict[int, bytes] = {}
        for number in range(len(self._chunks)):
            while number not in done:
                self._hand_out(number + _STORED * len(self._processes))
                for connection in wait([each for each, chunks in self._under_way.items() if chunks]):
                    assert isinstance(connection, Connection)
                    done[self._under_way[connection][0]] = self._receive(connection)
                    self._under_way[connection].popleft()
            yield done.pop(number)

    def _hand_out(self, end: int) -> None:
        """Give every worker something to do, of the chunks up to `end`."""
        for _ in range(_AHEAD):
            for connection, chunks in self._under_way.items():
                if len(chunks) < _AHEAD and self._next < min(end, len(self._chunks)):
                    chunks.append(self._next)
                    self._next += 1
                    try:
                        # Numbers alone always fit into the pipe: while this process waits for room, a worker with a
                        # long answer would wait for it.
                        connection.send(chunks[-1])
                    except OSError:
                        raise self._lost(connection) from None

    def _receive(self, connection: Connection) -> bytes:
        try:
            return connection.recv_bytes()
        except (EOFError, OSError):
            raise self._lost(connection) from None

    def _lost(self, connection: Connection) -> WorkerError:
        process = self._processes[connection]
        process.join(1)
        chunk = self._chunks[self._under_way[connection][0]]
        first, last = (os.path.relpath(project.files[0]) for project in (chunk[0], chunk[-1]))
        what = first if first == last else f"{first} … {last}"
        code = process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return WorkerError(f"the process that checked {what} was ended ({how}); is there too little memory?")

    def end(self) -> None:
        """No process is left; none of them has anything to lose."""
        for connection, process in self._processes.items():
            process.terminate()
            connection.close()
        for process in self._processes.values():
            process.join()
        self._processes.clear()


def _context() -> BaseContext:
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _work(
    connection: Connection,
    judge: Judge,
    chunks: Sequence[Sequence[ProjectFiles]],
    witnessed: bool,
    young: int,
    inherited: Sequence[Connection],
) -> None:
    """What a worker does until the pipe is closed."""
    gc.freeze()
    gc.set_threshold(young)
    for other in inherited:
        other.close()
    # Ctrl-C reaches all processes of a terminal: the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            connection.send_bytes(_answered(judge, chunks[connection.recv()], witnessed))
    except (EOFError, OSError):
        return


def _answered(judge: Judge, chunk: Sequence[ProjectFiles], witnessed: bool) -> bytes:
    answer = _Answer()
    with disk.witnessed() if witnessed else nullcontext(answer.seen) as answer.seen:
        try:
            answer.told.extend(judge.judge(project) for project in chunk)
        except Exception as error:  # noqa: BLE001 -- it is raised again where the answer is read
            error.add_note("".join(traceback.format_exception(error)))
            answer.error = error
    try:
        return packed(answer)
    except Exception as error:  # noqa: BLE001 -- an error of an odd kind, which cannot leave its process
        return packed(_Answer(error=RuntimeError(f"{type(answer.error).__name__}: {type(error).__name__}")))
