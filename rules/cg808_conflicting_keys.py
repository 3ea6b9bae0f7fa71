"""CG808: keys that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import Diagnostic, Example, Kind, Problem, Profile, Severity, compose, diagnostic_rule


@diagnostic_rule(
    code="CG808",
    name="conflicting-keys",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    correctness=True,
    references=(compose("05-services.md#network_mode"), compose("deploy.md#resources")),
    examples=(
        Example(
            title="Two answers to one question",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 512m  # expect: CG808
    deploy:
      resources:
        limits: {memory: 256m}
""",
        ),
        Example(
            title="Twice the same",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    logging: {driver: local}
    deploy:
      resources:
        limits: {memory: 256m, cpus: "0.5", pids: 100}
""",
        ),
    ),
)
def conflicting_keys(diagnostic: Diagnostic) -> Iterator[Problem]:
    """Compose refuses keys that contradict each other.

    `network_mode` beside `networks`, two limits that differ, two mounts on one target: the author meant one
    of them, and a reader cannot know which. Compose stops; tools that go on pick one, perhaps the weaker.

    **Fix.** Keep the key that says what is meant.

    **When to ignore.** Never for a file that Compose is to read.
    """
    if diagnostic.kind is Kind.CONFLICT:
        yield Problem(diagnostic.path, diagnostic.message, diagnostic=diagnostic)
