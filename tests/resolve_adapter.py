"""The one place where tests meet the loader's API: a project in, its verdict and JSON out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias, cast

from msgspec import Struct
from tests.json_value import Json
from tests.oracle import Request

from composeguard.compose.diagnostic import Diagnostic
from composeguard.compose.discover import find_project
from composeguard.compose.files import Files
from composeguard.compose.request import Request as LoadRequest
from composeguard.model.read import read_project
from composeguard.model.resolve import resolve_json as model_resolve_json


class Resolved(Struct, frozen=True):
    """What composeguard makes of a project; when the reference would refuse it, `errors` say why.

    `project` is the normalised project as JSON, in the form that the reference prints. `errors` holds a line for
    each reason to reject, a stable code first.
    """

    result: Literal["accept", "reject"]
    project: Json = None
    errors: tuple[str, ...] = ()


Resolver: TypeAlias = Callable[[Path, Request], Resolved]


def resolve_json(folder: Path, request: Request) -> Resolved:
    """Resolve the project in `folder` (absolute) as the reference does, with the environment of the request alone."""
    root = str(folder.parent)
    files = Files(root)
    found = find_project(
        str(folder),
        root=root,
        files=files,
        environment=request.env,
        given=[str(folder / name) for name in request.files],
        env_files=[str(folder / name) for name in request.env_files],
        project_directory=str((folder / request.project_dir).resolve()) if request.project_dir else None,
    )
    if found is None:
        return Resolved("reject", errors=("no Compose file",))
    reading = read_project(
        LoadRequest(
            files=found.files,
            project_directory=found.directory,
            root=root,
            environment=request.env,
            env_files=found.env_files,
            profiles=request.profiles,
            project_name=request.name or request.env.get("COMPOSE_PROJECT_NAME"),
            strict=True,
            consistent=not request.no_consistency,
            resolved_paths=not request.no_path_resolution,
            home=request.env.get("HOME", ""),
        ),
        files,
    )
    later: list[Diagnostic] = []
    project = model_resolve_json(reading, files, later.append)
    errors = tuple(
        f"{diagnostic.kind.value}: {diagnostic.message}"
        for diagnostic in (*reading.diagnostics, *later)
        if diagnostic.refused
    )
    return Resolved("reject" if errors else "accept", cast(Json, project), errors)
