"""CG303: a database, cache, queue, engine or administration port that other machines can reach."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from composeguard.api import (
    Example,
    Fix,
    Operation,
    Options,
    Path,
    Problem,
    Profile,
    Reach,
    Reading,
    Remove,
    Safety,
    Set,
    Severity,
    Unresolved,
    Workload,
    compose,
    cwe,
    docker,
    option,
    owasp,
    reading_rule,
)

_LOOPBACK = "127.0.0.1"

_DATA = "whoever gets in holds the project's data"
_OPEN = "it asks for no password unless one is set up"
_CONTROL = "it controls other systems"
_ROOT = "whoever gets in is root on its machine"
_CLEAR = "it carries passwords without encryption"
_FILES = "it serves files to machines that it trusts by their address"
_CODE = "it runs the code that it is given"


class _Row(NamedTuple):
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
    _Row(
        1433,
        "SQL Server",
        _DATA,
        "https://learn.microsoft.com/en-us/sql/sql-server/install/configure-the-windows-firewall-to-allow-sql-server-access",
    ),
    _Row(
        1521,
        "Oracle Database",
        _DATA,
        "https://docs.oracle.com/en/database/oracle/oracle-database/21/ntdbi/oracle-database-component-port-numbers-and-protocols.html",
    ),
    _Row(
        3306,
        "MySQL or MariaDB",
        _DATA,
        "https://dev.mysql.com/doc/mysql-port-reference/en/mysql-port-reference-tables.html",
    ),
    _Row(
        33060,
        "MySQL X Protocol",
        _DATA,
        "https://dev.mysql.com/doc/mysql-port-reference/en/mysql-port-reference-tables.html",
    ),
    _Row(5432, "PostgreSQL", _DATA, "https://www.postgresql.org/docs/current/runtime-config-connection.html"),
    _Row(5984, "CouchDB", _DATA, "https://docs.couchdb.org/en/stable/config/http.html"),
    _Row(7474, "Neo4j", _DATA, "https://neo4j.com/docs/operations-manual/current/configuration/ports/", ("neo4j",)),
    _Row(7687, "Neo4j Bolt", _DATA, "https://neo4j.com/docs/operations-manual/current/configuration/ports/"),
    _Row(8086, "InfluxDB", _DATA, "https://docs.influxdata.com/influxdb/v2/reference/config-options/", ("influx",)),
    _Row(8123, "ClickHouse", _DATA, "https://clickhouse.com/docs/guides/sre/network-ports", ("clickhouse",)),
    _Row(9000, "ClickHouse", _DATA, "https://clickhouse.com/docs/guides/sre/network-ports", ("clickhouse",)),
    _Row(8529, "ArangoDB", _DATA, "https://docs.arangodb.com/stable/components/arangodb-server/options/"),
    _Row(9042, "Cassandra", _DATA, "https://cassandra.apache.org/doc/latest/cassandra/overview/faq/index.html"),
    _Row(26257, "CockroachDB", _DATA, "https://www.cockroachlabs.com/docs/stable/cockroach-start"),
    _Row(27017, "MongoDB", _DATA, "https://www.mongodb.com/docs/manual/reference/default-mongodb-port/"),
    _Row(27018, "MongoDB shard", _DATA, "https://www.mongodb.com/docs/manual/reference/default-mongodb-port/"),
    _Row(27019, "MongoDB config server", _DATA, "https://www.mongodb.com/docs/manual/reference/default-mongodb-port/"),
    _Row(28015, "RethinkDB", _DATA, "https://rethinkdb.com/docs/security/"),
    # search and vector stores: no password unless one is set up
    _Row(6333, "Qdrant", _OPEN, "https://qdrant.tech/documentation/guides/security/"),
    _Row(6334, "Qdrant gRPC", _OPEN, "https://qdrant.tech/documentation/guides/security/"),
    _Row(8983, "Solr", _OPEN, "https://solr.apache.org/guide/solr/latest/deployment-guide/securing-solr.html"),
    _Row(
        9200,
        "Elasticsearch or OpenSearch",
        _DATA,
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html",
    ),
    _Row(
        9300,
        "Elasticsearch or OpenSearch transport",
        _DATA,
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html",
    ),
    _Row(19530, "Milvus", _OPEN, "https://milvus.io/docs/authenticate.md"),
    # caches
    _Row(6379, "Redis or Valkey", _OPEN, "https://redis.io/docs/latest/operate/oss_and_stack/management/security/"),
    _Row(26379, "Redis Sentinel", _OPEN, "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/"),
    _Row(
        11211, "Memcached", _OPEN, "https://github.com/memcached/memcached/wiki/ConfiguringServer", (), ("tcp", "udp")
    ),
    # queues and coordination
    _Row(2181, "ZooKeeper", _OPEN, "https://zookeeper.apache.org/doc/current/zookeeperAdmin.html"),
    _Row(4222, "NATS", _OPEN, "https://docs.nats.io/running-a-nats-service/configuration", ("nats",)),
    _Row(4369, "Erlang port mapper", _CONTROL, "https://www.rabbitmq.com/docs/networking"),
    _Row(5672, "RabbitMQ", _DATA, "https://www.rabbitmq.com/docs/networking"),
    _Row(15672, "RabbitMQ management", _CONTROL, "https://www.rabbitmq.com/docs/networking"),
    _Row(25672, "RabbitMQ clustering", _CONTROL, "https://www.rabbitmq.com/docs/networking"),
    _Row(
        8161,
        "ActiveMQ console",
        _CONTROL,
        "https://activemq.apache.org/components/classic/documentation/web-console",
        ("activemq", "artemis"),
    ),
    _Row(
        61616, "ActiveMQ", _DATA, "https://activemq.apache.org/components/classic/documentation/tcp-transport-reference"
    ),
    _Row(9092, "Kafka", _OPEN, "https://kafka.apache.org/documentation/#security", ("kafka", "redpanda")),
    _Row(2379, "etcd", _OPEN, "https://etcd.io/docs/v3.5/op-guide/configuration/"),
    _Row(2380, "etcd peers", _OPEN, "https://etcd.io/docs/v3.5/op-guide/configuration/"),
    # engines and orchestrators
    _Row(2375, "Docker engine", _ROOT, "https://docs.docker.com/engine/security/protect-access/"),
    _Row(2376, "Docker engine", _ROOT, "https://docs.docker.com/engine/security/protect-access/"),
    _Row(4646, "Nomad", _ROOT, "https://developer.hashicorp.com/nomad/docs/configuration#ports", ("nomad",)),
    _Row(
        8200,
        "Vault",
        _CONTROL,
        "https://developer.hashicorp.com/vault/docs/concepts/production-hardening",
        ("vault", "openbao"),
    ),
    _Row(
        8500,
        "Consul",
        _CONTROL,
        "https://developer.hashicorp.com/consul/docs/reference/architecture/ports",
        ("consul",),
    ),
    _Row(10250, "kubelet", _ROOT, "https://kubernetes.io/docs/reference/networking/ports-and-protocols/"),
    # administration of machines, and debuggers
    _Row(23, "Telnet", _CLEAR, "https://www.rfc-editor.org/rfc/rfc854"),
    _Row(139, "SMB", _FILES, "https://www.cisa.gov/news-events/alerts/2017/01/16/smb-security-best-practices"),
    _Row(445, "SMB", _FILES, "https://www.cisa.gov/news-events/alerts/2017/01/16/smb-security-best-practices"),
    _Row(873, "rsync", _FILES, "https://download.samba.org/pub/rsync/rsyncd.conf.5"),
    _Row(2049, "NFS", _FILES, "https://www.rfc-editor.org/rfc/rfc7530"),
    _Row(
        3389,
        "remote desktop",
        _CONTROL,
        "https://learn.microsoft.com/en-us/troubleshoot/windows-server/remote/understanding-remote-desktop-protocol",
    ),
    _Row(5900, "VNC", _CLEAR, "https://www.rfc-editor.org/rfc/rfc6143"),
    _Row(9229, "Node.js inspector", _CODE, "https://nodejs.org/en/learn/getting-started/debugging"),
    _Row(4444, "Selenium Grid", _CODE, "https://www.selenium.dev/documentation/grid/getting_started/", ("selenium",)),
    _Row(11434, "Ollama", _OPEN, "https://docs.ollama.com/faq"),
)

_BY_PORT: dict[int, list[_Row]] = {}
for _row in _ROWS:
    _BY_PORT.setdefault(_row.port, []).append(_row)


class SensitivePortPublished(Options):
    """What a configuration can set."""

    ports: tuple[int, ...] = option((), "Further ports of containers that are no business of other machines.")
    services: tuple[str, ...] = option((), "Services that are there for other machines; `*` stands for any text.")


@reading_rule(
    code="CG303",
    name="sensitive-port-published",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(
        owasp("5a"),
        cwe(668),
        docker("engine/network/packet-filtering-firewalls/", "Docker and firewalls"),
        compose("05-services.md#ports"),
    ),
    examples=(
        Example(
            title="The port of the container tells what it is",
            bad="""\
