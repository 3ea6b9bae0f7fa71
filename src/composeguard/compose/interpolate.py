"""`$NAME`, `${NAME}` and `${NAME:-default}` in the values of a Compose file and of env files.

The rules are those of the reference, its oddities included: a default ends at the brace that balances its own, where
an opening brace hides the character after it, and it cannot span lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from msgspec import Struct

from composeguard.compose.unresolved import MARK, Text, Unresolved, join
from composeguard.source.regex import regex

MAX_DEPTH = 200
MAX_OUTPUT = 1024 * 1024
MAX_WORK = 8 * 1024 * 1024
"""Code points looked at, nested defaults counted once for each level that they are nested in."""

# Go folds case by Unicode, so that the long s and the Kelvin sign count as letters of a name.
_START, _LETTER = "_A-Za-z\u017f\u212a", "_A-Za-z0-9\u017f\u212a"
NAME = rf"[{_START}][{_LETTER}]*"
_REFERENCE = regex(rf"\$(?:(\$)|({NAME})|\{{(?:({NAME})(:?[-+?]|\}}))?)")
# The usual text with a variable: one reference, without a default or with one that is only text.
_USUAL = regex(rf"([^$]*)\$\{{({NAME})(?:(:?-)([^${{}}\n]*))?\}}([^$]*)")
_BRACE = regex(r"\{.?|\}", re.DOTALL)


class Unset(Enum):
    """What a variable is that nothing sets and that has no default."""

    EMPTY = auto()
    """The empty string, as for the reference."""
    UNRESOLVED = auto()
    """Unknown, also where the file requires it: an analysis has no environment, a deployment has one."""


class Use(Struct, frozen=True, gc=False):
    """One variable that the value was made with; those of a default that is not used are not looked at."""

    name: str
    found: bool
    defaulted: bool
    required_message: str | None
    """As written, for `:?` and `?`."""
    operator: str
    """"", ":-", "-", ":?", "?", ":+" or "+"."""
    start: int
    """Code-point offsets into the text of the whole reference, `$` to the closing brace."""
    end: int

    @property
    def warned(self) -> bool:
        """The reference warns that the variable is not set and blank instead."""
        return not self.found and not self.operator


class Interpolated(Struct, frozen=True, gc=False):
    """A value and the variables that it was made with."""

    value: Text
    variables: tuple[Use, ...] = ()


class InterpolationError(ValueError):
    """The text cannot be interpolated. `offset` is that of the `$` in code points."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class InvalidInterpolation(InterpolationError):  # noqa: N818 - named after the reference's own error
    """`${` starts something that is no reference to a variable."""


class RequiredVariable(InterpolationError):  # noqa: N818 - named after the reference's own error
    """`${name:?reason}` without a value."""

    def __init__(self, name: str, reason: str, offset: int) -> None:
        super().__init__(f"the required variable {name} has no value{': ' + reason if reason else ''}", offset)
        self.name = name
        self.reason = reason


class InterpolationLimit(InterpolationError):  # noqa: N818 - a limit, as its siblings are conditions
    """The text is nested too deep, or becomes too long."""


def interpolate(text: str, lookup: Mapping[str, Text], *, unset: Unset) -> Interpolated:
    """The value of `text` with the variables of `lookup`, whose values are taken literally.

    Raises:
        InterpolationError: one of its children, for the first thing wrong.
    """
    if "$" not in text:
        return Interpolated(text)
    match = _USUAL.fullmatch(text)
    if match is not None:
        before, name, operator, word, after = match.groups()
        known = lookup.get(name)
        found = known is not None
        defaulted = operator is not None and (not found or (operator == ":-" and not known))
        chosen = word if defaulted else known
        start, end = len(before), len(text) - len(after)
        if isinstance(chosen, str):
            if len(text) + len(chosen) <= MAX_OUTPUT:
                use = Use(name, found, defaulted, None, operator or "", start, end)
                return Interpolated(before + chosen + after, (use,))
        elif chosen is None and unset is Unset.UNRESOLVED and MARK not in text and len(text) <= MAX_OUTPUT:
            use = Use(name, False, False, None, "", start, end)
            return Interpolated(Unresolved(before + MARK + after, (text[start:end],)), (use,))
    return interpolate_any(text, lookup, unset=unset)


def interpolate_any(text: str, lookup: Mapping[str, Text], *, unset: Unset) -> Interpolated:
    """The same, without a way of its own for the usual text."""
    run = _Run(text, lookup, unset)
    value = run.substitute(0, len(text), 0)
    return Interpolated(value, tuple(run.uses))


