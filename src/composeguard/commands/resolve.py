"""`composeguard resolve`: the project as it deploys, and where each value came from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from composeguard.commands.deadline import OutOfTimeError, deadline
from composeguard.commands.origins import Origins, described
from composeguard.commands.places import absolute
from composeguard.commands.yaml_text import lines_of, yaml_text
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.discover import ProjectFiles, find_project
from composeguard.compose.files import Files
from composeguard.compose.folders import Folders
from composeguard.compose.request import Request
from composeguard.errors import ComposeguardError, NoInputError, UsageError
from composeguard.model.env_files import FromFile
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.model.resolve import resolve_json
from composeguard.model.types import Json
from composeguard.report.escape import visible
from composeguard.source.node import Path as Steps

_SECONDS = 300.0


_NOTES_FROM = 60
"""The column that notes start in, where lines are not longer."""


class RefusedError(ComposeguardError):
    """The project cannot be resolved."""


class ResolveOptions(Struct, frozen=True, kw_only=True):
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
    no_consistency: bool = False
    no_path_resolution: bool = False
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
            from_files: dict[Steps, FromFile] = {}
            project = resolve_json(reading, files, later.append, from_files)
    except OutOfTimeError:
        raise RefusedError(f"not resolved within {_SECONDS:g} seconds") from None
    diagnostics = (*reading.diagnostics, *later)
    refusals = [diagnostic for diagnostic in diagnostics if diagnostic.refused]
    warnings = [each for each in diagnostics if not each.refused and each.kind in (Kind.VARIABLE, Kind.NOTE)]
    sys.stderr.writelines(_lines("error", refusals))
    if refusals:
        sys.stderr.write("composeguard: the project cannot be deployed\n")
        return RefusedError.exit_code
    sys.stderr.writelines(_lines("warning", warnings))
    if options.output_format == "yaml":
        sys.stdout.writelines(
            _yaml(project, Origins(reading, from_files) if options.origins else None, _uri(reading, files))
        )
    elif options.origins:
        content = {"project": project, "origins": dict(Origins(reading, from_files).of(project))}
        sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(json.dumps(project, indent=2, ensure_ascii=False) + "\n")
    return 0


def _read(options: ResolveOptions) -> tuple[Reading, Files]:
    given = options.directory or "."
    if not os.path.isdir(given):  # noqa: PTH112 -- as beneath
        hint = f"a file is named by --file {given}" if os.path.exists(given) else "no such folder"  # noqa: PTH110
        raise UsageError(f"{given}: {hint}")
    directory = absolute(given)
    environment = dict(os.environ) if options.environment else {}
    found = find_project(
        directory,
        environment=environment,
        given=[absolute(name) for name in options.files],
        env_files=[absolute(name) for name in options.env_files],
        project_directory=absolute(options.project_directory) if options.project_directory else None,
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
        consistent=not options.no_consistency,
        resolved_paths=not options.no_path_resolution,
        home=environment.get("HOME") or str(Path.home()),
    )
    return read_project(request, files), files


def _root(found: ProjectFiles) -> str:
    """The repository, or the folder that holds all that was named."""
    named = (*found.files, *(found.env_files or ()))
    folder = os.path.commonpath([found.directory, *map(os.path.dirname, named)])
    return Folders().repository(folder) or folder


def _lines(word: str, diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    seen: set[str] = set()
    for each in diagnostics:
        region = each.file.region(each.start, each.end)
        line = f"{word}: {each.file.uri}:{region.start_line}:{region.start_column}: {each.message}"
        if line not in seen:
            seen.add(line)
            yield visible(line) + "\n"


def _uri(reading: Reading, files: Files) -> str:
    return files.uri(reading.request.project_directory)


def _yaml(project: Json, origins: Origins | None, folder: str) -> Iterator[str]:
    """YAML; with origins, each line ends in a comment that says where its value was written."""
    text = yaml_text(project)
    if origins is None:
        yield text
        return
    notes = {line: described(origins.origin(path), folder) for line, path in lines_of(project, text)}
    lines = text.splitlines()
    column = min(_NOTES_FROM, max((len(line) for line in lines), default=0))
    for number, content in enumerate(lines, 1):
        note = notes.get(number)
        yield f"{content:{column}}  # {visible(note)}\n" if note else f"{content}\n"
