"""Rules that crash."""

from __future__ import annotations

from pathlib import Path as File

from msgspec import Struct

from composeguard.engine.rule import Rule
from composeguard.source.node import Path


class RuleFailure(Struct, frozen=True):
    """A rule that crashed (CG906): a fault of the rule, and an error of the run."""

    rule: Rule
    message: str
    """Names the rule, the kind of error and its line; never the error's own text, which may hold a secret."""
    path: Path = ()
    error: Exception | None = None
    """Stays in the process in which the rule ran."""

    @classmethod
    def of(cls, rule: Rule, where: str, error: Exception, path: Path = ()) -> RuleFailure:
        """What to say of an error; `where` names what the rule was looking at, "" the project.

        Policies raise errors whose text (`said`) may be shown.
        """
        said = getattr(error, "said", "")
        if not said:
            line = _line(rule, error)
            said = type(error).__name__ + (f" at {line}" if line else "")
        return cls(rule, f"the rule {rule.code} failed on {where or 'the project'}: {said}", path, error)


def _line(rule: Rule, error: Exception) -> str:
    """The file and line of the rule where an error came from."""
    from traceback import walk_tb

    code = getattr(rule.check, "__code__", None)
    lines = [
        line
        for frame, line in walk_tb(error.__traceback__)
        if code is not None and frame.f_code.co_filename == code.co_filename
    ]
    return f"{File(code.co_filename).name}:{lines[-1]}" if code is not None and lines else ""
