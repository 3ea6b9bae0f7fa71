"""Ports of containers that are no business of other machines: what listens there, and why it matters."""

from __future__ import annotations

from typing import NamedTuple

from composeguard.compose.unresolved import Unresolved
from composeguard.model.service import Workload

_DATA = "whoever gets in holds the project's data"
_OPEN = "it asks for no password unless one is set up"
_CONTROL = "it controls other systems"
_ROOT = "whoever gets in is root on its machine"
_CLEAR = "it carries passwords without encryption"
_FILES = "it serves files to machines that it trusts by their address"
_CODE = "it runs the code that it is given"


class SensitivePort(NamedTuple):
    """A port of a container, what listens there, and where that is written."""

    port: int
    service: str
    reason: str
    source: str
    images: tuple[str, ...] = ()
    """Words of which the image's name has one; () where the port alone tells."""
    protocols: tuple[str, ...] = ("tcp",)


_ROWS = (
    # databases
    SensitivePort(
        1433,
        "SQL Server",
        _DATA,
        "https://learn.microsoft.com/en-us/sql/sql-server/install/configure-the-windows-firewall-to-allow-sql-server-access",
    ),
    SensitivePort(
        1521,
        "Oracle Database",
        _DATA,
        "https://docs.oracle.com/en/database/oracle/oracle-database/21/ntdbi/oracle-database-component-port-numbers-and-protocols.html",
    ),
    SensitivePort(
        3306,
        "MySQL or MariaDB",
        _DATA,
        "https://dev.mysql.com/doc/mysql-port-reference/en/mysql-port-reference-tables.html",
    ),
    SensitivePort(
        33060,
        "MySQL X Protocol",
        _DATA,
        "https://dev.mysql.com/doc/mysql-port-reference/en/mysql-port-reference-tables.html",
    ),
    SensitivePort(5432, "PostgreSQL", _DATA, "https://www.postgresql.org/docs/current/runtime-config-connection.html"),
    SensitivePort(5984, "CouchDB", _DATA, "https://docs.couchdb.org/en/stable/config/http.html"),
    SensitivePort(
        7474, "Neo4j", _DATA, "https://neo4j.com/docs/operations-manual/current/configuration/ports/", ("neo4j",)
    ),
    SensitivePort(7687, "Neo4j Bolt", _DATA, "https://neo4j.com/docs/operations-manual/current/configuration/ports/"),
    SensitivePort(
        8086, "InfluxDB", _DATA, "https://docs.influxdata.com/influxdb/v2/reference/config-options/", ("influx",)
    ),
    SensitivePort(8123, "ClickHouse", _DATA, "https://clickhouse.com/docs/guides/sre/network-ports", ("clickhouse",)),
    SensitivePort(9000, "ClickHouse", _DATA, "https://clickhouse.com/docs/guides/sre/network-ports", ("clickhouse",)),
    SensitivePort(8529, "ArangoDB", _DATA, "https://docs.arangodb.com/stable/components/arangodb-server/options/"),
    SensitivePort(
        9042, "Cassandra", _DATA, "https://cassandra.apache.org/doc/latest/cassandra/overview/faq/index.html"
    ),
    SensitivePort(26257, "CockroachDB", _DATA, "https://www.cockroachlabs.com/docs/stable/cockroach-start"),
    SensitivePort(27017, "MongoDB", _DATA, "https://www.mongodb.com/docs/manual/reference/default-mongodb-port/"),
    SensitivePort(27018, "MongoDB shard", _DATA, "https://www.mongodb.com/docs/manual/reference/default-mongodb-port/"),
    SensitivePort(
        27019, "MongoDB config server", _DATA, "https://www.mongodb.com/docs/manual/reference/default-mongodb-port/"
    ),
    SensitivePort(28015, "RethinkDB", _DATA, "https://rethinkdb.com/docs/security/"),
    # search and vector stores: no password unless one is set up
    SensitivePort(6333, "Qdrant", _OPEN, "https://qdrant.tech/documentation/guides/security/"),
    SensitivePort(6334, "Qdrant gRPC", _OPEN, "https://qdrant.tech/documentation/guides/security/"),
    SensitivePort(8983, "Solr", _OPEN, "https://solr.apache.org/guide/solr/latest/deployment-guide/securing-solr.html"),
    SensitivePort(
        9200,
        "Elasticsearch or OpenSearch",
        _DATA,
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html",
    ),
    SensitivePort(
        9300,
        "Elasticsearch or OpenSearch transport",
        _DATA,
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html",
    ),
    SensitivePort(19530, "Milvus", _OPEN, "https://milvus.io/docs/authenticate.md"),
    # caches
    SensitivePort(
        6379, "Redis or Valkey", _OPEN, "https://redis.io/docs/latest/operate/oss_and_stack/management/security/"
    ),
    SensitivePort(
        26379, "Redis Sentinel", _OPEN, "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/"
    ),
    SensitivePort(
        11211, "Memcached", _OPEN, "https://github.com/memcached/memcached/wiki/ConfiguringServer", (), ("tcp", "udp")
    ),
    # queues and coordination
    SensitivePort(2181, "ZooKeeper", _OPEN, "https://zookeeper.apache.org/doc/current/zookeeperAdmin.html"),
    SensitivePort(4222, "NATS", _OPEN, "https://docs.nats.io/running-a-nats-service/configuration", ("nats",)),
    SensitivePort(4369, "Erlang port mapper", _CONTROL, "https://www.rabbitmq.com/docs/networking"),
    SensitivePort(5672, "RabbitMQ", _DATA, "https://www.rabbitmq.com/docs/networking"),
    SensitivePort(15672, "RabbitMQ management", _CONTROL, "https://www.rabbitmq.com/docs/networking"),
    SensitivePort(25672, "RabbitMQ clustering", _CONTROL, "https://www.rabbitmq.com/docs/networking"),
    SensitivePort(
        8161,
        "ActiveMQ console",
        _CONTROL,
        "https://activemq.apache.org/components/classic/documentation/web-console",
        ("activemq", "artemis"),
    ),
    SensitivePort(
        61616, "ActiveMQ", _DATA, "https://activemq.apache.org/components/classic/documentation/tcp-transport-reference"
    ),
    SensitivePort(9092, "Kafka", _OPEN, "https://kafka.apache.org/documentation/#security", ("kafka", "redpanda")),
    SensitivePort(2379, "etcd", _OPEN, "https://etcd.io/docs/v3.5/op-guide/configuration/"),
    SensitivePort(2380, "etcd peers", _OPEN, "https://etcd.io/docs/v3.5/op-guide/configuration/"),
    # engines and orchestrators
    SensitivePort(2375, "Docker engine", _ROOT, "https://docs.docker.com/engine/security/protect-access/"),
    SensitivePort(2376, "Docker engine", _ROOT, "https://docs.docker.com/engine/security/protect-access/"),
    SensitivePort(4646, "Nomad", _ROOT, "https://developer.hashicorp.com/nomad/docs/configuration#ports", ("nomad",)),
    SensitivePort(
        8200,
        "Vault",
        _CONTROL,
        "https://developer.hashicorp.com/vault/docs/concepts/production-hardening",
        ("vault", "openbao"),
    ),
    SensitivePort(
        8500,
        "Consul",
        _CONTROL,
        "https://developer.hashicorp.com/consul/docs/reference/architecture/ports",
        ("consul",),
    ),
    SensitivePort(10250, "kubelet", _ROOT, "https://kubernetes.io/docs/reference/networking/ports-and-protocols/"),
    # administration of machines, and debuggers
    SensitivePort(23, "Telnet", _CLEAR, "https://www.rfc-editor.org/rfc/rfc854"),
    SensitivePort(139, "SMB", _FILES, "https://www.cisa.gov/news-events/alerts/2017/01/16/smb-security-best-practices"),
    SensitivePort(445, "SMB", _FILES, "https://www.cisa.gov/news-events/alerts/2017/01/16/smb-security-best-practices"),
    SensitivePort(873, "rsync", _FILES, "https://download.samba.org/pub/rsync/rsyncd.conf.5"),
    SensitivePort(2049, "NFS", _FILES, "https://www.rfc-editor.org/rfc/rfc7530"),
    SensitivePort(
        3389,
        "remote desktop",
        _CONTROL,
        "https://learn.microsoft.com/en-us/troubleshoot/windows-server/remote/understanding-remote-desktop-protocol",
    ),
    SensitivePort(5900, "VNC", _CLEAR, "https://www.rfc-editor.org/rfc/rfc6143"),
    SensitivePort(9229, "Node.js inspector", _CODE, "https://nodejs.org/en/learn/getting-started/debugging"),
    SensitivePort(
        4444, "Selenium Grid", _CODE, "https://www.selenium.dev/documentation/grid/getting_started/", ("selenium",)
    ),
    SensitivePort(11434, "Ollama", _OPEN, "https://docs.ollama.com/faq"),
)

_BY_PORT: dict[int, list[SensitivePort]] = {}
for _row in _ROWS:
    _BY_PORT.setdefault(_row.port, []).append(_row)


def sensitive_port(
    container: Workload, target: int | Unresolved | None, protocol: str | Unresolved | None
) -> SensitivePort | None:
    """What listens on a port of a container; None where nothing is known of it, or another image is there."""
    if not isinstance(target, int):
        return None
    for row in _BY_PORT.get(target, ()):
        if (protocol or "tcp") not in row.protocols:
            continue
        image = str(container.image or "").rpartition("/")[2].lower()
        if not row.images or any(word in image for word in row.images):
            return row
    return None
