"""The words that options take, for the command line library and for what does without it."""

from __future__ import annotations

SEVERITIES = ("critical", "high", "medium", "low", "info")
THRESHOLDS = (*SEVERITIES, "never")
PROFILES = ("baseline", "recommended", "restricted", "cis", "all")
COLOURS = ("auto", "always", "never")
SECONDS = 300.0
"""How long one project may take."""
