"""Section 5 of the CIS Docker Benchmark v1.6.0: which of its recommendations the rules judge, and why not the others.

The numbers are the benchmark's, the titles our own words for what it asks. Which rule judges which number is what the
rules cite (`references.cis`), and stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from composeguard.engine.references import cis
from composeguard.engine.rule import Rule

VERSION = "1.6.0"
SECTION = 5


class Recommendation(Struct, frozen=True):
    """One recommendation; `reason` says why a file cannot tell, where that is so."""

    number: str
    title: str
    reason: str = ""


RECOMMENDATIONS = (
    Recommendation("5.1", "Swarm mode is off where it is not needed", "a state of the engine, not of a project"),
    Recommendation("5.2", "An AppArmor profile is in force"),
    Recommendation("5.3", "SELinux labels are in force"),
    Recommendation("5.4", "Capabilities are dropped down to those needed"),
    Recommendation("5.5", "No container is privileged"),
    Recommendation("5.6", "No sensitive folder of the host is mounted"),
    Recommendation("5.7", "No SSH server runs in a container"),
    Recommendation("5.8", "No privileged port of the host is published"),
    Recommendation(
        "5.9",
        "Only needed ports are open",
        "which ports are needed is known to the owner; CG303 knows some that are not",
    ),
    Recommendation("5.10", "No container is on the host's network"),
    Recommendation("5.11", "Memory is limited"),
    Recommendation("5.12", "The share of processors is limited"),
    Recommendation("5.13", "The root filesystem is read-only"),
    Recommendation("5.14", "Published ports are bound to one interface of the host"),
    Recommendation("5.15", "Restarts after a failure end after five attempts"),
    Recommendation("5.16", "No container sees the host's processes"),
    Recommendation("5.17", "No container shares the host's memory segments and queues"),
    Recommendation("5.18", "No device of the host is handed over"),
    Recommendation("5.19", "Limits of files and processes are set where the engine's do not fit"),
    Recommendation("5.20", "No mount is shared back to the host"),
    Recommendation("5.21", "No container can rename the host"),
    Recommendation("5.22", "The filter of system calls is on"),
    Recommendation(
        "5.23",
        "Nobody runs a privileged `exec`",
        "typed later, at a running container; CG101 judges the hooks of a file",
    ),
    Recommendation("5.24", "Nobody runs `exec` as root", "typed later, at a running container"),
    Recommendation("5.25", "Containers stay in the cgroup that is meant for them"),
    Recommendation("5.26", "No process gains privileges"),
    Recommendation("5.27", "The health of a container is checked"),
    Recommendation("5.28", "Images are kept up to date, by a version that is named"),
    Recommendation("5.29", "The number of processes is limited"),
    Recommendation("5.30", "The engine's default bridge is not used"),
    Recommendation("5.31", "No container shares the host's user namespace"),
    Recommendation("5.32", "The engine's socket is in no container"),
)


class Coverage(Struct, frozen=True):
    """One recommendation and the codes of the rules that cite it."""

    recommendation: Recommendation
    codes: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why it is not judged; "" where it is."""
        return "" if self.codes else self.recommendation.reason or "no rule judges it"


def coverage(rules: Iterable[Rule]) -> tuple[Coverage, ...]:
    """Every recommendation of the section, with the rules that judge it."""
    known = sorted(rules, key=lambda rule: rule.code)
    return tuple(
        Coverage(each, tuple(rule.code for rule in known if cis(each.number) in rule.references))
        for each in RECOMMENDATIONS
    )
