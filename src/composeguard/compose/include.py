"""`include`: other projects, each loaded as one, under the definitions of the document that names them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from msgspec import Struct

from composeguard.compose.defaults import set_defaults
from composeguard.compose.diagnostic import Kind
from composeguard.compose.environment import NOWHERE, read_env_files
from composeguard.compose.expand import LIST_FORM
from composeguard.compose.freeze import same_data
from composeguard.compose.keyed import entry_key
from composeguard.compose.merge import MERGE_RULES, Came, Merger
from composeguard.compose.paths import is_remote_file, join_path, rebase, relative_folder
from composeguard.compose.reset import apply_resets
from composeguard.compose.scope import Scope
from composeguard.compose.session import Session
from composeguard.compose.unresolved import Text, Unresolved, join
from composeguard.compose.validate import validate
from composeguard.source.node import Node, Path, Way

_Load = Callable[[list[tuple[str, Node]], Scope], Node | None]
"""Reads the files of one include, by their paths and what asked for each."""

IMPORTED = ("services", "jobs", "volumes", "networks", "secrets", "configs", "models")


class _Entry(Struct, frozen=True):
    """One entry of the list; paths are as written. A text stands for itself as the place of a path."""

    node: Node
    paths: tuple[Node, ...]
    directory: str
    env_files: tuple[str, ...]


class Includer:
    """Loads what documents include. An `include` that comes by several ways is loaded once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.loaded: dict[tuple[tuple[str, ...], str, str, frozenset[tuple[str, Text]]], Node | None] = {}
        self.work = 0

    def apply(self, root: Node, resets: tuple[Path, ...], scope: Scope, file: str, load: _Load) -> Node:
        """The document without `include`, and with what that brings. `file` is the path of the document's file, `load`
        reads what is included: kept here it would make a cycle of every project, which only the collector ends.
        """
        include = root.value.get("include") if isinstance(root.value, dict) else None
        if include is None or not isinstance(root.value, dict):
            return root
        root = root.with_value({key: entry for key, entry in root.value.items() if key != "include"})
        if include.value is None:
            return root
        if not isinstance(include.value, list):
            self.session.say(Kind.SCHEMA, "include must be a list", include, ("include",))
            return root
        for index, item in enumerate(include.value):
            entry = self.entry(item, ("include", index))
            model = None if entry is None else self.model(entry, scope, file, load)
            if entry is not None and model is not None:
                root = self.imported(root, model, entry.node, resets)
        return root

    def entry(self, node: Node, path: Path) -> _Entry | None:
        """One item of the list; None, with a diagnostic, where it says nothing that can be loaded."""
        value = node.value
        if value is None:
            self.session.say(Kind.SCHEMA, "an include needs a path", node, path, refused=False)
            return None
        if not isinstance(value, dict):
            paths = self.texts(node, path)
            return _Entry(node, paths, "", ()) if paths else None
        if "path" not in value:
            self.session.say(Kind.SCHEMA, "an include needs a path", node, path, refused=False)
            return None
        paths = self.texts(value["path"], path)
        directory = self.texts(value["project_directory"], path) if _given(value, "project_directory") else ()
        env_files = self.texts(value["env_file"], path) if _given(value, "env_file") else ()
        if paths is None or directory is None or env_files is None:
            return None
        files = tuple(str(item.value) for item in env_files)
        return _Entry(node, paths, str(directory[0].value) if directory else "", files) if paths else None

    def texts(self, node: Node, path: Path) -> tuple[Node, ...] | None:
        """A text or a list of texts; None where one of them is no text or is not known."""
        items = node.value if isinstance(node.value, list) else [node]
        for item in items:
            if isinstance(item.value, Unresolved):
                self.session.say(Kind.GAP, "what is included depends on a variable without value", item, path)
                return None
            if not isinstance(item.value, str):
                self.session.say(Kind.SCHEMA, "the value must be a text or a list of texts", item, path)
                return None
        return tuple(items)

    def model(self, entry: _Entry, scope: Scope, file: str, load: _Load) -> Node | None:
        """The included project, seen from the directory of the including one."""
        paths: list[tuple[str, Node]] = []
        for node in entry.paths:
            text = str(node.value)
            if is_remote_file(text):
                self.session.say(Kind.GAP, "the include is on another machine and was not fetched", node)
                return None
            paths.append((join_path(scope.directory, text), node))
        main, asked = paths[0]
        included = (*scope.included, file)
        if main in included:
            self.session.say(Kind.CYCLE, "the include leads back to a file that includes it", asked)
            return None
        if len(included) > self.session.request.limits.hops:
            self.session.say(Kind.GAP, "the chain of includes is too long to follow", asked)
            return None
        directory = join_path(scope.directory, entry.directory) if entry.directory else posixpath.dirname(main)
        environment = self.environment(entry, scope, directory)
        key = (
            tuple(path for path, _ in paths),
            scope.directory,
            directory,
            frozenset(environment.items()),
        )
        if key not in self.loaded:
            model = load(paths, Scope(directory, environment, included))
            if model is not None:
                strict = self.session.request.strict
                model = set_defaults(_inherited_environment(model, environment))
                # Valid in itself: what the including project adds comes too late.
                validate(model, self.session.report, environment if strict else ())
                if strict:
                    model = _config_contents(model, environment)
                folder = directory
                if (
                    entry.directory
                    and not posixpath.isabs(entry.directory)
                    and not self.session.files.is_folder(folder)
                ):
                    # The reference takes the parent of a folder that is not there for what paths start from.
                    folder = posixpath.dirname(folder)
                model = rebase(model, self.session.base(relative_folder(folder, scope.directory)))
            self.loaded[key] = model
        return self.loaded[key]

    def environment(self, entry: _Entry, scope: Scope, directory: str) -> dict[str, Text]:
        """The outer variables win over the include's own."""
        if entry.env_files:
            files = [join_path(scope.directory, path) for path in entry.env_files if path != NOWHERE]
        else:
            default = join_path(directory, ".env")
            files = [default] if self.session.files.is_file(default) else []
        return {**read_env_files(self.session, files, scope.environment), **scope.environment}

    def imported(self, root: Node, model: Node, at: Node, resets: tuple[Path, ...]) -> Node:
        """What the document defines stays on top of what it includes."""
        if not isinstance(root.value, dict) or not isinstance(model.value, dict):
            return root
        sections = dict(root.value)
        for name in IMPORTED:
            source = model.value.get(name)
            if source is None or not isinstance(source.value, dict):
                continue
            target = sections.get(name)
            if target is None:
                marked = {key: entry.with_via(Way.INCLUDE, at) for key, entry in source.value.items()}
                sections[name] = source.with_value(marked)
            elif isinstance(target.value, dict):
                sections[name] = target.with_value(self.section(name, source.value, target.value, at, resets))
        return root.with_value(sections)

    def section(
        self, name: str, source: dict[str, Node], target: dict[str, Node], at: Node, resets: tuple[Path, ...]
    ) -> dict[str, Node]:
        merged = dict(target)
        below = MERGE_RULES.below(name)
        for key, entry in source.items():
            own = target.get(key)
            if own is None:
                merged[key] = entry.with_via(Way.INCLUDE, at)
            elif not same_data(entry, own):
                path = (name, key)
                entry = apply_resets(entry, [reset[2:] for reset in resets if reset[:2] == path])
                limits = self.session.request.limits
                if self.work > limits.expanded:
                    message = f"includes bring more than {limits.expanded:,} values; this one is left out"
                    self.session.say(Kind.GAP, message, at, path)
                    continue
                merger = Merger(self.session.report, came=Came(Way.INCLUDE, at))
                merged[key] = merger.merge(entry, own, below.each if below else None, path)
                self.work += merger.work
        return merged


