"""What one run over many files costs: time, processor time and memory, alone, on two processes, and a peer's.

    python benchmarks/throughput.py PROGRAM FOLDER [--peer compose-lint] [--rounds N]

All get the same list of files, in turns; medians of the rounds' ratios count. Memory is the most that all processes of
a run share out among them (PSS, Linux only), looked at every few milliseconds, so that it can miss a short peak.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

_INTERVAL = 0.02
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class Cost(Struct, frozen=True):
    """Seconds and megabytes of one run."""

    wall: float
    cpu: float
    memory: float


def cost(command: Sequence[str], folder: Path) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, sum(map(_pss, _family(process.pid))))
        time.sleep(_INTERVAL)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 2):
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


def compared(names: Sequence[str], commands: Sequence[Sequence[str]], folder: Path, rounds: int) -> None:
    """Run all in turns and print a line for each, with its ratios to the first."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(rounds):
        for found, command in zip(costs, commands, strict=True):
            found.append(cost(command, folder))
    for name, found in zip(names, costs, strict=True):
        wall, cpu, memory = (
            statistics.median(getattr(each, field) for each in found) for field in Cost.__struct_fields__
        )
        ratio = statistics.median(first.wall / each.wall for first, each in zip(costs[0], found, strict=True))
        print(
            f"{name:24} {wall:7.2f} s {cpu:7.2f} s of processors {memory:6.0f} MB   {ratio:5.2f} times as fast as the"
            " first",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    files = [str(path.relative_to(options.folder)) for path in sorted(options.folder.rglob("*.y*ml"))]
    names, commands = [], []
    if options.peer:
        names.append(f"{Path(options.peer).name} check")
        commands.append([options.peer, "check", *files])
    for jobs in (1, 2):
        names.append(f"composeguard check -j{jobs}")
        commands.append([options.program, "check", "-f", "concise", "--no-cache", f"-j{jobs}", *files])
    print(f"{len(files):,} files, {options.rounds} rounds; load at the start {os.getloadavg()[0]:.1f}")
    compared(names, commands, options.folder, options.rounds)


if __name__ == "__main__":
    main()
