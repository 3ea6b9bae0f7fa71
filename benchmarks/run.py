"""Times composeguard against compose-lint on the same files, in turns, and prints ratios of medians.

    python benchmarks/run.py [--rounds N] [--corpus DIR]

compose-lint is installed from its package into `.benchmarks/compose-lint`, an environment of its own. Absolute times
say more about a machine than about a program, so what counts is the last column. The files are made here; `--corpus`
takes a folder of real ones instead for the folder run.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from projects import project

PROJECT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = PROJECT / ".benchmarks"
FOLDER_FILES = 500


class Contender(Struct, frozen=True):
    """A command to time; exit codes up to `worst` are a success."""

    name: str
    command: Sequence[str]
    worst: int = 1


def once(contender: Contender, folder: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(contender.command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    elapsed = time.perf_counter() - started
    if done.returncode > contender.worst or done.returncode < 0:
        raise SystemExit(f"{contender.name} failed with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return elapsed


def compare(title: str, ours: Contender, theirs: Contender, folder: Path, rounds: int) -> None:
    """Run both in turns; the ratio is the median of the rounds' ratios, so that drift of the machine cancels out."""
    once(ours, folder), once(theirs, folder)
    pairs = [(once(ours, folder), once(theirs, folder)) for _ in range(rounds)]
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    mine, peer = f"{ours.name} {first * 1000:.1f} ms", f"{theirs.name} {second * 1000:.1f} ms"
    print(f"{title:34} {mine:26} {peer:26} ratio {ratio:6.2f}", flush=True)


def environment(name: str, *packages: str) -> Path:
    """The `bin` folder of an environment that holds these packages."""
    folder = ENVIRONMENTS / name
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        install = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            *packages,
        ]
        subprocess.run(install, check=True)
    return folder / "bin"


def imports(python: str, rounds: int, folder: Path) -> None:
    """What each command costs before it works, as a ratio to an interpreter that does nothing."""
    nothing = Contender("python", [python, "-c", "pass"])
    (folder / "empty.yaml").write_text("services: {}\n")
    for command in (
        ["--version"],
        ["--help"],
        ["rules"],
        ["explain", "CG101"],
        ["check", "empty.yaml"],
        ["fix", "empty.yaml"],
    ):
        ours = Contender("composeguard", [python, "-m", "composeguard", *command], worst=2)
        compare(f"start: {' '.join(command)}", ours, nothing, folder, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    ours = environment("composeguard", str(PROJECT))
    subprocess.run(
        [ours / "python", "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", PROJECT], check=True
    )
    theirs = environment("compose-lint", "compose-lint")
    guard, lint = str(ours / "composeguard"), str(theirs / "compose-lint")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one.yml").write_text(project(3))
        many = folder / "many"
        for index in range(FOLDER_FILES):
            (many / str(index)).mkdir(parents=True)
            (many / str(index) / "compose.yaml").write_text(project(1 + index % 6))
        if options.corpus:
            shutil.rmtree(many)
            shutil.copytree(options.corpus, many)
        (folder / "large.yml").write_text(project(1_500))
        listed = [str(path.relative_to(folder)) for path in sorted(many.rglob("*.y*ml"))]
        few = max(3, options.rounds // 4)
        for title, arguments, paths, rounds in (
            ("one file of 3 services, cold", ["--no-cache"], ["one.yml"], options.rounds),
            ("the same, remembered", [], ["one.yml"], options.rounds),
            (f"a folder of {len(listed)} files", ["--no-cache"], listed, few),
            ("one file of 1,500 services (1 MB)", ["--no-cache"], ["large.yml"], few),
        ):
            check = Contender("composeguard", [guard, "check", "-f", "concise", *arguments, *paths], worst=2)
            peer = Contender("compose-lint", [lint, "check", *paths], worst=2)
            compare(title, check, peer, folder, rounds)
        compare(
            "--version",
            Contender("composeguard", [guard, "--version"]),
            Contender("compose-lint", [lint, "--version"]),
            folder,
            options.rounds,
        )
        imports(str(ours / "python"), options.rounds, folder)
    reading = [
        str(ours / "python"),
        str(PROJECT / "benchmarks" / "reading.py"),
        "--rounds",
        str(max(5, options.rounds // 2)),
    ]
    subprocess.run(reading, check=True)


if __name__ == "__main__":
    sys.exit(main())
