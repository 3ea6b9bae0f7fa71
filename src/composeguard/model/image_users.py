"""Images that are known not to run their program as root, each with the page or file that says so."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from composeguard.compose.unresolved import Text, Unresolved
from composeguard.model.image import ImageName

_ELASTIC = "https://www.elastic.co/guide/en/elasticsearch/reference/current/docker.html"
_PROMETHEUS = "https://github.com/prometheus/prometheus/blob/main/Dockerfile"

_OWN_USER = {
    "apache/airflow": "https://airflow.apache.org/docs/docker-stack/entrypoint.html",
    "apache/kafka": "https://github.com/apache/kafka/blob/trunk/docker/jvm/Dockerfile",
    "darthsim/imgproxy": "https://github.com/imgproxy/imgproxy/blob/master/docker/Dockerfile",
    "docker.elastic.co/elasticsearch/elasticsearch": _ELASTIC,
    "docker.elastic.co/kibana/kibana": _ELASTIC,
    "docker.elastic.co/logstash/logstash": _ELASTIC,
    "docker.n8n.io/n8nio/n8n": "https://github.com/n8n-io/n8n/blob/master/docker/images/n8n/Dockerfile",
    "dpage/pgadmin4": "https://www.pgadmin.org/docs/pgadmin4/latest/container_deployment.html",
    "elasticsearch": _ELASTIC,
    "gcr.io/zenika-hub/alpine-chrome": "https://github.com/Zenika/alpine-chrome/blob/master/Dockerfile",
    "ghcr.io/imgproxy/imgproxy": "https://github.com/imgproxy/imgproxy/blob/master/docker/Dockerfile",
    "ghcr.io/peerdb-io/peerdb-ui": "https://github.com/PeerDB-io/peerdb/blob/main/stacks/peerdb-ui.Dockerfile",
    "ghcr.io/plausible/community-edition": "https://github.com/plausible/analytics/blob/master/Dockerfile",
    "ghcr.io/umami-software/umami": "https://github.com/umami-software/umami/blob/master/Dockerfile",
    "grafana/grafana": "https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/",
    "grafana/loki": "https://github.com/grafana/loki/blob/main/cmd/loki/Dockerfile",
    "haproxy": "https://github.com/docker-library/haproxy/blob/master/Dockerfile.template",
    "jenkins/jenkins": "https://github.com/jenkinsci/docker/blob/master/README.md",
    "icr.io/ibm-messaging/mq": "https://github.com/ibm-messaging/mq-container/security",
    "jgraph/drawio": "https://github.com/jgraph/docker-drawio/blob/dev/main/Dockerfile",
    "joplin/server": "https://github.com/laurent22/joplin/blob/dev/Dockerfile.server",
    "kibana": _ELASTIC,
    "logstash": _ELASTIC,
    "mcr.microsoft.com/mssql/server": "https://learn.microsoft.com/en-us/sql/linux/sql-server-linux-docker-container-security",
    "memcached": "https://github.com/docker-library/memcached/blob/master/Dockerfile.template",
    "n8nio/n8n": "https://github.com/n8n-io/n8n/blob/master/docker/images/n8n/Dockerfile",
    "nginxinc/nginx-unprivileged": "https://github.com/nginxinc/docker-nginx-unprivileged",
    "ngrok/ngrok": "https://github.com/ngrok/docker-ngrok/blob/main/debian.nix",
    "nodered/node-red": "https://nodered.org/docs/getting-started/docker",
    "odoo": "https://github.com/odoo/docker/blob/master/17.0/Dockerfile",
    "opensearchproject/opensearch": "https://github.com/opensearch-project/opensearch-build/tree/main/docker",
    "oryd/hydra": "https://github.com/ory/hydra/blob/master/.docker/Dockerfile-build",
    "prom/alertmanager": _PROMETHEUS,
    "prom/node-exporter": _PROMETHEUS,
    "prom/prometheus": _PROMETHEUS,
    "quay.io/keycloak/keycloak": "https://github.com/keycloak/keycloak/blob/main/quarkus/container/Dockerfile",
    "quay.io/prometheus/alertmanager": _PROMETHEUS,
    "quay.io/prometheus/node-exporter": _PROMETHEUS,
    "quay.io/prometheus/prometheus": _PROMETHEUS,
    "redis/redisinsight": "https://github.com/redis/RedisInsight/blob/main/Dockerfile",
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
    "zabbix/zabbix-": "https://github.com/zabbix/zabbix-docker/tree/trunk/Dockerfiles",
}
"""The same for all images whose names start so."""
_BELOW = tuple(_OWN_USER_BELOW)

_POSTGRES = "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh"


class _StepsDown(Struct, frozen=True):
    """An image that starts as root and runs these programs as another user, with the script that does so."""

    programs: tuple[str, ...]
    source: str


_STEP_DOWN = {
    "cassandra": _StepsDown(("cassandra",), "https://github.com/docker-library/cassandra"),
    "chrislusf/seaweedfs": _StepsDown(
        ("admin", "filer", "master", "s3", "server", "volume", "worker"),
        "https://github.com/seaweedfs/seaweedfs/blob/master/docker/entrypoint.sh",
    ),
    "clickhouse/clickhouse-server": _StepsDown(
        (), "https://github.com/ClickHouse/ClickHouse/tree/master/docker/server"
    ),
    "couchdb": _StepsDown(("/opt/couchdb/bin/couchdb",), "https://github.com/apache/couchdb-docker"),
    "eclipse-mosquitto": _StepsDown(
        ("mosquitto", "/usr/sbin/mosquitto"), "https://mosquitto.org/man/mosquitto-conf-5.html"
    ),
    "flink": _StepsDown(("jobmanager", "taskmanager", "standalone-job"), "https://github.com/apache/flink-docker"),
    "ghost": _StepsDown(("node",), "https://github.com/docker-library/ghost"),
    "ghcr.io/pocket-id/pocket-id": _StepsDown(
        (), "https://github.com/pocket-id/pocket-id/blob/main/scripts/docker/entrypoint.sh"
    ),
    "graylog/graylog": _StepsDown(
        ("graylog",), "https://github.com/Graylog2/graylog-docker/blob/master/docker-entrypoint.sh"
    ),
    "ipfs/kubo": _StepsDown(("daemon",), "https://github.com/ipfs/kubo/blob/master/bin/container_daemon"),
    "mariadb": _StepsDown(("mariadbd", "mysqld"), "https://github.com/MariaDB/mariadb-docker"),
    "metabase/metabase": _StepsDown((), "https://github.com/metabase/metabase/blob/master/bin/docker/run_metabase.sh"),
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

_TAGS = ("nonroot", "rootless", "unprivileged")
"""What a tag says of an image that names a user, whatever image it is."""


def leaves_root(name: ImageName, command: Sequence[Text] | None, *, overridden: bool) -> bool:
    """Whether the image names another user, or its start script steps down for this command."""
    repository = name.repository
    if repository in _OWN_USER or repository.startswith(_BELOW) or any(word in name.tag for word in _TAGS):
        return True
    row = _STEP_DOWN.get(repository)
    if row is None or overridden:
        return False
    first = command[0] if command else "-"
    return isinstance(first, Unresolved) or first.startswith("-") or first in row.programs
