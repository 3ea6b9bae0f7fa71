"""A unified diff that `git apply` and `patch` accept, whatever the newlines."""

from __future__ import annotations

import difflib
import re

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PLAIN_NAME = re.compile(r"[^\x00-\x1f\x7f\"\\\ud800-\udfff]+")
_MARK = "\ufeff"


def unified_diff(uri: str, before: str, after: str, *, bom: bool = False, context: int = 3) -> str:
    """The diff of one file; "" when nothing changed. Only a line feed ends a line, as git has it: a carriage
    return stays at the end of its line. `bom`: both texts begin with a byte order mark that they do not show."""
    if before == after:
        return ""
    if bom:
        before, after = _MARK + before, _MARK + after
    old, new = _LINE.findall(before), _LINE.findall(after)
    pieces: list[str] = [f"--- {_name('a', uri)}\n", f"+++ {_name('b', uri)}\n"]
    lines = iter(difflib.unified_diff(old, new, n=context))
    next(lines)
    next(lines)
    for line in lines:
        pieces.append(line)
        if not line.endswith("\n"):
            pieces.append("\n\\ No newline at end of file\n")
    return "".join(pieces)


def _name(side: str, uri: str) -> str:
    name = f"{side}/{uri}"
    if _PLAIN_NAME.fullmatch(name):
        # git takes what follows a tab for a date, so that a name with a blank needs one.
        return f"{name}\t" if " " in name else name
    quoted = "".join(_quoted(byte) for byte in name.encode("utf-8", "surrogatepass"))
    return f'"{quoted}"'


def _quoted(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
