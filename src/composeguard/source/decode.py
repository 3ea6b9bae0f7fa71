"""Bytes to text: encodings, byte order marks, and the characters that YAML allows."""

from __future__ import annotations

import codecs

from composeguard.source.file import SourceError, SourceFile
from composeguard.source.limits import DEFAULT, Limits
from composeguard.source.regex import regex

_MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_UNPRINTABLE = regex("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PRINTABLE = b"\t\n\r" + bytes(range(0x20, 0x7F))


def decode(uri: str, data: bytes, *, path: str = "", limits: Limits = DEFAULT) -> SourceFile:
    """Bytes to text: UTF-8, or UTF-16 by its byte order mark, as YAML has it.

    Raises:
        SourceError: too large, not in that encoding, or with a control character; the place is that of the first.
    """
    if len(data) > limits.bytes:
        message = f"the file has {len(data):,} bytes; the limit is {limits.bytes:,}"
        raise SourceError(message, SourceFile(uri, "", path=path))
    encoding, bom = "utf-8", b""
    for name, mark in _MARKS.items():
        if data.startswith(mark):
            encoding, bom = name, mark
            break
    body = data[len(bom) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace")
        file = SourceFile(uri, before, path=path, bom=bool(bom), encoding=encoding)
        raise SourceError(f"not {encoding.upper()}: {error.reason}", file, len(before)) from None
    file = SourceFile(uri, text, path=path, bom=bool(bom), encoding=encoding)
    if encoding == "utf-8" and body.isascii() and not body.translate(None, _PRINTABLE):
        # The common case, in a fiftieth of the time.
        return file
    if unprintable := _UNPRINTABLE.search(text):
        message = f"YAML does not allow the control character U+{ord(unprintable.group()):04X}"
        raise SourceError(message, file, unprintable.start())
    return file


def encode(file: SourceFile, text: str) -> bytes:
    """A text as the bytes of this file: its encoding, and its byte order mark if it has one."""
    mark = _MARKS.get(file.encoding, b"") if file.bom else b""
    return mark + text.encode(file.encoding)


def is_read_so(file: SourceFile, data: bytes, limits: Limits = DEFAULT) -> bool:
    """Whether these bytes are read as the text of this file."""
    try:
        again = decode(file.uri, data, path=file.path, limits=limits)
    except SourceError:
        return False
    return (again.text, again.bom, again.encoding) == (file.text, file.bom, file.encoding)
