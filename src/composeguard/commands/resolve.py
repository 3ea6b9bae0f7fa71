"""`composeguard resolve`: the project as it deploys, and where each value came from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from composeguard.commands.deadline import OutOfTimeError, deadline
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.discover import ProjectFiles, find_project, repository_root
from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.errors import ComposeguardError, NoInputError
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.model.resolve import resolve_json
from composeguard.model.types import Json
from composeguard.report.escape import visible
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, child
from composeguard.source.node import Path as Steps

_SECONDS = 300.0


class RefusedError(ComposeguardError):
    """The project cannot be resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveOptions:
    """Names are those of the options."""

    directory: str | None = None
    output_format: str = "json"
    origins: bool = False
    project_name: str | None = None
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    environment: bool = False
    compose_profiles: tuple[str, ...] = ()
    project_directory: str | None = None
    verbose: bool = False

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        return cls(**options)


def run_resolve(options: ResolveOptions) -> int:
    """Print the project; 2 where the reference refuses it, with every reason and its place on standard error."""
    later: list[Diagnostic] = []
    try:
        with deadline(_SECONDS):
            reading, files = _read(options)
            project = resolve_json(reading, files, later.append)
    except OutOfTimeError:
        raise RefusedError(f"not resolved within {_SECONDS:g} seconds") from None
    diagnostics = (*reading.diagnostics, *later)
    refusals = [diagnostic for diagnostic in diagnostics if diagnostic.refused]
    warnings = [each for each in diagnostics if not each.refused and each.kind in (Kind.VARIABLE, Kind.NOTE)]
    sys.stderr.writelines(_lines("error", refusals))
    if refusals:
        sys.stderr.write(f"composeguard: the project cannot be deployed: {len(refusals)} error(s)\n")
        return RefusedError.exit_code
    sys.stderr.writelines(_lines("warning", warnings))
    if options.output_format == "yaml":
        sys.stdout.writelines(_yaml(project, reading, options))
    elif options.origins:
        content = {"project": project, "origins": dict(_origins(project, reading))}
        sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(json.dumps(project, indent=2, ensure_ascii=False) + "\n")
    return 0


def _read(options: ResolveOptions) -> tuple[Reading, Files]:
    directory = os.path.abspath(options.directory or ".")  # noqa: PTH100 -- links stay as the user names them
    environment = dict(os.environ) if options.environment else {}
    found = find_project(
        directory,
        environment=environment,
        given=[os.path.abspath(name) for name in options.files],  # noqa: PTH100
        env_files=[os.path.abspath(name) for name in options.env_files],  # noqa: PTH100
        project_directory=os.path.abspath(options.project_directory) if options.project_directory else None,  # noqa: PTH100
    )
    if found is None:
        raise NoInputError(f"no Compose file in {options.directory or 'the current folder'} or above")
    root = _root(found)
    files = Files(root, names_from=os.getcwd() if Path(root).is_relative_to(Path.cwd()) else root)  # noqa: PTH109
    request = Request(
        files=found.files,
        project_directory=found.directory,
        root=root,
        environment=environment,
        env_files=found.env_files,
        profiles=options.compose_profiles,
        project_name=options.project_name or environment.get("COMPOSE_PROJECT_NAME"),
        strict=True,
        home=environment.get("HOME") or str(Path.home()),
    )
    return read_project(request, files), files


def _root(found: ProjectFiles) -> str:
    return repository_root(found.directory) or found.directory


def _lines(word: str, diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    seen: set[str] = set()
    for each in diagnostics:
        region = each.file.region(each.start, each.end)
        line = f"{word}: {each.file.uri}:{region.start_line}:{region.start_column}: {each.message}"
        if line not in seen:
            seen.add(line)
            yield visible(line) + "\n"


# Origins -------------------------------------------------------------------------------------------------------------


def _place(file: SourceFile, start: int) -> dict[str, Json]:
    region = file.region(start, start)
    return {"file": file.uri, "line": region.start_line, "column": region.start_column}


def _walk(value: Json, path: Steps = ()) -> Iterator[Steps]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _walk(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _walk(below, (*path, index))


def _origin(reading: Reading, path: Steps) -> dict[str, Json]:
    """The place of a value, or of the nearest parent that was written, and the steps by which it came."""
    node: Node = reading.root
    known: Steps = ()
    for step in path:
        below = child(node, step)
        if below is None:
            break
        node, known = below, (*known, step)
    origin = _place(node.file, node.start if node.key_start < 0 else node.key_start)
    steps: list[Json] = []
    for via in reading.way(known):
        at = via.at
        place = _place(at.file, at.start if at.key_start < 0 else at.key_start) if at is not None else {}
        entry: dict[str, Json] = {"way": via.way.value, **place}
        if entry not in steps:
            steps.append(entry)
    if steps:
        origin["way"] = steps
    return origin


def _origins(project: Json, reading: Reading) -> Iterator[tuple[str, Json]]:
    """JSON pointer -> origin, for every value."""
    for path in _walk(project):
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
        yield "/" + "/".join(steps), _origin(reading, path)


def _yaml(project: Json, reading: Reading, options: ResolveOptions) -> Iterator[str]:
    """YAML; with origins, each line ends in a comment that says where its value was written."""
    import yaml

    text: str = yaml.safe_dump(project, sort_keys=False, allow_unicode=True, width=1 << 30)
    if not options.origins:
        yield text
        return
    from composeguard.source.read import read_source

    printed = read_source("resolved", text.encode())
    notes: dict[int, str] = {}
    for path in _walk(project):
        node = printed.documents[0]
        for step in path:
            below = child(node, step)
            if below is not None:
                node = below
        line = printed.line_of(node.start if node.key_start < 0 else node.key_start)
        if line == printed.line_of(node.end) or isinstance(node.value, dict | list):
            notes.setdefault(line, _described(_origin(reading, path)))
    lines = text.splitlines()
    column = min(60, max((len(line) for line in lines), default=0))
    for number, content in enumerate(lines, 1):
        note = notes.get(number)
        yield f"{content:{column}}  # {visible(note)}\n" if note else f"{content}\n"


def _described(origin: dict[str, Json]) -> str:
    words = [f"{origin['file']}:{origin['line']}:{origin['column']}"]
    way = origin.get("way")
    for step in way if isinstance(way, list) else []:
        if isinstance(step, dict):
            place = f" {step['file']}:{step['line']}" if "file" in step else ""
            words.append(f"{step['way']}{place}")
    return ", ".join(words)
