"""Env files that a deployment needs and that are not here: a word to people, as repositories often lack them."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.compose.diagnostic import Kind
from composeguard.compose.forms import entries
from composeguard.compose.paths import join_path
from composeguard.compose.session import Session
from composeguard.source.node import Node, Path


def note_missing_env_files(root: Node, session: Session) -> None:
    """A note at each `env_file` and `label_file` entry of a canonical tree that names no file.

    Entries that are not required, and those that depend on a variable without value, are passed over.
    """
    directory = session.request.project_directory
    for node, path in _named(root):
        if not isinstance(node.value, str) or not node.value or node.value.startswith("~"):
            continue
        if not session.files.is_file(join_path(directory, node.value)):
            session.say(Kind.NOTE, f"the file {node.value} does not exist", node, path, refused=False)


def _named(root: Node) -> Iterator[tuple[Node, Path]]:
    for section in ("services", "jobs"):
        for name, service in _below(root, section):
            yield from _of_container(service, (section, name))
            steps = entries(service).get("pre_start")
            for index, step in enumerate(steps.value if steps and isinstance(steps.value, list) else ()):
                yield from _of_container(step, (section, name, "pre_start", index))


def _of_container(container: Node, at: Path) -> Iterator[tuple[Node, Path]]:
    sections = entries(container)
    for key in ("env_file", "label_file"):
        files = sections.get(key)
        if files is None or not isinstance(files.value, list):
            continue
        for index, item in enumerate(files.value):
            fields = entries(item)
            required = fields.get("required")
            if "path" in fields and (required is None or required.value is not False):
                yield fields["path"], (*at, key, index, "path")
            elif not fields:
                yield item, (*at, key, index)


def _below(root: Node, section: str) -> Iterator[tuple[str, Node]]:
    node = entries(root).get(section)
    yield from entries(node).items() if node else ()
