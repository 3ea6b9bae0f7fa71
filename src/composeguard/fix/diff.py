"""A unified diff that `git apply` and `patch` accept, whatever the newlines."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.fix.align import Alignment
from composeguard.source.regex import regex

_LINE = regex(r"[^\n]*\n|[^\n]+")
_PLAIN_NAME = regex(r"[^\x00-\x1f\x7f\"\\\ud800-\udfff]+")
_MARK = "\ufeff"


def unified_diff(uri: str, before: str, after: str, *, bom: bool = False, context: int = 3) -> str:
    """The diff of one file; "" when nothing changed. Only a line feed ends a line, as git has it: a carriage
    return stays at the end of its line. `bom`: both texts begin with a byte order mark that they do not show."""
    if before == after:
        return ""
    pieces = [f"--- {_tabbed(_name('a', uri))}\n", f"+++ {_tabbed(_name('b', uri))}\n"]
    if bom:
        before, after = _MARK + before, _MARK + after
    old, new = _LINE.findall(before), _LINE.findall(after)
    for line in _hunks(old, new, context):
        pieces.append(line)
        if not line.endswith("\n"):
            pieces.append("\n\\ No newline at end of file\n")
    return "".join(pieces)


def git_header(uri: str) -> str:
    """The line before a diff that tells `git apply` that names count from the root of the repository: without it, they
    count from the current folder."""
    return f"diff --git {_name('a', uri)} {_name('b', uri)}\n"


def _hunks(old: list[str], new: list[str], context: int) -> Iterator[str]:
    for group in Alignment(old, new).get_grouped_opcodes(context):
        (_, a, _, b, _), (_, _, a_end, _, b_end) = group[0], group[-1]
        yield f"@@ -{_range(a, a_end)} +{_range(b, b_end)} @@\n"
        for tag, first, last, new_first, new_last in group:
            if tag == "equal":
                yield from (" " + line for line in old[first:last])
                continue
            yield from ("-" + line for line in old[first:last])
            yield from ("+" + line for line in new[new_first:new_last])


def _range(start: int, end: int) -> str:
    """Lines from 1; an empty range names the line before it."""
    length = end - start
    return str(start + 1) if length == 1 else f"{start + 1 if length else start},{length}"


def _name(side: str, uri: str) -> str:
    name = f"{side}/{uri}"
    if _PLAIN_NAME.fullmatch(name):
        return name
    quoted = "".join(_quoted(byte) for byte in name.encode("utf-8", "surrogatepass"))
    return f'"{quoted}"'


def _tabbed(name: str) -> str:
    """git takes what follows a tab for a date, so that a name with a blank needs one."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _quoted(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
