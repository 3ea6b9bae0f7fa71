"""The variables of a project: the environment that the caller gives, then env files, then the project's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.dotenv import DotenvError, parse_dotenv
from composeguard.compose.files import Reason, UnavailableError
from composeguard.compose.interpolate import Unset
from composeguard.compose.paths import join_path
from composeguard.compose.session import Session
from composeguard.compose.unresolved import Text

NOWHERE = "/dev/null"
"""As an env file: read none, not even the default."""


def project_environment(session: Session) -> dict[str, Text]:
    """The variables that Compose files may use; the environment wins over env files, later files over earlier."""
    request = session.request
    if request.env_files is not None:
        paths = [path for path in request.env_files if path != NOWHERE]
    else:
        default = join_path(request.project_directory, ".env")
        paths = [default] if session.files.is_file(default) else []
    return {**read_env_files(session, paths, request.environment), **request.environment}


def unset(session: Session) -> Unset:
    """What a variable without value is in this load."""
    return Unset.EMPTY if session.request.strict else Unset.UNRESOLVED


def read_env_files(session: Session, paths: Iterable[str], known: Mapping[str, Text]) -> dict[str, Text]:
    """What the files set. Their values may use `known`, and what stands before them.

    A file that is missing is a note, one that is broken a gap; the reference refuses both.
    """
    values: dict[str, Text] = {}
    for path in paths:
        try:
            file = session.files.text(path)
        except UnavailableError as error:
            strict = session.request.strict
            gap = strict or error.reason is not Reason.MISSING
            session.report(
                Diagnostic(
                    Kind.GAP if gap else Kind.NOTE,
                    f"the env file {error}",
                    session.files.placeholder(path),
                    0,
                    0,
                    refused=gap,
                )
            )
            continue
        session.env_files.setdefault(file.uri, file)
        try:
            parsed = parse_dotenv(file.text, known, earlier=values, unset=unset(session))
        except DotenvError as error:
            session.report(Diagnostic(Kind.GAP, str(error), file, error.offset, error.offset))
            parsed = error.partial
        values.update(parsed.values)
    return values
