"""What policies cite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from composeguard.engine.references import cis, cwe, owasp
from composeguard.engine.rule import Reference

_LISTS: Mapping[str, Callable[[Any], Reference]] = {"cis": cis, "cwe": cwe, "owasp": owasp}


def cited(given: Mapping[str, Any]) -> Reference:
    """A reference as a file has it: a label and an address, or a number in a list that is known."""
    for name, of in _LISTS.items():
        if name in given:
            return of(given[name])
    return Reference(given["label"], given["url"])
