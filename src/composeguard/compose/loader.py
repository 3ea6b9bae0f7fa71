"""From files to one canonical tree, in the order of the reference: another order gives other projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath

from msgspec import Struct

from composeguard.compose.canonical import canonicalize
from composeguard.compose.defaults import set_defaults
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.env_file_notes import note_missing_env_files
from composeguard.compose.environment import project_environment, unset
from composeguard.compose.expand import expand
from composeguard.compose.extends import BaseFile, Extender
from composeguard.compose.files import Files
from composeguard.compose.include import Includer
from composeguard.compose.merge import MERGE_RULES, Merger
from composeguard.compose.name import project_name
from composeguard.compose.paths import Base, rebase
from composeguard.compose.promote import promote_extensions
from composeguard.compose.request import Request
from composeguard.compose.reset import apply_resets
from composeguard.compose.schema_check import check_schema
from composeguard.compose.scope import Scope
from composeguard.compose.session import Session
from composeguard.compose.unique import enforce_unique
from composeguard.compose.unresolved import Text
from composeguard.compose.values import Variables, substitute
from composeguard.source import disk
from composeguard.source.collector import collector_off
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, size

_MOST_MERGED = 5_000_000
"""Values of the model, summed up over the documents that are merged into it."""


class Loaded(Struct, frozen=True):
    """A project as its files give it. The reference refuses it when a diagnostic has `refused`."""

    root: Node
    """Canonical; paths are absolute in strict mode, else relative to the project directory."""
    files: tuple[SourceFile, ...]
    """Every Compose file that was read, in order; broken ones too."""
    diagnostics: list[Diagnostic]
    environment: Mapping[str, Text]
    """What variables of the project may use, `COMPOSE_PROJECT_NAME` included."""
    project_name: str
    profiles: tuple[str, ...]
    request: Request
    opened: Files
    """What the project was read through."""
    env_files: tuple[SourceFile, ...] = ()
    """The files that variables come from: the project's `.env`, and those of what it includes."""

    @property
    def refused(self) -> bool:
        """The reference refuses the project."""
        return any(diagnostic.refused for diagnostic in self.diagnostics)


@collector_off()
def load(request: Request, files: Files) -> Loaded:
    """Read a project. Whatever is wrong with it becomes a diagnostic, and the rest is read on."""
    session = Session(request, files)
    environment = project_environment(session)
    sources = [(path, session.read(path)) for path in request.files]
    name = project_name(session, [source for _, source in sources if source is not None], environment)
    environment["COMPOSE_PROJECT_NAME"] = name
    loader = _Loader(session)
    scope = Scope(request.project_directory, environment)
    root = loader.model(((path, source) for path, source in sources if source is not None), scope)
    if root is None:
        file = sources[0][1] if sources else None
        root = Node({}, file or files.placeholder(request.project_directory), 0, 0)
    if isinstance(root.value, dict) and not root.value and not any(d.refused for d in session.diagnostics):
        message = "the file holds no Compose project"
        session.report(Diagnostic(Kind.UNREADABLE, message, root.file, root.start, root.end))
    if request.strict:
        root = set_defaults(root)
        if request.resolved_paths:
            root = rebase(root, Base(request.project_directory, request.home, tidy=True, links=_follow_links))
    else:
        note_missing_env_files(root, session)
    return Loaded(
        root,
        tuple(session.sources.values()),
        session.diagnostics,
        environment,
        name,
        _profiles(request, environment),
        request,
        files,
        tuple(session.env_files.values()),
    )


class _Loader:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.includer = Includer(session)
        self.work = 0

    def model(self, sources: Iterable[tuple[str, SourceFile]], scope: Scope) -> Node | None:
        """The files of one project, later ones over earlier; None when none has a document."""
        extender = Extender(self.session, scope, self.base_file)
        root: Node | None = None
        for path, source in sources:
            for document in self.documents(source):
                if root is None or self.affords(root, document):
                    root = self.document(root, document, path, scope, extender)
        return root

    def included(self, paths: list[tuple[str, Node]], scope: Scope) -> Node | None:
        sources = [(path, self.session.read(path, asked)) for path, asked in paths]
        return self.model(((path, source) for path, source in sources if source is not None), scope)

    def document(self, root: Node | None, document: Node, path: str, scope: Scope, extender: Extender) -> Node:
        """One document on top of those before it."""
        report = self.session.report
        expanded = expand(document, report)
        variables = Variables(scope.environment, unset(self.session))
        node = promote_extensions(substitute(expanded, variables, report), report)
        node = self.includer.apply(node, expanded.resets, scope, path, self.included)
        if root is not None:
            root = apply_resets(root, expanded.resets)
        node = extender.apply(node, expanded.resets)
        node = enforce_unique(self.merged(root, node), report)
        return canonicalize(check_schema(node, report), report)

    def base_file(self, source: SourceFile, scope: Scope) -> BaseFile | None:
        """A file that `extends` names: no schema check, no `include`, and its own `extends` are left."""
        report = self.session.report
        root: Node | None = None
        resets: tuple[Path, ...] = ()
        for document in self.documents(source):
            if root is not None and not self.affords(root, document):
                continue
            expanded = expand(document, report)
            resets = expanded.resets
            variables = Variables(scope.environment, unset(self.session))
            node = promote_extensions(substitute(expanded, variables, report), report)
            if root is not None:
                root = apply_resets(root, resets)
            node = enforce_unique(self.merged(root, node), report)
            root = canonicalize(node, report)
        return None if root is None else BaseFile(root, resets)

    def affords(self, root: Node, document: Node) -> bool:
        """Whether one more document may be merged: each makes the whole model be looked at again."""
        if self.work <= _MOST_MERGED:
            self.work += size(root)
            return True
        message = "the project has too many documents for its size; this one is left out"
        self.session.report(Diagnostic(Kind.GAP, message, document.file, document.start, document.start))
        return False

    def merged(self, root: Node | None, node: Node) -> Node:
        if root is None:
            return node
        return Merger(self.session.report).merge(root, node, MERGE_RULES, ())

    def documents(self, source: SourceFile) -> list[Node]:
        """The documents that are mappings; the others are no part of a project."""
        mappings = [document for document in source.documents if isinstance(document.value, dict)]
        for document in source.documents:
            if not isinstance(document.value, dict):
                message = "the document is empty" if document.value is None else "the document is not a mapping"
                self.session.report(Diagnostic(Kind.UNREADABLE, message, source, document.start, document.end))
        return mappings


def _profiles(request: Request, environment: Mapping[str, Text]) -> tuple[str, ...]:
    if request.profiles:
        return request.profiles
    # Where nothing is listed, the profile "" is active to the reference.
    return tuple(part.strip() for part in str(environment.get("COMPOSE_PROFILES", "")).split(","))


def _follow_links(path: str) -> str:
    """The path with its first symbolic link followed, as the reference does."""
    place = FilePath(path)
    for part in (*reversed(place.parents), place):
        try:
            if disk.is_link(str(part)):
                return path.replace(str(part), disk.real(str(part)), 1)
        except (OSError, ValueError):
            return path
    return path
