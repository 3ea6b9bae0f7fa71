"""What looks like a secret on a line of source: snippets hide it, whichever finding they belong to.

Rules say which values are secrets (`redact`), but only those that run. A snippet of any other finding can show the same
line, so that names of keys decide here: too much hidden does no harm, too little does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.report.stretches import merged
from composeguard.source.node import Path
from composeguard.source.regex import regex

MASK = "****"

_WORDS = ("passwords?", "passwd", "passphrase", "pwd", "pass", "secret", "token", "credentials?")
_KEYS = ("api", "access", "private", "secret", "encryption", "signing", "auth")
_PARTS = ("pass", "pwd", "secret", "token", "credential", "key")
"""One of these is in every name: to look for them first is a hundred times faster than the patterns."""
_NAME = f"(?:{'|'.join(_WORDS)}|(?:{'|'.join(_KEYS)})[_.-]?key)"
_KEY = regex(_NAME + r"[\"']?[ \t]*[:=](?![-+?])[ \t]*", re.IGNORECASE)
_OPTION = regex(_NAME + r"[\"']?(?:[ \t]+|,[ \t]*)(?!-)", re.IGNORECASE)
_LONGEST_OPTION = 40
"""Characters of an option before the word that tells: looking back costs the same for each."""
_DEFAULT = regex(_NAME + r":?-([^}\r\n]{1,400})", re.IGNORECASE)
_VALUE = regex(r"\"(?:[^\"\\]|\\.)*\"?|'(?:[^']|'')*'?|(?:\$\{[^}\s]*\}?|[^\s\"',}\]#])+(?:[ \t]+[^\s\"',}\]#:]+)*")
_HARMLESS = regex(
    r"[\"']?(?:\$\$?\{?\w+(?::?\?[^}]*)?\}?|true|false|yes|no|null|~|[|>][+-]?|[&*!]\S*)?[\"']?$", re.IGNORECASE
)
_URL = regex(r"\w[\w+.-]{0,20}://[^\s/:@\"']{0,200}:([^\s/@\"']{1,400})@")

_CREDENTIAL = regex(_NAME + "$", re.IGNORECASE)
_VARIABLE = regex(r"\$\{?\w*" + _NAME, re.IGNORECASE)


def names_a_secret(text: str) -> bool:
    """Whether a text, as written, refers to a variable with the name of a credential: its value is one."""
    return _VARIABLE.search(text) is not None


def is_credential(key: str) -> bool:
    """Whether a key has the name of a credential."""
    folded = key.casefold()
    return any(part in folded for part in _PARTS) and _CREDENTIAL.search(key) is not None


def likely_secrets(text: str) -> Iterator[tuple[int, int]]:
    """The stretches (start, end) of `text` that hold the value of a key or option with the name of a credential, the
    default of a variable of such a name, or the password of a URL. They may overlap."""
    folded = text.casefold()
    if any(part in folded for part in _PARTS):
        for default in _DEFAULT.finditer(text):
            yield default.span(1)
        keys = [*_KEY.finditer(text), *(found for found in _OPTION.finditer(text) if _is_option(text, found.start()))]
        for key in keys:
            value = _VALUE.match(text, key.end())
            if value and not _HARMLESS.match(value.group()):
                yield value.span()
    if "://" in text:
        for url in _URL.finditer(text):
            if not _HARMLESS.match(url[1]):
                yield url.span(1)


def _is_option(text: str, at: int) -> bool:
    """Whether the word around a place begins with a dash."""
    before = text[max(0, at - _LONGEST_OPTION) : at]
    for sign in " \t\r\n\"',[{":
        before = before.rpartition(sign)[2]
    return before.startswith("-")


def masked(text: str) -> str:
    """A text of one piece with each likely secret as a mask of a width that tells nothing."""
    for start, end in reversed(merged(likely_secrets(text))):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def discreet(text: str) -> str:
    """The same of a message or a name, which hold a secret only where an assignment is out of place."""
    return masked(text) if "=" in text or "--" in text or "://" in text else text


def discreet_path(path: Path) -> list[str | int]:
    """The steps of a path: a key can be an item that is out of place."""
    return [discreet(step) if isinstance(step, str) else step for step in path]
