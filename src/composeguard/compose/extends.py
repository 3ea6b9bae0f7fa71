"""`extends`: a service on top of another one, of the same document or of another file."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from composeguard.compose.diagnostic import Kind
from composeguard.compose.files import UnavailableError
from composeguard.compose.merge import SERVICE_RULES, Came, Merger
from composeguard.compose.paths import is_remote_file, join_path, rebase, relative_folder
from composeguard.compose.reset import apply_resets
from composeguard.compose.scope import Scope
from composeguard.compose.session import Session
from composeguard.compose.unresolved import Unresolved
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node, Path, Way, size


class BaseFile(Struct, frozen=True):
    """A file that is loaded alone to be extended: all its documents merged, in canonical form."""

    root: Node
    resets: tuple[Path, ...]
    """Those of its last document, which act on what its services extend."""


class _Home(Struct):
    """Where a service and those it extends are looked up. Services that are done replace what was there."""

    services: dict[str, Node]
    resets: tuple[Path, ...]
    identity: str
    done: set[str] = field(default_factory=set)


class _Target(Struct, frozen=True):
    """What an `extends` names; `file` is as written."""

    service: str
    file: str | None


class Extender:
    """Applies `extends` to the documents of one model; a file that many services extend is loaded once."""

    def __init__(self, session: Session, scope: Scope, load: Callable[[SourceFile, Scope], BaseFile | None]) -> None:
        self.session = session
        self.scope = scope
        self.load = load
        self.homes: dict[str, _Home | None] = {}
        self.work = 0
        self.sizes: dict[int, tuple[Node, int]] = {}
        """By the identity of a value, which is kept so that no other gets it."""

    def apply(self, root: Node, resets: tuple[Path, ...]) -> Node:
        """The document with every `extends` resolved; `resets` are the document's own."""
        entries = root.value
        if not isinstance(entries, dict):
            return root
        for section in ("services", "jobs"):
            node = entries.get(section)
            if node is not None and node.value is None and section == "services":
                # Refused here: over an earlier file, the merge takes no notice of it.
                self.session.say(Kind.SCHEMA, "services must be a mapping, not empty", node, (section,))
            if node is None or not isinstance(node.value, dict) or not _any_extends(node.value.values()):
                continue
            home = _Home(dict(node.value), resets, root.file.uri)
            for name in node.value:
                self.service(name, home, (section, name), ())
            root = root.with_value({**entries, section: node.with_value(home.services)})
            entries = root.value
            assert isinstance(entries, dict)
        return root

    def service(self, name: str, home: _Home, path: Path, chain: tuple[tuple[str, str], ...]) -> Node:
        """The service with what it extends below it. `chain` holds those that led here."""
        service = home.services[name]
        extends = service.value.get("extends") if isinstance(service.value, dict) else None
        if extends is None or name in home.done:
            return service
        merged = self.extended(name, service, extends, home, path, chain)
        home.services[name] = merged
        home.done.add(name)
        return merged

    def extended(
        self,
        name: str,
        service: Node,
        extends: Node,
        home: _Home,
        path: Path,
        chain: tuple[tuple[str, str], ...],
    ) -> Node:
        alone = _without_extends(service)
        link = (home.identity, name)
        if link in chain:
            names = " extends ".join(f'"{step[1]}"' for step in (*chain[chain.index(link) :], link))
            self.session.say(Kind.CYCLE, f"services extend each other: {names}", extends, path)
            return alone
        if len(chain) >= self.session.request.limits.hops:
            self.session.say(Kind.GAP, "the chain of extends is too long to follow", extends, path)
            return alone
        target = self.target(extends, path)
        if target is None:
            return alone
        other = home if target.file is None else self.home(target.file, extends, path)
        if other is None:
            return alone
        if target.service not in other.services:
            where = "" if target.file is None else f" in {target.file}"
            message = f'the extended service "{target.service}" is not defined{where}'
            self.session.say(Kind.REFERENCE, message, _part(extends, "service"), path)
            return alone
        base = self.service(target.service, other, path, (*chain, link))
        if base.value is None:
            return service
        if not isinstance(base.value, dict):
            message = f'the extended service "{target.service}" is not a mapping'
            self.session.say(Kind.SCHEMA, message, _part(extends, "service"), path)
            return alone
        return self.merged(_without_extends(base), alone, extends, home, name, path)

    def merged(self, base: Node, alone: Node, extends: Node, home: _Home, name: str, path: Path) -> Node:
        if home.resets:
            # The reference looks at resets of services only, jobs included.
            own = [reset[2:] for reset in home.resets if reset[:2] == ("services", name)]
            base = apply_resets(base, own)
        limits = self.session.request.limits
        if self.work > limits.expanded:
            message = f"extends brings more than {limits.expanded:,} values; this one is not followed"
            self.session.say(Kind.GAP, message, extends, path)
            return alone
        merger = Merger(self.session.report, came=Came(Way.EXTENDS, extends))
        node = merger.merge(base, alone, SERVICE_RULES, path)
        # What is only shared here gets nodes of its own later: a base of many values costs each who extends it.
        self.work += max(merger.work, self.size(base))
        return node

    def size(self, base: Node) -> int:
        """The values below a service that is extended; each is counted once."""
        key = id(base.value)
        if key not in self.sizes:
            self.sizes[key] = (base, sum(size(entry) for entry in _entries(base)))
        return self.sizes[key][1]

    def target(self, extends: Node, path: Path) -> _Target | None:
        value = extends.value
        service = extends
        file: Node | None = None
        if isinstance(value, dict):
            if "service" not in value:
                self.session.say(Kind.SCHEMA, "extends needs the name of a service", extends, path)
                return None
            service = value["service"]
            file = value.get("file")
        for part in (service, file):
            if part is not None and isinstance(part.value, Unresolved):
                self.session.say(Kind.GAP, "what this extends depends on a variable without value", part, path)
                return None
        if not isinstance(service.value, str):
            self.session.say(Kind.SCHEMA, "the extended service must be a text", service, path)
            return None
        if file is None or file.value is None:
            return _Target(service.value, None)
        if not isinstance(file.value, str):
            self.session.say(Kind.SCHEMA, "the file of an extended service must be a text", file, path)
            return None
        return _Target(service.value, file.value)

    def home(self, file: str, extends: Node, path: Path) -> _Home | None:
        """The services of another file, seen from the directory of this model."""
        asked = _part(extends, "file")
        if is_remote_file(file):
            self.session.say(Kind.GAP, "the extended service is on another machine and was not fetched", asked, path)
            return None
        absolute = join_path(self.scope.directory, file)
        if absolute in self.homes:
            home = self.homes[absolute]
            if home is None:
                self.say_why_missing(absolute, asked)
            return home
        home = self.homes[absolute] = self.load_home(absolute, asked, path)
        return home

    def say_why_missing(self, absolute: str, asked: Node) -> None:
        """The reason that was given for the first service, at another one; an anchor's `extends` is one place."""
        try:
            self.session.files.source(absolute)
        except UnavailableError as error:
            self.session.say(Kind.GAP, str(error), asked)
        except SourceError:
            # Said at its place in that file.
            return

    def load_home(self, absolute: str, asked: Node, path: Path) -> _Home | None:
        source = self.session.read(absolute, asked)
        base = None if source is None else self.load(source, self.scope)
        if source is None or base is None:
            return None
        folder = relative_folder(posixpath.dirname(absolute), self.scope.directory)
        root = rebase(base.root, self.session.base(folder))
        services = root.value.get("services") if isinstance(root.value, dict) else None
        if services is None or not isinstance(services.value, dict):
            self.session.say(Kind.REFERENCE, f"{source.uri} has no services to extend", asked, path)
            return _Home({}, (), source.uri)
        return _Home(dict(services.value), base.resets, source.uri)


def _any_extends(services: Iterable[Node]) -> bool:
    return any(isinstance(service.value, dict) and "extends" in service.value for service in services)


def _entries(service: Node) -> Iterable[Node]:
    return service.value.values() if isinstance(service.value, dict) else ()


def _without_extends(service: Node) -> Node:
    value = service.value
    if not isinstance(value, dict) or "extends" not in value:
        return service
    return service.with_value({key: entry for key, entry in value.items() if key != "extends"})


def _part(extends: Node, key: str) -> Node:
    """The place of one part of `extends`: of the whole where it is a text."""
    value = extends.value
    return value.get(key, extends) if isinstance(value, dict) else extends
