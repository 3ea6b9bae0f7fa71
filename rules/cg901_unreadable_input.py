"""CG901: a file that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import Diagnostic, Example, Kind, Problem, Profile, Severity, compose, diagnostic_rule


@diagnostic_rule(
    code="CG901",
    name="unreadable-input",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    always=True,
    references=(compose("03-compose-file.md"),),
    examples=(
        Example(
            title="A key twice",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    privileged: false
    privileged: true  # expect: CG901
""",
        ),
        Example(
            title="JSON is YAML",
            good="""\
{"services": {"web": {"image": "nginx:1.27.2", "user": "101:101", "cap_drop": ["ALL"],
  "security_opt": ["no-new-privileges:true"], "read_only": true, "mem_limit": "256m", "cpus": 0.5,
  "pids_limit": 100, "logging": {"driver": "local"}}}}
""",
        ),
    ),
)
def unreadable_input(diagnostic: Diagnostic) -> Iterator[Problem]:
    """What cannot be read was not checked.

    The file is no YAML, says the same key twice, or holds no mapping. Nothing is known about what it deploys,
    so the run is no success: it ends with exit code 2.

    **Fix.** Correct the syntax at the place shown.

    **When to ignore.** Files that are no Compose files do not belong among the inputs: leave them out with
    `--exclude`.
    """
    if diagnostic.kind is Kind.UNREADABLE:
        yield Problem(diagnostic.path, diagnostic.message, diagnostic=diagnostic)
