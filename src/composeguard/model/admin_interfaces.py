"""Administration interfaces that let everybody in: by a flag, by a variable, or unless something closes them."""

from __future__ import annotations

from typing import NamedTuple

TRUE_WORDS = "1|t|true|y|yes|on"
"""A pattern: what programs in Go and their like take for yes."""
_FALSE = "0|f|false|n|no|off"


class AdminFlag(NamedTuple):
    """A word of `command` or `entrypoint` that opens an interface; `images` as in `AdminVariable`."""

    pattern: str
    images: tuple[str, ...]
    what: str
    source: str
    port: int | None = None
    """The port of the interface, where it has one of its own."""


class AdminVariable(NamedTuple):
    """A variable whose value opens an interface. `images`: words of which the image's name has one; () for any."""

    name: str
    values: str
    images: tuple[str, ...]
    what: str
    source: str
    besides: str = ""
    """Another variable without which the first does nothing."""
    port: int | None = None


class OpenInterface(NamedTuple):
    """An image whose interface is open unless one of the variables, or of the flags, closes it."""

    repositories: tuple[str, ...]
    closed_by: tuple[str, ...]
    what: str
    source: str
    flags: str = "(?!)"


ADMIN_FLAGS = (
    AdminFlag(
        rf"--api\.insecure(?:=(?:{TRUE_WORDS}))?",
        (),
        "the API and dashboard of Traefik without a password",
        "https://doc.traefik.io/traefik/operations/api/",
        8080,
    ),
    AdminFlag(
        rf"--enable-skip-login(?:=(?:{TRUE_WORDS}))?",
        (),
        "the Kubernetes Dashboard with a button that skips the login",
        "https://github.com/kubernetes/dashboard/blob/v2.7.0/docs/common/dashboard-arguments.md",
    ),
    AdminFlag(
        rf"--web\.enable-admin-api(?:=(?:{TRUE_WORDS}))?",
        (),
        "the administration API of Prometheus, which deletes data, without a password",
        "https://prometheus.io/docs/operating/security/",
    ),
    AdminFlag(
        r"""--(?:NotebookApp|ServerApp|LabApp|IdentityProvider)\.token=(?:''|"")?""",
        (),
        "Jupyter, which runs the code that it is given, without a token",
        "https://jupyter-server.readthedocs.io/en/latest/operators/security.html",
    ),
    AdminFlag(
        r"--auth[= ]none",
        ("code-server", "openvscode-server"),
        "an editor with a shell, without a password",
        "https://coder.com/docs/code-server/FAQ",
    ),
    AdminFlag(
        rf"--noauth(?:=(?:{TRUE_WORDS}))?",
        ("filebrowser",),
        "the files of File Browser without a password",
        "https://filebrowser.org/cli/filebrowser.html",
    ),
    AdminFlag(
        r"--no-auth",
        ("portainer",),
        "Portainer, which controls the engine, without a password",
        "https://github.com/portainer/portainer/blob/1.19.2/api/cli/cli.go",
    ),
)
"""Flags that open an administration interface, each with its source."""

ADMIN_VARIABLES = (
    AdminVariable(
        "TRAEFIK_API_INSECURE",
        TRUE_WORDS,
        (),
        "the API and dashboard of Traefik without a password",
        "https://doc.traefik.io/traefik/operations/api/",
        port=8080,
    ),
    AdminVariable(
        "GF_AUTH_ANONYMOUS_ORG_ROLE",
        "admin|editor",
        (),
        "Grafana, with the rights to edit, without a password",
        "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/"
        "anonymous-auth/",
        besides="GF_AUTH_ANONYMOUS_ENABLED",
    ),
    AdminVariable(
        "ME_CONFIG_BASICAUTH",
        _FALSE,
        ("mongo-express",),
        "the databases of MongoDB without a password",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    AdminVariable(
        "ME_CONFIG_BASICAUTH_ENABLED",
        _FALSE,
        ("mongo-express",),
        "the databases of MongoDB without a password",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    AdminVariable(
        "PGADMIN_CONFIG_SERVER_MODE",
        "false",
        ("pgadmin",),
        "pgAdmin without a login",
        "https://www.pgadmin.org/docs/pgadmin4/latest/container_deployment.html",
    ),
    AdminVariable(
        "SE_VNC_NO_PASSWORD",
        TRUE_WORDS,
        (),
        "the desktop of a browser without a password",
        "https://github.com/SeleniumHQ/docker-selenium",
    ),
    AdminVariable(
        "DISABLE_SECURITY_DASHBOARDS_PLUGIN",
        "true",
        ("opensearch-dashboards",),
        "OpenSearch Dashboards without a login",
        "https://docs.opensearch.org/latest/security/configuration/disable-enable-security/",
    ),
    AdminVariable(
        "FB_NOAUTH",
        f"{TRUE_WORDS}|noauth",
        ("filebrowser",),
        "the files of File Browser without a password",
        "https://filebrowser.org/cli/filebrowser.html",
    ),
    AdminVariable(
        "FLOWER_UNAUTHENTICATED_API",
        TRUE_WORDS,
        (),
        "the API of Flower, which controls Celery's workers, without a password",
        "https://flower.readthedocs.io/en/latest/api.html",
    ),
)
"""Variables that open an administration interface, each with its source."""

OPEN_INTERFACES = (
    OpenInterface(
        ("provectuslabs/kafka-ui", "kafbat/kafka-ui", "ghcr.io/kafbat/kafka-ui"),
        ("AUTH_TYPE", "SPRING_CONFIG_ADDITIONAL-LOCATION", "SPRING_CONFIG_ADDITIONAL_LOCATION"),
        "the topics of Kafka without a password",
        "https://ui.docs.kafbat.io/configuration/authentication",
    ),
    OpenInterface(
        ("rediscommander/redis-commander", "ghcr.io/joeferner/redis-commander"),
        ("HTTP_USER",),
        "the keys of Redis without a password",
        "https://github.com/joeferner/redis-commander",
    ),
    OpenInterface(
        ("mongo-express",),
        ("ME_CONFIG_BASICAUTH_USERNAME", "ME_CONFIG_BASICAUTH_USERNAME_FILE"),
        "the databases of MongoDB without a password, or with the one of the documentation",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    OpenInterface(
        ("amir20/dozzle", "ghcr.io/amir20/dozzle"),
        ("DOZZLE_AUTH_PROVIDER", "DOZZLE_USERNAME"),
        "the logs of all containers without a password",
        "https://dozzle.dev/guide/authentication",
        r"--(?:auth-provider|username)(?:[= ].*)?",
    ),
    OpenInterface(
        ("mher/flower",),
        ("FLOWER_BASIC_AUTH", "FLOWER_AUTH", "FLOWER_AUTH_PROVIDER"),
        "Flower, which controls Celery's workers, without a password",
        "https://flower.readthedocs.io/en/latest/auth.html",
        r"--(?:basic[_-]auth|auth|auth_provider|conf)(?:[= ].*)?",
    ),
    OpenInterface(
        ("obsidiandynamics/kafdrop",),
        (),
        "the topics of Kafka without a password",
        "https://github.com/obsidiandynamics/kafdrop",
    ),
)
"""Images whose interface lets everybody in as they come, each with its source."""
