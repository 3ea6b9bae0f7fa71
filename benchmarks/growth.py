"""How the time of check and fix grows with what is in a file, and where it grows faster than the file.

    python benchmarks/growth.py [--small N] [--large N] [--only WORD] [--command check|fix]

Each kind of file (`tests/growing.py`) is run small and large; the last column is how much more the time grew than the
number of entries: 1 is in proportion, and what is above 2 is marked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from tests.growing import COMMANDS, GROWING, growth  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=8000)
    parser.add_argument("--only", default="")
    parser.add_argument("--command", choices=COMMANDS)
    options = parser.parse_args()
    for kind in GROWING:
        if options.only not in kind:
            continue
        for command in [options.command] if options.command else COMMANDS:
            with tempfile.TemporaryDirectory() as folder:
                few, many, grown = growth(kind, command, Path(folder), options.small, options.large)
            mark = "  <-- faster than the file" if grown > 2 else ""
            print(f"{kind:36} {command:6} {few:7.2f} s {many:7.2f} s  {grown:5.2f}{mark}", flush=True)


if __name__ == "__main__":
    main()
