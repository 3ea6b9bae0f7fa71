"""What `fix` costs over many files, in one process and in two, beside other versions of it and beside peers.

    python benchmarks/fix_speed.py PROGRAM FOLDER [--files LIST] [--every N] [--rounds N] [--peer "NAME=WORDS {files}"]

Each run repairs a copy of FOLDER of its own, which is made before the clock starts; all work on the same files, in
turns. `LIST` names them, one a line; else all YAML files count. A peer that writes by default is given like
`--peer "compose-lint=compose-lint fix --apply {files}"`, and so is another version of ours. `--scratch` says where the
copies are made: in memory (`/dev/shm`) nobody waits for the disk.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from throughput import named, peer

_EXITS = (0, 1, 2)
"""Findings that stay, and files that cannot be read."""


class Cost(Struct, frozen=True):
    """Seconds of one run, and how many files it changed."""

    wall: float
    cpu: float
    changed: int


def cost(command: Sequence[str], folder: Path, files: Sequence[str], scratch: Path | None) -> Cost:
    """What a run over a fresh copy costs."""
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        copy = Path(name) / "copy"
        shutil.copytree(folder, copy, copy_function=shutil.copyfile)
        # What is still to be written of the copy is not to be waited for later.
        os.sync()
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in _EXITS:
            raise SystemExit(f"{command[0]} failed with {process.returncode}")
        changed = sum((copy / file).read_bytes() != (folder / file).read_bytes() for file in files)
    return Cost(wall, usage.ru_utime + usage.ru_stime, changed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scratch", type=Path)
    options = parser.parse_args()
    folder = options.folder.resolve()
    files = named(options.files, folder)[:: options.every]
    commands = {f"fix -j{jobs}": [options.program, "fix", f"-j{jobs}", *files] for jobs in (1, 2)}
    for words in options.peer:
        other = peer(words, files)
        (commands[other.name],) = other.calls
    print(f"{len(files):,} files, {options.rounds} rounds; load at the start {os.getloadavg()[0]:.1f}", flush=True)
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            costs[name].append(cost(command, folder, files, options.scratch))
    first = next(iter(costs.values()))
    for name, found in costs.items():
        wall = statistics.median(each.wall for each in found)
        cpu = statistics.median(each.cpu for each in found)
        walls = statistics.median(each.wall / one.wall for each, one in zip(found, first, strict=True))
        cpus = statistics.median(each.cpu / one.cpu for each, one in zip(found, first, strict=True))
        print(
            f"{name:24} {wall:7.2f} s {cpu:7.2f} s of processors {found[0].changed:6,} files changed"
            f"   {walls:5.2f} times the first, {cpus:5.2f} by processor time"
        )


if __name__ == "__main__":
    main()
