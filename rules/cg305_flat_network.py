"""CG305: what the world reaches and what holds the data on one network."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    Reach,
    Reading,
    Service,
    Severity,
    Unresolved,
    compose,
    cwe,
    docker,
    owasp,
    reading_rule,
    regex,
)

_DEFAULT = "default"
_STORES = frozenset(
    (
        "arangodb",
        "cassandra",
        "clickhouse",
        "cockroach",
        "couchbase",
        "couchdb",
        "db2",
        "dragonfly",
        "elasticsearch",
        "etcd",
        "influxdb",
        "keydb",
        "mariadb",
        "memcached",
        "milvus",
        "mongo",
        "mongodb",
        "mssql",
        "mysql",
        "neo4j",
        "opensearch",
        "oracle",
        "pgvector",
        "postgis",
        "postgres",
        "postgresql",
        "qdrant",
        "redis",
        "rethinkdb",
        "scylla",
        "solr",
        "surrealdb",
        "timescaledb",
        "valkey",
        "weaviate",
    )
)
"""Words that name a data store in the last part of an image's name (`bitnami/postgresql`, `redis/redis-stack`)."""

_BESIDE = frozenset(
    ("admin", "backup", "commander", "dashboards", "exporter", "express", "insight", "operator", "proxy", "ui", "web")
)
"""Words that make it a program that goes with a store instead (`postgres-exporter`, `mongo-express`)."""

_SHOWN = 3
_WORD = regex(r"[a-z0-9]+")


@reading_rule(
    code="CG305",
    name="flat-network",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED,),
    references=(
        owasp(5),
        cwe(653),
        docker("compose/how-tos/networking/#specify-custom-networks", "Networking in Compose: custom networks"),
        compose("06-networks.md#internal"),
    ),
    examples=(
        Example(
            title="No network is named: all services share one",
            bad="""\
services:
  web:  # expect: CG305
    image: nginx:1.27.2
    ports: ["443:443"]
  api:
    image: example.org/api:2.1
  db:
    image: postgres:16.4
""",
        ),
        Example(
            title="A front network, and a back network without a way out",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["10.0.0.5:443:443"]
    networks: [front]
  api:
    image: example.org/api:2.1
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    networks: [front, back]
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
    networks: [back]
networks:
  front: {}
  back: {internal: true}
""",
        ),
    ),
)
def flat_network(reading: Reading) -> Iterator[Problem]:
    """The service that the world reaches and the data stores share the network that Compose makes by default.

    Whoever takes over the published service connects to every store, and each store can call out to the internet
    with what it holds. A service that is published on the host's loopback address only does not count.

    **Fix.** Make two networks: `front` for what is published and what it calls, `back` with `internal: true` for
    the stores; the programs that use the stores join both.

    **When to ignore.** A project of one program with its one database, whose password is its own.
    """
    network = reading.project.networks.get(_DEFAULT)
    if network is not None and network.internal is True:
        return
    members = [service for service in reading.project.services.values() if _DEFAULT in service.networks]
    stores = [service for service in members if _is_store(service)]
    doors = [service for service in members if service not in stores and _is_published(service)]
    if not stores or not doors:
        return
    front, back = _names(doors), _names(stores)
    yield Problem(
        doors[0].path,
        f"the default network holds what is reached from outside ({front}) beside data stores ({back}): "
        "make a network `front` for the first, and a network `back` with `internal: true` for the stores",
        label="reaches every data store of the project",
        related=tuple(service.path for service in (*doors[1:], *stores)),
    )


def _names(services: list[Service]) -> str:
    names = [service.name for service in services]
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _is_store(service: Service) -> bool:
    if service.image is None or service.build is not None:
        return False
    text = service.image.text if isinstance(service.image, Unresolved) else service.image
    words = set(_WORD.findall(text.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()))
    return bool(words & _STORES) and not words & _BESIDE


def _is_published(service: Service) -> bool:
    return any(port.reach in (Reach.EVERYWHERE, Reach.ADDRESS) for port in service.ports)
