"""Runs composeguard and its peers on the same files; what each reports becomes hits of one form.

Every program is named by its path; none is installed here. Each call has a hard limit of time, and a batch that fails
is halved until the file that the program cannot bear stands alone: it counts as not read, and hides no other.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

BATCH = 200
_SERVICE = re.compile(
    r"services\.(?:\{\{(.+?)\}\}|(.+?))(?:\.(?:c(?:ap_add|group_parent|pus)|deploy|healthcheck|ipc|mem_limit|network_mode|"
    r"pids?(?:_limit)?|ports|privileged|restart|security_opt|userns_mode|volumes)\b.*)?"
)
"""The name in a search key of KICS, which may have dots, and the key of the specification that follows."""


class Hit(Struct, frozen=True):
    """One report: `text` is for the human reader of a sample, and goes into no document."""

    rule: str
    file: str
    service: str
    line: int
    text: str


class Outcome(Struct):
    """What a program said of the files that it read."""

    version: str = ""
    hits: list[Hit] = field(default_factory=list)
    read: set[str] = field(default_factory=set)


class Call(Struct, frozen=True):
    """Where a program is, on which files it works, and how long one batch may take."""

    program: str
    folder: Path
    files: Sequence[str]
    limit: float
    assets: str = ""


def composeguard(call: Call) -> Outcome:
    command = ["check", "--no-config", "--allow-partial", "--exit-zero", "--quiet", "--profile=all", "--format=jsonl"]
    outcome = Outcome(_version(call))

    def take(text: str, batch: Sequence[str]) -> None:
        rows = [json.loads(line) for line in text.splitlines()]
        if not rows or rows[-1]["type"] != "summary":
            raise ValueError("the report has no end")
        outcome.read |= set(batch)
        for row in rows:
            if row["type"] == "finding":
                path = row["path"] or []
                service = str(path[1]) if len(path) > 1 and path[0] in ("services", "jobs") else ""
                line = row["region"]["start_line"] if row["region"] else 0
                outcome.hits.append(Hit(row["code"], row["file"], service, line, row["message"]))
                if row["code"] == "CG901":
                    outcome.read.discard(row["file"])

    _batches([call.program, *command], call, take)
    return outcome


def compose_lint(call: Call) -> Outcome:
    outcome = Outcome(_version(call))

    def take(text: str, batch: Sequence[str]) -> None:
        report = json.loads(text)
        skipped = {row["file"] for row in report["errors"]}
        outcome.read |= set(batch) - skipped
        outcome.hits += [
            Hit(row["rule_id"], row["file"], row["service"] or "", row["line"] or 0, row["message"])
            for row in report["findings"]
        ]

    _batches([call.program, "check", "--allow-partial-coverage", "--format", "json"], call, take)
    return outcome


def dclint(call: Call) -> Outcome:
    outcome = Outcome(_version(call))

    def take(text: str, batch: Sequence[str]) -> None:
        outcome.read |= set(batch)
        for report in json.loads(text):
            file = report["filePath"]
            for row in report["messages"]:
                if row["rule"] in ("invalid-yaml", "invalid-schema", "unknown-error"):
                    outcome.read.discard(file)  # it looks no further
                service = (row.get("data") or {}).get("serviceName", "")
                outcome.hits.append(Hit(row["rule"], file, service, row["line"], row["message"]))

    _batches([call.program, "-f", "json"], call, take)
    return outcome


def kics(call: Call) -> Outcome:
    """One run over links to the files: it takes folders, and looks at nothing else than what is in them."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as name:
        room = Path(name).resolve()
        links = {f"{index}/docker-compose.yml": file for index, file in enumerate(call.files)}
        for link, file in links.items():
            (room / "in" / link).parent.mkdir(parents=True)
            (room / "in" / link).write_bytes((call.folder / file).read_bytes())
        where = ["-q", f"{call.assets}/queries", "-b", f"{call.assets}/libraries", "-p", str(room / "in")]
        out = [
            "-o",
            str(room),
            "--report-formats",
            "json",
            "-d",
            str(room / "payload.json"),
            "--ignore-on-exit",
            "results",
        ]
        command = [call.program, "scan", *where, "-t", "DockerCompose", "--exclude-gitignore", "--silent", *out]
        subprocess.run(command, cwd=room, check=True, timeout=call.limit, capture_output=True)
        report = json.loads((room / "results.json").read_text())
        outcome.version = Path(call.assets).parent.name.partition("@")[2] or report["kics_version"]
        payload = json.loads((room / "payload.json").read_text())
        outcome.read = {links["/".join(Path(row["file"]).parts[-2:])] for row in payload["document"]}
        for query in report["queries"]:
            for row in query["files"]:
                file = links["/".join(Path(row["file_name"]).parts[-2:])]
                service = _SERVICE.fullmatch(row["search_key"])
                found = next((part for part in service.groups() if part), "") if service else ""
                outcome.hits.append(Hit(query["query_name"], file, found, row["line"], row["actual_value"]))
    return outcome


TOOLS: dict[str, Callable[[Call], Outcome]] = {"compose-lint": compose_lint, "dclint": dclint, "KICS": kics}


def _version(call: Call) -> str:
    done = subprocess.run([call.program, "--version"], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()[-1]


def _batches(command: list[str], call: Call, take: Callable[[str, Sequence[str]], None]) -> None:
    todo = [call.files[start : start + BATCH] for start in range(0, len(call.files), BATCH)]
    while todo:
        batch = todo.pop()
        try:
            with tempfile.TemporaryFile() as out:  # a pipe loses what dclint has not yet written when it exits
                subprocess.run(
                    [*command, *batch],
                    cwd=call.folder,
                    stdout=out,
                    stderr=subprocess.DEVNULL,
                    timeout=call.limit,
                    check=False,
                )
                out.seek(0)
                take(out.read().decode(), batch)
        except (subprocess.TimeoutExpired, ValueError):
            todo += list(_halves(batch))


def _halves(batch: Sequence[str]) -> Iterator[Sequence[str]]:
    if len(batch) > 1:
        yield batch[: len(batch) // 2]
        yield batch[len(batch) // 2 :]


def by_rule(outcome: Outcome) -> dict[str, list[Hit]]:
    result: dict[str, list[Hit]] = {}
    for hit in outcome.hits:
        result.setdefault(hit.rule, []).append(hit)
    return result
