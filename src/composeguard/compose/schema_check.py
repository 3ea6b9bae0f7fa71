"""Holds a tree of nodes against the schema, and says in plain words what does not fit.

What does not fit is left out of the tree that comes back, so that the rest can be read on. A name that may not be
one, and a mapping in which a key is missing, stay: what is there can still be judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.expand import LIST_FORM
from composeguard.compose.same_item import counts_as, identity
from composeguard.compose.schema import PROJECT
from composeguard.compose.schema_words import closest, either, expected, short, stands
from composeguard.compose.shape import BOOLEAN, INTEGER, NULL, NUMBER, STRING, Shape
from composeguard.compose.unresolved import Unresolved
from composeguard.source.node import Node, are_texts
from composeguard.source.scalars import Timestamp

Report = Callable[[Diagnostic], None]

_KINDS = {str: STRING, bool: BOOLEAN, type(None): NULL, int: NUMBER | INTEGER, float: NUMBER, Timestamp: STRING}
_TEXTS = frozenset((str, Unresolved))
_ANY_SCALAR = STRING | NUMBER | INTEGER | BOOLEAN
_FEW = 20
"""Items up to which the reference compares each with each."""


def check_schema(root: Node, report: Report, shape: Shape = PROJECT) -> Node:
    """Check a raw tree, merged but not canonical.

    Args:
        root: what stands at the place that `shape` describes, the top level of a project unless told otherwise.
        report: called with each diagnostic, in the order of the tree.

    Returns:
        The tree without the parts that do not fit; subtrees in which all fits are the same objects.
    """
    checker = _Checker(report)
    checked = checker.check(root, shape)
    return root.with_value({}) if checked is None else checked


class _Checker:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.path: list[str | int] = []

    def check(self, node: Node, shape: Shape) -> Node | None:
        """The node without its offending parts; None when it offends itself."""
        value = node.value
        if isinstance(value, dict):
            if shape.keys is not None:
                return self._mapping(node, value, shape)
        elif isinstance(value, list):
            if shape.items is not None:
                return self._list(node, value, shape)
        elif self._scalar(node, shape):
            return node
        else:
            return None
        self._wrong(node, shape)
        return None

    def _mapping(self, node: Node, entries: dict[str, Node], shape: Shape) -> Node:
        keys = shape.keys
        assert keys is not None
        if node.tag == LIST_FORM:
            # To the reference it is a list of texts by now: whatever they say, they fit.
            return node
        kept: dict[str, Node] | None = None
        path = self.path
        names, named = shape.names, shape.named
        for key, child in entries.items():
            below = keys.get(key)
            if below is None and names is not None and names.search(key):
                below = named
            checked: Node | None
            if below is None:
                path.append(key)
                checked = self._free_key(key, child, shape)
                path.pop()
            else:
                # Nearly all values are texts and lists of texts, where any will do.
                value = child.value
                kind = type(value)
                if (kind in _TEXTS and below.any_text) or (
                    kind is list and below.any_texts and are_texts(value, unique=below.unique)  # type: ignore[arg-type]
                ):
                    checked = child
                else:
                    path.append(key)
                    checked = self.check(child, below)
                    path.pop()
            if checked is not child and kept is None:
                kept = {}
                for earlier, same in entries.items():
                    if earlier == key:
                        break
                    kept[earlier] = same
            if checked is not None and kept is not None:
                kept[key] = checked
        if shape.required or shape.one_of:
            self._missing(node, entries, shape)
        return node if kept is None else node.with_value(kept)

    def _free_key(self, key: str, child: Node, shape: Shape) -> Node | None:
        """A key that is neither in the table nor what a name looks like."""
        if shape.named is not None and not shape.open:
            self._say(child, f'"{short(key)}" cannot be a name in {self._place(-1)}', on_key=True)
            return self.check(child, shape.named)
        if shape.open or (shape.extensions and key.startswith("x-")):
            self._finite(child)
            return child
        suggestion = _near(key, shape)
        hint = f'; did you mean "{suggestion}"?' if suggestion else ""
        where = shape.noun or self._place(-1)
        self._say(child, f'"{short(key)}" is not a key of {where}{hint}', on_key=True, suggestion=suggestion)
        return None

    def _list(self, node: Node, items: list[Node], shape: Shape) -> Node:
        item_shape = shape.items
        assert item_shape is not None
        if shape.any_texts and are_texts(items, unique=shape.unique):
            return node
        kept: list[Node] | None = None
        path = self.path
        seen: set[object] = set()
        few = shape.unique and len(items) <= _FEW
        for index, item in enumerate(items):
            path.append(index)
            is_text = type(item.value) in _TEXTS
            checked = item if is_text and shape.any_texts else self.check(item, item_shape)
            if shape.unique and checked is not None:
                key = identity(checked)
                # A text is the same as nothing but that text.
                if key in seen or (
                    few and not is_text and any(counts_as(checked, earlier) for earlier in items[:index])
                ):
                    self._say(item, f"{self._place(-1)} holds the same item twice")
                    checked = None
                seen.add(key)
            path.pop()
            if checked is not item and kept is None:
                kept = items[:index]
            if checked is not None and kept is not None:
                kept.append(checked)
        return node if kept is None else node.with_value(kept)

    def _scalar(self, node: Node, shape: Shape) -> bool:
        value = node.value
        if isinstance(value, Unresolved):
            if shape.scalars & _ANY_SCALAR:
                return True
            self._wrong(node, shape)
            return False
        kind = _KINDS[type(value)]
        if type(value) is float:
            if not math.isfinite(value):
                self._say(node, f"{self._place()} is not a finite number")
                return False
            if value == int(value):
                kind |= INTEGER
        if not kind & shape.scalars:
            self._wrong(node, shape)
            return False
        if kind & NUMBER:
            return self._in_range(node, value, shape)
        if kind == STRING and isinstance(value, str):
            return self._text_fits(node, value, shape)
        return True

    def _in_range(self, node: Node, value: object, shape: Shape) -> bool:
        low, high = shape.minimum, shape.maximum
        if not isinstance(value, (int, float)):
            return True
        if low is not None and value < low:
            self._say(node, f"{self._place()} must be {low} or more, not {value}")
            return False
        if high is not None and value > high:
            self._say(node, f"{self._place()} must be {high} or less, not {value}")
            return False
        return True

    def _text_fits(self, node: Node, value: str, shape: Shape) -> bool:
        if shape.choices and value not in shape.choices:
            choices = either([f'"{choice}"' for choice in shape.choices])
            near = closest(value, shape.choices)
            hint = f'; did you mean "{near}"?' if near else ""
            self._say(node, f'{self._place()} must be {choices}, not "{short(value)}"{hint}', suggestion=near)
            return False
        if shape.pattern is not None and not shape.pattern.search(value):
            self._say(node, f'{self._place()} cannot be "{short(value)}"')
            return False
        return True

    def _missing(self, node: Node, entries: dict[str, Node], shape: Shape) -> None:
        if node.style not in ("block", "flow") and any(isinstance(e.value, Unresolved) for e in entries.values()):
            # The long form of a text of an earlier file: it lacks what its unknown part hides.
            return
        for key in shape.required:
            if key not in entries:
                self._say(node, f'{self._place()} needs the key "{key}"', on_key=True)
        if shape.one_of and not any(key in entries for key in shape.one_of):
            keys = either([f'"{key}"' for key in shape.one_of])
            self._say(node, f"{self._place()} needs the key {keys}", on_key=True)

    def _finite(self, node: Node) -> None:
        """Free values may be anything but infinite numbers, which the reference cannot hold."""
        stack = [node]
        while stack:
            value = stack.pop().value
            if isinstance(value, dict):
                stack.extend(value.values())
            elif isinstance(value, list):
                stack.extend(value)
            elif type(value) is float and not math.isfinite(value):
                self._say(node, f"{self._place()} holds a number that is not finite")
                return

    def _wrong(self, node: Node, shape: Shape) -> None:
        self._say(node, f"{self._place()} must be {expected(shape)}, not {stands(node)}")

    def _place(self, end: int | None = None) -> str:
        """The path as people write it: `services.web.ports[0]`."""
        steps = self.path[:end]
        if not steps:
            return "the top level"
        text = ""
        for step in steps:
            text += f"[{step}]" if isinstance(step, int) else f".{short(step)}"
        return text[1:]

    def _say(self, node: Node, message: str, *, on_key: bool = False, suggestion: str | None = None) -> None:
        start, end = node.start, node.end
        if on_key and node.key_start >= 0:
            start, end = node.key_start, node.key_end
        elif isinstance(node.value, (dict, list)) and node.style != "*":
            end = min(end, node.file.line_end(node.file.line_of(start)))
        elif start == end and node.key_start >= 0:
            # An absent value has no text of its own.
            start, end = node.key_start, node.key_end
        self.report(Diagnostic(Kind.SCHEMA, message, node.file, start, max(start, end), tuple(self.path), suggestion))


def _near(key: str, shape: Shape) -> str | None:
    return closest(key, tuple(shape.keys or ()))
