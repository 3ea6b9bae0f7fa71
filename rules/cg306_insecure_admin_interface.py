"""CG306: an administration interface that asks for no password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from composeguard.api import (
    Container,
    Example,
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
)

_TRUE = "1|t|true|y|yes|on"
_FALSE = "0|f|false|n|no|off"


class _Flag(NamedTuple):
    """A word of `command` or `entrypoint` that opens an interface; `images` as in `_Variable`."""

    pattern: str
    images: tuple[str, ...]
    what: str
    source: str
    port: int | None = None
    """The port of the interface, where it has one of its own."""


class _Variable(NamedTuple):
    """A variable whose value opens an interface. `images`: words of which the image's name has one; () for any."""

    name: str
    values: str
    images: tuple[str, ...]
    what: str
    source: str
    besides: str = ""
    """Another variable without which the first does nothing."""
    port: int | None = None


class _Open(NamedTuple):
    """An image whose interface is open unless one of the variables, or of the flags, closes it."""

    repositories: tuple[str, ...]
    closed_by: tuple[str, ...]
    what: str
    source: str
    flags: str = "(?!)"


_FLAGS = (
    _Flag(
        rf"--api\.insecure(?:=(?:{_TRUE}))?",
        (),
        "the API and dashboard of Traefik without a password",
        "https://doc.traefik.io/traefik/operations/api/",
        8080,
    ),
    _Flag(
        rf"--enable-skip-login(?:=(?:{_TRUE}))?",
        (),
        "the Kubernetes Dashboard with a button that skips the login",
        "https://github.com/kubernetes/dashboard/blob/v2.7.0/docs/common/dashboard-arguments.md",
    ),
    _Flag(
        rf"--web\.enable-admin-api(?:=(?:{_TRUE}))?",
        (),
        "the administration API of Prometheus, which deletes data, without a password",
        "https://prometheus.io/docs/operating/security/",
    ),
    _Flag(
        r"""--(?:NotebookApp|ServerApp|LabApp|IdentityProvider)\.token=(?:''|"")?""",
        (),
        "Jupyter, which runs the code that it is given, without a token",
        "https://jupyter-server.readthedocs.io/en/latest/operators/security.html",
    ),
    _Flag(
        r"--auth[= ]none",
        ("code-server", "openvscode-server"),
        "an editor with a shell, without a password",
        "https://coder.com/docs/code-server/FAQ",
    ),
    _Flag(
        rf"--noauth(?:=(?:{_TRUE}))?",
        ("filebrowser",),
        "the files of File Browser without a password",
        "https://filebrowser.org/cli/filebrowser.html",
    ),
    _Flag(
        r"--no-auth",
        ("portainer",),
        "Portainer, which controls the engine, without a password",
        "https://github.com/portainer/portainer/blob/1.19.2/api/cli/cli.go",
    ),
)

