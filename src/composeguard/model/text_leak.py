"""What makes a text a credential: its format, an address in it, or the name of its key."""

from __future__ import annotations

from composeguard.compose.unresolved import MARK
from composeguard.model.command_secrets import assigned_secret
from composeguard.model.credential_names import credential
from composeguard.model.leak import LeakKind
from composeguard.model.secret_shapes import shaped_secrets
from composeguard.model.secret_values import is_literal_secret
from composeguard.model.url_credentials import url_credentials


def leak_in_text(text: str) -> tuple[LeakKind, str] | None:
    """What a text holds whatever its key is, and what it is called."""
    for secret in shaped_secrets(text):
        return LeakKind.SHAPE, secret.shape.name
    for address in url_credentials(text):
        return LeakKind.ADDRESS, address.scheme
    return None


def leak_of_variable(key: str, text: str, named: LeakKind) -> tuple[LeakKind, str] | None:
    """The same of a variable. `named`: what it is where its key says that it is a credential.

    Of options in the value (`JAVA_OPTS: -Dx.password=…`), the second part is the one that has the credential.
    """
    found = leak_in_text(text)
    if found is not None:
        return found
    kind = credential(key)
    if kind is not None:
        return (named, "") if MARK not in text and is_literal_secret(text, kind) else None
    if ("=" in text or " " in text.strip()) and text.lstrip().startswith("-"):
        inner = assigned_secret(text)
        return (named, inner) if inner else None
    return None
