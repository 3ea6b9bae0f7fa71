"""How values read in messages, and which are never shown."""

from __future__ import annotations

_LONGEST = 200
_MOST = 20
"""Items of a list that are shown."""

MAY_BE_SECRET = frozenset(
    ("environment", "args", "command", "entrypoint", "test", "content", "driver_opts", "options", "dockerfile_inline")
)
"""Fields whose values hold passwords now and then: no message shows them."""


def shown(value: object) -> str:
    """A value in a sentence. What a variable hides reads as it is written: `${TAG}`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        some = value[:_MOST] if all(not isinstance(each, (list, dict)) for each in value[:_MOST]) else []
        listed = ", ".join(shown(each) for each in some) or ("none" if not value else "a list")
        return f"{listed}, …" if len(value) > _MOST and some else listed
    if isinstance(value, dict):
        return "a map"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
