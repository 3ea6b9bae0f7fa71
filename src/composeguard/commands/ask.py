"""`fix --interactive`: each change with its finding, its diff and what it can break, and a question."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from composeguard.commands.shown_diff import shown_diff
from composeguard.engine.fix import Safety
from composeguard.fix.plan import offered
from composeguard.report.escape import visible
from composeguard.report.full import render_finding
from composeguard.report.style import Style

if TYPE_CHECKING:
    from composeguard.engine.finding import Finding
    from composeguard.engine.report import Report
    from composeguard.fix.judge import Checked
    from composeguard.fix.offer import Offer
    from composeguard.report.options import RenderOptions

_KEYS = {
    "y": "make this change",
    "n": "leave it",
    "a": "make this and all further changes of the rule",
    "d": "leave this and all further changes of the rule",
    "q": "leave this and everything that follows",
    "?": "show this list",
}


class Asker:
    """Asks on standard error, reads the answers from standard input, and remembers what was said of a rule.

    The end of the input is a `q`: what was agreed to before it is made.
    """

    def __init__(self, options: RenderOptions) -> None:
        self._options = options
        self._style = Style(options)
        self._rules: dict[str, bool] = {}
        self._done = False

    def chosen(self, start: Checked, report: Report, wanted: Callable[[Finding], bool]) -> frozenset[str]:
        """The identities of the findings whose change somebody wants."""
        chosen: set[str] = set()
        if self._done:
            return frozenset()
        for offer in offered(start, wanted):
            if self._agreed(offer, report):
                chosen.update(finding.identity for finding in offer.findings)
            if self._done:
                break
        return frozenset(chosen)

    def _agreed(self, offer: Offer, report: Report) -> bool:
        codes = {finding.code for finding in offer.findings}
        known = {self._rules.get(code) for code in codes}
        if len(known) == 1 and (answer := known.pop()) is not None:
            return answer
        self._show(offer, report)
        unsafe = any(finding.fix and finding.fix.safety is Safety.UNSAFE for finding in offer.findings)
        while True:
            answered = self._answer("Make this unsafe change" if unsafe else "Make this change")
            if answered == "?":
                self._say("".join(f"{key} - {meaning}\n" for key, meaning in _KEYS.items()))
                continue
            if answered == "q":
                self._done = True
            if answered in "ad":
                self._rules.update(dict.fromkeys(codes, answered == "a"))
            return answered in "ya"

    def _show(self, offer: Offer, report: Report) -> None:
        first, *others = offer.findings
        self._say(render_finding(first, report, self._options))
        if others:
            names = ", ".join(f"{finding.code} {_owner(finding)}".rstrip() for finding in others)
            self._say(f"the same change is for {visible(names)}\n")
        for tried in offer.tried.values():
            for line in shown_diff(tried.file, tried.text, self._style):
                self._say(line)

    def _answer(self, question: str) -> str:
        while True:
            self._say(f"{self._style.strong(question)} [{','.join(_KEYS)}]? ")
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line:
                self._say("\n")
                return "q"
            self._say("\n")
            word = line.strip().lower()
            if word in _KEYS:
                return word
            if word in ("yes", "no", "all", "quit"):
                return word[0]
            self._say("One of the letters, please; ? explains them.\n")

    def _say(self, text: str) -> None:
        sys.stderr.write(text)


def _owner(finding: Finding) -> str:
    return str(finding.path[1]) if len(finding.path) > 1 else ""
