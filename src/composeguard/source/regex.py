"""Regular expressions that are compiled when they are first used: a run uses few of some two hundred."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn", "scanner")
_FACTS = ("flags", "groupindex", "groups", "pattern")


class Later:
    """Stands in for a pattern until something is asked of it."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self._text, self._flags)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS and name not in _FACTS:
            raise AttributeError(name)
        compiled = self.compiled
        # From now on there is nothing between the caller and the pattern.
        self.__dict__.update((each, getattr(compiled, each)) for each in (*_METHODS, *_FACTS))
        return self.__dict__[name]


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, for constants of a module. It looks like a pattern, but the functions of `re` do not take it."""
    return cast("re.Pattern[str]", Later(text, flags))
