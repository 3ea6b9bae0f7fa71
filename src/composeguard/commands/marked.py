"""The part of a page written by hand that is generated: what stands between two markers."""

from __future__ import annotations


def between(page: str, begin: str, generated: str, end: str, what: str) -> str:
    """The page with a new text between its markers; `what` says in errors of which page and part that is.

    Raises:
        ValueError: a marker is missing.
    """
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"{what}: {begin} … {end}")
    return f"{before}{begin}\n{generated}{end}{after}"
