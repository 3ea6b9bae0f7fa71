"""The environment and labels of a container with those of its files, which only a deployment needs."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.dotenv import DotenvError, parse_dotenv, parse_raw
from composeguard.compose.files import Files, Reason, UnavailableError
from composeguard.compose.unresolved import Text
from composeguard.model.container import Container
from composeguard.model.reading import Reading
from composeguard.source.node import Path

Report = Callable[[Diagnostic], None]


class EnvFiles:
    """Reads the files that containers of one strict reading name; their paths are absolute there."""

    def __init__(self, reading: Reading, files: Files, report: Report) -> None:
        self.reading = reading
        self.files = files
        self.report = report

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
                values.update(self._read(env_file.path, path, lookup, values, raw, required=required))
        return {**values, **own}

    def labels(self, container: Container) -> dict[str, Text]:
        """The labels of files, and the container's own over them."""
        values: dict[str, Text] = {}
        for index, name in enumerate(container.label_file):
            if isinstance(name, str):
                values.update(self._read(name, container.at("label_file", index), values, {}, "", required=True))
        return {**values, **container.labels}

    def _read(
        self,
        name: str,
        path: Path,
        lookup: Mapping[str, Text],
        earlier: Mapping[str, Text],
        form: str,
        *,
        required: bool,
    ) -> dict[str, Text]:
        try:
            file = self.files.text(name)
        except UnavailableError as error:
            if required or error.reason is not Reason.MISSING:
                self._say(f"the file {error}", path)
            return {}
        try:
            if form == "raw":
                return parse_raw(file.text, lookup).values
            if form:
                self._say("the format of an env file can only be raw", path)
                return {}
            return parse_dotenv(file.text, lookup, earlier=earlier).values
        except DotenvError as error:
            self.report(Diagnostic(Kind.SCHEMA, str(error), file, error.offset, error.offset, path))
            return {}

    def _say(self, message: str, path: Path) -> None:
        place = self.reading.locate(path)
        self.report(Diagnostic(Kind.GAP, message, place.file, place.start, place.end, path))
