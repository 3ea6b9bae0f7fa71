"""What fixers do to copies of real files: composeguard, compose-lint and dclint side by side.

    python benchmarks/fixers.py CORPUS [--compose-lint PROGRAM] [--dclint PROGRAM] [--every N] [--out docs/fixers.md]

CORPUS holds folders of public Compose files and a MANIFEST.tsv with the reference's verdict on each (column `plain`).
Every fixer gets a copy of its own, the same files in the same batches, and a hard limit of time. Then, for each file:
does it parse, does the reference still accept it (`tests/reference`, if it is built), which comments are gone, which
lines changed though their data did not, does a second run change it again. Our own `check` counts findings before and
after, of all rules, so that one measure serves all; a peer that is not named is told as missing. Of our own fixers it
is told, too, how many of the findings that have a fix are fixed, and why the others are not: these see all files, also
where the comparison takes each Nth. Times are those of the processor, so that others on the machine do not count.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from msgspec import Struct, field

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.oracle import Oracle, Request, find_oracle  # noqa: E402

from composeguard.source.file import SourceError, SourceFile  # noqa: E402
from composeguard.source.read import read_source  # noqa: E402

BATCH = 100
LIMIT = 900.0
"""Seconds for one batch."""
PATIENCE = 120.0
"""Seconds for one large file."""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
TOLD = re.compile(r"left alone .+?:\d+:\d+ (?P<code>[A-Z]+\d+)(?: [^:]*)?: (?P<reason>.*)")
"""What `fix` says of a finding that it does not repair."""


class Fixer(Struct, frozen=True):
    """A program that repairs the files that it is given."""

    name: str
    command: Sequence[str]
    version: Sequence[str]
    safeties: frozenset[str] = frozenset()
    """Of ours: which fixes it makes."""


class Score(Struct):
    """What a fixer did. All but `findings` and `seconds` count files, lines or comments."""

    version: str = ""
    changed: int = 0
    broken: int = 0
    refused_after: int = 0
    comments_lost: int = 0
    comments_shown: int = 0
    """Of those that are lost: told to the person who runs it."""
    files_with_lost: int = 0
    restyled: int = 0
    changed_again: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    fixable: int = 0
    """Findings of the default profile that have a fix which this fixer makes, before the run."""
    waiting: int = 0
    """Such findings after the run, whose fix waits for a person."""
    remaining: int = 0
    """Such findings after the run, the others."""
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What it did not make, by rule and reason."""


def batches(files: Sequence[str]) -> Iterable[Sequence[str]]:
    """The files in the same portions for every program."""
    return (files[start : start + BATCH] for start in range(0, len(files), BATCH))


def run(fixer: Fixer, folder: Path, files: Sequence[str]) -> tuple[float, str]:
    """Repair all files; the seconds that it took, and what it said."""
    said: list[str] = []
    started = processor()
    for batch in batches(files):
        done = subprocess.run(
            [*fixer.command, *batch], cwd=folder, capture_output=True, timeout=LIMIT, check=False, env=ENVIRONMENT
        )
        said.append(done.stdout.decode("utf-8", "replace"))
    return processor() - started, "".join(said)


