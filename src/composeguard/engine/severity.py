"""How bad a finding is, and which rules a profile holds."""

from __future__ import annotations

from enum import Enum, IntEnum


class Severity(IntEnum):
    """An attacker's precondition times the impact; ordered, so that thresholds compare."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = [severity.name.lower() for severity in Severity]


class Profile(Enum):
    """Sets of rules. The first four are cumulative; `CIS` maps to section 5 of the CIS Docker Benchmark."""

    BASELINE = "baseline"
    RECOMMENDED = "recommended"
    RESTRICTED = "restricted"
    ALL = "all"
    CIS = "cis"

    def holds(self, profiles: tuple[Profile, ...]) -> bool:
        """Whether a rule that names `profiles` belongs to this profile."""
        if self is Profile.CIS:
            return Profile.CIS in profiles
        return any(_ORDER[profile] <= _ORDER[self] for profile in profiles if profile in _ORDER)


_ORDER = {Profile.BASELINE: 0, Profile.RECOMMENDED: 1, Profile.RESTRICTED: 2, Profile.ALL: 3}
