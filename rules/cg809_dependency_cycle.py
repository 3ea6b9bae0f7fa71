"""CG809: services that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import Diagnostic, Example, Kind, Problem, Profile, Severity, compose, diagnostic_rule


@diagnostic_rule(
    code="CG809",
    name="dependency-cycle",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(compose("05-services.md#depends_on"),),
    examples=(
        Example(
            title="By depends_on and by a shared network",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    depends_on: [api]
  api:  # expect: CG809
    image: example.org/api:1.0
    network_mode: service:web
""",
        ),
        Example(
            title="A chain",
            good="""\
x-hardened: &hardened
  image: nginx:1.27.2
  user: "101:101"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  web: {<<: *hardened, depends_on: [api]}
  api: {<<: *hardened}
""",
        ),
    ),
)
def dependency_cycle(diagnostic: Diagnostic) -> Iterator[Problem]:
    """Services that wait for each other never start.

    Not only `depends_on` makes a service wait: `links`, `volumes_from` and `network_mode`, `ipc`, `pid` or
    `uts` of another service do as well. Compose refuses the project.

    **Fix.** Remove one of the dependencies; a program that tries again until the other answers needs none.

    **When to ignore.** Never.
    """
    if diagnostic.kind is Kind.CYCLE:
        yield Problem(diagnostic.path, diagnostic.message, diagnostic=diagnostic)
