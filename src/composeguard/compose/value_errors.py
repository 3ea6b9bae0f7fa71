"""The errors for a single value that the reference cannot read."""

from __future__ import annotations


class UnitError(ValueError):
    """A value that the reference cannot convert. The message does not repeat the value."""


class ShortSyntaxError(ValueError):
    """A short form that the reference cannot read. The message does not repeat the value."""
