"""Values as text in the style of a file: scalars with the quotes that they need, collections in block or flow style."""

from __future__ import annotations

import json
from functools import lru_cache

from composeguard.engine.fix import Plain
from composeguard.fix.style import Style
from composeguard.source.regex import regex
from composeguard.source.scalars import resolve_plain

_PLAIN = regex(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<\x00-\x1f\x7f-\xa0][^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]*")
_SPECIAL = regex(r": |:\Z| #|\t|\s\Z")
_FLOW_SPECIAL = regex(r"[,\[\]{}]")
_OLD_WORD = regex(r"(?i:y|yes|n|no|on|off|true|false|null)")
_NUMBERLIKE = regex(
    r"[-+]?(?:[0-9][0-9_,]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?|[-+]?0[xob][0-9a-fA-F_]+|[-+]?\.(?i:inf|nan)"
)
_DATELIKE = regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?")
_BASE_60 = regex(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")


def is_ambiguous(text: str) -> bool:
    """Whether a plain scalar is a number, date, boolean or null to some YAML reader, be it an old one."""
    return any(pattern.fullmatch(text) for pattern in (_OLD_WORD, _NUMBERLIKE, _DATELIKE, _BASE_60))


@lru_cache(maxsize=4096)
def needs_quotes(text: str, *, flow: bool) -> bool:
    """Whether a string cannot stand plain, or would be read otherwise by some reader."""
    if not _PLAIN.fullmatch(text) or _SPECIAL.search(text) or (flow and _FLOW_SPECIAL.search(text)):
        return True
    value = resolve_plain(text)
    return not isinstance(value, str) or is_ambiguous(text)


def scalar_text(value: str | int | float | bool | None, *, flow: bool, like: str = "", quote: str = '"') -> str:
    """A scalar as YAML. `like` is the style of its neighbours ('' plain or a quote); `quote` the file's own quote."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float_text(value)
    if like in ("'", '"'):
        return quoted(value, like)
    return quoted(value, quote) if needs_quotes(value, flow=flow) else value


def quoted(text: str, quote: str) -> str:
    """A string in quotes; single ones give way where only escapes can write it, and where a backslash is plain."""
    printable = all(character.isprintable() for character in text)
    if quote == "'" and printable:
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=not printable)


def key_text(name: str, *, like: str, flow: bool) -> str:
    """A key: in quotes where its neighbours are or where it must be."""
    if like in ("'", '"'):
        return quoted(name, like)
    return quoted(name, '"') if needs_quotes(name, flow=flow) else name


def flow_text(value: Plain, style: Style, *, like: str = "", as_json: bool = False) -> str:
    """A value on one line. `as_json`: what JSON allows only."""
    if as_json:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        entries = (f"{key_text(key, like='', flow=True)}: {flow_text(item, style)}" for key, item in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(item, style, like=like) for item in value) + "]"
    return scalar_text(value, flow=True, like=like, quote=style.quote)


def entry_lines(name: str, value: Plain, indent: int, style: Style, *, key_like: str = "", like: str = "") -> list[str]:
    """The lines of a new entry of a block mapping whose keys stand at column `indent`."""
    key = " " * indent + key_text(name, like=key_like, flow=False) + ":"
    if value is None:
        return [key]
    if not isinstance(value, dict | list) or not value:
        return [
            f"{key} {flow_text(value, style) if isinstance(value, dict | list) else _block_scalar(value, style, like)}"
        ]
    if isinstance(value, list) and style.flow_lists and not any(isinstance(item, dict | list) for item in value):
        return [f"{key} {flow_text(value, style)}"]
    return [key, *below_lines(value, indent, style)]


def below_lines(value: dict[str, Plain] | list[Plain], indent: int, style: Style) -> list[str]:
    """The lines of a collection below a key at column `indent`."""
    lines: list[str] = []
    if isinstance(value, list):
        for item in value:
            lines.extend(item_lines(item, indent + style.sequence, style))
        return lines
    for name, item in value.items():
        lines.extend(entry_lines(name, item, indent + style.indent, style))
    return lines


def item_lines(value: Plain, indent: int, style: Style, *, like: str = "", gap: str = " ") -> list[str]:
    """The lines of a new item of a block sequence whose `-` stand at column `indent`."""
    dash = " " * indent + "-" + gap
    if isinstance(value, dict) and value:
        inner = indent + 1 + len(gap)
        lines: list[str] = []
        for name, item in value.items():
            lines.extend(entry_lines(name, item, inner, style))
        return [dash + lines[0][inner:], *lines[1:]]
    if isinstance(value, dict | list):
        return [dash + flow_text(value, style)]
    return [dash + _block_scalar(value, style, like)]


def _block_scalar(value: str | int | float | bool | None, style: Style, like: str) -> str:
    return scalar_text(value, flow=False, like=like, quote=style.quote)


def _float_text(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    return text