def processor() -> float:
    """The processor time of all that this process has started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def findings(folder: Path, files: Sequence[str], profile: str = "all") -> list[Mapping[str, Any]]:
    """What our own `check` finds."""
    command = [sys.executable, "-m", "composeguard", "check", "--no-config", f"--profile={profile}", "--allow-partial"]
    found: list[Mapping[str, Any]] = []
    for batch in batches(files):
        done = subprocess.run(
            [*command, "--exit-zero", "-q", "-f", "jsonl", "--", *batch],
            cwd=folder,
            capture_output=True,
            check=False,
            env=ENVIRONMENT,
        )
        rows = map(json.loads, done.stdout.splitlines())
        found.extend(row for row in rows if row["type"] == "finding")
    return found


def with_fix(fixer: Fixer, folder: Path, files: Sequence[str]) -> list[Mapping[str, Any]]:
    """The fixes that a fixer of ours could make, of findings of the default profile."""
    rows = (row["fix"] for row in findings(folder, files, "recommended"))
    return [fix for fix in rows if fix is not None and fix["safety"] in fixer.safeties]


def by_code(found: Iterable[Mapping[str, Any]]) -> Counter[str]:
    return Counter(row["code"] for row in found)


def listen(score: Score, said: str) -> None:
    """What one of our own fixers tells of its run."""
    for line in said.splitlines():
        told = TOLD.match(line)
        if told:
            reason = re.sub(r"(?<=set )\w+( and \w+)?(?= in )", "NAME", told["reason"])
            score.left[told["code"], re.sub(r"(?<=takes effect in ).*", "others", reason)] += 1
        score.comments_shown += ": removed with its entry: " in line


def read(data: bytes) -> SourceFile | None:
    try:
        return read_source("compose.yaml", data)
    except SourceError:
        return None


def restyled(before: str, after: str) -> int:
    """Lines that are gone while the same words stand elsewhere: other indentation, quotes, order or comment space."""
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    gone, come = old - new, new - old
    bare = Counter[str]()
    for line, count in come.items():
        bare[_bare(line)] += count
    total = 0
    for line, count in gone.items():
        same = min(count, bare[_bare(line)]) if _bare(line) else 0
        bare[_bare(line)] -= same
        total += same
    return total


def _bare(line: str) -> str:
    return "".join(line.split()).replace('"', "").replace("'", "")


def judge(fixer: Fixer, corpus: Path, files: Sequence[str], accepted: frozenset[str]) -> Score:
    """Let a fixer work on a copy, and look at what it did."""
    score = Score(version=version(fixer))
    program = find_oracle()
    oracle = Oracle(program) if program is not None else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        shutil.copytree(corpus, folder, ignore=shutil.ignore_patterns("MANIFEST.tsv"))
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        if fixer.safeties:
            score.fixable = len(with_fix(fixer, folder, files))
        score.seconds, said = run(fixer, folder, files)
        if fixer.safeties:
            listen(score, said)
            after_run = with_fix(fixer, folder, files)
            score.waiting = sum(bool(fix["first"]) for fix in after_run)
            score.remaining = len(after_run) - score.waiting
        changed = [file for file in files if (folder / file).read_bytes() != (corpus / file).read_bytes()]
        score.changed = len(changed)
        for file in changed:
            compare(score, (corpus / file).read_bytes(), (folder / file).read_bytes())
            if oracle is not None and file in accepted:
                path = folder / file
                answer = oracle.load(path.parent, Request(files=(path.name,)), timeout=10)
                score.refused_after += answer.result == "reject"
        score.findings = by_code(findings(folder, files))
        after = {file: (folder / file).read_bytes() for file in changed}
        run(fixer, folder, changed)
        score.changed_again = sum((folder / file).read_bytes() != data for file, data in after.items())
    if oracle is not None:
        oracle.close()
    print(f"{fixer.name}: {len(files)} files", file=sys.stderr, flush=True)
    return score


def compare(score: Score, before: bytes, after: bytes) -> None:
    """Add what one file shows."""
    old, new = read(before), read(after)
    if old is None:
        return
    if new is None:
        score.broken += 1
        return
    lost = Counter(_comments(old)) - Counter(_comments(new))
    score.comments_lost += lost.total()
    score.files_with_lost += bool(lost)
    score.restyled += restyled(old.text, new.text)


def _comments(file: SourceFile) -> Iterable[str]:
    return ("".join(comment.text.split()) for comment in file.comments)


SIZES = (10, 100, 1_000, 3_000, 10_000)
SERVICE = """\
  s{number}:
    image: nginx:1.27.2
    # a comment
    ports:
      - "{port}:80"
    privileged: true
    environment:
      A: b
