"""A project as read: the model, the tree that it was bound from, and the places of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from composeguard.compose.diagnostic import Diagnostic
from composeguard.compose.unresolved import Unresolved
from composeguard.model.project import Project
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Via, Way, child

if TYPE_CHECKING:
    from composeguard.compose.files import Files
    from composeguard.compose.request import Request
    from composeguard.engine.rule import Focus


class Place(Struct, frozen=True):
    """A stretch of a file; `start`/`end` are code-point offsets into `file.text`."""

    file: SourceFile
    start: int
    end: int


class Reading(Struct, frozen=True):
    """What reading a project gives.

    `root` is the canonical, normalised tree that `project` was bound from: paths mean the same in both, but the tree
    keeps the values as written (`512m`, a float that is no limit) and the `x-*` keys.
    """

    project: Project
    root: Node
    files: tuple[SourceFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    request: Request
    opened: Files
    """What the project was read through: for files that it names and loading does not need."""
    env_files: tuple[SourceFile, ...] = ()
    """The files that variables come from: the project's `.env`, and those of what it includes."""
    environment: Mapping[str, str | Unresolved] = field(default_factory=dict)
    """What variables were resolved with: the request's environment and the project's `.env`."""
    cached: dict[str, object] = field(default_factory=dict)
    """What several rules ask for and one finds out, by its name."""

    def node(self, path: Path) -> Node | None:
        """The node at a path; None where nothing stands."""
        node = self.root
        for step in path:
            value = node.value
            # As `child`, without a call for each step.
            below = value.get(step) if isinstance(value, dict) else child(node, step)  # type: ignore[arg-type]
            if below is None:
                return None
            node = below
        return node

    def locate(self, path: Path, focus: Focus | None = None) -> Place:
        """The text to show for a path, or for the nearest parent where nothing stands there.

        A scalar entry is shown whole, key included; of a collection, its key; of an item of a list, the item, and of
        an item that is a collection, its first line. `focus` asks for the key or the value alone.
        """
        node = self.root
        for step in path:
            below = child(node, step)
            if below is None:
                return shown(node, "key")
            node = below
        return shown(node, focus.value if focus else "auto")

    def way(self, path: Path) -> tuple[Via, ...]:
        """How the value came there, the outermost step first: the steps of each node from the root to it.

        What another file added to a collection did not come the way of the collection, but for the include that both
        files come by.
        """
        if not self._has_ways(path):
            return ()
        steps: list[Via] = []
        node: Node | None = self.root
        for step in (None, *path):
            if step is not None and node is not None:
                parent, node = node, child(node, step)
                if node is not None and steps and not _came_with(node, parent):
                    steps = self._included(node, steps)
            if node is None:
                break
            via = node.via
            while via is not None:
                steps.append(via)
                via = via.before
        return tuple(steps)

    def _included(self, node: Node, steps: list[Via]) -> list[Via]:
        """Of the steps of a collection, the includes that a node of another file came by too."""
        kept: list[Via] = []
        for via in steps:
            if via.way is not Way.INCLUDE or via.at is None or via.at.file is node.file:
                break
            kept.append(via)
        return kept if kept and all(node.file.path != self.opened.place(path) for path in self.request.files) else []

    def _has_ways(self, path: Path) -> bool:
        """Whether any node on a path came by more than being written there: nearly none did, and most are asked."""
        node: Node | None = self.root
        for step in path:
            if node is None:
                return False
            if node.via is not None:
                return True
            node = child(node, step)
        return node is not None and node.via is not None


def _came_with(node: Node, parent: Node) -> bool:
    """Whether a node, or what brought it, stands in the text of its parent."""
    via = node.via
    if parent.style == "*" or (via is not None and via.way is Way.DEFAULT and via.at is None):
        return True
    at = node if via is None or via.at is None or via.way is Way.OVERRIDE else via.at
    return _holds(parent, node) or _holds(parent, at)


def _holds(parent: Node, node: Node) -> bool:
    return node.file is parent.file and parent.start <= node.start <= parent.end


def shown(node: Node, wanted: str) -> Place:
    """The text to show for a node: its "key", its "value", or as is usual for such a node ("auto")."""
    if wanted == "value":
        return Place(node.file, node.start, node.end)
    if wanted == "key" or (isinstance(node.value, (dict, list)) and node.style != "*"):
        return _show_key(node)
    if node.key_start >= 0:
        return Place(node.file, node.key_start, max(node.end, node.key_end))
    return Place(node.file, node.start, node.end)


def _show_key(node: Node) -> Place:
    """The key of an entry; without one, the first line of the value."""
    if node.key_start >= 0:
        return Place(node.file, node.key_start, node.key_end)
    file = node.file
    end_of_line = file.line_end(file.line_of(node.start))
    return Place(file, node.start, max(node.start, min(node.end, end_of_line)))
