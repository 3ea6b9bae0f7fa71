"""Prints a sample of findings of each rule, with the lines around, for a reader who judges them.

    python benchmarks/precision.py FOLDER [--rules CG101,CG102] [--number 20] [--seed 7]

The sample is the same for the same folder, seed and version. What the reader finds is no part of the output.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from peer_tools import Call, by_rule, composeguard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", default="", help="codes, or starts of codes, separated by commas")
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--context", type=int, default=2)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one call")
    options = parser.parse_args()
    folder = options.folder.resolve()
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.y*ml") if path.is_file())
    program = str(Path(sys.executable).with_name("composeguard"))
    starts = tuple(options.rules.split(","))
    for rule, hits in sorted(by_rule(composeguard(Call(program, folder, files, options.limit))).items()):
        if not rule.startswith(starts):
            continue
        hits = sorted(hits, key=lambda hit: (hit.file, hit.line, hit.text))
        random.Random(options.seed).shuffle(hits)
        print(f"== {rule}: {len(hits)} findings")
        for hit in hits[: options.number]:
            print(f"{hit.file}:{hit.line} {hit.text}")
            lines = (folder / hit.file).read_text(errors="replace").splitlines()
            for index in range(max(0, hit.line - 1 - options.context), min(len(lines), hit.line + options.context)):
                print(f"    {index + 1:5} {lines[index][:120]}")


if __name__ == "__main__":
    main()
