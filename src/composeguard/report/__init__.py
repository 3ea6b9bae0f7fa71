"""Output formats. A format's module is imported when the format is asked for: most runs need one of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from composeguard.errors import UsageError

if TYPE_CHECKING:
    from composeguard.engine.report import Report, Totals
    from composeguard.report.options import RenderOptions

    Render = Callable[[Report, RenderOptions], Iterator[str]]

    class Streamed(Protocol):
        """A format that can be written as findings come: `render` is the same in one piece."""

        def head(self, version: str) -> str: ...

        def body(self, report: Report, options: RenderOptions) -> Iterator[str]: ...

        def tail(self, totals: Totals, options: RenderOptions) -> str: ...


FORMATS = {
    "full": "composeguard.report.full",
    "concise": "composeguard.report.concise",
    "json": "composeguard.report.json",
    "jsonl": "composeguard.report.jsonl",
    "sarif": "composeguard.report.sarif",
    "github": "composeguard.report.github",
    "gitlab": "composeguard.report.gitlab",
    "junit": "composeguard.report.junit",
    "rdjson": "composeguard.report.rdjson",
    "markdown": "composeguard.report.markdown",
    "html": "composeguard.report.html",
}
"""The module of each format; every one has `render(report, options)`, which yields the text piece by piece."""

STREAMED = frozenset(("full", "concise", "jsonl"))
"""Formats of which each file is a piece: what comes before and after needs no finding, or their number only."""

WITH_EDITS = frozenset(("sarif", "rdjson"))
"""Formats that carry the changes of fixes, which are computed for them only."""


def streamed(name: str) -> Streamed:
    """The parts of a format of `STREAMED`."""
    module: Streamed = importlib.import_module(FORMATS[name])
    return module


def renderer(name: str) -> Render:
    """The function that renders a format.

    Raises:
        UsageError: there is no such format.
    """
    module_name = FORMATS.get(name)
    if module_name is None:
        import difflib

        close = difflib.get_close_matches(name, FORMATS, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"there is no format {name!r} (there are {', '.join(FORMATS)}){hint}")
    render: Render = importlib.import_module(module_name).render
    return render
