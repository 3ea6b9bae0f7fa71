"""CG805: two services with one container name."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import Diagnostic, Example, Kind, Problem, Profile, Severity, compose, diagnostic_rule


@diagnostic_rule(
    code="CG805",
    name="duplicate-container-name",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(compose("05-services.md#container_name"),),
    examples=(
        Example(
            title="The second one is refused",
            bad="""\
services:
  blue:
    image: nginx:1.27.2
    container_name: web
  green:
    image: nginx:1.27.2
    container_name: web  # expect: CG805
""",
        ),
        Example(
            title="One name a service",
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
  blue: {<<: *hardened, container_name: web-blue}
  green: {<<: *hardened, container_name: web-green}
""",
        ),
    ),
)
def duplicate_container_name(diagnostic: Diagnostic) -> Iterator[Problem]:
    """Two services cannot have one `container_name`.

    The name of a container is unique on the host. Compose refuses the project, so none of its services start;
    where the name comes by `extends` or a merge key, it is easily overlooked. Services that no single profile
    runs together are alternatives, and may share a name.

    **Fix.** Give each service a name of its own, or leave `container_name` out: Compose makes a unique one.

    **When to ignore.** Never.
    """
    if diagnostic.kind is Kind.DUPLICATE_NAME:
        yield Problem(diagnostic.path, diagnostic.message, diagnostic=diagnostic)
