"""A file of policies to checked data; every error has its place in the text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, TypeVar

from composeguard.base import of_pydantic, validation_error
from composeguard.engine.registry import near
from composeguard.errors import ComposeguardError
from composeguard.policy import limits
from composeguard.policy.error import PolicyError
from composeguard.source import disk
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node, Path, child
from composeguard.source.read import read_source

if TYPE_CHECKING:
    from pydantic import BaseModel

Checked = TypeVar("Checked", bound="BaseModel")


def read(path: FilePath, name: str) -> tuple[SourceFile, Node]:
    """The one document of a YAML file.

    Raises:
        PolicyError: it is no YAML, beyond the limits, or empty.
    """
    try:
        data = disk.read(str(path), limits.SOURCE.bytes + 1)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "no regular file"
        raise ComposeguardError(f"{name}: cannot be read: {said}") from None
    return read_text(data, name)


def read_text(data: bytes, name: str) -> tuple[SourceFile, Node]:
    """As `read`, of bytes."""
    try:
        file = read_source(name, data, limits=limits.SOURCE)
    except SourceError as error:
        raise PolicyError(error.message, error.file, error.start, error.end) from None
    if file.problems:
        raise PolicyError(file.problems[0].message, file, file.problems[0].start, file.problems[0].end)
    if len(file.documents) != 1 or not isinstance(file.documents[0].value, dict):
        raise PolicyError("a mapping is expected, in one document", file, 0)
    return file, file.documents[0]


def plain(node: Node) -> object:
    """The data of a node."""
    budget = [limits.SOURCE.expanded + limits.SOURCE.nodes]
    return _plain(node, budget, 0)


def _plain(node: Node, budget: list[int], depth: int) -> object:
    budget[0] -= 1
    if budget[0] < 0 or depth > limits.SOURCE.depth:
        raise PolicyError("aliases make too much of this", node.file, node.start)
    if isinstance(node.value, dict):
        if "<<" in node.value:
            raise PolicyError("merge keys are no part of policies", node.file, node.value["<<"].key_start)
        return {key: _plain(below, budget, depth + 1) for key, below in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(below, budget, depth + 1) for below in node.value]
    return node.value


def checked(model: type[Checked], node: Node) -> Checked:
    """The data of a node, as a model has it.

    Raises:
        PolicyError: it has other keys, or values of another type.
    """
    model = of_pydantic(model)
    try:
        return model.model_validate(plain(node))
    except validation_error() as error:
        errors = error.errors(include_url=False, include_input=False)
        # A misspelt key is also a missing one, and a wrong mapping no text: what is misspelt or wrong says more.
        telling = [each for kind in ("extra_forbidden", "value_error") for each in errors if each["type"] == kind]
        first = (telling or errors)[0]
        steps = tuple(first["loc"])
        raise _explained(model, node, steps, first["type"], first["msg"]) from None


def _explained(model: type[BaseModel], root: Node, steps: Path, kind: str, message: str) -> PolicyError:
    node, walked = root, 0
    for step in steps:
        below = child(node, step)
        if below is None:
            break
        node, walked = below, walked + 1
    if kind == "extra_forbidden" and walked == len(steps):
        known = keys(_model_at(model, steps[:-1]))
        said = f"unknown key {steps[-1]!r}{near(str(steps[-1]), known)}"
        return PolicyError(said, node.file, node.key_start, node.key_end)
    if kind == "missing":
        return PolicyError(f"the key {steps[-1]!r} is missing", node.file, *key_or_start(node))
    name = ".".join(str(step) for step in steps[:walked])
    said = message.removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        said = f"{node.value!r} does not fit{_meaning(_model_at(model, steps[:-1]), steps[-1])}"
    return PolicyError(f"{name}: {said[:1].lower()}{said[1:]}", node.file, node.start, first_line_end(node))


def _meaning(model: type[BaseModel], key: str | int) -> str:
    """What a model says of a key."""
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            return f": {field.description}"
    return ""


def key_or_start(node: Node) -> tuple[int, int]:
    """The key that leads to a node; the first line of its text, where there is none."""
    return (node.key_start, node.key_end) if node.key_start >= 0 else (node.start, first_line_end(node))


def first_line_end(node: Node) -> int:
    file = node.file
    return max(node.start, min(node.end, file.line_end(file.line_of(node.start))))


def keys(model: type[BaseModel]) -> list[str]:
    """The keys of a model as a file writes them."""
    return [field.alias or name for name, field in of_pydantic(model).model_fields.items()]


def _model_at(model: type[BaseModel], steps: Path) -> type[BaseModel]:
    """The model of what stands at a place."""
    fields: Mapping[str, object] = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for index, step in enumerate(steps):
        if isinstance(step, str) and step in fields:
            below = _models(fields[step])
            if below:
                return _model_at(below[0], steps[index + 1 :])
    return model


def _models(annotation: object) -> list[type[BaseModel]]:
    from typing import get_args

    from pydantic import BaseModel

    if isinstance(annotation, type):
        model: type[Any] = of_pydantic(annotation)
        return [model] if issubclass(model, BaseModel) else []
    return [found for each in get_args(annotation) for found in _models(each)]


def in_value(node: Node, offset: int) -> int:
    """The place in the file of a character of a scalar's value.

    Quotes, escapes, indentation and folds are stepped over: white space is skipped on both sides, all else must come in
    the same order.
    """
    text, value = node.file.text, str(node.value)
    position = node.start
    if node.style in ("|", ">"):
        position = max(position, text.find("\n", node.start, node.end) + 1)
    for index, char in enumerate(value[: offset + 1]):
        if char.isspace():
            continue
        found = text.find(char, position, node.end)
        if found < 0:
            break
        position = found if index == offset else found + 1
    return min(position, max(node.start, node.end - 1) if offset < len(value) else node.end)
