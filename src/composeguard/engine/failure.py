"""Rules that crash."""

from __future__ import annotations

from pathlib import Path as File
from traceback import walk_tb

from msgspec import Struct

from composeguard.engine.rule import Rule
from composeguard.source.node import Path


class RuleFailure(Struct, frozen=True):
    """A rule that crashed (CG906): a fault of the rule, and an error of the run."""

    rule: Rule
    where: str
    """The name of what it was looking at; "" for the project."""
    error: Exception
    path: Path = ()

    @property
    def message(self) -> str:
        """Names the rule, the kind of error and its line; never the error's own text, which may hold a secret."""
        at = f" at {self._line}" if self._line else ""
        return f"the rule {self.rule.code} failed on {self.where or 'the project'}: {type(self.error).__name__}{at}"

    @property
    def _line(self) -> str:
        """The file and line of the rule where it came from."""
        code = getattr(self.rule.check, "__code__", None)
        lines = [
            line
            for frame, line in walk_tb(self.error.__traceback__)
            if code is not None and frame.f_code.co_filename == code.co_filename
        ]
        return f"{File(code.co_filename).name}:{lines[-1]}" if code is not None and lines else ""
