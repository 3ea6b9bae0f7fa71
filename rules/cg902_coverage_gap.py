"""CG902: a part of the project that could not be seen."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import Diagnostic, Example, Kind, Problem, Profile, Severity, compose, diagnostic_rule


@diagnostic_rule(
    code="CG902",
    name="coverage-gap",
    severity=Severity.MEDIUM,
    profiles=(Profile.BASELINE,),
    correctness=True,
    always=True,
    references=(compose("14-include.md"), compose("05-services.md#extends")),
    examples=(
        Example(
            title="A file from elsewhere, and one that is missing",
            bad="""\
include:
  - https://git.example.org/platform.git#main:compose.yaml  # expect: CG902
services:
  web:
    image: nginx:1.27.2
    extends:
      file: missing.yml  # expect: CG902
      service: base
""",
        ),
        Example(
            title="A base in the same file",
            good="""\
services:
  base:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
  web:
    extends: base
""",
        ),
    ),
)
def coverage_gap(diagnostic: Diagnostic) -> Iterator[Problem]:
    """A part of the project could not be seen, and was not checked.

    A remote `include` is never fetched; a base or an included file does not exist, or lies outside the
    repository. What they deploy (a privileged service, a published port) is unknown, so the run is no
    success: it ends with exit code 2 unless `--allow-partial` is given.

    **Fix.** Check in a repository that holds all files of the project, or fetch them before the check.

    **When to ignore.** Projects of which a part is checked elsewhere: use `--allow-partial`.
    """
    if diagnostic.kind is Kind.GAP:
        yield Problem(diagnostic.path, diagnostic.message, diagnostic=diagnostic)
