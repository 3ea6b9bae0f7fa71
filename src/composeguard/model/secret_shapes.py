"""Keys and tokens in a text that tell by their format what they are."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator

from msgspec import Struct

from composeguard.model.token_formats import SHAPES, Shape
from composeguard.source.regex import regex

_LIMIT = 64 * 1024
"""Characters of a text that are searched; keys stand at the beginning of what is longer."""
_FEWEST_CHARACTERS = 6
"""Different characters that a random token has at the very least; `xxxxxxxx` and `123123123` have fewer."""

_FEWEST_IN_A_KEY = 30
"""The same for a private key in base64, its first line included."""


class ShapedSecret(Struct, frozen=True):
    """A stretch of a text (code points) that has a format."""

    shape: Shape
    start: int
    end: int


_BEFORE, _AFTER = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
LOOKS_LIKE_ONE = r"(?=[A-Za-z0-9_+/=@.:-]{16}|-----BEGIN )"
"""How every format begins: asked first, as most words are short: trying all formats takes ten times as long."""
_ANY = regex(_BEFORE + LOOKS_LIKE_ONE + "(?:" + "|".join(shape.pattern for shape in SHAPES) + ")" + _AFTER)
"""Which one it is is asked of what was found: groups that tell make the search take twice as long."""
_SHORTEST = 20
_SAMPLE = regex(r"EXAMPLE|example|XXXX|xxxx|0123456789|1234567890|abcdefgh|ABCDEFGH|(.)\1{7}")
_PUBLIC_ROLES = frozenset(("anon", "anonymous", "public"))
_EMULATOR = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key of every storage emulator, which its documentation prints:
https://learn.microsoft.com/en-us/azure/storage/common/storage-connect-azurite"""


def shaped_secrets(text: str) -> Iterator[ShapedSecret]:
    """The stretches of a text that have one of the formats, without samples of documentation and public tokens."""
    if len(text) < _SHORTEST:
        return
    for match in _ANY.finditer(text, 0, _LIMIT):
        token = match.group()
        if not _is_sample(token):
            shape = next(shape for shape in SHAPES if re.fullmatch(shape.pattern, token))
            yield ShapedSecret(shape, match.start(), match.end())


def _is_sample(token: str) -> bool:
    if token.startswith("-----BEGIN"):
        return len(set(token)) < _FEWEST_IN_A_KEY
    if token.startswith("PuTTY"):
        return False
    if token.startswith("eyJ") and "." in token:
        return _is_public(token)
    if _EMULATOR in token:
        return True
    return len(set(token[4:])) < _FEWEST_CHARACTERS or _SAMPLE.search(token) is not None


def _is_public(token: str) -> bool:
    """Whether a JSON web token says that it is for everybody, as the `anon` key of Supabase does."""
    payload = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and str(claims.get("role", "")) in _PUBLIC_ROLES
