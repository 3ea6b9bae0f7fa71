"""CG501: an image that changes under its name."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Options,
    Problem,
    Profile,
    Reading,
    Severity,
    cis,
    compose,
    cwe,
    docker,
    moves,
    option,
    owasp,
    pulled,
    reading_rule,
    written_tag,
)


class MutableTag(Options):
    """What a configuration can set."""

    moving: tuple[str, ...] = option((), "Further tags that move.")
    allow: tuple[str, ...] = option((), "Tags that are taken as pinned, though they move elsewhere.")


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
        Example(
            title="Tags of one's own that move",
            settings={"moving": ["v2"], "allow": ["lts"]},
            bad="""\
services:
  proxy:
    image: traefik:v2  # expect: CG501
  ci:
    image: jenkins/jenkins:lts
""",
        ),
    ),
    options=MutableTag,
)
def mutable_tag(reading: Reading, options: MutableTag) -> Iterator[Problem]:
    """A moving tag runs another program on every pull.

    What was tested is not what gets deployed, two hosts run different builds of one file, and whoever takes
    over the publisher's account replaces the image for everybody who pulls. No tag means `latest`. A digest
    is never moving; a tag that depends on a variable without a value is not judged, nor is an image that the
    project builds.

    **Fix.** Name a version (`nginx:1.27.2`), best with its digest (`nginx:1.27.2@sha256:…`).

    **When to ignore.** Images that are meant to follow a branch: previews and development.
    """
    for container, image in pulled(reading.project):
        tag = written_tag(image)
        if tag is None or (tag and tag not in options.moving and (tag in options.allow or not moves(tag))):
            continue
        yield Problem(
            container.at("image"),
            f"{container.name} runs {image}, which {'has the moving tag ' + tag if tag else 'has no tag'}: "
            "the next pull may bring another program",
            label=f"`{tag}` moves" if tag else "no tag is `latest`",
            evidence=str(image),
        )
