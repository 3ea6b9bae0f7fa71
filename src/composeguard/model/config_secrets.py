"""Credentials in the text of a configuration that a variable holds, and in the defaults of variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.model.credential_names import Credential, credential
from composeguard.model.secret_values import is_literal_secret
from composeguard.source.regex import regex

_LIMIT = 64 * 1024
_ENTRY = regex(
    r"^[ \t]*(?:-[ \t]+)?[\"']?(?P<name>[A-Za-z_][\w.-]{0,80})[\"']?[ \t]*[:=][ \t]*"
    r"(?:\"(?P<double>[^\"\n]{1,300})\"|'(?P<single>[^'\n]{1,300})'|(?P<plain>[^\s\"'(){}\[\],;#]{1,300}))"
    r"(?P<comma>,?)[ \t]*(?:#[^\n]*)?\r?$",
    re.MULTILINE,
)
"""A line of YAML, JSON, TOML or properties that gives one name a value."""
_EXPRESSION = regex(r"[A-Za-z_]\w*(?:[./][A-Za-z_]\w*)+")
"""A name of a program's, such as `os.environ/KEY`."""
_DEFAULT = regex(r"\$\{(?P<name>[A-Za-z_]\w{0,80}):?-(?P<value>[^${}]{1,300})\}")


def config_secret(text: str) -> str:
    """The name of the first password in a text of several lines; "" for none.

    Only what its owner chooses: the placeholders for what others issue are too many in such texts.
    """
    if "\n" not in text:
        return ""
    for match in _ENTRY.finditer(text[:_LIMIT]):
        value = match["double"] or match["single"] or match["plain"]
        if match["plain"] and (match["comma"] or _EXPRESSION.fullmatch(value)):
            continue
        if credential(match["name"]) is Credential.CHOSEN and _is_secret(value, Credential.CHOSEN):
            return match["name"]
    return ""


def default_secrets(raw: str) -> Iterator[str]:
    """The variables of a text that have a default, and are credentials by their own names."""
    for match in _DEFAULT.finditer(raw, 0, _LIMIT):
        kind = credential(match["name"])
        if kind is not None and is_literal_secret(match["value"], kind) and not _is_escaped(raw, match.start()):
            yield match["name"]


def _is_escaped(text: str, at: int) -> bool:
    """Whether the dollar sign there is the second of two, which are one that starts no variable."""
    first = at
    while first and text[first - 1] == "$":
        first -= 1
    return (at - first) % 2 == 1


def _is_secret(value: str, kind: Credential) -> bool:
    return not value.startswith(("$", "%", "{", "&", "*", "!", "|", ">")) and is_literal_secret(value, kind)
