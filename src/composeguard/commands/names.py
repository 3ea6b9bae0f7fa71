"""The names of the commands, for what must know them before any is imported."""

from __future__ import annotations

COMMANDS = (
    "check",
    "fix",
    "explain",
    "rules",
    "resolve",
    "policy",
    "baseline",
    "init",
    "config",
    "completion",
)

COMPLETION = "_COMPOSEGUARD_COMPLETE"
"""The variable by which a shell asks what may follow."""
