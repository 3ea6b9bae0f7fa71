"""CG501: an image that changes under its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Problem,
    Profile,
    Reading,
    Service,
    Severity,
    Unresolved,
    Workload,
    cis,
    compose,
    cwe,
    docker,
    owasp,
    reading_rule,
)

_MOVING = frozenset(
    (
        "latest",
        "stable",
        "edge",
        "main",
        "master",
        "trunk",
        "head",
        "nightly",
        "daily",
        "weekly",
        "dev",
        "devel",
        "develop",
        "development",
        "unstable",
        "experimental",
        "insiders",
        "canary",
        "testing",
        "test",
        "preview",
        "alpha",
        "beta",
        "rc",
        "next",
        "current",
        "rolling",
        "snapshot",
        "staging",
        "mainline",
        "release",
        "prod",
        "production",
        "live",
        "lts",
    )
)
"""Tags that publishers move to the newest build of a line."""

_SEPARATOR = re.compile(r"[-_.]")


@reading_rule(
    code="CG501",
    name="mutable-tag",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    references=(
        cis("5.28"),
        owasp(13),
        cwe(829),
        docker("build/building/best-practices/#pin-base-image-versions", "Pin image versions"),
        compose("05-services.md#image"),
    ),
    examples=(
        Example(
            title="No tag is `latest`, and the port of a registry is no tag",
            bad="""\
services:
  web:
    image: nginx  # expect: CG501
  api:
    image: registry.example.org:5000/team/api  # expect: CG501
  worker:
    image: ${REGISTRY:-ghcr.io}/team/worker:${TAG:-main}  # expect: CG501
""",
        ),
        Example(
            title="A version, a digest, a tag that is set elsewhere, an image built here",
            good="""\
# besides: CG806
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
  web: {<<: *hardened, image: "nginx:1.27.2-alpine"}
  db: {<<: *hardened, image: "postgres@sha256:4ec37d2a07a0067f176fdcc9d4bb633a5724d2cc4f892c7a2046d054bb6939e5"}
  api: {<<: *hardened, image: "ghcr.io/team/api:${API_VERSION}"}
  app: {<<: *hardened, build: ., image: "team/app:latest"}
  migrate: {<<: *hardened, image: team/app, command: [migrate]}
""",
        ),
    ),
)
def mutable_tag(reading: Reading) -> Iterator[Problem]:
    """A moving tag runs another program on every pull.

    What was tested is not what gets deployed, two hosts run different builds of one file, and whoever takes
    over the publisher's account replaces the image for everybody who pulls. No tag means `latest`. A digest
    is never moving; a tag that depends on a variable without a value is not judged, nor is an image that the
    project builds.

    **Fix.** Name a version (`nginx:1.27.2`), best with its digest (`nginx:1.27.2@sha256:…`).

    **When to ignore.** Images that are meant to follow a branch: previews and development.
    """
    built = _built(reading)
    for container in reading.project.containers():
        image = container.image
        if not image or _is_built(container) or _full(image) in built:
            continue
        tag = _tag(image)
        if tag is None or (tag and not _moves(tag)):
            continue
        yield Problem(
            container.at("image"),
            f"{container.name} runs {image}, which {'has the moving tag ' + tag if tag else 'has no tag'}: "
            "the next pull may bring another program",
            label=f"`{tag}` moves" if tag else "no tag is `latest`",
            evidence=str(image),
        )


def _is_built(container: Container) -> bool:
    return isinstance(container, Workload) and container.build is not None


def _built(reading: Reading) -> frozenset[str]:
    """The names of the images that the project builds, in full."""
    names: set[str] = set()
    for container in reading.project.containers():
        if not isinstance(container, Workload) or container.build is None:
            continue
        produced = [container.image, *container.build.tags]
        if not container.image and isinstance(container, Service) and isinstance(reading.project.name, str):
            produced.append(f"{reading.project.name}-{container.name}")
        names.update(_full(name) for name in produced if name)
    return frozenset(names)


def _full(image: str | Unresolved) -> str:
    """The name with the tag that the engine would add."""
    text = image.text if isinstance(image, Unresolved) else image
    name = text.removeprefix("docker.io/").removeprefix("library/")
    return name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"


def _tag(image: str | Unresolved) -> str | None:
    """The tag; "" for none; None where a digest makes it moot, or a variable may hold it."""
    text = image.text if isinstance(image, Unresolved) else image
    if "@" in text or text.startswith("sha256:"):
        return None
    known = image.tail if isinstance(image, Unresolved) else image
    if isinstance(image, Unresolved) and "/" not in known and not known.startswith(":"):
        return None
    _, colon, tag = known.rpartition("/")[2].partition(":")
    return tag or (None if colon else "")


def _moves(tag: str) -> bool:
    """Whether a tag is a moving one, or such a one with the name of a variant (`stable-alpine`, `pg16-latest`)."""
    parts = _SEPARATOR.split(tag.lower())
    if parts[0] == "latest" or parts[-1] == "latest":
        return True
    return not any(character.isdigit() for character in tag) and (parts[0] in _MOVING or parts[-1] in _MOVING)
