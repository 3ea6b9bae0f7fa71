"""What we depend on: few packages, all named in `docs/dependencies.md`, each with a licence that asks for little."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.dependencies import closure

PROJECT = Path(__file__).resolve().parents[1]
PERMISSIVE = frozenset(("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0"))
_ROW = re.compile(
    r"^\| \[?(?P<name>[a-z0-9-]+)[^|]* \| (?P<licence>[A-Za-z0-9.-]+) \| (?P<why>[^|]+) \|$", re.MULTILINE
)


def test_every_dependency_is_named_with_its_licence() -> None:
    page = (PROJECT / "docs" / "dependencies.md").read_text()
    listed = {row["name"]: row["licence"] for row in _ROW.finditer(page) if row["name"] != "package"}
    needed = {name: licence for name, (_, licence) in closure().items()}
    assert needed.items() <= listed.items()
    # What only other versions of Python or of a package need may be listed as well.
    assert set(listed.values()) <= PERMISSIVE


def test_the_same_source_gives_the_same_wheel(tmp_path: Path) -> None:
    digests = set()
    for number in (1, 2):
        copy = tmp_path / f"copy{number}" / "project"
        copy.mkdir(parents=True)
        for name in ("src", "rules"):
            shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(PROJECT / name, copy / name)
        for path in copy.rglob("*"):
            os.utime(path, (number * 10**9, number * 10**9))
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "TZ": ("UTC", "Asia/Tokyo")[number - 1]}
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            str(tmp_path / str(number)),
        ]
        subprocess.run([*command, str(copy)], check=True, timeout=300, env=environment)
        (built,) = (tmp_path / str(number)).glob("*.whl")
        digests.add(hashlib.sha256(built.read_bytes()).hexdigest())
    assert len(digests) == 1
