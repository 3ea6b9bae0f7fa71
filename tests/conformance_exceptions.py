"""Conformance cases on which composeguard differs from the reference, each with its reason."""

from __future__ import annotations

EXCEPTIONS: dict[str, str] = {
    "531-no-normalize-output": "asks for --no-normalize; `resolve` has no such option",
}
