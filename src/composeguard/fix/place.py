"""Where a new key of a service goes: behind one that it belongs with, else at the end."""

from __future__ import annotations

from collections.abc import Collection

_GROUPS: tuple[tuple[str, ...], ...] = (
    ("privileged", "user", "group_add", "read_only", "tmpfs", "cap_add", "cap_drop", "security_opt"),
    ("mem_limit", "memswap_limit", "mem_reservation", "cpus", "cpu_shares", "cpu_quota", "pids_limit", "ulimits"),
    ("restart", "healthcheck"),
    ("environment", "env_file"),
    ("networks", "ports"),
    ("logging",),
)


def neighbour(key: str, siblings: Collection[str]) -> str | None:
    """The sibling behind which a key goes; None where none belongs with it.

    The nearest one before it in the order of its group, else the nearest one after it.
    """
    for group in _GROUPS:
        if key in group:
            at = group.index(key)
            before = [name for name in group[:at] if name in siblings]
            if before:
                return before[-1]
            return next((name for name in group[at + 1 :] if name in siblings), None)
    return None
