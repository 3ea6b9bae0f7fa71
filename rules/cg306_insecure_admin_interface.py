"""CG306: an administration interface that asks for no password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from composeguard.api import (
    ADMIN_FLAGS,
    ADMIN_VARIABLES,
    OPEN_INTERFACES,
    TRUE_WORDS,
    AdminVariable,
    Container,
    Example,
    OpenInterface,
    Options,
    Path,
    Problem,
    Profile,
    Reach,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    cwe,
    image_name,
    option,
    regex,
)


def _as_words(pattern: str) -> str:
    return rf"(?:^|\s)(?:{pattern})(?=\s|$)"


_ANY_FLAG = regex(_as_words("|".join(flag.pattern for flag in ADMIN_FLAGS)), re.IGNORECASE)


class InsecureAdminInterface(Options):
    """What a configuration can set."""

    images: tuple[str, ...] = option((), "Further images whose interface is open to all: team/admin, without tag.")


@container_rule(
    code="CG306",
    name="insecure-admin-interface",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(cwe(306), compose("05-services.md#command"), compose("05-services.md#environment")),
    examples=(
        Example(
            title="By flag, by variable, and for want of one",
            bad="""\
services:
  proxy:
    image: traefik:3.2.0
    command:
      - --providers.docker=true
      - --api.insecure=true  # expect: CG306
    ports: ["80:80", "8080:8080"]
  charts:
    image: grafana/grafana:11.3.0
    environment:
      GF_AUTH_ANONYMOUS_ENABLED: "true"
      GF_AUTH_ANONYMOUS_ORG_ROLE: Admin  # expect: CG306
  topics:
    image: provectuslabs/kafka-ui:v0.7.2  # expect: CG306
    ports: ["8080:8080"]
""",
        ),
        Example(
            title="With a password, and with an open interface on the loopback address",
            good="""\
services:
  proxy:
    image: traefik:3.2.0
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    command: [--api.dashboard=true, --api.insecure=false]
  topics:
    image: provectuslabs/kafka-ui:v0.7.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["127.0.0.1:8080:8080"]
  charts:
    image: grafana/grafana:11.3.0
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    environment: {GF_AUTH_ANONYMOUS_ENABLED: "true", GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer}
""",
        ),
        Example(
            title="An image of one's own",
            settings={"images": ["team/admin"]},
            bad="""\
services:
  admin:
    image: registry.example.org/team/admin:1.4  # expect: CG306
    ports: ["8080:8080"]
""",
        ),
    ),
    options=InsecureAdminInterface,
)
def insecure_admin_interface(container: Container, options: InsecureAdminInterface) -> Iterator[Problem]:
    """An administration interface answers whoever reaches it.

    It shows the routes, topics, keys or logs of other services, and often changes them or runs code. Where no port
    of the container is published beyond the host's loopback address, other containers still reach it: medium.
    An interface that is open unless something closes it counts only where it is published.

    **Fix.** Ask for a password, or put the interface behind a proxy that does; publish it on `127.0.0.1` only.

    **When to ignore.** A proxy in front asks for the password, and no other container shares the network.
    """
    image = image_name(container.image) if container.image else None
    repository = image.repository if image else ""
    for flag in ADMIN_FLAGS if _has_a_flag(container) else ():
        path = _place_of(container, flag.pattern) if _is_of(repository, flag.images) else None
        if path:
            yield _problem(container, path, flag.what, flag.port)
    opened = False
    for variable in ADMIN_VARIABLES if container.environment else ():
        if _opens(container, variable) and _is_of(repository, variable.images):
            yield _problem(container, container.at("environment", variable.name), variable.what, variable.port)
            opened = opened or bool(variable.images)
    for interface in () if opened else _open_interfaces(repository):
        if _is_exposed(container, None) and _stays_open(container, interface):
            yield _problem(container, container.at("image"), interface.what, None)
    if options.images and _is_image_of(repository, options.images) and _is_exposed(container, None):
        yield _problem(container, container.at("image"), "an interface that the configuration calls open", None)


def _problem(container: Container, path: Path, what: str, port: int | None) -> Problem:
    return Problem(
        path,
        f"{container.name} offers {what}",
        label="whoever reaches it is let in",
        severity=None if _is_exposed(container, port) else Severity.MEDIUM,
    )


def _is_of(repository: str, words: tuple[str, ...]) -> bool:
    return not words or any(word in repository for word in words)


def _is_image_of(repository: str, names: tuple[str, ...]) -> bool:
    """Whether it is one of the images, or a copy of it in another registry."""
    return any(repository == name or repository.endswith(f"/{name}") for name in names)


@lru_cache(256)  # projects run the same few images
def _open_interfaces(repository: str) -> tuple[OpenInterface, ...]:
    return tuple(each for each in OPEN_INTERFACES if _is_image_of(repository, each.repositories))


def _has_a_flag(container: Container) -> bool:
    """Whether `command` or `entrypoint` may have any of the flags at all: hardly one has."""
    words = (*(container.command or ()), *(container.entrypoint or ()))
    return bool(words) and _ANY_FLAG.search(" ".join(word for word in words if isinstance(word, str))) is not None


def _place_of(container: Container, pattern: str) -> Path | None:
    """The word of `command` or `entrypoint` that the pattern matches, alone, with the next word, or in a script."""
    if not container.command and not container.entrypoint:
        return None
    search = re.compile(_as_words(pattern), re.IGNORECASE)
    for key, words in (("command", container.command), ("entrypoint", container.entrypoint)):
        known = [word if isinstance(word, str) else "" for word in words or ()]
        for index, word in enumerate(known):
            after = known[index + 1] if index + 1 < len(known) else ""
            if word and (search.search(word) or search.fullmatch(f"{word} {after}")):
                return container.at(key, index)
    return None


def _opens(container: Container, variable: AdminVariable) -> bool:
    value = container.environment.get(variable.name)
    if not isinstance(value, str) or not re.fullmatch(variable.values, value.strip(), re.IGNORECASE):
        return False
    if not variable.besides:
        return True
    other = container.environment.get(variable.besides)
    return isinstance(other, str) and re.fullmatch(TRUE_WORDS, other.strip(), re.IGNORECASE) is not None


def _stays_open(container: Container, interface: OpenInterface) -> bool:
    """Whether nothing closes the interface; an `env_file` may, and is not judged."""
    if container.env_file or any(name in container.environment for name in interface.closed_by):
        return False
    hidden = any(isinstance(word, Unresolved) for word in (*(container.command or ()), *(container.entrypoint or ())))
    return not hidden and _place_of(container, interface.flags) is None


def _is_exposed(container: Container, port: int | None) -> bool:
    """Whether other machines reach the port of the container (None: any of its ports)."""
    if container.network_mode == "host":
        return True
    if not isinstance(container, Workload):
        return False
    return any(
        port in (None, each.target) and each.reach in (Reach.EVERYWHERE, Reach.ADDRESS) for each in container.ports
    )
