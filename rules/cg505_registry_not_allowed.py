"""CG505: an image, or the base of a build, from a registry that the configuration does not allow."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Options,
    Problem,
    Reference,
    Severity,
    compose,
    container_rule,
    cwe,
    images_from_elsewhere,
    option,
    owasp,
)


class RegistryNotAllowed(Options):
    """What a configuration sets; without it the rule has nothing to say."""

    allow: tuple[str, ...] = option(
        (), "Where images may come from: registries, or folders or images of them, as `docker.io/library`."
    )


@container_rule(
    code="CG505",
    name="registry-not-allowed",
    severity=Severity.HIGH,
    profiles=(),
    references=(
        owasp(13),
        cwe(829),
        compose("05-services.md#image"),
        Reference("OWASP: Only use trusted images", "https://owasp.org/www-project-docker-top-10/"),
    ),
    examples=(
        Example(
            title="Whole names between slashes count, not the start of a text",
            settings={"allow": ["registry.example.org", "docker.io/library", "ghcr.io/team"]},
            bad="""\
services:
  web:
    image: nginx:1.27.2
  cache:
    image: bitnami/redis:7.4  # expect: CG505
  api:
    image: ghcr.io/teammate/api:2.1  # expect: CG505
  worker:
    image: registry.example.org.evil.test/worker:3  # expect: CG505
  site:
    build:
      context: .
      dockerfile_inline: |  # expect: CG505
        FROM golang:1.23 AS build
        FROM gcr.io/distroless/static
        COPY --from=build /site /site
""",
        ),
        Example(
            title="Nothing is asked where nothing is configured",
            good="""\
services:
  web:
    image: quay.io/team/web:1.4
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
    options=RegistryNotAllowed,
)
def registry_not_allowed(container: Container, options: RegistryNotAllowed) -> Iterator[Problem]:
    """Images come from the registries that the organisation trusts, and from no others.

    An image runs with all that the service is given; one from a stranger's registry, or under a name that looks
    like a familiar one, is the shortest way for an attacker to run code here. The rule runs where a configuration
    has its option `allow`. An entry is a registry (`ghcr.io`), a folder of one (`ghcr.io/team`) or one image
    (`docker.io/library/nginx`); what does not start with a registry is on Docker Hub. Judged are `image`, images as
    additional contexts of a build, and the base images of an inline Dockerfile; what a variable hides is not, nor is
    what the project builds itself.

    **Fix.** Take the image from an allowed registry, or mirror it there.

    **When to ignore.** An image that has been reviewed, and is pinned by its digest.
    """
    if not options.allow:
        return
    for full, path in images_from_elsewhere(container, options.allow):
        yield Problem(
            path,
            f"{container.name} takes {full} from a registry that is not allowed",
            label=f"allowed: {', '.join(options.allow)}",
            evidence=full,
        )
