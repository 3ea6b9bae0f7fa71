"""`composeguard resolve` in this process, asked for as a user asks for a recorded project."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from msgspec import Struct
from tests.oracle import Request

from composeguard import cli


class Printed(Struct, frozen=True):
    """What a run ends with."""

    code: int
    out: str
    err: str


def arguments(request: Request) -> list[str]:
    """The options that stand for a request, with names relative to the project's folder."""
    options = {
        "--file": request.files,
        "--env-file": request.env_files,
        "--compose-profile": request.profiles,
        "--project-directory": (request.project_dir,) if request.project_dir else (),
        "--project-name": (request.name,) if request.name else (),
    }
    given = [text for option, values in options.items() for value in values for text in (option, value)]
    flags = {"--no-consistency": request.no_consistency, "--no-path-resolution": request.no_path_resolution}
    return [*given, "--environment", *(flag for flag, is_set in flags.items() if is_set)]


def resolve(folder: Path, *options: str, environment: dict[str, str] | None = None) -> Printed:
    """Run it in a folder, with nothing but `environment` around it."""
    out, err = io.StringIO(), io.StringIO()
    with (
        _inside(folder),
        mock.patch.dict(os.environ, environment or {}, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = cli.run(["resolve", *options])
    return Printed(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
