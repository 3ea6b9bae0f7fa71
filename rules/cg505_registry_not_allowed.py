"""CG505: an image, or the base of a build, from a registry that the configuration does not allow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Options,
    Path,
    Problem,
    Reference,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    cwe,
    image_name,
    option,
    owasp,
)

_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)(?:[ \t]+AS[ \t]+(?P<stage>\S+))?", re.I | re.M)
_IMAGE_CONTEXT = "docker-image://"


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
    allowed = tuple(_entry(entry.rstrip("/")) for entry in options.allow)
    for image, path in _images(container):
        full = _full(image)
        if full and not any(full == entry or full.startswith(f"{entry}/") for entry in allowed):
            yield Problem(
                path,
                f"{container.name} takes {full} from a registry that is not allowed",
                label=f"allowed: {', '.join(options.allow)}",
                evidence=full,
            )


def _images(container: Container) -> Iterator[tuple[str | Unresolved, Path]]:
    """The images that a container runs or is built on."""
    build = container.build if isinstance(container, Workload) else None
    if build is None:
        if container.image:
            yield container.image, container.at("image")
        return
    for name, context in build.additional_contexts.items():
        if isinstance(context, str) and context.startswith(_IMAGE_CONTEXT):
            yield context.removeprefix(_IMAGE_CONTEXT), container.at("build", "additional_contexts", name)
    if isinstance(build.dockerfile_inline, str):
        stages: set[str] = {"scratch", *build.additional_contexts}
        for found in _FROM.finditer(build.dockerfile_inline):
            image = found["image"]
            if image not in stages and "$" not in image:
                yield image, container.at("build", "dockerfile_inline")
            stages.add(found["stage"] or "")


def _entry(text: str) -> str:
    """An entry of the option in full: what looks like a host is a registry, and the rest lies on Docker Hub."""
    host = text.partition("/")[0]
    return text if "." in host or ":" in host or host == "localhost" else f"docker.io/{text}"


def _full(image: str | Unresolved) -> str:
    """The name with its registry, without tag and digest; "" where a variable hides it, or it is an image's id."""
    name = image_name(image)
    if name is None or not name.path or (isinstance(image, Unresolved) and image.text.startswith("$")):
        return ""
    if name.registry != "docker.io":
        return f"{name.registry}/{name.path}"
    return f"docker.io/{name.path}" if "/" in name.path else f"docker.io/library/{name.path}"
