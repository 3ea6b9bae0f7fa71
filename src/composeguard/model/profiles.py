"""Which services run: those without profiles, and those of a chosen profile."""

from __future__ import annotations

from collections.abc import Collection

from composeguard.model.service import Workload

ALL = "*"
"""Stands for every profile."""


def is_enabled(container: Workload, chosen: Collection[str]) -> bool:
    """Whether the reference runs it when these profiles are chosen."""
    if not container.profiles or ALL in chosen:
        return True
    return any(profile in chosen for profile in container.profiles if isinstance(profile, str))


def can_meet(one: Workload, other: Workload) -> bool:
    """Whether one profile, or none, runs both. What is not known of a profile counts as yes."""
    if not one.profiles or not other.profiles:
        return True
    unknown = any(not isinstance(profile, str) for profile in (*one.profiles, *other.profiles))
    return unknown or any(profile in other.profiles for profile in one.profiles)
