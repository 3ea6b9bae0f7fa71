"""The harness of rules: texts with `# expect: CODE` and `# ok: CODE`, what rules find there, what fixes make of them.

`composeguard policy test` runs policies through it, and the tests of composeguard the built-in rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.config import rule_options
from composeguard.engine.finding import Finding
from composeguard.engine.rule import Rule, Scope
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile
from composeguard.fix.judge import Checked
from composeguard.fix.plan import Plan, plan
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.source.file import SourceFile
from composeguard.source.regex import regex

ABOUT_THE_RUN = (Scope.SUPPRESSION, Scope.FAILURE)
TODAY = date(2026, 7, 1)
"""The day on which all cases run: what they say of days stays true."""

_EXPECT = regex(r"#[ \t]*expect:[ \t]*(?P<codes>[A-Z0-9]+(?: +[A-Z0-9]+)*)[ \t\r]*$")
_OK = regex(r"#[ \t]*ok:[ \t]*(?P<codes>[A-Z0-9]+(?: +[A-Z0-9]+)*)[ \t\r]*$")
_BESIDES = regex(r"^# besides: (?P<codes>[A-Z0-9 ]+)$", re.MULTILINE)


class CrashError(AssertionError):
    """A rule that crashes on a case. The text says where; what it raised is the cause."""


class Case(Struct, frozen=True):
    """One text to check: `kind` is "bad" or "good"; `fixed` is what the rule's fix makes of a bad one, if anything."""

    rule: Rule
    name: str
    kind: str
    text: str
    folder: Path
    file: str
    fixed: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    """What a configuration says of the rule's options."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What lies beside it, by path: env files, and `.git` where it is in a repository."""
    beside: tuple[Rule, ...] = ()
    """Rules made for the case."""
    known: tuple[Rule, ...] = ()
    """All rules that are loaded."""

    @property
    def identity(self) -> str:
        return f"{self.rule.code}-{self.name}-{self.kind}"

    @property
    def path(self) -> Path:
        return self.folder / self.file

    @property
    def besides(self) -> frozenset[str]:
        """The codes that a good file says it has beside the rule's own."""
        found = _BESIDES.search(self.text)
        return frozenset(found["codes"].split()) if found else frozenset()

    @property
    def default_profile(self) -> tuple[Rule, ...]:
        """The rules that run when nothing is chosen, and the case's own."""
        return tuple(
            each for each in self.known if each is self.rule or each.always or Profile.RECOMMENDED.holds(each.profiles)
        )

    def findings(self, reading: Reading, rules: Sequence[Rule]) -> tuple[Finding, ...]:
        """What the rules find, the case's own rule with the case's settings.

        A rule on comments or on rules has something to say of what others come to: those of the profile run, too.

        Raises:
            CrashError: a rule crashes.
        """
        options = {self.rule.code: rule_options(self.rule, self.settings)} if self.settings else {}
        ran = self.default_profile if self.rule.scope in ABOUT_THE_RUN else tuple(rules)
        outcome = check(reading, Selection((*self.beside, *ran), options=options, known=self.known), today=TODAY)
        for failure in outcome.failures:
            if failure.rule not in self.beside:
                raise CrashError(failure.message) from failure.error
        codes = {rule.code for rule in rules}
        return tuple(each for each in outcome.findings if each.code in codes and each.suppression is None)

    def reading(self, text: str | None = None) -> Reading:
        """The project of this text alone; files that it names are found beside it."""
        path = self.path
        contents = self.text if text is None else text
        if self.rule.scope is Scope.SUPPRESSION:
            contents = without_marks(contents)  # they stand in the comments that are judged
        beside = {str(self.folder / name): text.encode() for name, text in self.files.items()}
        files = Files(str(self.folder), overlay={**beside, str(path): contents.encode()})
        request = Request(files=(str(path),), project_directory=str(self.folder), root=str(self.folder))
        return read_project(request, files)

    def expected(self, reading: Reading) -> list[tuple[str, int]]:
        """The lines that are marked with the rule's code, in this text and in the files that it brings in."""
        texts = {**{file.uri: file.text for file in reading.files}, **self.files, self.file: self.text}
        marks = [
            (uri, number)
            for uri, text in texts.items()
            for number, line in enumerate(text.splitlines(), start=1)
            for code in marked(line)
            if code == self.rule.code
        ]
        return sorted(marks)


def marked(line: str) -> list[str]:
    """The codes that a line says it is wrong by."""
    found = _EXPECT.search(line)
    return found["codes"].split() if found else []


def passed(line: str) -> list[str]:
    """The codes that a line says it is right for."""
    found = _OK.search(line)
    return found["codes"].split() if found else []


def without_marks(text: str) -> str:
    """The text as a reader of the documentation would write it."""
    return "".join(
        _EXPECT.sub("", line).rstrip() + "\n" if marked(line) else line for line in text.splitlines(keepends=True)
    )


def fixed(case: Case, rules: Sequence[Rule] | None = None, fixing: Sequence[Rule] | None = None) -> Plan:
    """What fixing comes to when unsafe fixes are asked for, and the case's rule alone may write (or `fixing`).

    `rules` judge each step, which may bring no finding that is new: the default profile, if not said otherwise.
    """
    judging = case.default_profile if rules is None else rules
    codes = {case.rule.code} if fixing is None else {rule.code for rule in fixing}

    def state(text: str) -> Checked:
        reading = case.reading(text)
        return Checked(reading.root, case.findings(reading, judging))

    def recheck(overlay: Mapping[str, SourceFile]) -> Checked:
        return state(overlay[str(case.path)].text)

    start = state(without_marks(case.text))
    return plan(start, recheck, allow_unsafe=True, wanted=lambda finding: finding.code in codes)
