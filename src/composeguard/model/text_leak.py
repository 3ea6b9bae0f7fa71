"""What makes a text a credential: its format, an address in it, or the name of its key."""

from __future__ import annotations

import re
from functools import lru_cache

from composeguard.compose.unresolved import MARK
from composeguard.model.command_secrets import assigned_secret
from composeguard.model.config_secrets import config_secret
from composeguard.model.credential_names import Credential, credential
from composeguard.model.leak import LeakKind
from composeguard.model.secret_shapes import shaped_secrets
from composeguard.model.secret_values import is_literal_secret
from composeguard.model.url_credentials import url_credentials

_REMEMBERED = 4096
"""Texts. Services repeat one another, and a project that is fixed is read again."""
_LEAST = 10
"""Characters of random text beside a variable."""


@lru_cache(maxsize=_REMEMBERED)
def leak_in_text(text: str) -> tuple[LeakKind, str] | None:
    """What a text holds whatever its key is, and what it is called."""
    for secret in shaped_secrets(text):
        return LeakKind.SHAPE, secret.shape.name
    for address in url_credentials(text):
        return LeakKind.ADDRESS, address.scheme
    return None


@lru_cache(maxsize=_REMEMBERED)
def leak_of_variable(key: str, text: str, named: LeakKind) -> tuple[LeakKind, str] | None:
    """The same of a variable. `named`: what it is where its key says that it is a credential.

    Of options in the value (`JAVA_OPTS: -Dx.password=…`), the second part is the one that has the credential.
    """
    found = leak_in_text(text)
    if found is not None:
        return found
    kind = credential(key)
    if kind is not None:
        return (named, "") if _is_secret(text, kind) else None
    inner = config_secret(text)
    if inner:
        return named, inner
    if ("=" in text or " " in text.strip()) and text.lstrip().startswith("-"):
        inner = assigned_secret(text)
        return (named, inner) if inner else None
    return None


def _is_secret(text: str, kind: Credential) -> bool:
    if MARK not in text:
        return is_literal_secret(text, kind)
    # `pa$word`: Compose takes a part of the password for a variable, and the rest of it is written here.
    known = text.replace(MARK, "")
    return (
        len(known) >= _LEAST
        and all(re.search(letters, known) for letters in ("[a-z]", "[A-Z]", "[0-9]"))
        and ("://" not in text and is_literal_secret(known, kind))
    )
