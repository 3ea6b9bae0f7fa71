"""Texts from a repository are untrusted: nothing in them may steer a terminal or reorder what people read."""

from __future__ import annotations

import re

from composeguard.source.regex import regex

# C0 and C1 controls, invisible and bidirectional format characters, line separators, lone surrogates, tags.
# The joiners U+200C and U+200D stay: scripts and emoji need them.
_UNSAFE = regex(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text with every character that could steer a terminal written out (`\\x1b`, `\\u202e`)."""
    return text if text.isprintable() else _UNSAFE.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