def _inherited_environment(root: Node, environment: dict[str, Text]) -> Node:
    """`- NAME` in a list takes its value here: the including project may know another one, or none."""

    def fill(service: Node) -> Node:
        variables = service.value.get("environment") if isinstance(service.value, dict) else None
        if variables is not None and isinstance(variables.value, dict) and variables.tag == LIST_FORM:
            # What is merged of mappings by `extends` is such a list too.
            named = {name: _with_own_value(name, entry, environment) for name, entry in variables.value.items()}
            return _set(service, "environment", variables.with_value(named))
        if variables is None or not isinstance(variables.value, list):
            return service
        items = [_with_value(item, environment) for item in variables.value]
        if all(new is item for new, item in zip(items, variables.value, strict=True)):
            return service
        return _set(service, "environment", variables.with_value(items))

    return _each_service(root, fill)


def _config_contents(root: Node, environment: dict[str, Text]) -> Node:
    """A config of a variable that has a value gets it as content. The reference then finds two sources where there
    was one, and refuses the including project.
    """
    configs = root.value.get("configs") if isinstance(root.value, dict) else None
    if configs is None or not isinstance(configs.value, dict):
        return root
    filled = dict(configs.value)
    for name, config in configs.value.items():
        variable = config.value.get("environment") if isinstance(config.value, dict) else None
        if variable is not None and isinstance(variable.value, str) and variable.value in environment:
            filled[name] = _set(config, "content", variable.with_value(environment[variable.value]))
    return _set(root, "configs", configs.with_value(filled))


def _with_value(item: Node, environment: dict[str, Text]) -> Node:
    name = item.value
    if not isinstance(name, str) or name != entry_key(item) or name not in environment:
        return item
    new = item.with_via(Way.ENV_FILE, item)
    new.value = join((f"{name}=", environment[name]))
    return new


def _with_own_value(name: str, entry: Node, environment: dict[str, Text]) -> Node:
    if entry.value is not None or name not in environment:
        return entry
    return entry.with_via(Way.ENV_FILE, entry).with_value(environment[name])


def _each_service(root: Node, change: Callable[[Node], Node]) -> Node:
    for section in ("services", "jobs"):
        node = root.value.get(section) if isinstance(root.value, dict) else None
        if node is None or not isinstance(node.value, dict):
            continue
        services = {name: change(service) for name, service in node.value.items()}
        if any(services[name] is not service for name, service in node.value.items()):
            root = _set(root, section, node.with_value(services))
    return root


def _set(node: Node, key: str, entry: Node) -> Node:
    return node.with_value({**node.value, key: entry}) if isinstance(node.value, dict) else node


def _given(entries: dict[str, Node], key: str) -> bool:
    return key in entries and entries[key].value not in (None, "")
