"""The env files that a project names: what credentials stand in them, and whether git leaves them out.

No value leaves this module: an entry says what kind of credential it has, and where.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from composeguard.compose.dotenv import DotenvError, EnvEntry, parse_dotenv, parse_raw
from composeguard.compose.files import UnavailableError
from composeguard.compose.gitignore import GitIgnore
from composeguard.compose.interpolate import Unset
from composeguard.compose.paths import join_path
from composeguard.compose.unresolved import shape
from composeguard.model.leak import LeakKind
from composeguard.model.reading import Place, Reading
from composeguard.model.secret_values import asks_to_be_replaced
from composeguard.model.text_leak import leak_of_variable
from composeguard.model.url_credentials import url_credentials
from composeguard.model.written import Readings, written_text
from composeguard.source.file import SourceFile
from composeguard.source.node import Path
from composeguard.source.regex import regex

_KEY = "listed_env_files"
_TEMPLATE = frozenset(
    ("example", "examples", "sample", "samples", "template", "templates", "tmpl", "tpl", "dist", "skel", "skeleton")
)
_TEST = frozenset(("test", "tests", "testing", "e2e", "ci"))
_WORD = regex(r"[A-Za-z0-9]+")


class ListedEntry(Struct, frozen=True):
    """One assignment of an env file, without its value."""

    key: str
    line: int
    place: Place
    """The key with its value."""
    leak: LeakKind | None = None
    """What makes the value a credential; None where it is none."""
    what: str = ""
    """The format, the scheme of the address, or the option that has the credential."""
    defaulted: bool = False
    """It is the default of a variable."""
    to_replace: bool = False
    """The value asks to be replaced by another one: `changeme`, `your-password`."""


class ListedEnvFile(Struct, frozen=True):
    """An env file inside the repository that the project names or finds."""

    name: str
    """Relative to the root of the repository."""
    asked: tuple[Path, ...]
    """The entries of `env_file` that name it; none where variables of the project come from it."""
    owners: tuple[str, ...]
    """The containers that get its variables."""
    is_ignored: bool | None
    """Whether git ignores it; None where the project is in no repository of git."""
    is_template: bool
    """Its name says that people copy it and fill it in: `.env.example`."""
    is_of_tests: bool
    """Its name, or that of a folder, says that it is for tests: `tests/a.env`."""
    file: SourceFile
    raw: bool
    """It is read as it stands: `format: raw`."""

    @property
    def entries(self) -> tuple[ListedEntry, ...]:
        """Its assignments. They are read when asked for: of most files, its name says enough."""
        return tuple(_entries(self.file, raw=self.raw))


class _Found(Struct):
    file: SourceFile
    raw: bool
    asked: list[Path]
    owners: list[str]


def listed_env_files(reading: Reading) -> tuple[ListedEnvFile, ...]:
    """The env files that can be read, each once, in the order in which the project comes to them."""
    found = reading.cached.get(_KEY)
    if not isinstance(found, tuple):
        files = _files(reading)
        ignore = GitIgnore(reading.opened, reading.opened.root) if files else None
        found = reading.cached[_KEY] = tuple(_listed(each, ignore) for each in files.values() if ignore is not None)
    return found


def _files(reading: Reading) -> dict[str, _Found]:
    found = {file.uri: _Found(file, raw=False, asked=[], owners=[]) for file in reading.env_files}
    for container in reading.project.containers():
        for index, entry in enumerate(container.env_file):
            if not isinstance(entry.path, str) or not entry.path:
                continue
            try:
                file = reading.opened.text(join_path(reading.request.project_directory, entry.path))
            except UnavailableError:
                continue  # the reader has said so
            each = found.setdefault(file.uri, _Found(file, entry.format == "raw", [], []))
            each.asked.append(container.at("env_file", index, "path"))
            if container.name not in each.owners:
                each.owners.append(container.name)
    return found


def _listed(found: _Found, ignore: GitIgnore) -> ListedEnvFile:
    file = found.file
    *folders, base = file.uri.split("/")
    words = {word.lower() for word in _WORD.findall(base)}
    return ListedEnvFile(
        file.uri,
        tuple(found.asked),
        tuple(found.owners),
        ignore.ignores_file(file.path) if ignore.is_repository else None,
        not words.isdisjoint(_TEMPLATE),
        not words.isdisjoint(_TEST) or not _TEST.isdisjoint(folders),
        file,
        found.raw,
    )


def _entries(file: SourceFile, *, raw: bool) -> Iterator[ListedEntry]:
    try:
        parsed = parse_raw(file.text, {}) if raw else parse_dotenv(file.text, {}, unset=Unset.UNRESOLVED)
    except DotenvError as error:
        parsed = error.partial  # what stands before the fault
    for entry in parsed.entries:
        if not entry.inherited and entry.key:
            yield _entry(file, entry)


def _entry(file: SourceFile, entry: EnvEntry) -> ListedEntry:
    place = Place(file, entry.key_start, max(entry.key_end, entry.end))
    for text, defaulted in _said(file, entry):
        found = leak_of_variable(entry.key, text, LeakKind.NAMED)
        if found is not None:
            to_replace = _asks(text, found[0])
            return ListedEntry(entry.key, entry.line, place, found[0], found[1], defaulted, to_replace)
    return ListedEntry(entry.key, entry.line, place)


def _said(file: SourceFile, entry: EnvEntry) -> Readings:
    if entry.variables:
        return written_text(file.text[entry.start : entry.end])
    return () if entry.value is None else ((shape(entry.value), False),)


def _asks(text: str, kind: LeakKind) -> bool:
    """Whether what is secret of a text asks to be replaced; a format is too special to be a form."""
    if kind is LeakKind.ADDRESS:
        return all(asks_to_be_replaced(text[each.start : each.end]) for each in url_credentials(text))
    return kind is LeakKind.NAMED and asks_to_be_replaced(text)
