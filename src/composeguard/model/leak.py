"""A credential in the text of a project: what makes it one, and who gets it."""

from __future__ import annotations

from enum import Enum, auto

from msgspec import Struct

from composeguard.model.default_credentials import Open
from composeguard.source.node import Path


class LeakKind(Enum):
    """What makes a value a credential."""

    OPEN = auto()
    SHAPE = auto()
    ADDRESS = auto()
    NAMED = auto()
    ARGUMENT = auto()
    COMMAND = auto()


class Leak(Struct, frozen=True):
    """A credential in the project's text. It never holds the credential itself."""

    kind: LeakKind
    path: Path
    owners: tuple[str, ...]
    """The containers (or the config) that get it; the text stands once."""
    paths: tuple[Path, ...]
    """Where it takes effect in each of them."""
    key: str = ""
    """The variable, flag or option; "" where there is none."""
    what: str = ""
    """The format, the scheme of the address or what is open."""
    defaulted: bool = False
    """It is the default of a variable."""
    variable: str = ""
    """What to call the variable that takes the whole value's place; "" where none can."""
    row: Open | None = None

    @property
    def owner(self) -> str:
        """Who gets it, for people."""
        first = self.owners[0] if self.owners else "the project"
        more = len(self.owners) - 1
        return f"{first} (and {more} more)" if more > 0 else first
