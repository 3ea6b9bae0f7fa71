"""What an expression looks at, as paths of the model: where a finding belongs, and what must be read."""

from __future__ import annotations

from composeguard.policy.cel.syntax import Call, Constant, Expression, Name, Select, parts
from composeguard.policy.cel.types import MapType, Record, Type, fields
from composeguard.source.node import Path


def uses(expression: Expression, name: str) -> bool:
    """Whether an expression has a name."""
    pending = [expression]
    while pending:
        part = pending.pop()
        if isinstance(part, Name) and part.name == name:
            return True
        pending.extend(parts(part))
    return False


def place(expression: Expression, name: str, of: Type) -> Path:
    """The one place below a name that an expression looks at; () where it looks at several, or at the whole."""
    found: set[Path] = set()
    pending = [expression]
    while pending:
        part = pending.pop()
        chain = _chain(part, name, of)
        if chain is not None:
            found.add(chain[0])
        else:
            pending.extend(parts(part))
    return found.pop() if len(found) == 1 else ()


def _chain(part: Expression, name: str, of: Type) -> tuple[Path, Type | None] | None:
    """The path of `name.a.b["c"]` and the type there; None for anything else."""
    match part:
        case Name(name=given):
            return ((), of) if given == name else None
        case Select(operand=operand, field=field):
            below = _chain(operand, name, of)
            if below is None:
                return None
            path, kind = below
            if isinstance(kind, Record):
                found = fields(kind.of)[field]
                return (*path, *found.path), found.type
            return ((*path, field), kind.value) if isinstance(kind, MapType) else (path, None)
        case Call(function="_[_]", arguments=(operand, Constant(value=str() as key))):
            below = _chain(operand, name, of)
            if below is None:
                return None
            path, kind = below
            return ((*path, key), kind.value) if isinstance(kind, MapType) else (path, None)
        case _:
            return None
