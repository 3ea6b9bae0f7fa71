"""CG502: a tag without the digest of what was tested."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    Reading,
    Severity,
    Unresolved,
    compose,
    cwe,
    docker,
    owasp,
    pulled,
    reading_rule,
    written_tag,
)


@reading_rule(
    code="CG502",
    name="no-digest",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED,),
    references=(
        owasp(13),
        cwe(494),
        docker("build/building/best-practices/#pin-base-image-versions", "Pin image versions"),
        compose("05-services.md#image"),
    ),
    examples=(
        Example(
            title="A version is a name, not a content",
            bad="""\
services:
  web:
    image: nginx:1.27.2  # expect: CG502
""",
        ),
        Example(
            title="With digest, or built here",
            good="""\
services:
  web:
    image: nginx:1.27.2@sha256:bc5eac5eafc581aeda3008b4b1f07ebba230de2f27d47767129a6a905c84f470
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
  app:
    build: .
    image: team/app:1.0
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
def no_digest(reading: Reading) -> Iterator[Problem]:
    """A tag can be given to another image; a digest cannot.

    Whoever takes over the publisher's account, or the registry, replaces what the tag names, and the next host
    that pulls runs it. With a digest, the engine refuses what is not the image that was tested. No tag at all is
    CG501's; a tag that ends in a variable without a value is not judged, nor is an image that the project builds.

    **Fix.** Write the digest behind the tag, `nginx:1.27.2@sha256:…`, and let a bot that watches for updates renew
    both.

    **When to ignore.** A private registry whose tags cannot be overwritten.
    """
    for container, image in pulled(reading.project):
        if not written_tag(image) or (isinstance(image, Unresolved) and not image.tail):
            continue
        yield Problem(
            container.at("image"),
            f"{container.name} runs {image} by its tag: another image may get the same tag",
            label="no digest",
            evidence=str(image),
        )
