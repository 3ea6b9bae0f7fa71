"""CG106: a container whose program runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from composeguard.api import (
    Container,
    Example,
    Fix,
    ImageOptions,
    ImageProfile,
    Problem,
    Profile,
    Reference,
    Safety,
    Set,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    cwe,
    departs,
    docker,
    image_name,
    image_profile,
    owasp,
    pss,
)

_ELASTIC = "https://www.elastic.co/guide/en/elasticsearch/reference/current/docker.html"
_PROMETHEUS = "https://github.com/prometheus/prometheus/blob/main/Dockerfile"

_OWN_USER = {
    "apache/airflow": "https://airflow.apache.org/docs/docker-stack/entrypoint.html",
    "apache/kafka": "https://github.com/apache/kafka/blob/trunk/docker/jvm/Dockerfile",
    "docker.elastic.co/elasticsearch/elasticsearch": _ELASTIC,
    "docker.elastic.co/kibana/kibana": _ELASTIC,
    "docker.elastic.co/logstash/logstash": _ELASTIC,
    "docker.n8n.io/n8nio/n8n": "https://github.com/n8n-io/n8n/blob/master/docker/images/n8n/Dockerfile",
    "dpage/pgadmin4": "https://www.pgadmin.org/docs/pgadmin4/latest/container_deployment.html",
    "elasticsearch": _ELASTIC,
    "grafana/grafana": "https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/",
    "grafana/loki": "https://github.com/grafana/loki/blob/main/cmd/loki/Dockerfile",
    "haproxy": "https://github.com/docker-library/haproxy/blob/master/Dockerfile.template",
    "jenkins/jenkins": "https://github.com/jenkinsci/docker/blob/master/README.md",
    "kibana": _ELASTIC,
    "logstash": _ELASTIC,
    "mcr.microsoft.com/mssql/server": "https://learn.microsoft.com/en-us/sql/linux/sql-server-linux-docker-container-security",
    "memcached": "https://github.com/docker-library/memcached/blob/master/Dockerfile.template",
    "n8nio/n8n": "https://github.com/n8n-io/n8n/blob/master/docker/images/n8n/Dockerfile",
    "nginxinc/nginx-unprivileged": "https://github.com/nginxinc/docker-nginx-unprivileged",
    "nodered/node-red": "https://nodered.org/docs/getting-started/docker",
    "opensearchproject/opensearch": "https://github.com/opensearch-project/opensearch-build/tree/main/docker",
    "prom/alertmanager": _PROMETHEUS,
    "prom/node-exporter": _PROMETHEUS,
    "prom/prometheus": _PROMETHEUS,
    "quay.io/keycloak/keycloak": "https://github.com/keycloak/keycloak/blob/main/quarkus/container/Dockerfile",
    "quay.io/prometheus/alertmanager": _PROMETHEUS,
    "quay.io/prometheus/node-exporter": _PROMETHEUS,
    "quay.io/prometheus/prometheus": _PROMETHEUS,
    "solr": "https://github.com/apache/solr-docker",
    "sonarqube": "https://github.com/SonarSource/docker-sonarqube",
}
"""Images whose releases of today name a user other than root, with the page that says so."""

_OWN_USER_BELOW = {
    "bitnami/": "https://docs.bitnami.com/kubernetes/faq/configuration/use-non-root/",
    "bitnamilegacy/": "https://docs.bitnami.com/kubernetes/faq/configuration/use-non-root/",
    "cgr.dev/chainguard/": "https://edu.chainguard.dev/chainguard/chainguard-images/overview/",
    "confluentinc/cp-": "https://docs.confluent.io/platform/current/installation/docker/security.html",
    "selenium/": "https://github.com/SeleniumHQ/docker-selenium",
}
"""The same for all images whose names start so."""

_POSTGRES = "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh"


class _StepsDown(NamedTuple):
    """An image that starts as root and runs these programs as another user, with the script that does so."""

    programs: tuple[str, ...]
    source: str


_STEP_DOWN = {
    "cassandra": _StepsDown(("cassandra",), "https://github.com/docker-library/cassandra"),
    "clickhouse/clickhouse-server": _StepsDown(
        (), "https://github.com/ClickHouse/ClickHouse/tree/master/docker/server"
    ),
    "couchdb": _StepsDown(("/opt/couchdb/bin/couchdb",), "https://github.com/apache/couchdb-docker"),
    "eclipse-mosquitto": _StepsDown(
        ("mosquitto", "/usr/sbin/mosquitto"), "https://mosquitto.org/man/mosquitto-conf-5.html"
    ),
    "flink": _StepsDown(("jobmanager", "taskmanager", "standalone-job"), "https://github.com/apache/flink-docker"),
    "ghost": _StepsDown(("node",), "https://github.com/docker-library/ghost"),
    "mariadb": _StepsDown(("mariadbd", "mysqld"), "https://github.com/MariaDB/mariadb-docker"),
    "mongo": _StepsDown(("mongod", "mongos"), "https://github.com/docker-library/mongo"),
    "mysql": _StepsDown(("mysqld",), "https://github.com/docker-library/mysql"),
    "neo4j": _StepsDown(("neo4j",), "https://github.com/neo4j/docker-neo4j"),
    "percona": _StepsDown(("mysqld",), "https://github.com/percona/percona-docker"),
    "pgvector/pgvector": _StepsDown(("postgres",), _POSTGRES),
    "postgis/postgis": _StepsDown(("postgres",), _POSTGRES),
    "postgres": _StepsDown(("postgres",), _POSTGRES),
    "rabbitmq": _StepsDown(("rabbitmq-server",), "https://github.com/docker-library/rabbitmq"),
    "redis": _StepsDown(("redis-server",), "https://github.com/redis/docker-library-redis"),
    "timescale/timescaledb": _StepsDown(("postgres",), _POSTGRES),
    "valkey/valkey": _StepsDown(("valkey-server",), "https://github.com/valkey-io/valkey-container"),
    "zookeeper": _StepsDown(("zkServer.sh",), "https://github.com/31z4/zookeeper-docker"),
}

_BY_DESIGN = ("linuxserver/", "lscr.io/linuxserver/", "ghcr.io/linuxserver/")
"""Images that start as root and run the program as PUID:PGID (https://docs.linuxserver.io/general/understanding-puid-and-pgid/)."""

_ZERO = re.compile(r"[+-]?0+")
_USER_LINE = re.compile(r"^[ \t]*(?:(?P<from>FROM)|USER)[ \t]+(?P<user>[^\s:#]+)", re.IGNORECASE | re.MULTILINE)


@container_rule(
    code="CG106",
    name="runs-as-root",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    group="hardening",
    references=(
        owasp(2),
        pss("restricted"),
        cwe(250),
        compose("05-services.md#user"),
        docker("build/building/best-practices/#user", "Docker: building best practices, USER"),
        Reference("LinuxServer: PUID and PGID", "https://docs.linuxserver.io/general/understanding-puid-and-pgid/"),
    ),
    examples=(
        Example(
            title="Root by name and by number, and nothing said",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    user: "0:0"  # expect: CG106
  api:  # expect: CG106
    image: example.org/api:1.0
""",
        ),
        Example(
            title="A user, an image with a user of its own, one that steps down by itself",
            good="""\
x-hardened: &hardened
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  web:
    <<: *hardened
    image: nginx:1.27.2
    user: "101:0"
  metrics:
    <<: *hardened
    image: prom/prometheus:v2.54.1
  db:
    <<: *hardened
    image: postgres:16.4
    command: ["-c", "max_connections=50"]
  built:
    <<: *hardened
    build:
      dockerfile_inline: |
        FROM alpine:3.20.3
        USER 1000:1000
""",
        ),
    ),
    options=ImageOptions,
)
def runs_as_root(container: Container, options: ImageOptions) -> Iterator[Problem]:
    """A program that runs as root in a container is root on the host as soon as anything else gives way.

    User 0 of the container is user 0 of the host, unless the engine remaps users: root on every mounted file
    and in every hole of the kernel. Without `user` the image decides, and most images say nothing, which is root (low).
    Images that are known to name another user, or to step down by themselves, are not reported.

    **Fix.** Set `user` to a number that owns what the program writes: `user: "1000:1000"`. Which one is right
    the file does not say; a fix is offered for images that are known to have a user for it.

    **When to ignore.** Images that start as root by design and step down to `PUID`/`PGID` (those of
    LinuxServer are reported as information), and programs that change users themselves, such as mail servers.
    """
    yield from _own(container, image_profile(container, options.profiles))
    for hook, path in container.hooks():
        if _is_root(hook.user):
            yield Problem(
                (*path, "user"),
                f"a hook of {container.name} runs as root",
                label="root on every mounted file",
                evidence="hook",
            )


def _own(container: Container, profile: ImageProfile | None) -> Iterator[Problem]:
    user = container.user
    if user:
        if _is_root(user):
            message = f"{container.name} runs as root: its `user` is {user}"
            yield Problem(container.at("user"), message, label="root on every mounted file", evidence="root")
        return
    chosen = container.environment.get("PUID")
    if isinstance(chosen, str) and _ZERO.fullmatch(chosen):
        message = f"{container.name} runs as root: its PUID is {chosen}"
        yield Problem(container.at("environment", "PUID"), message, label="root on every mounted file", evidence="root")
    elif not _drops_root(container) and not _is_known_to_drop(container, profile):
        why, severity = _unset(container)
        yield Problem(
            container.at("user"),
            f"{container.name} may run as root: {why}",
            label="the image decides, and most run as root",
            severity=severity,
            fix=_fix(container, profile),
            evidence="unset",
        )


def _is_known_to_drop(container: Container, profile: ImageProfile | None) -> bool:
    """Whether a profile says that the image starts as another user, or steps down to one."""
    if profile is None or _is_root(profile.starts or "root"):
        return profile is not None and bool(profile.runs) and not departs(profile, container)
    return True


def _fix(container: Container, profile: ImageProfile | None) -> Fix | None:
    if profile is None or not profile.user or container.kind != "service":
        return None
    return Fix(
        f"run as `{profile.user}`, the user that the image has for it",
        (Set(container.at("user"), profile.user),),
        Safety.UNSAFE,
        note="what it keeps on volumes must belong to that user",
    )


def _is_root(user: str | Unresolved | None) -> bool:
    """Whether a user is root. An empty one before a group is; a name that a variable hides is not judged."""
    if not user:
        return False
    name = (user.text if isinstance(user, Unresolved) else user).partition(":")[0]
    return name in ("root", "") or bool(_ZERO.fullmatch(name))


def _drops_root(container: Container) -> bool:
    """Whether the image is known to run its program as another user."""
    if isinstance(container, Workload) and container.build is not None:
        return _is_built_with_user(container.build.dockerfile_inline)
    image = container.image
    name = image_name(image) if image else None
    if name is None:
        return isinstance(image, Unresolved)  # which image it is, nothing says
    if "nonroot" in name.tag or "rootless" in name.tag or "unprivileged" in name.tag:
        return True
    repository = name.repository
    if repository in _OWN_USER or repository.startswith(tuple(_OWN_USER_BELOW)):
        return True
    row = _STEP_DOWN.get(repository)
    if row is None or container.entrypoint is not None:
        return False
    first = container.command[0] if container.command else "-"
    return isinstance(first, Unresolved) or first.startswith("-") or first in row.programs


def _is_built_with_user(dockerfile: str | Unresolved | None) -> bool:
    """Whether the last stage of a Dockerfile in the project ends with a user other than root."""
    if not isinstance(dockerfile, str):
        return False
    user = ""
    for match in _USER_LINE.finditer(dockerfile):
        user = "" if match["from"] else match["user"]
    return bool(user) and not _is_root(user)


def _unset(container: Container) -> tuple[str, Severity]:
    """What is said where neither the file nor the image names a user."""
    name = image_name(container.image) if container.image else None
    if name is not None and name.repository.startswith(_BY_DESIGN):
        return "its image starts as root by design, and steps down to PUID:PGID", Severity.INFO
    if not {"PUID", "PGID"}.isdisjoint(container.environment):
        return "`user` is not set, and an image that reads PUID and PGID starts as root to step down", Severity.LOW
    return "`user` is not set", Severity.LOW