services:
  db:
    image: postgres:16.4
    ports:
      - "15432:5432"  # expect: CG303
  cache:
    image: redis:7.4.1
    ports:
      - target: 6379  # expect: CG303
        published: "6379"
""",
            fixed="""\
services:
  db:
    image: postgres:16.4
    ports:
      - "127.0.0.1:15432:5432"
  cache:
    image: redis:7.4.1
    ports:
      - target: 6379
        published: "6379"
        host_ip: 127.0.0.1
""",
        ),
        Example(
            title="Loopback, services of the project only, and another program on such a port",
            good="""\
services:
  db:
    image: postgres:16.4
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["127.0.0.1:5432:5432", "[::1]:5432:5432"]
  cache:
    image: redis:7.4.1
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    expose: ["6379"]
  home:
    image: example.org/home-assistant:2024.11
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["10.0.0.5:8123:8123", "10.0.0.5:5432:8080"]
""",
        ),
        Example(
            title="A port of one's own",
            settings={"ports": [7070], "services": ["edge-*"]},
            bad="""\
services:
  backend:
    image: example.org/backend:1.4
    ports: ["7070:7070"]  # expect: CG303
  edge-db:
    image: postgres:16.4
    ports: ["5432:5432"]
""",
            fixed="""\
services:
  backend:
    image: example.org/backend:1.4
    ports: ["127.0.0.1:7070:7070"]
  edge-db:
    image: postgres:16.4
    ports: ["5432:5432"]
