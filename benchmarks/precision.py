"""Prints a sample of findings of each rule, with the lines around, for a reader who judges them.

    python benchmarks/precision.py FOLDER [--rules CG101,CG102] [--number 20] [--seed 7]
    python benchmarks/precision.py --document

The sample is the same for the same folder, seed and version. What the reader finds is kept as counts in
precision.toml, from which `--document` writes docs/precision.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from pathlib import Path

from peer_tools import Call, by_rule, composeguard

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "precision.md"


def document() -> str:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    lines = [
        "# How often a finding is true\n",
        "A sample of at most 20 findings of a rule in Compose files of public projects (`--profile all`) was read.",
        "True is a finding whose message holds for the file, whether or not its owner would accept the risk. Made by",
        "`benchmarks/precision.py --document` from the counts in `benchmarks/precision.toml`. Each file is read alone,",
        "so an override is judged as if nothing stood before it. A rule with nothing read has no finding there;",
        "a rule that a reading changed was sampled again, and only the last sample counts.",
        "CG407 and CG408 are read with `--profile cis`, CG706 and CG707 with `runtime: podman`.\n",
        "| Rule | Read | True | The others |",
        "|---|---:|---:|---|",
        *(f"| {code} | {row['read']} | {row['true']} | {row.get('why', '')} |" for code, row in table.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--document", action="store_true", help="write docs/precision.md, and stop")
    parser.add_argument("--rules", default="", help="codes, or starts of codes, separated by commas")
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--context", type=int, default=2)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one call")
    options = parser.parse_args()
    if options.document:
        DOCUMENT.write_text(document())
        return
    if options.folder is None:
        parser.error("a folder to read")
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
