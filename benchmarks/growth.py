"""How the time of check and fix grows with what is in a file, and where it grows faster than the file.

    python benchmarks/growth.py [--small N] [--large N] [--only WORD]

Prints each kind whose time grows more than twice as much as its size, and the slowest ones.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from tests.growing import GROWING  # noqa: E402

COMMANDS = {
    "check": (
        "check",
        "--no-cache",
        "-f",
        "sarif",
        "-o",
        "html=/dev/shm/growth.html",
        "-o",
        "full=/dev/shm/growth.txt",
    ),
    "fix": ("fix", "--unsafe", "--diff"),
}
LIMIT = 120


def seconds(text: str, command: tuple[str, ...]) -> float:
    """Of the processor, for one run in a process of its own."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        Path(name, "compose.yaml").write_text(text)
        started = time.monotonic()
        prefix = ["/usr/bin/env", "bash", "-c", 'TIMEFORMAT=%U; time "$@" >/dev/null 2>err', "run"]
        try:
            done = subprocess.run(
                [*prefix, sys.executable, "-m", "composeguard", *command],
                cwd=name, capture_output=True, text=True, timeout=LIMIT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return time.monotonic() - started
        if done.returncode not in (0, 1, 2):
            print(f"exit {done.returncode}: {Path(name, 'err').read_text()[-300:]}")
        return float(done.stderr.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=8000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    start = {what: seconds("services: {}\n", command) for what, command in COMMANDS.items()}
    for kind, make in GROWING.items():
        if options.only not in kind:
            continue
        for what, command in COMMANDS.items():
            few = max(seconds(make(options.small), command) - start[what], 0.05)
            many = max(seconds(make(options.large), command) - start[what], 0.05)
            growth = many / few / (options.large / options.small)
            mark = "  <-- faster than the file" if growth > 2 else "  <-- slow" if many > options.large / 1000 else ""
            print(f"{kind:36} {what:6} {few:7.2f} s {many:7.2f} s  {growth:5.2f}{mark}", flush=True)


if __name__ == "__main__":
    main()
