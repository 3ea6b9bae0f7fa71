"""The fix of a policy: operations relative to an item, made once and set at each finding."""

from __future__ import annotations

from composeguard.engine.fix import Append, Fix, Operation, Plain, Remove, Safety, Set
from composeguard.policy.cel.types import Type
from composeguard.policy.declaration import DeclaredFix
from composeguard.policy.keys import Fail, checked, is_list, steps
from composeguard.source.node import Path

_ITEM = "."


class FixPlan:
    """What a declared fix comes to at an item.

    Raises:
        what `fail` makes of the reason why it cannot be.
    """

    def __init__(self, declared: DeclaredFix, of: Type, fail: Fail) -> None:
        self._sets = tuple((_path(text, of, fail), value) for text, value in declared.set.items())
        self._appends = tuple((_path(text, of, fail), value) for text, value in declared.append.items())
        self._removes = tuple(() if text == _ITEM else _path(text, of, fail) for text in declared.remove)
        if not (self._sets or self._appends or self._removes):
            raise fail("a fix needs one of `set`, `append`, `remove`")
        for text in declared.append:
            if not is_list(checked(steps(text, fail), of, fail)):
                raise fail(f"`append` needs a list; {text} is none")
        self._safety = Safety(declared.safety)
        if self._safety is Safety.UNSAFE and not declared.note:
            raise fail("an unsafe fix needs a `note`: what it can break; or say `safety: safe`")
        self._note = declared.note
        done = [
            *(f"set `{text}`" for text in declared.set),
            *(f"append to `{text}`" for text in declared.append),
            *("remove it" if text == _ITEM else f"remove `{text}`" for text in declared.remove),
        ]
        self._title = declared.title or " and ".join(done)

    def at(self, item: Path) -> Fix:
        """The fix of one finding."""
        operations: list[Operation] = [Set((*item, *path), _plain(value)) for path, value in self._sets]
        operations += [Append((*item, *path), _plain(value)) for path, value in self._appends]
        operations += [Remove((*item, *path)) for path in self._removes]
        return Fix(self._title, tuple(operations), self._safety, self._note)


def _path(text: str, of: Type, fail: Fail) -> Path:
    path = steps(text, fail)
    checked(path, of, fail)
    return path


def _plain(value: object) -> Plain:
    if isinstance(value, dict):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(below) for below in value]
    return value if isinstance(value, (int, float, bool)) or value is None else str(value)
