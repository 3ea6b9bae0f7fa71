"""Paths as policies write them: `deploy.resources.limits`, `labels."com.acme.owner"`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.engine.registry import near
from composeguard.policy.cel.types import ListType, MapType, Record, Type, fields
from composeguard.source.node import Path
from composeguard.source.regex import regex

_STEP = regex(r'"(?P<quoted>[^"]+)"|(?P<plain>[^".]+)')

Fail = Callable[[str], Exception]


def steps(text: str, fail: Fail) -> Path:
    """The steps of a path.

    Raises:
        what `fail` makes of the reason why it is none.
    """
    found: list[str] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or (match.end() < len(text) and text[match.end()] != "."):
            raise fail(f'{text!r} is no path; write one as a.b."c.d"')
        found.append(match["quoted"] or match["plain"])
        position = match.end() + 1
    if not found or text.endswith("."):
        raise fail(f'{text!r} is no path; write one as a.b."c.d"')
    return tuple(found)


def checked(path: Path, of: Type, fail: Fail) -> Type:
    """The type of what stands at a path of the model.

    Raises:
        what `fail` makes of the reason why nothing can stand there.
    """
    for step in path:
        if isinstance(of, Record):
            known = {name: field for name, field in fields(of.of).items() if field.path == (name,)}
            if step not in known:
                raise fail(f"{of.name} has no field {step!r}{near(str(step), known)}")
            of = known[str(step)].type
        elif isinstance(of, MapType):
            of = of.value
        else:
            raise fail(f"a {of.name} has no field {step!r}")
    return of


def value_at(value: object, path: Path) -> object:
    """What stands at a path of the model; None where nothing does."""
    for step in path:
        if value is None:
            return None
        value = value.get(step) if isinstance(value, dict) else getattr(value, str(step), None)
    return value


def entries_at(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """The items of the list or map at a path, each with its own; a scalar by itself."""
    found = value_at(value, path)
    if isinstance(found, list):
        yield from (((*path, index), item) for index, item in enumerate(found))
    elif isinstance(found, dict):
        yield from (((*path, key), item) for key, item in found.items())
    elif found is not None:
        yield path, found


def is_list(of: Type) -> bool:
    """Whether items can be appended there."""
    return isinstance(of, ListType)
