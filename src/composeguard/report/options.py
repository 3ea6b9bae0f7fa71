"""How a report is to be rendered, and where readers find more."""

from __future__ import annotations

import os.path
from functools import lru_cache

from msgspec import Struct

from composeguard.engine.rule import Rule
from composeguard.source.file import SourceFile

HOME = "https://github.com/composeguard/composeguard"


class RenderOptions(Struct, frozen=True):
    """What a format may be told. Formats take from it what concerns them."""

    colour: bool = False
    """Write colours; see `report.colour` for who decides."""
    links: bool = False
    """Make the codes of rules links that the terminal opens."""
    width: int = 120
    """Columns that a line of source may take, in character cells."""
    wrap: bool = False
    """Break sentences at `width` too. For terminals; a pipe wants each on its line."""
    include_suppressed: bool = False
    """Report what comments accept too, marked so."""
    category: str = "composeguard"
    """What tells this analysis from others of the same commit (SARIF)."""
    folder: str = ""
    """Where the reader stands (absolute): reports for people name files from there, as a shell would."""
    result_limit: int = 25_000
    """Results of one SARIF run, the worst first; GitHub refuses a file with more. 0 is no limit."""

    def name(self, file: SourceFile) -> str:
        """The name of a file for people; machine formats have `file.uri`."""
        if not self.folder or not os.path.isabs(file.path):  # noqa: PTH117 -- pure, of a text
            return file.uri
        return _from(self.folder, file.path)


@lru_cache(maxsize=512)
def _from(folder: str, path: str) -> str:
    """Asked for each finding, and the findings of a file follow each other."""
    return os.path.relpath(path, folder).replace(os.sep, "/")


def rule_url(rule: Rule) -> str:
    """The page of a built-in rule, else the first source that the rule cites, else ""."""
    if rule.code.startswith("CG"):
        return f"{HOME}/blob/main/docs/rules/{rule.code}.md"
    return rule.references[0].url if rule.references else ""
