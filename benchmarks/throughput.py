"""What one run over many files costs: time, processor time and memory, alone, on two processes, again where nothing has
changed, and of peers.

    python benchmarks/throughput.py PROGRAM FOLDER [--files LIST] [--peer "NAME=COMMAND {files}"] [--rounds N]

`LIST` names the files of the folder, one a line; else all YAML files count. `{files}` is put into a command of a peer,
as in `--peer "semgrep=semgrep scan -q --metrics=off --config rules {files}"`; a program that takes one file a call is
`each:NAME=COMMAND {file}`. All work on the same files, in turns; medians of the rounds' ratios count. Memory is the
most that all processes of one more run share out among them (PSS, Linux only), looked at every few milliseconds, so
that it can miss a short peak.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

_INTERVAL = 0.02
_LOOKED_AT = 100
"""Calls of a program that takes one file at a time whose memory is looked at."""
_EXITS = (0, 1, 2, 20, 30, 40, 50, 60)
"""Findings, and files that cannot be read; from 20 on those of KICS by severity."""
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class Cost(Struct, frozen=True):
    """Seconds and megabytes of one run."""

    wall: float
    cpu: float
    memory: float


def cost(command: Sequence[str], folder: Path, *, looking: bool = False) -> Cost:
    """What a run costs; its memory only where somebody is `looking`, for to look takes time from what is looked at."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG if looking else 0)
        if pid:
            break
        peak = max(peak, sum(map(_pss, _family(process.pid))))
        time.sleep(_INTERVAL)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in _EXITS:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak / 1024)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *map(int, children)]


def _pss(pid: int) -> int:
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


class Contender(Struct, frozen=True):
    """A program, and the calls that take it through all files."""

    name: str
    calls: Sequence[Sequence[str]]


def named(listed: Path | None, folder: Path) -> list[str]:
    """The files of a folder that a list names, one a line; without one, all YAML files."""
    if listed is not None:
        return [file for file in listed.read_text("utf-8").split("\n") if file]
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.y*ml"))]


def peer(words: str, files: Sequence[str]) -> Contender:
    """A peer as the command line gives it."""
    name, _, command = words.partition("=")
    parts = shlex.split(command)
    if not name.startswith("each:"):
        return Contender(name, [_filled(parts, "{files}", files)])
    return Contender(name.removeprefix("each:"), [_filled(parts, "{file}", [file]) for file in files])


def _filled(parts: Sequence[str], mark: str, files: Sequence[str]) -> list[str]:
    return [word for part in parts for word in (files if part == mark else [part])]


def compared(contenders: Sequence[Contender], folder: Path, rounds: int) -> None:
    """Run all in turns and print a line for each, with its ratios to the last: how often that would have run."""
    costs: list[list[Cost]] = [[] for _ in contenders]
    for _ in range(rounds):
        for found, contender in zip(costs, contenders, strict=True):
            each = [cost(call, folder) for call in contender.calls]
            found.append(Cost(sum(c.wall for c in each), sum(c.cpu for c in each), 0))
    peaks = [
        max(cost(call, folder, looking=True).memory for call in contender.calls[:_LOOKED_AT])
        for contender in contenders
    ]
    for contender, found, memory in zip(contenders, costs, peaks, strict=True):
        wall, cpu = (statistics.median(getattr(each, field) for each in found) for field in ("wall", "cpu"))
        walls, cpus = (
            statistics.median(
                getattr(each, field) / getattr(ours, field) for each, ours in zip(found, costs[0], strict=True)
            )
            for field in ("wall", "cpu")
        )
        print(
            f"{contender.name:24} {wall:7.2f} s {cpu:7.2f} s of processors {memory:6.0f} MB"
            f"   {walls:5.2f} times the first, {cpus:5.2f} by processor time",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    files = named(options.files, options.folder)
    contenders = [
        Contender(
            f"composeguard check -j{jobs}",
            [[options.program, "check", "-f", "concise", "--no-cache", f"-j{jobs}", *files]],
        )
        for jobs in (1, 2)
    ]
    with tempfile.TemporaryDirectory(prefix="composeguard-throughput-") as memory:
        again = ["env", f"XDG_CACHE_HOME={memory}", options.program, "check", "-f", "concise", *files]
        cost(again, options.folder)
        contenders.append(Contender("composeguard, unchanged", [again]))
        contenders += [peer(words, files) for words in options.peer]
        print(f"{len(files):,} files, {options.rounds} rounds; load at the start {os.getloadavg()[0]:.1f}")
        compared(contenders, options.folder, options.rounds)


if __name__ == "__main__":
    main()
