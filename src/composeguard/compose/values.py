"""Interpolation and casts: one walk over the values of a document that copies only what it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from composeguard.compose.casts import CASTS, Cast, cast
from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.expand import Document
from composeguard.compose.interpolate import Interpolated, InterpolationError, RequiredVariable, Unset, Use, interpolate
from composeguard.compose.pathtable import Step
from composeguard.compose.unresolved import Text
from composeguard.compose.value_errors import UnitError
from composeguard.source.node import Node, Path, Via, Way, are_texts


class Variables(Struct, frozen=True):
    """Where variables get their values, and what one without value is."""

    lookup: Mapping[str, Text]
    unset: Unset


def substitute(document: Document, variables: Variables, report: Callable[[Diagnostic], None]) -> Node:
    """The root with variables replaced and strings cast where the model has no strings.

    What cannot be replaced or cast is reported and left out.
    """
    file = document.root.file
    by_text = document.in_place and not file.hides_dollars
    walk = _Walk(file.text if by_text else None, None if document.in_place else {}, variables, report)
    # What an anchor brings is of the same text.
    walk.dollars = file.has_dollars
    return walk.collection(document.root, CASTS, ())


def _of_texts(items: list[Node], step: Step[Cast] | None) -> bool:
    """Whether there are only texts, which are to stay texts."""
    each = step.each if step else None
    return (each is None or each.fact is None) and are_texts(items)


class _Walk:
    """`text` is None where a value's text may lie elsewhere: then no subtree can be passed over.

    `done` keeps the collections that anchors and merge keys share, for each level of the casts that they stand at.
    """

    def __init__(
        self,
        text: str | None,
        done: dict[tuple[int, int], Node] | None,
        variables: Variables,
        report: Callable[[Diagnostic], None],
    ) -> None:
        self.text = text
        self.dollars = True
        """Whether any value can hold a dollar sign."""
        self.done = done
        self.variables = variables
        self.report = report
        self.known: dict[str, Interpolated] = {}
        """Texts that were interpolated: the same ones come again and again."""

    def collection(self, node: Node, step: Step[Cast] | None, path: Path) -> Node:
        """A mapping or a sequence; the same node where nothing changes."""
        value = node.value
        if self.done is None or (node.anchor is None and node.via is None):
            return self.once(node, value, step, path)
        key = (id(value), id(step))
        done = self.done.get(key)
        if done is None:
            done = self.done[key] = self.once(node, value, step, path)
        return node if done.value is value else node.with_value(done.value)

    def once(self, node: Node, value: object, step: Step[Cast] | None, path: Path) -> Node:
        if isinstance(value, dict):
            return self.mapping(node, value, step, path)
        return self.sequence(node, value, step, path) if isinstance(value, list) else node

    def mapping(self, node: Node, entries: dict[str, Node], step: Step[Cast] | None, path: Path) -> Node:
        text, dollars = self.text, self.dollars
        children, each = (step.children, step.each) if step else ({}, None)
        changed: dict[str, Node] | None = None
        for key, entry in entries.items():
            below = children.get(key, each)
            if below is None and not dollars:
                continue
            value = entry.value
            kind = type(value)
            new: Node | None
            if kind is str:
                if "$" not in value and (below is None or below.fact is None):  # type: ignore[operator]
                    continue
                new = self.scalar(entry, below, (*path, key))
            elif kind is dict or kind is list:
                if below is None and text and text.find("$", entry.start, entry.end) < 0:
                    continue
                if kind is list and not dollars and _of_texts(value, below):  # type: ignore[arg-type]
                    continue
                new = self.collection(entry, below, (*path, key))
            else:
                continue
            if new is entry:
                continue
            if changed is None:
                changed = dict(entries)
            if new is None:
                del changed[key]
            else:
                changed[key] = new
        return node if changed is None else node.with_value(changed)

    def sequence(self, node: Node, items: list[Node], step: Step[Cast] | None, path: Path) -> Node:
        text = self.text
        below = step.each if step else None
        texts_stay = below is None or below.fact is None
        changed: list[Node] | None = None
        for index, item in enumerate(items):
            value = item.value
            kind = type(value)
            new: Node | None = item
            if kind is str:
                if not texts_stay or "$" in value:  # type: ignore[operator]
                    new = self.scalar(item, below, (*path, index))
            elif (kind is dict or kind is list) and (
                below is not None or not text or text.find("$", item.start, item.end) >= 0
            ):
                new = self.collection(item, below, (*path, index))
            if new is not item and changed is None:
                changed = items[:index]
            if changed is not None and new is not None:
                changed.append(new)
        return node if changed is None else node.with_value(changed)

    def scalar(self, node: Node, step: Step[Cast] | None, path: Path) -> Node | None:
        """A string that may hold variables, or that stands where the model has no string."""
        value = node.value
        new = node
        if isinstance(value, str) and "$" in value:
            interpolated = self.interpolated(node, value, path)
            if interpolated is None or step is None:
                return interpolated
            new = interpolated
            value = new.value
        if step is None or step.fact is None or not isinstance(value, str):
            return new
        try:
            return new.with_value(cast(step.fact, value))
        except UnitError:
            message = f"the value must be {step.fact.value}"
            if new is not node:
                message += " once its variables are replaced"
            self.report(diagnose(Kind.SCHEMA, message, node, path))
            return None

    def interpolated(self, node: Node, text: str, path: Path) -> Node | None:
        try:
            result = self.known.get(text)
            if result is None:
                result = interpolate(text, self.variables.lookup, unset=self.variables.unset)
                self.known[text] = result
        except RequiredVariable as error:
            self.report(diagnose(Kind.VARIABLE, str(error), node, path))
            return None
        except InterpolationError as error:
            self.report(diagnose(Kind.SCHEMA, str(error), node, path))
            return None
        if not result.variables:
            return node.with_value(result.value)
        way = Way.INTERPOLATION
        for use in result.variables:
            if use.defaulted:
                way = Way.DEFAULT
            elif use.warned:
                self.unset(use, node, text, path)
        return node.brought(result.value, Via(way, node, node.via))

    def unset(self, use: Use, node: Node, text: str, path: Path) -> None:
        """Points at the reference itself where the value stands in the file as it is read."""
        start, end = node.start, node.end
        quote = 1 if node.style in ("'", '"') else 0
        if node.file.text.startswith(text, start + quote):
            start, end = start + quote + use.start, start + quote + use.end
        message = f"the variable {use.name} has no value and no default"
        self.report(Diagnostic(Kind.VARIABLE, message, node.file, start, end, path, refused=False))
