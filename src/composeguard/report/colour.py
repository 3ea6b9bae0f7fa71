"""Whether to write colours and links. Pure: the caller gives the environment and what it knows of the stream."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

_LINKING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby", "zed"})
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour")
_FIRST_VTE = 5000
"""The libvte version (0.50, as it writes it in the environment) that first shows links well."""


class When(Enum):
    """The values of `--color`."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def wants_colour(when: When, environment: Mapping[str, str], *, isatty: bool) -> bool:
    """`--color`, then `NO_COLOR`, then `FORCE_COLOR` or `CLICOLOR_FORCE`, then `TERM=dumb`, then the stream.

    An empty variable counts as unset (no-color.org), and so does a force of "0".
    """
    if when is not When.AUTO:
        return when is When.ALWAYS
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return environment.get("TERM") != "dumb" and isatty


def wants_links(environment: Mapping[str, str], *, colour: bool, isatty: bool) -> bool:
    """Only on terminals known to show OSC 8 links; others print or swallow them. `FORCE_HYPERLINK` decides if set."""
    if not colour:
        return False
    forced = environment.get("FORCE_HYPERLINK")
    if forced:
        return forced != "0"
    if not isatty:
        return False
    if environment.get("TERM_PROGRAM") in _LINKING_PROGRAMS or environment.get("TERM", "").startswith(_LINKING_TERMS):
        return True
    if environment.get("WT_SESSION") or environment.get("KONSOLE_VERSION"):
        return True
    vte = environment.get("VTE_VERSION", "")
    return vte.isascii() and vte.isdigit() and len(vte) < 10 and int(vte) >= _FIRST_VTE