"""


def speed(fixer: Fixer) -> list[str]:
    """The seconds for one file of each size."""
    return [_seconds(fixer, size) for size in SIZES]


def _seconds(fixer: Fixer, size: int) -> str:
    services = (SERVICE.format(number=each, port=1024 + each) for each in range(size))
    text = "services:\n" + "".join(services)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "compose.yaml"
        file.write_text(text, encoding="utf-8")
        command = [*fixer.command, file.name]
        started = processor()
        try:
            subprocess.run(command, cwd=name, capture_output=True, timeout=PATIENCE, check=False, env=ENVIRONMENT)
        except subprocess.TimeoutExpired:
            return f"more than {PATIENCE:.0f}"
        if file.read_text("utf-8") == text:
            return "not fixed"
        return f"{processor() - started:.1f}"


def times(columns: Mapping[str, Sequence[str]]) -> str:
    lines = [f"| Services in the file | {' | '.join(columns)} |", "|---|" + "---:|" * len(columns)]
    for number, size in enumerate(SIZES):
        lines.append(f"| {size:,} | {' | '.join(column[number] for column in columns.values())} |")
    return "\n".join(lines) + "\n"


def version(fixer: Fixer) -> str:
    done = subprocess.run(fixer.version, capture_output=True, text=True, timeout=60, check=False)
    return (done.stdout or done.stderr).strip().split()[-1]


def manifest(corpus: Path) -> tuple[list[str], frozenset[str]]:
    """The Compose files below a corpus, and those of them that the reference accepts as they are."""
    lines = (corpus / "MANIFEST.tsv").read_text("utf-8").splitlines()
    columns = lines[0].split("\t")
    files: list[str] = []
    accepted: set[str] = set()
    for row in (dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:]):
        file = f"{row['repo'].replace('/', '+')}/{row['path']}"
        if row["kind"] == "compose" and (corpus / file).is_file():
            files.append(file)
            if row["plain"] == "ok":
                accepted.add(file)
    return sorted(files), frozenset(accepted)


ROWS: Sequence[tuple[str, Callable[[Score], str]]] = (
    ("files changed", lambda score: f"{score.changed:,}"),
    ("files that no longer parse", lambda score: f"{score.broken:,}"),
    ("files that the reference accepted before and refuses after", lambda score: f"{score.refused_after:,}"),
    ("comments lost", lambda score: f"{score.comments_lost:,}"),
    ("… that the run did not show", lambda score: f"{score.comments_lost - score.comments_shown:,}"),
    ("… in files", lambda score: f"{score.files_with_lost:,}"),
    ("lines with other style and the same words", lambda score: f"{score.restyled:,}"),
    ("files that a second run changes again", lambda score: f"{score.changed_again:,}"),
    ("seconds of the processor for all files, in batches", lambda score: f"{score.seconds:,.0f}"),
)


def measures(scores: Mapping[str, Score]) -> str:
    lines = [f"| | {' | '.join(f'{name} {score.version}' for name, score in scores.items())} |"]
    lines.append("|---|" + "---:|" * len(scores))
    lines += [f"| {label} | {' | '.join(map(cell, scores.values()))} |" for label, cell in ROWS]
    return "\n".join(lines) + "\n"


def by_rule(scores: Mapping[str, Score], before: Counter[str]) -> str:
    """The findings by rule that each fixer took away."""
    names = list(scores)
    lines = [f"| Findings | before | {' | '.join(names)} |", "|---|---:|" + "---:|" * len(names)]
    for code in sorted(before):
        gone = [before[code] - scores[name].findings[code] for name in names]
        if any(gone):
            lines.append(f"| {code} | {before[code]:,} | {' | '.join(f'{each:,}' for each in gone)} |")
    totals = [before.total() - scores[name].findings.total() for name in names]
    lines.append(f"| all | {before.total():,} | {' | '.join(f'{each:,}' for each in totals)} |")
    return "\n".join(lines) + "\n"


def shares(scores: Mapping[str, Score]) -> str:
    """How much of what has a fix is fixed, and why the rest is not."""
    ours = {name: score for name, score in scores.items() if score.fixable}
    lines = [f"| Findings with a fix | {' | '.join(ours)} |", "|---|" + "---:|" * len(ours)]

    def row(label: str, cells: Callable[[Score], str]) -> None:
        lines.append(f"| {label} | {' | '.join(cells(score) for score in ours.values())} |")

    row("in the files before", lambda score: f"{score.fixable:,}")
    row("gone after the run", lambda score: f"{score.fixable - score.waiting - score.remaining:,}")
    row("there, for a person has a value to set first", lambda score: f"{score.waiting:,}")
    row("there for another reason", lambda score: f"{score.remaining:,}")
    row("share that is gone, of all", lambda score: share(score, score.fixable))
    row("share that is gone, of those that wait for nobody", lambda score: share(score, score.fixable - score.waiting))
    reasons = sorted({key for score in ours.values() for key in score.left})
    lines += ["", f"| Left alone | reason | {' | '.join(ours)} |", "|---|---|" + "---:|" * len(ours)]
    for code, reason in reasons:
        cells = " | ".join(f"{score.left[code, reason]:,}" for score in ours.values())
        lines.append(f"| {code} | {reason} | {cells} |")
    return "\n".join(lines) + "\n"


def share(score: Score, total: int) -> str:
    return f"{100 * (score.fixable - score.waiting - score.remaining) / total:.2f} %" if total else "-"


PAGE = """\
# Fixers side by side