class _Run:
    """Works on ranges of one text, so that offsets stay those of the whole."""

    __slots__ = ("lookup", "size", "text", "unset", "uses", "work")

    def __init__(self, text: str, lookup: Mapping[str, Text], unset: Unset) -> None:
        self.text = text
        self.lookup = lookup
        self.unset = unset
        self.uses: list[Use] = []
        self.work = 0
        self.size = 0

    def substitute(self, start: int, end: int, depth: int) -> Text:
        if depth > MAX_DEPTH:
            raise InterpolationLimit(f"variables are nested deeper than {MAX_DEPTH} levels", start)
        self.work += end - start
        if self.work > MAX_WORK:
            raise InterpolationLimit("nested variables take too long to read", start)
        text = self.text
        at = text.find("$", start, end)
        if at < 0:
            return self.counted(text[start:end], end)
        parts: list[Text] = []
        last_close, line_end = -1, -1
        done = start
        while at >= 0:
            match = _REFERENCE.match(text, at, end)
            if match is None:
                # A dollar sign before anything else is just that.
                parts.append(self.counted(text[done : at + 1], at))
                done = at + 1
                at = text.find("$", done, end)
                continue
            if at > done:
                parts.append(self.counted(text[done:at], at))
            escaped, named, braced, operator = match.groups()
            done = match.end()
            if escaped:
                parts.append(self.counted("$", at))
            elif named or operator == "}":
                parts.append(self.variable(named or braced, at, done))
            elif operator:
                if at > line_end:
                    line_end = text.find("\n", at, end)
                    line_end = end if line_end < 0 else line_end
                    last_close = text.rfind("}", at, line_end)
                if last_close < done:
                    raise _invalid(at)
                close = self.closing(at + 1, last_close)
                parts.append(self.operate(braced, operator, at, done, close, depth))
                done = close + 1
            else:
                raise _invalid(at)
            at = text.find("$", done, end)
        if done < end:
            parts.append(self.counted(text[done:end], end))
        return join(parts)

    def counted(self, part: Text, offset: int) -> Text:
        self.size += len(part if isinstance(part, str) else part.text)
        if self.size > MAX_OUTPUT:
            raise InterpolationLimit(f"the value grows beyond {MAX_OUTPUT:,} characters", offset)
        return part

    def closing(self, opening: int, last: int) -> int:
        """The brace that balances the one at `opening`; the last of the line where none does."""
        close = self.text.find("}", opening + 2, last + 1)
        if self.text.find("{", opening + 2, close) < 0:
            return close
        level = 0
        for brace in _BRACE.finditer(self.text, opening, last + 1):
            if brace.group() != "}":
                level += 1
                continue
            level -= 1
            if not level:
                return brace.start()
        return last

    def variable(self, name: str, start: int, end: int) -> Text:
        value = self.lookup.get(name)
        self.uses.append(Use(name, value is not None, False, None, "", start, end))
        return self.unknown(start, end) if value is None else self.counted(value, start)

    def operate(self, name: str, operator: str, start: int, word: int, close: int, depth: int) -> Text:
        """The value of `${name operator word}`, which spans `start` to `close`."""
        value = self.lookup.get(name)
        kind = operator[-1]
        empty_counts = operator[0] == ":"
        blank = value is None or (empty_counts and not value)
        message = self.text[word:close] if kind == "?" else None
        use = Use(name, value is not None, blank and kind == "-", message, operator, start, close + 1)
        self.uses.append(use)
        if empty_counts and isinstance(value, Unresolved) and not value.text.strip(MARK):
            # Nothing of the value is known, so whether it is empty is not either.
            return Unresolved(MARK, (self.text[start : close + 1],))
        if kind == "+":
            return "" if blank else self.substitute(word, close, depth + 1)
        if not blank:
            return self.counted(value or "", start)
        if kind == "-":
            return self.substitute(word, close, depth + 1)
        if value is None and self.unset is Unset.UNRESOLVED:
            return self.unknown(start, close + 1)
        raise RequiredVariable(name, str(self.substitute(word, close, depth + 1)), start)

    def unknown(self, start: int, end: int) -> Text:
        if self.unset is Unset.EMPTY:
            return ""
        return Unresolved(MARK, (self.text[start:end],))


def _invalid(offset: int) -> InvalidInterpolation:
    return InvalidInterpolation("not a valid reference to a variable; write a literal dollar sign as $$", offset)
