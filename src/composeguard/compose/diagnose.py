"""Diagnostics about nodes."""

from __future__ import annotations

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.source.node import Node, Path


def diagnose(kind: Kind, message: str, node: Node, path: Path = (), *, refused: bool = True) -> Diagnostic:
    """A diagnostic at the text of a node: at its key where the node is a collection or has no text."""
    start, end = node.start, node.end
    if node.key_start >= 0 and (start == end or isinstance(node.value, (dict, list))):
        start, end = node.key_start, node.key_end
    return Diagnostic(kind, message, node.file, start, end, path, refused=refused)
