"""What all parts of one load share: the files it reads, how many, and what it has to say."""

from __future__ import annotations

from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.files import Files, UnavailableError
from composeguard.compose.paths import Base
from composeguard.compose.request import Request
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node, Path


class Session:
    """Collects the diagnostics of a load, each once, and reads its files within the limits."""

    def __init__(self, request: Request, files: Files) -> None:
        self.request = request
        self.files = files
        self.diagnostics: list[Diagnostic] = []
        self.sources: dict[str, SourceFile] = {}
        """The files read, by their names for reports, in order."""
        self.env_files: dict[str, SourceFile] = {}
        """The files that variables come from, the same way."""
        self._said: set[tuple[Kind, str, int, int, str]] = set()
        self._reads = 0

    def report(self, diagnostic: Diagnostic) -> None:
        """A file that is read twice, as a base and as an include, is spoken of once."""
        key = (diagnostic.kind, diagnostic.file.uri, diagnostic.start, diagnostic.end, diagnostic.message)
        if key not in self._said:
            self._said.add(key)
            self.diagnostics.append(diagnostic)

    def say(self, kind: Kind, message: str, node: Node, path: Path = (), *, refused: bool = True) -> None:
        """A diagnostic at a node."""
        self.report(diagnose(kind, message, node, path, refused=refused))

    def base(self, folder: str) -> Base:
        """What the paths of files in `folder` are put behind. Only strict mode rewrites more than it must."""
        strict = self.request.strict
        return Base(folder, self.request.home if strict else "", tidy=strict)

    def read(self, path: str, asked: Node | None = None) -> SourceFile | None:
        """A Compose file; None, with a diagnostic, where it cannot be read. `asked` is the node that names it."""
        self._reads += 1
        try:
            if self._reads > self.request.limits.files:
                message = f"the project reads more than {self.request.limits.files:,} files; this one is left out"
                self._unavailable(message, path, asked)
                return None
            source = self.files.source(path)
        except UnavailableError as error:
            self._unavailable(str(error), path, asked)
            return None
        except SourceError as error:
            self.sources.setdefault(error.file.uri, error.file)
            self.report(Diagnostic(Kind.UNREADABLE, error.message, error.file, error.start, error.end))
            return None
        if self.sources.setdefault(source.uri, source) is source:
            for problem in source.problems:
                self.report(Diagnostic(Kind.SCHEMA, problem.message, source, problem.start, problem.end))
        return source

    def _unavailable(self, message: str, path: str, asked: Node | None) -> None:
        if asked is not None:
            self.say(Kind.GAP, message, asked)
        else:
            self.report(Diagnostic(Kind.UNREADABLE, message, self.files.placeholder(path), 0, 0))
