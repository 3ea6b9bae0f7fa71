"""CG814: a container name that the engine refuses."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import Example, Problem, Profile, Reference, Service, Severity, compose, regex, service_rule

_NAME = regex(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")


@service_rule(
    code="CG814",
    name="malformed-container-name",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(
        Reference("Names in the engine", "https://github.com/moby/moby/blob/master/daemon/names/names.go"),
        compose("05-services.md#container_name"),
    ),
    examples=(
        Example(
            title="A space, a colon, a dash at the start",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    container_name: the web  # expect: CG814
  api:
    image: nginx:1.27.2
    container_name: "team:api"  # expect: CG814
  db:
    image: nginx:1.27.2
    container_name: -db  # expect: CG814
""",
        ),
        Example(
            title="Unusual names that are right",
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
  blue: {<<: *hardened, container_name: 2.Web_blue-}
  green: {<<: *hardened, container_name: "${PREFIX:-web}-green"}
""",
        ),
    ),
)
def malformed_container_name(service: Service) -> Iterator[Problem]:
    """The engine refuses a `container_name` that is not two or more of letters, digits, `_`, `.` and `-`.

    Compose looks for such characters anywhere in the name and accepts the file: the service fails only when it is
    started. The first character must be a letter or a digit. What Compose itself refuses is CG801.

    **Fix.** Write a name of the allowed characters, or leave `container_name` out: Compose makes a unique one.

    **When to ignore.** Never.
    """
    name = service.container_name
    if isinstance(name, str) and name and not _NAME.fullmatch(name):
        yield Problem(
            service.at("container_name"),
            f"{service.name} has the container name `{name}`, which the engine refuses: the service cannot start",
            label="not a name of a container",
            evidence="container_name",
        )
