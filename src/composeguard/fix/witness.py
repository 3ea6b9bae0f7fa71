"""Comments as a second reader sees them: the independent witness that an edit loses none.

Where every line of a text tells by itself where its comment begins, `line_witness` reads it: all but one file in a
thousand of our corpus. Any other text is read whole by ruamel.yaml's scanner. Both answer for the whole text and share
nothing with the reader whose view they are compared with; where both can read a text, they agree.

The scanner is the cheapest of ruamel.yaml's interfaces that yields comments: 0.5 to 0.8 MB a second, a third of what
loading a round-trip document costs. Importing it takes about 30 ms, so it is imported when there is no way around it.
"""

from __future__ import annotations

import re

from composeguard.source.regex import regex

_COMMENT_LINE = regex(r"#[^\r\n\x85\u2028\u2029]*")

_COMMENT_RUN = 20_000
"""Lines of comment in a row. The scanner joins them to one text, anew for each line: these take it half a second,
ten times as many a minute."""
_REMEMBERED = 4


class WitnessError(Exception):
    """ruamel.yaml does not accept the text."""


def comments_by_ruamel(text: str) -> list[str]:
    """The comments of a text in order, with spaces for tabs: its scanner refuses a tab before a comment.

    Raises:
        WitnessError: its scanner refuses the text, or would take too long.
    """
    if "#" not in text:
        return []
    if _longest_comment(text) > _COMMENT_RUN:
        raise WitnessError("too many lines of comment in a row")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.tokens import StreamEndToken

    found: dict[int, str] = {}
    try:
        # `YAML.scan` looks at each token twice, which costs half as much again.
        scanner = YAML(typ="rt", pure=True).get_constructor_parser(text.replace("\t", " "))[0].scanner
        while (token := scanner.get_token()) is not None:
            _collect(getattr(token, "_comment", None), found)
            if isinstance(token, StreamEndToken):
                break
    except (YAMLError, ValueError, AttributeError, IndexError, AssertionError) as error:
        raise WitnessError(type(error).__name__) from error
    comments: list[str] = []
    for start in sorted(found):
        # A comment token holds the lines up to the next token, blank ones too.
        for line in re.split(r"\r\n|\n|\r", found[start]):
            match = _COMMENT_LINE.match(line.strip())
            if match:
                comments.append(match.group().rstrip())
    return comments


def as_witnessed(comment: str) -> str:
    """A comment as our reader has it, in the form of this one."""
    match = _COMMENT_LINE.match(comment.replace("\t", " ").strip())
    return match.group().rstrip() if match else ""


def _longest_comment(text: str) -> int:
    """The most lines in a row that are comment or, between comments, blank."""
    longest = run = 0
    for line in text.splitlines():
        bare = line.lstrip()
        if bare.startswith("#"):
            run += 1
            longest = max(longest, run)
        elif bare:
            run = 0
    return longest


class Witness:
    """Remembers the last texts, for the result of one round is where the next one starts."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}

    def comments(self, text: str) -> list[str]:
        """The comments of a text in order, in the form of `comments_by_ruamel`.

        Raises:
            WitnessError: neither reader knows.
        """
        if "#" not in text:
            return []
        found = self._known.get(text)
        if found is None:
            # Its patterns take 5 ms to compile.
            from composeguard.fix.line_witness import comments_by_lines

            if len(self._known) >= _REMEMBERED:
                del self._known[next(iter(self._known))]
            found = comments_by_lines(text)
            if found is None:
                found = comments_by_ruamel(text)
            self._known[text] = found
        return found


def _collect(attached: object, found: dict[int, str]) -> None:
    """Comment tokens hang in nested lists on the tokens that they stand behind or before."""
    if attached is None:
        return
    if isinstance(attached, list | tuple):
        for each in attached:
            _collect(each, found)
        return
    mark, value = getattr(attached, "start_mark", None), getattr(attached, "value", None)
    if mark is not None and isinstance(value, str):
        found.setdefault(mark.index, value)