""",
        ),
    ),
    options=SensitivePortPublished,
)
def sensitive_port_published(reading: Reading, options: SensitivePortPublished) -> Iterator[Problem]:
    """Databases, caches, queues, engines and debuggers are no business of other machines.

    Scanners find an open port within minutes of its opening, and data stores without a password are emptied and
    held for ransom; an engine's port is a root shell. The engine's own firewall rules go before those of the
    host, so a firewall on the host does not help. The port of the container tells what listens, whatever the
    port of the host. Published on one address of the host it is medium: one network reaches it, not all.

    **Fix.** Publish on `127.0.0.1`, or not at all: services of the same project reach the port anyway, and
    administrators reach it through a tunnel.

    **When to ignore.** A server that is there for other machines, with authentication, encryption and a firewall
    in front.
    """
    project = reading.project
    for container in (*project.services.values(), *project.jobs.values()):
        if not container.publishes or any(fnmatchcase(container.name, name) for name in options.services):
            continue
        taken = {(port.published, port.target, port.protocol) for port in container.ports if port.host_ip == _LOOPBACK}
        shown: set[tuple[int, int]] = set()
        first: dict[tuple[int, int], Path] = {}
        for index, port in enumerate(container.ports):
            row = _row_of(container, port.target, port.protocol) or _further(port.target, options)
            path = container.at("ports", index)
            node = reading.node(path)
            place = (node.start, node.end) if node else (index, -1)
            first.setdefault(place, path)  # a range in the short syntax is one entry for each port
            if row is None or port.reach not in (Reach.EVERYWHERE, Reach.ADDRESS) or place in shown:
                continue
            shown.add(place)
            key = (port.published, port.target, port.protocol)
            operation: Operation = Remove(path) if key in taken else Set((*first[place], "host_ip"), _LOOPBACK)
            taken.add(key)
            yield Problem(
                path,
                f"{container.name} publishes {row.service} (port {row.port}) beyond this host; {row.reason}",
                label=row.reason,
                fix=Fix(
                    f"publish on {_LOOPBACK}",
                    (operation,),
                    Safety.UNSAFE,
                    note="only programs on the host reach the port any more",
                ),
                severity=None if port.reach is Reach.EVERYWHERE else Severity.MEDIUM,
                evidence=f"{port.published}:{port.target}/{port.protocol}",
            )


def _further(target: int | Unresolved | None, options: SensitivePortPublished) -> _Row | None:
    if not isinstance(target, int) or target not in options.ports:
        return None
    return _Row(target, "what the configuration keeps back", "the configuration names its port", "")


def _row_of(container: Workload, target: int | Unresolved | None, protocol: str | Unresolved | None) -> _Row | None:
    if not isinstance(target, int):
        return None
    for row in _BY_PORT.get(target, ()):
        if (protocol or "tcp") not in row.protocols:
            continue
        image = str(container.image or "").rpartition("/")[2].lower()
        if not row.images or any(word in image for word in row.images):
            return row
    return None
