"""The cases of the rule harness: the examples in the rules, and the files below `fixtures/`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.config import rule_options
from composeguard.engine.finding import Finding
from composeguard.engine.registry import load_builtin
from composeguard.engine.rule import Rule, Scope
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile
from composeguard.fix.judge import Checked
from composeguard.fix.plan import Plan, plan
from composeguard.model.read import read_project
from composeguard.model.reading import Reading

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
RULES = {rule.code: rule for rule in load_builtin()}
TODAY = date(2026, 7, 1)
ABOUT_THE_RUN = (Scope.SUPPRESSION, Scope.FAILURE)
NO_PROJECT = frozenset(("broken", "hardened", "projects"))
"""Folders of `fixtures/` that other tests read."""

_EXPECT = re.compile(r"#\s*expect:\s*(?P<codes>[A-Z0-9 ]+?)\s*$")
_SETTINGS = re.compile(r"^# settings: (?P<json>\{.*\})$", re.MULTILINE)
_BESIDES = re.compile(r"^# besides: (?P<codes>[A-Z0-9 ]+)$", re.MULTILINE)
_EXAMPLE = "example.yml"


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

    def findings(self, reading: Reading, rules: Sequence[Rule]) -> tuple[Finding, ...]:
        """What the rules find, the case's own rule with the case's settings; a rule that crashes fails the test.

        A rule on comments or on rules has something to say of what others come to: those of the profile run, too.
        """
        options = {self.rule.code: rule_options(self.rule, self.settings)} if self.settings else {}
        ran = with_default_profile(self.rule) if self.rule.scope in ABOUT_THE_RUN else tuple(rules)
        known = tuple(RULES.values())
        outcome = check(reading, Selection((*self.beside, *ran), options=options, known=known), today=TODAY)
        for failure in outcome.failures:
            if failure.rule not in self.beside:
                raise AssertionError(failure.message) from failure.error
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


def fixed(case: Case) -> Plan:
    """What fixing comes to when the case's rule alone may write, and unsafe fixes are asked for."""
    rules = with_default_profile(case.rule)

    def state(text: str) -> Checked:
        reading = case.reading(text)
        return Checked(reading.root, case.findings(reading, rules))

    def recheck(overlay: Mapping[str, bytes]) -> Checked:
        return state(overlay[str(case.path)].decode())

    start = state(without_marks(case.text))
    return plan(start, recheck, allow_unsafe=True, wanted=lambda finding: finding.rule is case.rule)


def without_marks(text: str) -> str:
    """The text as a reader of the documentation would write it."""
    return "".join(
        _EXPECT.sub("", line).rstrip() + "\n" if marked(line) else line for line in text.splitlines(keepends=True)
    )


def with_default_profile(rule: Rule) -> tuple[Rule, ...]:
    """The rules that run when nothing is chosen, and this one."""
    return tuple(
        each for each in RULES.values() if each is rule or each.always or Profile.RECOMMENDED.holds(each.profiles)
    )


def cases() -> Iterator[Case]:
    """Every example of every rule, then every fixture."""
    nowhere = FIXTURES / "examples"
    for rule in RULES.values():
        for number, example in enumerate(rule.examples, start=1):
            name = f"example{number}"
            for kind, text in (("bad", example.bad), ("good", example.good)):
                if text:
                    after = example.fixed or None if kind == "bad" else None
                    beside = _made(example.rules)
                    settings, files = example.settings, example.files
                    yield Case(rule, name, kind, text, nowhere, _EXAMPLE, after, settings, files, beside)
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir() and path.name in RULES):
        for kind in ("bad", "good"):
            for path in sorted(folder.glob(f"*.{kind}.yml")):
                name = path.name.removesuffix(f".{kind}.yml")
                fixed = folder / f"{name}.fixed.yml"
                after = _read(fixed) if kind == "bad" and fixed.is_file() else None
                text = _read(path)
                source = folder / f"{name}.rules.py"
                beside = _made(_read(source)) if source.is_file() else ()
                settings, files = _settings(text), _beside(folder / f"{name}.files")
                yield Case(RULES[folder.name], name, kind, text, folder, path.name, after, settings, files, beside)


def _beside(folder: Path) -> Mapping[str, str]:
    """The files of a folder, as if they lay beside the case, and the case in a repository; none without the folder.

    `gitignore` stands for `.gitignore`, which would count in the repository of composeguard as well.
    """
    if not folder.is_dir():
        return {}
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    dotted = (path.with_name(".gitignore") if path.name == "gitignore" else path for path in paths)
    names = [path.relative_to(folder).as_posix() for path in dotted]
    return {".git": "", **dict(zip(names, map(_read, paths), strict=True))}


def _made(source: str) -> tuple[Rule, ...]:
    """The rules of a Python text."""
    names: dict[str, object] = {}
    exec(compile(source, "rules_of_the_case.py", "exec"), names)
    return tuple(value for value in names.values() if isinstance(value, Rule))


def _settings(text: str) -> Mapping[str, object]:
    """The options that a fixture's first lines give its rule, as JSON after `# settings:`."""
    found = _SETTINGS.search(text)
    settings: Mapping[str, object] = json.loads(found["json"]) if found else {}
    return settings


def _read(path: Path) -> str:
    return path.read_bytes().decode()
