"""From the merged tree to the model: defaults, normalisation, types, consistency."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from composeguard import base
from composeguard.compose.bindable import bindable
from composeguard.compose.canonical_items import place
from composeguard.compose.defaults import set_defaults
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.normalize import Surroundings, normalize
from composeguard.compose.validate import validate
from composeguard.model.binder import bound
from composeguard.model.consistency import check_consistency
from composeguard.model.plain import plain
from composeguard.model.project import Project
from composeguard.model.reading import Reading
from composeguard.source.collector import collector_off
from composeguard.source.node import Node, Path, child

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from composeguard.compose.loader import Loaded

Report = Callable[[Diagnostic], None]

_ROUNDS = 8
"""How often binding is tried again without what failed; one round is enough but for errors that hide others."""
_MESSAGES = {
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "list_type": "must be a list",
    "extra_forbidden": "is not a key of the specification",
    "string_type": "must be a text",
}


@collector_off()
def bind(loaded: Loaded) -> Reading:
    """The project that a merged tree describes. What cannot be bound is reported and left out."""
    # Without any profile, the reference chooses the one that has no name.
    request = replace(loaded.request, profiles=loaded.profiles or ("",))
    diagnostics = list(loaded.diagnostics)
    report = diagnostics.append
    root = set_defaults(loaded.root)
    validate(root, report, loaded.environment if request.strict else ())
    around = Surroundings(loaded.project_name, loaded.environment, request.strict)
    root = bindable(normalize(root, around, report), report)
    root, project = bind_types(root, report)
    reading = Reading(
        project,
        root,
        loaded.files,
        tuple(diagnostics),
        request,
        loaded.opened,
        loaded.env_files,
        loaded.environment,
    )
    if not request.consistent:
        return reading
    return replace(reading, diagnostics=(*reading.diagnostics, *check_consistency(reading)))


def bind_types(root: Node, report: Report) -> tuple[Node, Project]:
    """The model of a normalised tree, and the tree without what the model cannot hold."""
    if base.are_stand_ins():
        project = bound(Project, root)
        if project is not None:
            return root, project
    # Not before: most runs of `check` see nothing that cannot be bound.
    from pydantic_core import ValidationError

    from composeguard.model.core import validator

    for _ in range(_ROUNDS):
        try:
            return root, validator(Project).validate_python(plain(root))
        except ValidationError as error:
            failed = _failures(error.errors(include_url=False, include_input=False), root)
        for path, (node, message) in failed.items():
            _say(report, node, path, message)
        root = _without(root, set(failed))
    return root.with_value({}), Project()


def _failures(details: list[ErrorDetails], root: Node) -> dict[Path, tuple[Node, str]]:
    """The deepest place in the tree of each error, with the first message for it."""
    failed: dict[Path, tuple[Node, str]] = {}
    for detail in details:
        node = root
        steps: list[str | int] = []
        # The rest of the location names the alternatives of a type.
        for step in detail["loc"]:
            below = child(node, step)
            if below is None:
                break
            node = below
            steps.append(step)
        if not steps and isinstance(root.value, dict) and root.value:
            # An error of the whole can only be cured by taking something away.
            steps.append(next(reversed(root.value)))
            node = root.value[str(steps[0])]
        failed.setdefault(tuple(steps), (node, f"{place(tuple(steps))} {_message(detail)}"))
    return failed


def _message(detail: ErrorDetails) -> str:
    known = _MESSAGES.get(detail["type"])
    if known:
        return known
    message = detail["msg"].removeprefix("Value error, ")
    return f"is {message}" if message.startswith("not ") else f"cannot be used: {message}"


def _say(report: Report, node: Node, path: Path, message: str) -> None:
    start, end = node.start, node.end
    if isinstance(node.value, (dict, list)) and node.key_start >= 0:
        start, end = node.key_start, node.key_end
    report(Diagnostic(Kind.SCHEMA, message, node.file, start, max(start, end), path))


def _without(node: Node, paths: set[Path]) -> Node:
    """The tree without some of its nodes."""
    here = {path[0] for path in paths if len(path) == 1}
    below: dict[str | int, set[Path]] = {}
    for path in paths:
        if len(path) > 1 and path[0] not in here:
            below.setdefault(path[0], set()).add(path[1:])
    value = node.value
    if isinstance(value, dict):
        return node.with_value(
            {
                key: _without(entry, below[key]) if key in below else entry
                for key, entry in value.items()
                if key not in here
            }
        )
    if isinstance(value, list):
        return node.with_value(
            [
                _without(item, below[index]) if index in below else item
                for index, item in enumerate(value)
                if index not in here
            ]
        )
    return node
