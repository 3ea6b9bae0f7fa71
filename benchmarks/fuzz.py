"""Feeds composeguard with inputs that nobody would write, for as long as asked, and keeps what breaks it.

    python benchmarks/fuzz.py [--seconds N] [--seed S] [--found DIR] [--coverage]

Every input goes through check, every format and fix (`tests/hostile_run.py` says what must hold). Inputs that show
something new (another set of rules, another exit code) are changed further. Workers have a limit of memory and of time;
what a worker dies of is kept in the folder of what was found, as files to run again with `--again DIR`. `--coverage`
lets atheris, where it is installed, choose what is worth changing further by the lines that an input reaches: some
twenty times slower.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import gc
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

MEMORY = 1536 << 20
HANG = 30
"""Seconds of the processor that one input may take before its worker is ended."""
STUCK = 600
"""The same by the clock on the wall, for what waits for ever; a worker may be stopped meanwhile."""
_SPAN = 150
"""Seconds of one worker: what piles up in a process is no matter of the next."""


def worker(seed: int, seconds: float, found: Path) -> int:
    """Run inputs until the time is over; the number of them is the last line of the output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    faulthandler.register(signal.SIGPROF, chain=True)
    from tests.hostile_inputs import draw
    from tests.hostile_run import run

    source = random.Random(seed)
    pool: collections.deque[dict[str, bytes]] = collections.deque(maxlen=2000)
    known: set[object] = set()
    ended, count, edits = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory(prefix="composeguard-fuzz-", dir=_fast()) as name:
        folder = Path(name)
        while time.monotonic() < ended:
            given = draw(source, tuple(pool) if count % 50 == 0 else pool)
            keep(found / f"running-{seed}", given.files, given.planted, "")
            faulthandler.dump_traceback_later(STUCK, exit=True)
            signal.setitimer(signal.ITIMER_PROF, HANG)
            try:
                ran = run(given, folder)
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is found
                kept(found, given.files, given.planted, error)
            else:
                edits += ran.edited
                if ran not in known:
                    known.add(ran)
                    pool.append(given.files)
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
            count += 1
            if count % 50 == 0:
                gc.collect()
    shutil.rmtree(found / f"running-{seed}", ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{count} inputs, {edits} edited, {len(known)} kinds, {peak} MB", flush=True)
    return count


def kept(found: Path, files: dict[str, bytes], planted: bool, error: Exception) -> None:
    """Keep a failure; of those that look alike, the smallest."""
    text = f"{type(error).__name__}: {error}"
    if type(error).__name__ != "BrokenError":
        text += "".join(traceback.format_exception(error)[-3:])
    name = re.sub(r"[^a-zA-Z]+", "-", re.sub(r"/\S*/", "", text))[:40] + "-" + _last_frame(text)
    place = found / name.strip("-")
    size = sum(map(len, files.values()))
    if place.exists():
        old = sum(path.stat().st_size for path in place.iterdir() if path.name != "why.json")
        if old <= size:
            return
    else:
        print(f"found: {name}: {text[:300]}", flush=True)
    keep(place, files, planted, text)


def _last_frame(text: str) -> str:
    frames = re.findall(r'/(\w+)\.py", line (\d+)', text)
    return "-".join(frames[-1]) if frames else ""


def keep(place: Path, files: dict[str, bytes], planted: bool, why: str) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name, content in files.items():
        if "/" not in name:
            (place / name).write_bytes(content)
    (place / "why.json").write_text(json.dumps({"planted": planted, "why": why}))


def again(place: Path) -> None:
    """Run what was found once more."""
    from tests.hostile_inputs import Input
    from tests.hostile_run import run

    why = json.loads((place / "why.json").read_text())
    files = {path.name: path.read_bytes() for path in place.iterdir() if path.name != "why.json"}
    with tempfile.TemporaryDirectory(dir=_fast()) as name:
        print(run(Input(files, why["planted"]), Path(name)))


def with_coverage(seconds: float, found: Path) -> None:
    """The same, led by atheris."""
    import atheris

    with atheris.instrument_imports(include=["composeguard"]):
        from tests.hostile_inputs import draw
        from tests.hostile_run import run
    name = tempfile.mkdtemp(prefix="composeguard-fuzz-", dir=_fast())

    def one(data: bytes) -> None:
        given = draw(random.Random(data))
        try:
            run(given, Path(name))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is found
            kept(found, given.files, given.planted, error)

    atheris.Setup([sys.argv[0], f"-max_total_time={int(seconds)}", "-max_len=16"], one)
    atheris.Fuzz()


def _fast() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=Path, default=PROJECT / ".fuzz")
    parser.add_argument("--again", type=Path)
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.found.mkdir(exist_ok=True)
    if options.again:
        again(options.again)
    elif options.coverage:
        with_coverage(options.seconds, options.found)
    elif options.worker:
        worker(options.seed, options.seconds, options.found)
    else:
        supervise(options)


def supervise(options: argparse.Namespace) -> None:
    """One worker after the other, so that the death of one is a finding and no end."""
    ended, seed = time.monotonic() + options.seconds, options.seed
    while (left := ended - time.monotonic()) > 1:
        arguments = [f"--seed={seed}", f"--seconds={min(_SPAN, left):.0f}", f"--found={options.found}"]
        code = subprocess.run([sys.executable, __file__, "--worker", *arguments], check=False).returncode
        if code:
            running = options.found / f"running-{seed}"
            if running.exists():
                running.rename(options.found / f"died-{seed}-{code}")
            print(f"seed {seed}: the worker ended with {code}", flush=True)
            if code == -signal.SIGINT:
                break
        seed += 1


if __name__ == "__main__":
    main()
