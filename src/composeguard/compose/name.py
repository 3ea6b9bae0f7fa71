"""The project's name: given, from the environment, from `name:`, or from the directory."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.environment import unset
from composeguard.compose.interpolate import InterpolationError, interpolate
from composeguard.compose.session import Session
from composeguard.compose.units import normalize_project_name
from composeguard.compose.unresolved import Text
from composeguard.source.file import SourceFile
from composeguard.source.node import Node
from composeguard.source.scalars import Timestamp


def project_name(session: Session, sources: Iterable[SourceFile], environment: Mapping[str, Text]) -> str:
    """The name that `COMPOSE_PROJECT_NAME` has in the files.

    A given name must be normalised already; others are made so.
    """
    sources = tuple(sources)
    _refuse_dates(session, sources)
    request = session.request
    given = request.project_name or environment.get("COMPOSE_PROJECT_NAME")
    if isinstance(given, str) and given:
        if normalize_project_name(given) != given:
            message = "the project name must have lower-case letters, digits, - and _ only, and start with no sign"
            place = session.files.placeholder(request.files[0] if request.files else request.project_directory)
            session.report(Diagnostic(Kind.SCHEMA, message, place, 0, 0))
        return given
    directory = normalize_project_name(posixpath.basename(request.project_directory))
    node = _named(sources)
    if node is None:
        return directory
    try:
        # What is wrong with the text is said when the document is read.
        text = interpolate(str(node.value), environment, unset=unset(session)).value
    except InterpolationError:
        return directory
    name = normalize_project_name(text) if isinstance(text, str) else ""
    if not name and request.strict:
        session.say(Kind.SCHEMA, "no letter or digit is left of the project name", node, ("name",))
    return name or directory


def _names(sources: Iterable[SourceFile]) -> Iterator[Node]:
    for source in sources:
        for document in source.documents:
            node = document.value.get("name") if isinstance(document.value, dict) else None
            if node is not None:
                yield node


def _refuse_dates(session: Session, sources: Iterable[SourceFile]) -> None:
    """The schema lets a date through as a text, and this is the one place where the reference then fails."""
    for node in _names(sources):
        if isinstance(node.value, Timestamp):
            session.say(Kind.SCHEMA, "the name of a project must be a text, not a date", node, ("name",))


def _named(sources: Iterable[SourceFile]) -> Node | None:
    """The last `name:` that says something."""
    found: Node | None = None
    for node in _names(sources):
        if isinstance(node.value, str) and node.value:
            found = node
    return found