Made by `benchmarks/fixers.py` from copies of public Compose files. Each fixer worked on a copy of its own. Seconds are
those of the processor.

## All files

{all_files:,} files, {all_accepted:,} of which the reference accepts as they are. The comments that our fixes take away
stand inside an entry that is removed, or speak of it; each run shows them. A literal secret (CG601) becomes
`${{NAME:?}}`, which Compose refuses until somebody sets it: this fix waits until `.env` does, or until it is asked
for by name.

{whole}
Findings of the default profile, by `check` before and after. What a run leaves alone may be gone all the same: another
file of the run brought it.

{shares}
## Beside other tools

{files:,} of these files, {accepted:,} of which the reference accepts. A negative number of findings taken away means
that there are more of them afterwards. The second table counts with composeguard's own rules, all of them, whatever the
fixer: a peer has rules of its own, and a finding that it takes away is counted where ours sees the same thing.
{missing}

{measures}
{by_rule}
## Large files

Seconds of the processor for one file. A service has ten findings, of which `fix --unsafe` repairs nine, `fix` one,
compose-lint three. Ours prove each change: what they write is read again by two readers, and all rules run once more.

{times}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--compose-lint", default=shutil.which("compose-lint"))
    parser.add_argument("--dclint", default=shutil.which("dclint"))
    parser.add_argument("--every", type=int, default=1, help="Compare on each Nth file only.")
    parser.add_argument("--workers", type=int, default=1, help="How many fixers run at a time.")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()

    ours = [sys.executable, "-m", "composeguard"]
    fix = [*ours, "fix", "--no-config", "--allow-partial", "--no-progress"]
    own = [
        Fixer("fix", [*fix, "--"], [*ours, "--version"], frozenset(("safe",))),
        Fixer("fix --unsafe", [*fix, "--unsafe", "--"], [*ours, "--version"], frozenset(("safe", "unsafe"))),
    ]
    fixers, missing = list(own), []
    for name, program, command in (
        ("compose-lint", options.compose_lint, ["fix", "--apply"]),
        ("dclint", options.dclint, ["--fix"]),
    ):
        if program:
            fixers.append(Fixer(name, [program, *command], [program, "--version"]))
        else:
            missing.append(name)
    notes = [f"Not measured, because it was not there: {name}." for name in missing]
    if find_oracle() is None:
        notes.append("The reference was not built: whether it accepts the files was not asked.")
    corpus = options.corpus.resolve()
    everything, all_accepted = manifest(corpus)
    files = everything[:: options.every]
    accepted = all_accepted & set(files)
    with ProcessPoolExecutor(options.workers) as pool:
        on_all = {each.name: pool.submit(judge, each, corpus, everything, all_accepted) for each in own}
        on_some = {each.name: pool.submit(judge, each, corpus, files, accepted) for each in fixers}
        before = pool.submit(findings, corpus, files)
        large = {each.name: pool.submit(speed, each) for each in fixers}
        whole = {name: future.result() for name, future in on_all.items()}
        scores = {name: future.result() for name, future in on_some.items()}
        page = PAGE.format(
            all_files=len(everything),
            all_accepted=len(all_accepted),
            whole=measures(whole),
            shares=shares(whole),
            files=len(files),
            accepted=len(accepted),
            missing="\n".join(notes),
            measures=measures(scores),
            by_rule=by_rule(scores, by_code(before.result())),
            times=times({name: future.result() for name, future in large.items()}),
        )
    if options.out:
        options.out.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
