"""Sets composeguard beside its peers on the same files, and writes docs/peers.md.

    python benchmarks/peers.py --corpus DIR --compose-lint PROGRAM --dclint PROGRAM --kics PROGRAM --kics-assets DIR

A program can be named in the environment as well: COMPOSE_LINT, DCLINT, KICS, KICS_ASSETS. One that is not named is
listed as missing, and so is a code of ours that this version does not have. `--show ID they|we` prints places of one
direction for a human reader instead; what the reader found is kept in peers.toml.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from peer_tools import TOOLS, Call, Hit, Outcome, composeguard

PROJECT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".toml")
DOCUMENT = PROJECT / "docs" / "peers.md"
VERDICTS = {"we": "composeguard", "they": "the peer", "both": "a matter of definition"}
SIDES = {"they": "Only the peer", "we": "Only composeguard"}


class Pair(Struct, frozen=True):
    """The files that each side names for one rule of a peer, of those that both could read."""

    row: Mapping[str, Any]
    theirs: Sequence[Hit]
    ours: Sequence[Hit]
    fragments: frozenset[str]

    @property
    def they(self) -> set[str]:
        return {hit.file for hit in self.theirs}

    @property
    def we(self) -> set[str]:
        return {hit.file for hit in self.ours}

    def only(self, side: str) -> set[str]:
        return self.they - self.we if side == "they" else self.we - self.they

    def parts(self) -> set[str]:
        """What only they report, in files of which no service says what to run."""
        return self.only("they") & self.fragments

    def services(self, side: str) -> int:
        they, we = ({(hit.file, hit.service) for hit in hits if hit.service} for hits in (self.theirs, self.ours))
        return len(they - we if side == "they" else we - they)


class _Loader(yaml.CSafeLoader):
    """Reads tags of Compose as if they were not there."""


def _untagged(loader: _Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _untagged)


def is_fragment(path: Path) -> bool:
    try:
        found = yaml.load(path.read_bytes(), _Loader)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError):
        return False
    services = found.get("services") if isinstance(found, dict) else None
    if not isinstance(services, dict) or not services:
        return False
    return not any(isinstance(one, dict) and one.keys() & {"image", "build", "extends"} for one in services.values())


def pair(row: Mapping[str, Any], peer: Outcome, ours: Outcome, fragments: frozenset[str]) -> Pair:
    read = peer.read & ours.read
    theirs = [hit for hit in peer.hits if hit.rule == row["id"] and hit.file in read]
    mine = [hit for hit in ours.hits if hit.rule in row["codes"] and hit.file in read]
    return Pair(row, theirs, mine, fragments)


def document(
    pairs: Sequence[Pair], ours: Outcome, peers: Mapping[str, Outcome], known: set[str], learnt: Sequence[str]
) -> Iterator[str]:
    yield "# Beside other tools\n"
    yield (
        f"composeguard {ours.version} (`--profile all`) and its peers read the same {len(ours.read)} Compose files of "
        "public projects. For each security rule of a peer the tables count the files that both report by rules of the "
        "same subject, and those that only one side reports; twelve files of each direction or more, chosen by chance, "
        "or all where there are fewer, were read one by one. "
        "Made by `benchmarks/peers.py`; the mapping and the verdicts are in `benchmarks/peers.toml`.\n"
    )
    for name in TOOLS:
        peer = peers.get(name)
        yield f"- {name} {peer.version}: read {len(peer.read)} of the files" if peer else f"- {name}: missing"
    yield "- Semgrep: missing; its rules for Compose are not in its package, they come from a server\n"
    yield (
        "A *part* is a file in which no service has an image or a build: composeguard reads it as a piece of another "
        "project, and does not say of it what is missing. It judges the absences when the whole project is read. "
        "A text that several services share (an anchor, `extends`) is one finding of ours, at one of them: "
        "services can differ where files do not.\n"
    )
    yield "What composeguard has learnt from them, before the counts below:\n"
    yield from (f"- {item}" for item in learnt)
    yield ""
    for name in peers:
        yield f"## {name}\n"
        files = "Files: both | only they (in parts) | only we"
        yield f"| Rule | Asks about | Codes | {files} | Services: only they | only we |"
        yield "|---|---|---|---:|---:|---:|---:|---:|"
        mine = [one for one in pairs if one.row["peer"] == name]
        for one in mine:
            codes = ", ".join(code if code in known else f"{code} (not yet)" for code in one.row["codes"]) or "none"
            they = f"{len(one.only('they'))} ({len(one.parts())})"
            we = len(one.only("we"))
            counts = f"{len(one.they & one.we)} | {they} | {we} | {one.services('they')} | {one.services('we')}"
            yield f"| {one.row['id']} | {one.row['what']} | {codes} | {counts} |"
        yield "\nWho is right, where only one side reports, in the places that were read:\n"
        yield "| Rule | Reported by | Share of the sample | Who is right | Why |"
        yield "|---|---|---:|---|---|"
        for one in mine:
            for side, title in SIDES.items():
                reasons = one.row.get(f"only_{side}", [])
                total = sum(reason["seen"] for reason in reasons)
                for reason in reasons:
                    share = f"{reason['seen']} of {total}"
                    yield f"| {one.row['id']} | {title} | {share} | {VERDICTS[reason['right']]} | {reason['why']} |"
        yield ""


def show(pairs: Sequence[Pair], rule: str, side: str, corpus: Path, number: int, seed: int) -> None:
    """Files that only one side reports, with the first place of each, for a reader."""
    one = next(one for one in pairs if one.row["id"] == rule)
    files = sorted(one.only(side))
    random.Random(seed).shuffle(files)
    for file in files[:number]:
        hit = next(hit for hit in (one.theirs if side == "they" else one.ours) if hit.file == file)
        lines = (corpus / file).read_text(errors="replace").splitlines()
        print(f"{file}:{hit.line} {hit.service} {hit.rule} {hit.text[:120]}")
        for index in range(max(0, hit.line - 3), min(len(lines), hit.line + 2)):
            print(f"    {index + 1:5} {lines[index][:120]}")
    print(f"{len(files)} files")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--composeguard", default=str(Path(sys.executable).with_name("composeguard")))
    for name in TOOLS:
        parser.add_argument(f"--{name.lower()}", default=os.environ.get(name.upper().replace("-", "_"), ""))
    parser.add_argument("--kics-assets", default=os.environ.get("KICS_ASSETS", ""))
    parser.add_argument("--sample", type=int, default=0, help="take so many files by chance; 0 takes all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one call of a program")
    parser.add_argument("--show", nargs=2, metavar=("ID", "SIDE"))
    parser.add_argument("--number", type=int, default=12)
    options = parser.parse_args()
    corpus = options.corpus.resolve()
    files = sorted(path.relative_to(corpus).as_posix() for path in corpus.rglob("*.y*ml") if path.is_file())
    if options.sample:
        files = sorted(random.Random(options.seed).sample(files, min(options.sample, len(files))))
    ours = composeguard(Call(options.composeguard, corpus, files, options.limit))
    listed = subprocess.run([options.composeguard, "rules"], capture_output=True, text=True, check=True, timeout=60)
    known = {word for word in listed.stdout.split() if word.startswith("CG")}
    table = tomllib.loads(TABLE.read_text())
    rows = table["rule"]
    fragments = frozenset(file for file in files if is_fragment(corpus / file))
    peers, pairs = {}, []
    for name, run in TOOLS.items():
        program = getattr(options, name.lower().replace("-", "_"))
        if not program:
            print(f"{name}: missing", file=sys.stderr)
            continue
        peer = peers[name] = run(Call(str(Path(program).absolute()), corpus, files, options.limit, options.kics_assets))
        pairs += [pair(row, peer, ours, fragments) for row in rows if row["peer"] == name]
    if options.show:
        show(pairs, *options.show, corpus, options.number, options.seed)
    else:
        DOCUMENT.write_text("\n".join(document(pairs, ours, peers, known, table["learnt"])))
        print(f"{DOCUMENT.relative_to(PROJECT)} is written")


if __name__ == "__main__":
    main()
