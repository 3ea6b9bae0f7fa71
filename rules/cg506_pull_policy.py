"""CG506: a moving tag that is not pulled again."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    Reading,
    Severity,
    compose,
    cwe,
    moves,
    pulled,
    reading_rule,
    written_tag,
)

_STALE = frozenset(("never", "missing", "if_not_present"))


@reading_rule(
    code="CG506",
    name="pull-policy",
    severity=Severity.INFO,
    profiles=(Profile.RESTRICTED,),
    references=(cwe(1104), compose("05-services.md#pull_policy")),
    examples=(
        Example(
            title="The newest of a tag, as it was on the first day",
            bad="""\
services:
  web:
    image: nginx:latest
    pull_policy: missing  # expect: CG506
""",
        ),
        Example(
            title="A version that is kept",
            good="""\
services:
  web:
    image: nginx:1.27.2
    pull_policy: missing
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
def pull_policy(reading: Reading) -> Iterator[Problem]:
    """A moving tag promises updates, and the policy never fetches them.

    Each host keeps the image of the day on which it first pulled: hosts run different programs under one name, and
    the fixes of the publisher reach none of them.

    **Fix.** Name a version; or `pull_policy: always`, `daily` or `weekly` with a tag that moves.

    **When to ignore.** Images that are loaded by hand on hosts without a registry.
    """
    for container, image in pulled(reading.project):
        policy = container.pull_policy
        tag = written_tag(image)
        if isinstance(policy, str) and policy in _STALE and tag is not None and (not tag or moves(tag)):
            yield Problem(
                container.at("pull_policy"),
                f"{container.name} runs {image} and never fetches a newer one",
                label="stays at the first pull",
                evidence=str(image),
            )
