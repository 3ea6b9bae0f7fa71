"""CG503: a name of an image that the engine refuses."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Reference,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    image_fault,
    regex,
)

_FOREIGN = regex(r"[\s\\{}()<>\"'`,;!*?&|^~%=#$]")
"""Characters that no name of an image has, whatever a variable brings in."""


@container_rule(
    code="CG503",
    name="malformed-image",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(
        Reference("Grammar of image references", "https://github.com/distribution/reference/blob/main/reference.go"),
        compose("05-services.md#image"),
    ),
    examples=(
        Example(
            title="Capital letters, an empty tag, half a digest",
            bad="""\
services:
  web:
    image: ghcr.io/Team/Web:1.0  # expect: CG503
  api:
    image: "nginx:"  # expect: CG503
  db:
    image: postgres:16.4@sha256:4ec37d2a07a0067f  # expect: CG503
""",
        ),
        Example(
            title="Unusual names that are right",
            good="""\
x-hardened: &hardened
  user: "101:101"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  port: {<<: *hardened, image: "localhost:5000/a__b--c/d.e:V1.0_x"}
  host: {<<: *hardened, image: "Registry.Example.org/team/app:1.0"}
  digest: {<<: *hardened, image: "nginx@sha256:bc5eac5eafc581aeda3008b4b1f07ebba230de2f27d47767129a6a905c84f470"}
""",
        ),
    ),
)
def malformed_image(container: Container) -> Iterator[Problem]:
    """Compose reads the file, and the engine refuses the image when the container is to start.

    A digest that is cut off or mistyped is the dangerous case: whoever takes it away to make the file work runs an
    image that nobody checked. Names are in small letters, tags have up to 128 letters, digits, `_`, `.` and `-`,
    digests are `sha256:` and 64 hexadecimal digits. What a variable without a value may still make right is not
    judged.

    **Fix.** Copy the name from the registry's page, the digest from `docker image inspect`.

    **When to ignore.** Templates that another program fills in before Compose reads them.
    """
    for image, path in _names(container):
        fault = _fault(image)
        if fault:
            yield Problem(
                path,
                f"the engine refuses the image of {container.name}: {fault}",
                label=fault,
                evidence=fault,
                redact="://" in str(image),  # an address may hold a password
            )


def _names(container: Container) -> Iterator[tuple[str | Unresolved, Path]]:
    if container.image:
        yield container.image, container.at("image")
    if isinstance(container, Workload) and container.build is not None:
        for index, tag in enumerate(container.build.tags):
            yield tag, container.at("build", "tags", index)
    for index, mount in enumerate(container.volumes):
        if mount.type == "image" and mount.source:
            yield mount.source, container.at("volumes", index, "source")


def _fault(image: str | Unresolved) -> str:
    if isinstance(image, str):
        return image_fault(image)
    found = _FOREIGN.search(image.text)
    return f"no name of an image has the character {found[0]!r}" if found else ""
