"""Finding, reading and checking a configuration file; errors name their place."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from composeguard.base import BaseModel, validation_error
from composeguard.config.extend import ConfigFile, Merged, chain, merge, place_in
from composeguard.config.model import FixSettings, RuleSettings, Settings
from composeguard.engine.limits import Limits
from composeguard.engine.options import dashed
from composeguard.engine.overrides import Override
from composeguard.engine.registry import near
from composeguard.errors import ConfigError
from composeguard.model.image_profile import KEYS, ProfileError, read_profile
from composeguard.source import disk
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node
from composeguard.source.node import Path as Steps

FILE_NAMES = (".composeguard.yaml", ".composeguard.yml")
_MAXIMUM_BYTES = 1024 * 1024


class Configuration(Struct, frozen=True):
    """Settings and the file that they came from ("" for the defaults)."""

    settings: Settings
    origin: str = ""
    merged: Merged = field(default_factory=Merged)
    """What the files said: this one and those that it extends."""

    def says(self, steps: Steps) -> bool:
        """Whether a file speaks of a setting, or a part of it."""
        return self.merged.origin(steps) is not None

    def place(self, steps: Steps) -> str:
        """The address of a setting: file, line and column as far as they are known."""
        found = self.merged.origin(steps)
        return self.origin if found is None else found[0].place(found[1])

    def places(self, steps: Steps) -> str:
        """The same of a setting that several files may have said parts of: one place in each."""
        said = self.merged.said
        parts = (said[each] for each in said if each[: len(steps)] == steps and len(each) > len(steps))
        files = {file.display: file.place(own[: len(steps)]) for file, own in parts}
        return ", ".join(files.values()) if len(files) > 1 else self.place(steps)

    def count(self, key: str) -> int:
        """How many items of a list files have said; packs may have put others before them."""
        said = self.merged.value.get(key)
        return len(said) if isinstance(said, list) else 0

    @property
    def files(self) -> tuple[str, ...]:
        """The files, in the order in which they count."""
        return tuple(file.display for file in self.merged.files)

    def folder(self, steps: Steps) -> Path:
        """What paths of a setting are relative to: the folder of the file that said it."""
        found = self.merged.origin(steps)
        return Path(self.origin if found is None else found[0].display).parent


DEFAULT = Configuration(Settings.model_construct())
"""Made without the validator, which is built (`defer_build`) when there is a file to check."""


def discover(start: str, root: str | None, known: dict[str, Path | None] | None = None) -> Path | None:
    """The nearest configuration file from a folder upward, not above `root`, if there is one.

    `known` remembers it for each folder on the way, so that many folders of one repository look only once.
    """
    known = {} if known is None else known
    passed: list[str] = []
    nearest: Path | None = None
    folder, above = start, posixpath.dirname(start)
    while folder not in known:
        passed.append(folder)
        nearest = _in_folder(folder)
        if nearest is not None or folder in (root, above):
            break
        folder, above = above, posixpath.dirname(above)
    else:
        nearest = known[folder]
    known.update(dict.fromkeys(passed, nearest))
    return nearest


def _in_folder(folder: str) -> Path | None:
    """The configuration file of a folder.

    Raises:
        ConfigError: there are two.
    """
    found = [Path(path) for name in FILE_NAMES if disk.is_file(path := posixpath.join(folder, name))]
    if len(found) > 1:
        raise ConfigError(f"{found[0]} and {found[1].name} lie side by side; keep one of them")
    project = posixpath.join(folder, "pyproject.toml")
    if disk.is_file(project) and _has_table(project):
        pyproject = Path(project)
        if found:
            raise ConfigError(f"{found[0]} and [tool.composeguard] in {pyproject.name} lie side by side; keep one")
        return pyproject
    return found[0] if found else None


def _has_table(path: str) -> bool:
    try:
        return b"tool.composeguard" in disk.read(path, _MAXIMUM_BYTES)
    except OSError:
        return False


def load(path: Path, display: str, root: Path | None = None) -> Configuration:
    """Read and check a configuration file and what it extends, which lies in `root` (else in the file's folder).

    Raises:
        ConfigError: it cannot be read, or says what it may not say; the message holds the place.
    """
    files = chain(path, display, root or path.parent, _read)
    merged = merge(files)
    return Configuration(_validate(merged.value, display, None), display, merged)


def _read(path: Path, display: str) -> ConfigFile:
    """One file, checked for itself."""
    try:
        data = disk.read(str(path), _MAXIMUM_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{display}: cannot be read: {error.strerror}") from None
    if len(data) > _MAXIMUM_BYTES:
        raise ConfigError(f"{display}: larger than {_MAXIMUM_BYTES:,} bytes")
    if path.name == "pyproject.toml":
        table = _toml_table(data, display)
        _validate(table, display, None)
        return ConfigFile(path, display, table if isinstance(table, dict) else {})
    from composeguard.source.read import read_source

    try:
        file = read_source(display, data)
    except SourceError as error:
        region = error.file.region(error.start, error.end)
        raise ConfigError(f"{display}:{region.start_line}:{region.start_column}: {error.message}") from None
    root = file.documents[0] if file.documents else None
    value = {} if root is None or root.value is None else _plain(root)
    _validate(value, display, (file, root))
    return ConfigFile(path, display, value if isinstance(value, dict) else {}, (file, root) if root else None)


def _toml_table(data: bytes, display: str) -> object:
    # Few configurations are a part of pyproject.toml.
    import tomllib

    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{display}: not TOML: {error}") from None
    tool = content.get("tool", {})
    return tool.get("composeguard", {}) if isinstance(tool, dict) else {}


def _plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: _plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(item) for item in node.value]
    return node.value


def _validate(value: object, display: str, source: tuple[SourceFile, Node | None] | None) -> Settings:
    try:
        settings = Settings.model_validate(value)
        _check_images(settings.images or (), display, source)
        return settings
    except validation_error() as error:
        first = error.errors()[0]
        steps = tuple(first["loc"])
        place = display
        if source is not None and source[1] is not None:
            place = place_in(display, source[0], source[1], steps)
        name = ".".join(str(step) for step in steps)
        raise ConfigError(f"{place}: {_explain(name, steps, first['type'], first['msg'])}") from None


def _check_images(rows: Sequence[object], display: str, source: tuple[SourceFile, Node | None] | None) -> None:
    for index, row in enumerate(rows):
        try:
            read_profile(row)
        except ProfileError as error:
            steps = ("images", index, *error.steps)
            place = place_in(display, source[0], source[1], steps) if source and source[1] else display
            if error.unknown:
                raise ConfigError(f"{place}: {error}{near(error.unknown, KEYS)}") from None
            name = ".".join(str(step) for step in steps)
            raise ConfigError(f"{place}: {name}: {error}") from None


def _explain(name: str, steps: Steps, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        known = _model_at(steps[:-1]).model_fields
        return f"unknown key {steps[-1]!r}{near(str(steps[-1]), [dashed(field) for field in known])}"
    if kind == "model_type":
        return "a configuration is a mapping of settings"
    return f"{name}: {message[0].lower()}{message[1:]}"


def _model_at(steps: Steps) -> type[BaseModel]:
    """What a mapping at a place of the configuration may hold."""
    if not steps:
        return Settings
    if steps[0] == "rules":
        return RuleSettings
    if steps[0] == "overrides":
        return Override
    return FixSettings if len(steps) == 1 else Limits
