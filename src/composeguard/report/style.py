"""The few styles of a terminal report; each has a meaning, and plain text loses none of it."""

from __future__ import annotations

from composeguard.engine.severity import Severity
from composeguard.report.options import RenderOptions

_WORDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "warning",
    Severity.INFO: "info",
}
_COLOURS = {"error": "31", "warning": "33", "info": "36"}


def word(severity: Severity) -> str:
    """What a finding of this severity is called at the start of its line, as compilers do."""
    return _WORDS[severity]


class Style:
    """Wraps texts in escape sequences, or leaves them as they are."""

    def __init__(self, options: RenderOptions) -> None:
        self._colour = options.colour
        self._links = options.links

    @property
    def colour(self) -> bool:
        return self._colour

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and text else text

    def strong(self, text: str) -> str:
        return self._wrap("1", text)

    def faint(self, text: str) -> str:
        return self._wrap("2", text)

    def severity(self, severity: Severity, text: str) -> str:
        """In the colour of the severity, bold."""
        return self._wrap(f"1;{_COLOURS[word(severity)]}", text)

    def marked(self, severity: Severity, text: str) -> str:
        """In the colour of the severity."""
        return self._wrap(_COLOURS[word(severity)], text)

    def good(self, text: str) -> str:
        return self._wrap("32", text)

    def bad(self, text: str) -> str:
        return self._wrap("31", text)

    def link(self, text: str, url: str) -> str:
        """A link that the terminal opens (OSC 8)."""
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if self._links and url.isprintable() and url else text
