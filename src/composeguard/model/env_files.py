"""The environment and labels of a container with those of its files, which only a deployment needs."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from collections.abc import Callable, Mapping

from msgspec import Struct

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.dotenv import DotenvError, EnvFile, parse_dotenv, parse_raw
from composeguard.compose.files import Files, Reason, UnavailableError
from composeguard.compose.unresolved import Text
from composeguard.model.container import Container
from composeguard.model.reading import Place, Reading
from composeguard.source.file import SourceFile
from composeguard.source.node import Path

Report = Callable[[Diagnostic], None]


class _Read(Struct, frozen=True):
    file: SourceFile
    parsed: EnvFile


class FromFile(Struct, frozen=True):
    """A value that the project has from an env file or a label file."""

    place: Place
    """Where it stands in that file, its key included."""
    asked: Path
    """The entry of `env_file` or `label_file` that names the file."""


class EnvFiles:
    """Reads the files that containers of one strict reading name.

    `origins` tells of every value that comes from a file, by its path in the resolved project.
    """

    def __init__(self, reading: Reading, files: Files, report: Report) -> None:
        self.reading = reading
        self.files = files
        self.report = report
        self.origins: dict[Path, FromFile] = {}

    def environment(self, container: Container) -> dict[str, Text | None]:
        """Files in order, later ones over earlier, and what the container itself says over all of them.

        Values in files may use the project's variables, then the container's own, then those of earlier files.
        """
        known = self.reading.environment
        own: dict[str, Text | None] = {
            key: known.get(key) if value is None else value for key, value in container.environment.items()
        }
        lookup = ChainMap(dict(known), {key: value for key, value in own.items() if value is not None})
        values: dict[str, Text] = {key: value for key, value in own.items() if value is not None}
        for index, env_file in enumerate(container.env_file):
            path = container.at("env_file", index, "path")
            required = env_file.required is not False
            if isinstance(env_file.path, str):
                raw = env_file.format if isinstance(env_file.format, str) else ""
                read = self._read(env_file.path, path, lookup, values, raw, required=required)
                values.update(self._taken(read, path, container.at("environment"), own))
        return {**values, **own}

    def labels(self, container: Container) -> dict[str, Text]:
        """The labels of files, and the container's own over them."""
        values: dict[str, Text] = {}
        for index, name in enumerate(container.label_file):
            if isinstance(name, str):
                path = container.at("label_file", index)
                read = self._read(name, path, values, {}, "", required=True)
                values.update(self._taken(read, path, container.at("labels"), container.labels))
        return {**values, **container.labels}

    def _taken(self, read: _Read | None, asked: Path, at: Path, own: Mapping[str, object]) -> dict[str, Text]:
        """The values of a file, with the places of those that the container itself does not set."""
        if read is None:
            return {}
        for entry in read.parsed.entries:
            if entry.value is not None and entry.key not in own:
                place = Place(read.file, entry.key_start, max(entry.key_end, entry.end))
                self.origins[(*at, entry.key)] = FromFile(place, asked)
        return read.parsed.values

    def _read(
        self,
        name: str,
        path: Path,
        lookup: Mapping[str, Text],
        earlier: Mapping[str, Text],
        form: str,
        *,
        required: bool,
    ) -> _Read | None:
        if not name:
            # An empty path is no file, and not the current folder either.
            if required:
                self._say("the path of a file is empty", path)
            return None
        try:
            file = self.files.text(posixpath.join(self.reading.request.project_directory, name))
        except UnavailableError as error:
            if required or error.reason is not Reason.MISSING:
                self._say(f"the file {error}", path)
            return None
        try:
            if form == "raw":
                return _Read(file, parse_raw(file.text, lookup))
            if form:
                self._say("the format of an env file can only be raw", path)
                return None
            return _Read(file, parse_dotenv(file.text, lookup, earlier=earlier))
        except DotenvError as error:
            self.report(Diagnostic(Kind.SCHEMA, str(error), file, error.offset, error.offset, path))
            return None

    def _say(self, message: str, path: Path) -> None:
        place = self.reading.locate(path)
        self.report(Diagnostic(Kind.GAP, message, place.file, place.start, place.end, path))
