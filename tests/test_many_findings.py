"""More than fifty thousand findings of one run, in every format at once: each completes, stays under the limits of who
reads it, and says what it left out."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from composeguard.report import FORMATS

_FILES, _SERVICES, _EACH = 50, 100, 11
_ALL = _FILES * _SERVICES * _EACH
_SERVICE = """\
  app{number}:
    image: registry.example.com/team/app{number}:latest
    privileged: true
    ports: ["{port}:80"]
    environment:
      - TZ=UTC
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a report of each format, made by one run; workers share it, for it takes most of a minute."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "many-findings"
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        limit = time.monotonic() + 900
        while not done.is_file():
            assert time.monotonic() < limit, "the other worker does not come to an end"
            time.sleep(0.5)
        return folder
    for number in range(_FILES):
        target = folder / f"stack{number:02}" / "compose.yaml"
        target.parent.mkdir()
        services = (_SERVICE.format(number=number, port=10_000 + number) for number in range(_SERVICES))
        target.write_text("services:\n" + "".join(services))
    outputs = (part for name in FORMATS for part in ("-o", f"{name}=out.{name}"))
    command = [sys.executable, "-m", "composeguard", "check", "-q", *outputs]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=900)
    done.write_text(f"{run.returncode}\n{run.stderr}")
    return folder


def _left_out(pattern: str, text: str) -> int:
    (found,) = re.findall(pattern, text)
    return int(found.replace(",", ""))


def _full(text: str) -> int:
    assert text.rstrip().splitlines()[-1].startswith(f"{_ALL:,} findings (")
    grouped = sum(map(int, re.findall(r"^(?:error|warning)\[hardening\]: \S+ lacks (\d+) ", text, re.MULTILINE)))
    return grouped + len(re.findall(r"^(?:error|warning|note)\[[A-Z]+\d+\]", text, re.MULTILINE))


def _jsonl(text: str) -> int:
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[-1]["findings"] == _ALL
    return sum(line["type"] == "finding" for line in lines)


def _sarif(text: str) -> int:
    """GitHub takes 25,000 results and 10 MB, compressed."""
    assert len(gzip.compress(text.encode())) < 10_000_000
    (run,) = json.loads(text)["runs"]
    assert len(run["results"]) == 25_000
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    return len(run["results"]) + _left_out(r"^([\d,]+) results of the least severity", note["message"]["text"])


def _github(text: str) -> int:
    """A step shows ten annotations of each level."""
    lines = text.splitlines()
    for level in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{level} ") for line in lines) <= 10
    assert lines[0].startswith("::error ")
    return len(lines) - 1 + _left_out(r"::([\d,]+) more findings are not shown", lines[-1])


def _gitlab(text: str) -> int:
    issues = json.loads(text)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert len(text) < 100 * 1024 * 1024, "what GitLab takes as one artifact"
    return len(issues)


def _junit(text: str) -> int:
    root = ElementTree.fromstring(text)
    assert int(root.attrib["failures"]) == _ALL
    return len(list(root.iter("failure")))


def _markdown(text: str) -> int:
    """A summary of a step holds 1 MiB; ours stays below 900 KiB."""
    assert len(text.encode()) <= 900 * 1024
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line and "Rule" not in line]
    return len(rows) + _left_out(r"(?m)^([\d,]+) more findings are not shown here\.$", text)


def _html(text: str) -> int:
    """A browser opens it without a wait."""
    assert len(text.encode()) < 8 * 1024 * 1024
    assert f"{_ALL:,} findings in {_FILES} files" in text
    shown = text.count('<details class="finding')
    return shown + _left_out(r"([\d,]+) findings are counted above and not shown here", text)


_COUNTED: Mapping[str, Callable[[str], int]] = {
    "full": _full,
    "concise": lambda text: len(text.splitlines()),
    "json": lambda text: len(json.loads(text)["findings"]),
    "jsonl": _jsonl,
    "sarif": _sarif,
    "github": _github,
    "gitlab": _gitlab,
    "junit": _junit,
    "rdjson": lambda text: len(json.loads(text)["diagnostics"]),
    "markdown": _markdown,
    "html": _html,
}
"""What each format shows and what it says to have left out, together."""


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_all_or_says_what_is_missing(name: str, reports: Path) -> None:
    assert (reports / "done").read_text() == "1\n"
    assert _ALL > 50_000
    assert _COUNTED[name]((reports / f"out.{name}").read_text("utf-8")) == _ALL
