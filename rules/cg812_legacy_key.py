"""CG812: keys of the time before networks, and files of the first format."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Diagnostic,
    Example,
    Kind,
    Problem,
    Profile,
    Reading,
    Severity,
    compose,
    docker,
    reading_rule,
)

_KEYS = {
    "links": "services of one network find each other by name, and `depends_on` orders them",
    "external_links": "an external network joins containers of two projects, and shows what it joins",
    "volumes_from": "it mounts all that the other container has, with its rights; a named volume shares one folder",
}
"""Why each is of the past: https://docs.docker.com/engine/network/links/ and 05-services.md of the specification."""
_TOP_LEVEL = frozenset(("services", "include", "jobs", "networks", "volumes", "secrets", "configs", "models"))


@reading_rule(
    code="CG812",
    name="legacy-key",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED,),
    correctness=True,
    references=(
        compose("05-services.md#links"),
        compose("05-services.md#volumes_from"),
        docker("engine/network/links/", "Docker: legacy container links"),
    ),
    examples=(
        Example(
            title="Links and the volumes of another container",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    links: [api]  # expect: CG812
    volumes_from: [api]  # expect: CG812
  api:
    image: nginx:1.27.2
""",
        ),
        Example(
            title="A network and a named volume",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    networks: [front]
    volumes: ["pages:/usr/share/nginx/html:ro"]
networks:
  front:
volumes:
  pages:
""",
        ),
    ),
)
def legacy_key(reading: Reading) -> Iterator[Problem]:
    """A key of the time before networks and named volumes.

    `links` and `external_links` were the way to reach another container before Compose made networks: they hide which
    containers belong together. `volumes_from` gives a container every mount of another one, those that are added
    later and the engine's socket included. A file without `services` is of the first format, which Compose v2 refuses.

    **Fix.** Services of one network reach each other by name; use `depends_on` for the order, an external network for
    other projects, and named volumes for what is shared. Put the services of an old file below `services:`.

    **When to ignore.** A link with an alias that a program asks for, until a network alias takes its place.
    """
    for service in reading.project.services.values():
        for key, reason in _KEYS.items():
            node = reading.node(service.at(key))
            if node is not None and node.value:
                yield Problem(
                    service.at(key), f"{service.name} uses the legacy key `{key}`: {reason}", label="of the past"
                )
    yield from _first_format(reading)


def _first_format(reading: Reading) -> Iterator[Problem]:
    for file in reading.files:
        for document in file.documents:
            entries = document.value
            if not isinstance(entries, dict) or not _TOP_LEVEL.isdisjoint(entries):
                continue
            for name, node in entries.items():
                service = node.value
                if name.startswith("x-") or not isinstance(service, dict) or {"image", "build"}.isdisjoint(service):
                    continue
                message = f"{name} is a service at the top level, as in files of the first format: Compose refuses it"
                yield Problem(
                    (name,),
                    message,
                    label="belongs below `services:`",
                    diagnostic=Diagnostic(Kind.NOTE, message, file, node.key_start, node.key_end, refused=False),
                )
                break
