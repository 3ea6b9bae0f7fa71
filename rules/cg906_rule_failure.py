"""CG906: a rule that crashed."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    RuleFailure,
    Severity,
    cwe,
    failure_rule,
)

_TAKES_AN_IMAGE_FOR_GRANTED = '''\
"""ACME001: images of our own."""

from composeguard.api import Problem, Service, Severity, cwe, service_rule


@service_rule(code="ACME001", name="own-image", severity=Severity.LOW, profiles=(), references=(cwe(829),))
def own_image(service: Service):
    """Images come from our registry."""
    if not service.image.startswith("registry.acme.example/"):
        yield Problem(service.at("image"), f"{service.name} runs an image of others")
'''


@failure_rule(
    code="CG906",
    name="rule-failure",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    always=True,
    references=(cwe(755),),
    examples=(
        Example(
            title="A rule that takes for granted that every service names an image",
            rules=_TAKES_AN_IMAGE_FOR_GRANTED,
            bad="""\
services:
  web:
    image: registry.acme.example/web:2.1.0
  api:  # expect: CG906
    build: .
""",
            good="""\
services:
  web:
    image: registry.acme.example/web:2.1.0
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def rule_failure(failure: RuleFailure) -> Iterator[Problem]:
    """A rule crashed, and what it looks for was not looked for.

    The mistake is the rule's, not the file's; but a report without that rule is no report on all that was asked
    for, so the run ends with exit code 2. The message names the rule, what it was looking at, and the kind and
    the line of the error. It does not hold the error's text, which may be a value of the file.

    **Fix.** A rule of your own (`--rules DIR`): correct it at that line, and add the file to its examples. A built-in
    rule: please report it.

    **When to ignore.** `--ignore` leaves a broken rule out until it is repaired; its failure itself cannot be
    accepted.
    """
    yield Problem(failure.path, failure.message, label="was not judged by it", evidence=failure.rule.code)
