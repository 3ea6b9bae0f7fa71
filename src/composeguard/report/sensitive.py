"""Where secrets stand in Compose and env files, by place: values that programs get, which are nobody's business here.

A finding about one of two values on a line shows the line; the other value is hidden, whatever it looks like. What a
finding marks stays, for its rule has said that it is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.report.likely import is_credential
from composeguard.source.file import SourceFile
from composeguard.source.node import Node
from composeguard.source.regex import regex

_SECTIONS = frozenset(
    (
        "environment",
        "args",
        "labels",
        "annotations",
        "command",
        "entrypoint",
        "test",
        "content",
        "driver_opts",
        "options",
    )
)
_OF_A_SECRET = frozenset(("file", "environment", "name", "external", "driver", "template_driver"))
_HEALTHCHECK_WORDS = frozenset(("CMD", "CMD-SHELL", "NONE"))
_PAIR = regex(r"[\"']?[\w.-]+[=:]")
_ENV_KEY = regex(r"[ \t]*(?:export[ \t]+)?[\w.-]*[ \t]*[=:]?", re.MULTILINE)
_LINE = regex(r"[^\r\n]+")
_REFERENCE = regex(r"\$\{?\w+\}?(?!:?[-+])")


def sensitive_spans(file: SourceFile) -> list[tuple[int, int]]:
    """The values (start, end) of the sections above and of keys with the name of a credential, without their keys; of
    an env file, all that follows a key."""
    if file.values is not None:
        return file.values
    if not file.documents:
        return [] if file.uri.endswith((".yml", ".yaml")) else list(_env_spans(file.text))
    return sorted(span for root in file.documents for span in _spans(file, root))


def without(span: tuple[int, int], keep: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """What of a stretch is outside of another one."""
    start, end = span
    if start < min(end, keep[0]):
        yield start, min(end, keep[0])
    if max(start, keep[1]) < end:
        yield max(start, keep[1]), end


def _hidden(root: Node) -> list[Node]:
    """What is hidden with all that is below it."""
    pending, hidden = [root], list(_misplaced(root))
    while pending:
        value = pending.pop().value
        if isinstance(value, dict):
            for key, below in value.items():
                if key in _SECTIONS:
                    hidden.append(below)
                elif isinstance(below.value, (dict, list)):
                    pending.append(below)
                elif is_credential(key):
                    # Its value can stand on another line, which tells nothing of the key.
                    hidden.append(below)
        elif isinstance(value, list):
            pending += value
    return hidden


def _spans(file: SourceFile, root: Node) -> Iterator[tuple[int, int]]:
    within = _hidden(root)
    while within:
        node = within.pop()
        value = node.value
        if isinstance(value, dict):
            within += value.values()
        elif isinstance(value, list):
            within += value
        elif node.end > node.start and node.style != "*" and value not in _HEALTHCHECK_WORDS:
            start = node.start
            if node.key_start < 0 and (pair := _PAIR.match(file.text, start, node.end)):
                start = pair.end()
            if file.text.find("$", start, node.end) >= 0:
                yield from _without_references(file.text, start, node.end)
            elif start < node.end:
                yield start, node.end


def _misplaced(root: Node) -> Iterator[Node]:
    """What stands in the definition of a secret where only a reference may: people put the secret itself there."""
    section = root.value.get("secrets") if isinstance(root.value, dict) else None
    if section is not None and isinstance(section.value, dict):
        for definition in section.value.values():
            if isinstance(definition.value, dict):
                yield from (below for key, below in definition.value.items() if key not in _OF_A_SECRET)


def _without_references(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for reference in _REFERENCE.finditer(text, start, end):
        if reference.start() > start:
            yield start, reference.start()
        start = reference.end()
    if start < end:
        yield start, end


def _env_spans(text: str) -> Iterator[tuple[int, int]]:
    for line in _LINE.finditer(text):
        key = _ENV_KEY.match(text, line.start(), line.end())
        start = key.end() if key else line.start()
        if start < line.end() and not line.group().lstrip().startswith("#"):
            yield start, line.end()
