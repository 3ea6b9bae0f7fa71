"""Which findings the comments of a file accept, and what became of each comment.

A comment counts for its own line; on a line of its own, for the next line that is not a comment; on the key of a
service (or above it), for the whole service. `ignore-file[CG302] reason` counts for the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from composeguard.compose.diagnostic import Kind
from composeguard.engine.directive import IGNORE, IGNORE_FILE, Directive, Word, directives
from composeguard.engine.finding import Finding, Related, Suppression
from composeguard.engine.registry import closest
from composeguard.engine.rule import Rule, Scope
from composeguard.model.reading import Reading
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, child

_MOST_HINTS = 100
_LONGEST_NAME = 60
_LOOKS_LIKE = str.maketrans("oil", "011")


class Use(Enum):
    """What became of one code of a comment."""

    USED = "used"
    UNUSED = "unused"
    UNKNOWN = "unknown"  # there is no such rule
    UNTOLD = "untold"  # the rule did not run, or what is not seen may have a finding there


class Named(Struct, frozen=True):
    """One code of a comment, and what became of it. `near` is what a misspelt one may mean."""

    word: Word
    use: Use
    near: str = ""

    @property
    def shown(self) -> str:
        """The code or name as people write it."""
        text = self.word.text
        return text.upper() if text[-3:].isdigit() else text


class Acceptance(Struct, frozen=True):
    """A comment that accepts findings, judged: what rules on suppressions are called with.

    `path` leads to what it counts for, as the file has it; () is the whole file.
    """

    directive: Directive
    path: Path
    named: tuple[Named, ...]
    over: bool
    """Its `until` has passed, or cannot be read: it counts no more."""
    near: str = ""
    """The word that a misspelt `ignore` may mean."""

    @property
    def file(self) -> SourceFile:
        return self.directive.file

    @property
    def codes(self) -> str:
        """What it accepts, in one text."""
        return ", ".join(named.shown for named in self.named)


class Comments:
    """The comments of all files that findings stand in. Looking at a finding costs the same however many there are."""

    def __init__(self, today: date | None = None) -> None:
        self._today = today
        self._files: dict[int, _FileComments] = {}

    def mark(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, those that a comment accepts marked so."""
        marked: list[Finding] = []
        file, is_silent = None, True
        for finding in findings:
            # The findings of one file follow each other, and few files have such comments.
            if finding.file is not file:
                file = finding.file
                is_silent = not self._of(file).directives
            marked.append(finding if is_silent else self._marked(finding))
        return marked

    def _marked(self, finding: Finding) -> Finding:
        directive = self._of(finding.file).accepting(finding)
        if directive is None:
            return finding
        if finding.rule.locked:
            return replace(finding, related=(*finding.related, _blocked(finding, directive)))
        return replace(finding, suppression=Suppression(directive.reason, directive.line))

    def judged(self, reading: Reading, known: Sequence[Rule], ran: AbstractSet[str]) -> Iterator[Acceptance]:
        """What became of every comment of the project's files, once all findings are marked.

        `known` are all rules that are loaded, `ran` the codes of those that ran to their end. Comments of files that
        are extended or included are left to the projects that these are: another one may need them.
        """
        own = reading.files[: len(set(reading.request.files))]
        names = _Names(known)
        seen_whole = not any(each.kind in (Kind.UNREADABLE, Kind.GAP) for each in reading.diagnostics)
        for file in own:
            comments = self._of(file)
            others = [other for other in own if other is not file]
            for directive in comments.directives:
                path = comments.path(directive)
                told = seen_whole and directive.is_known and not any(_has_a_say(other, path) for other in others)
                yield Acceptance(
                    directive,
                    path,
                    tuple(
                        Named(word, Use.USED)
                        if comments.is_used(directive, word)
                        else names.idle(word, ran if told else frozenset())
                        for word in directive.words
                    ),
                    not directive.holds(self._today),
                    "" if directive.is_known else closest(directive.verb.text, (IGNORE, IGNORE_FILE)) or IGNORE,
                )

    def _of(self, file: SourceFile) -> _FileComments:
        found = self._files.get(id(file))
        if found is None:
            found = self._files[id(file)] = _FileComments(file, self._today)
        return found


def _blocked(finding: Finding, directive: Directive) -> Related:
    file = directive.file
    region = file.region(directive.start, directive.end)
    return Related(file, region, f"blocked ignore: {finding.code} is locked, and this comment has no effect")