_VARIABLES = (
    _Variable(
        "TRAEFIK_API_INSECURE",
        _TRUE,
        (),
        "the API and dashboard of Traefik without a password",
        "https://doc.traefik.io/traefik/operations/api/",
        port=8080,
    ),
    _Variable(
        "GF_AUTH_ANONYMOUS_ORG_ROLE",
        "admin|editor",
        (),
        "Grafana, with the rights to edit, without a password",
        "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/"
        "anonymous-auth/",
        besides="GF_AUTH_ANONYMOUS_ENABLED",
    ),
    _Variable(
        "ME_CONFIG_BASICAUTH",
        _FALSE,
        ("mongo-express",),
        "the databases of MongoDB without a password",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    _Variable(
        "ME_CONFIG_BASICAUTH_ENABLED",
        _FALSE,
        ("mongo-express",),
        "the databases of MongoDB without a password",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    _Variable(
        "PGADMIN_CONFIG_SERVER_MODE",
        "false",
        ("pgadmin",),
        "pgAdmin without a login",
        "https://www.pgadmin.org/docs/pgadmin4/latest/container_deployment.html",
    ),
    _Variable(
        "SE_VNC_NO_PASSWORD",
        _TRUE,
        (),
        "the desktop of a browser without a password",
        "https://github.com/SeleniumHQ/docker-selenium",
    ),
    _Variable(
        "DISABLE_SECURITY_DASHBOARDS_PLUGIN",
        "true",
        ("opensearch-dashboards",),
        "OpenSearch Dashboards without a login",
        "https://docs.opensearch.org/latest/security/configuration/disable-enable-security/",
    ),
    _Variable(
        "FB_NOAUTH",
        f"{_TRUE}|noauth",
        ("filebrowser",),
        "the files of File Browser without a password",
        "https://filebrowser.org/cli/filebrowser.html",
    ),
    _Variable(
        "FLOWER_UNAUTHENTICATED_API",
        _TRUE,
        (),
        "the API of Flower, which controls Celery's workers, without a password",
        "https://flower.readthedocs.io/en/latest/api.html",
    ),
)

_INTERFACES = (
    _Open(
        ("provectuslabs/kafka-ui", "kafbat/kafka-ui", "ghcr.io/kafbat/kafka-ui"),
        ("AUTH_TYPE", "SPRING_CONFIG_ADDITIONAL-LOCATION", "SPRING_CONFIG_ADDITIONAL_LOCATION"),
        "the topics of Kafka without a password",
        "https://ui.docs.kafbat.io/configuration/authentication",
    ),
    _Open(
        ("rediscommander/redis-commander", "ghcr.io/joeferner/redis-commander"),
        ("HTTP_USER",),
        "the keys of Redis without a password",
        "https://github.com/joeferner/redis-commander",
    ),
    _Open(
        ("mongo-express",),
        ("ME_CONFIG_BASICAUTH_USERNAME", "ME_CONFIG_BASICAUTH_USERNAME_FILE"),
        "the databases of MongoDB without a password, or with the one of the documentation",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    _Open(
        ("amir20/dozzle", "ghcr.io/amir20/dozzle"),
        ("DOZZLE_AUTH_PROVIDER", "DOZZLE_USERNAME"),
        "the logs of all containers without a password",
        "https://dozzle.dev/guide/authentication",
        r"--(?:auth-provider|username)(?:[= ].*)?",
    ),
    _Open(
        ("mher/flower",),
        ("FLOWER_BASIC_AUTH", "FLOWER_AUTH", "FLOWER_AUTH_PROVIDER"),
        "Flower, which controls Celery's workers, without a password",
        "https://flower.readthedocs.io/en/latest/auth.html",
        r"--(?:basic[_-]auth|auth|auth_provider|conf)(?:[= ].*)?",
    ),
    _Open(
        ("obsidiandynamics/kafdrop",),
        (),
        "the topics of Kafka without a password",
        "https://github.com/obsidiandynamics/kafdrop",
    ),
)


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
    for flag in _FLAGS:
        path = _place_of(container, flag.pattern) if _is_of(repository, flag.images) else None
        if path:
            yield _problem(container, path, flag.what, flag.port)
    for variable in _VARIABLES:
        if _is_of(repository, variable.images) and _opens(container, variable):
            yield _problem(container, container.at("environment", variable.name), variable.what, variable.port)
    for interface in _INTERFACES:
        if not _is_image_of(repository, interface.repositories) or not _is_exposed(container, None):
            continue
        if _stays_open(container, interface):
            yield _problem(container, container.at("image"), interface.what, None)
    if _is_image_of(repository, options.images) and _is_exposed(container, None):
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


def _place_of(container: Container, pattern: str) -> Path | None:
    """The word of `command` or `entrypoint` that the pattern matches, alone, with the next word, or in a script."""
    search = re.compile(rf"(?:^|\s)(?:{pattern})(?=\s|$)", re.IGNORECASE)
    for key, words in (("command", container.command), ("entrypoint", container.entrypoint)):
        known = [word if isinstance(word, str) else "" for word in words or ()]
        for index, word in enumerate(known):
            after = known[index + 1] if index + 1 < len(known) else ""
            if word and (search.search(word) or search.fullmatch(f"{word} {after}")):
                return container.at(key, index)
    return None


def _opens(container: Container, variable: _Variable) -> bool:
    value = container.environment.get(variable.name)
    if not isinstance(value, str) or not re.fullmatch(variable.values, value.strip(), re.IGNORECASE):
        return False
    if not variable.besides:
        return True
    other = container.environment.get(variable.besides)
    return isinstance(other, str) and re.fullmatch(_TRUE, other.strip(), re.IGNORECASE) is not None


def _stays_open(container: Container, interface: _Open) -> bool:
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
