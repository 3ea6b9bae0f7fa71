"""Which stretches of a file hold secrets: no snippet shows them, whatever finding the snippet belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.report.likely import likely_secrets
from composeguard.report.sensitive import sensitive_spans
from composeguard.report.stretches import merged, overlapping
from composeguard.source.file import SourceFile
from composeguard.source.regex import regex

_SEPARATOR = regex(r"[\"']?[ \t]*[=:][ \t]*")
_TELLING = 8
"""Characters from which on a text with letters and digits is no usual word."""


class Secrets:
    """The secret stretches of every file of a report."""

    def __init__(self, report: Report) -> None:
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for finding in (*report.findings, *report.suppressed):
            if finding.redact:
                spans[finding.uri].append(_value_span(finding))
        for place in report.secrets:
            spans[place.file.uri].append((place.start, place.end))
        self._spans = {uri: merged(found) for uri, found in spans.items()}
        self._by_file: dict[str, set[str]] = defaultdict(set)
        for uri, text in _texts(report, self._spans):
            # The secret may be a part of what is hidden: the password of a URL, the value of an option. Such a part
            # is often a word that names other things too (`app`, `my-service`), unless it has a digit.
            parts = (text[start:end] for start, end in likely_secrets(text))
            telling = (part for part in parts if any(map(str.isdigit, part)))
            self._by_file[uri].update(each.strip("\"' \t\r\n") for each in (text, *telling))
        self._texts = {text for texts in self._by_file.values() for text in texts if text}
        self._places: dict[SourceFile, list[tuple[int, int]]] = {}

    def within(self, uri: str, start: int, end: int) -> list[tuple[int, int]]:
        """The secret stretches that reach into `start`..`end`, in order."""
        spans = self._spans.get(uri)
        if not spans:
            return []
        return overlapping(spans, start, end)

    def by_place(self, file: SourceFile, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of environments, commands and the like that reach into `start`..`end`."""
        if file not in self._places:
            self._places[file] = sensitive_spans(file)
        return overlapping(self._places[file], start, end)

    def again(self, file: SourceFile, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretches of `start`..`end` that hold a secret of the same file once more, where no rule looks for one.

        Words that may mean something else are not looked for.
        """
        for secret in self._by_file.get(file.uri, ()):
            if len(secret) < _TELLING or secret.isalpha() or secret.isdigit():
                continue
            at = file.text.find(secret, start, end)
            while at >= 0:
                yield at, at + len(secret)
                at = file.text.find(secret, at + len(secret), end)

    def shown_by(self, text: str) -> bool:
        """Whether a text holds one of the secrets."""
        return any(secret in text for secret in self._texts)


def _texts(report: Report, spans: dict[str, list[tuple[int, int]]]) -> Iterator[tuple[str, str]]:
    files = {finding.uri: finding.file for finding in (*report.findings, *report.suppressed)}
    files.update((place.file.uri, place.file) for place in report.secrets)
    for uri, found in spans.items():
        for start, end in found:
            yield uri, files[uri].text[start:end]


def _value_span(finding: Finding) -> tuple[int, int]:
    """The secret itself: what follows the key, if the text starts with the key that the path names; else all of it.

    A separator alone is no sign of a key: a secret can hold one.
    """
    text, start, end = finding.file.text, finding.start, finding.end
    key = finding.path[-1] if finding.path else 0
    if not isinstance(key, str) or not key:
        return start, end
    quote = text[start] if text[start : start + 1] in ('"', "'") else ""
    key_start = start + len(quote)
    match = _SEPARATOR.match(text, key_start + len(key), end) if text.startswith(key, key_start) else None
    if match is None:
        return start, end
    value_end = end - 1 if quote and end - 1 > match.end() and text[end - 1] == quote else end
    return match.end(), value_end