class _Names:
    """The names of all loaded rules."""

    def __init__(self, known: Iterable[Rule]) -> None:
        self._known = known
        self._hints: dict[str, str] = {}

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {word.lower(): rule for rule in self._known for word in (rule.code, rule.name)}

    def idle(self, word: Word, ran: AbstractSet[str]) -> Named:
        """What became of a word that reaches no finding."""
        text = word.text
        rule = self._rules.get(text)
        if rule is not None:
            judges_comments = rule.scope in (Scope.SUPPRESSION, Scope.FAILURE)
            return Named(word, Use.UNUSED if rule.code in ran and not judges_comments else Use.UNTOLD)
        # A code of another family may be that of a rule or policy that is not loaded this time.
        foreign = not self._rules or (text[-3:].isdigit() and not text.startswith("cg"))
        return Named(word, Use.UNTOLD) if foreign else Named(word, Use.UNKNOWN, self._hint(text))

    def _hint(self, text: str) -> str:
        """The code or name that a misspelt one may mean. Looking for one takes a while, so only so many get one."""
        if text.startswith("cg") and (digits := text.translate(_LOOKS_LIKE)) in self._rules:
            return digits.upper()
        if text not in self._hints and len(self._hints) < _MOST_HINTS:
            near = closest(text, self._rules) if len(text) <= _LONGEST_NAME else ""
            self._hints[text] = near.upper() if near and near == self._rules[near].code.lower() else near
        return self._hints.get(text, "")


class _FileComments:
    """The directives of one file by what they name and where they count."""

    def __init__(self, file: SourceFile, today: date | None) -> None:
        self.file = file
        self.directives = directives(file)
        self._first: dict[tuple[str, int], Directive | None] = {}
        """By word and line (0 is the whole file): the first directive that holds today, None where all are over."""
        self._used: set[tuple[str, int]] = set()
        self._extents = service_extents(file) if self.directives else {}
        self._starts = sorted(self._extents)
        for directive in self.directives:
            if directive.is_known:
                for word in directive.words:
                    key = (word.text, directive.target or 0)
                    self._first[key] = self._first.get(key) or (directive if directive.holds(today) else None)

    def accepting(self, finding: Finding) -> Directive | None:
        """The first directive that accepts a finding; all that speak of it are used."""
        if not self._first:
            return None
        line = self.file.line_of(finding.start)
        accepting: list[Directive] = []
        for word in (finding.rule.code.lower(), finding.rule.name):
            for place in (0, line, self._service(line) or line):
                if (word, place) in self._first:
                    self._used.add((word, place))
                    directive = self._first[word, place]
                    accepting += [directive] if directive else []
        return min(accepting, key=lambda directive: directive.line, default=None)

    def is_used(self, directive: Directive, word: Word) -> bool:
        """Whether a word of a directive reached a finding, even if it is over."""
        return directive.is_known and (word.text, directive.target or 0) in self._used

    def path(self, directive: Directive) -> Path:
        """The way in the file to what a directive counts for: the outermost entry that begins on its line."""
        return () if directive.target is None else self._paths.get(directive.target, ())

    @cached_property
    def _paths(self) -> dict[int, Path]:
        """For each line, the outermost entry that begins there."""
        paths: dict[int, Path] = {}
        pending: list[tuple[Path, Node]] = [((), root) for root in reversed(self.file.documents)]
        while pending:
            path, node = pending.pop()
            if path:
                paths.setdefault(self.file.line_of(node.start if node.key_start < 0 else node.key_start), path)
            if node.style == "*":
                continue
            value = node.value
            if isinstance(value, dict):
                pending.extend(((*path, key), below) for key, below in reversed(value.items()))
            elif isinstance(value, list):
                pending.extend(((*path, index), value[index]) for index in reversed(range(len(value))))
        return paths

    def _service(self, line: int) -> int:
        """The line of the key of the service that a line belongs to; 0 if it belongs to none."""
        index = bisect_right(self._starts, line) - 1
        return self._starts[index] if index >= 0 and line <= self._extents[self._starts[index]] else 0


def service_line(file: SourceFile, line: int) -> int:
    """The line of the key of the service that a line belongs to; 0 if it belongs to none."""
    return max((start for start, end in service_extents(file).items() if start <= line <= end), default=0)


def service_extents(file: SourceFile) -> dict[int, int]:
    """The line of each service's key, and the last line of that service."""
    extents: dict[int, int] = {}
    for root in file.documents:
        sections = root.value if isinstance(root.value, dict) else {}
        for name in ("services", "jobs"):
            section = sections.get(name)
            if section is None or not isinstance(section.value, dict):
                continue
            for service in section.value.values():
                extents[file.line_of(service.key_start)] = file.line_of(max(service.end, service.key_end))
    return extents


def _has_a_say(other: SourceFile, path: Path) -> bool:
    """Whether another file of the project says something of what stands at a path, or of all around it."""
    return any(_reaches(root, path) for root in other.documents)


def _reaches(root: Node, path: Path) -> bool:
    node = root
    for step in path:
        if isinstance(step, int) or not isinstance(node.value, dict) or "<<" in node.value:
            return True
        below = child(node, step)
        if below is None:
            return False
        node = below
    return True
