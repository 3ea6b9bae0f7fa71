"""Variables that leave a door open: authentication off, the vendor's own password, certificates that nobody checks."""

from __future__ import annotations

from enum import Enum, auto

from msgspec import Struct

_TRUE = "1|t|true|y|yes|on"
_FALSE = "0|f|false|n|no|off"


class Opening(Enum):
    """What a setting opens."""

    NO_LOGIN = auto()
    """Whoever reaches the port is let in."""
    KNOWN_PASSWORD = auto()
    """Everybody knows the password: the vendor's, or that of its documentation."""
    NO_CHECK = auto()
    """The program believes whoever answers."""


class OpenVariable(Struct, frozen=True):
    """A variable (regular expression, whole name) with a value (the same, in any case) that opens something."""

    name: str
    value: str
    opening: Opening
    what: str
    """Reads after the name of a service."""
    source: str
    images: tuple[str, ...] = ()
    """Words of which the image's name has one; () for any, and an image that is built here has every word."""
    unless: str = ""
    """Another variable (whole name) that undoes it, where it has a value."""


VARIABLES = (
    # databases and caches
    OpenVariable(
        "POSTGRES_HOST_AUTH_METHOD",
        "trust",
        Opening.NO_LOGIN,
        "lets everybody into PostgreSQL without a password",
        "https://github.com/docker-library/docs/blob/master/postgres/README.md#postgres_host_auth_method",
    ),
    OpenVariable(
        "POSTGRES_INITDB_ARGS",
        r".*(?:--auth|--auth-host|-A)[= ]trust.*",
        Opening.NO_LOGIN,
        "lets everybody into PostgreSQL without a password",
        "https://www.postgresql.org/docs/current/app-initdb.html",
    ),
    OpenVariable(
        "MYSQL_ALLOW_EMPTY_PASSWORD|MARIADB_ALLOW_EMPTY_ROOT_PASSWORD|MARIADB_ALLOW_EMPTY_PASSWORD",
        r".+",
        Opening.NO_LOGIN,
        "has a root account without a password",
        "https://github.com/docker-library/docs/blob/master/mysql/README.md#mysql_allow_empty_password",
        unless="(?:MYSQL|MARIADB)_(?:ROOT_PASSWORD|RANDOM_ROOT_PASSWORD|ROOT_PASSWORD_FILE|ROOT_PASSWORD_HASH)",
    ),
    OpenVariable(
        "ALLOW_EMPTY_PASSWORD",
        _TRUE,
        Opening.NO_LOGIN,
        "accepts everybody without a password",
        "https://github.com/bitnami/containers/blob/main/bitnami/redis/README.md",
        unless=r".*PASSWORD(?:_FILE)?(?<!ALLOW_EMPTY_PASSWORD)",
    ),
    OpenVariable(
        "ALLOW_NONE_AUTHENTICATION",
        _TRUE,
        Opening.NO_LOGIN,
        "accepts everybody without a password",
        "https://github.com/bitnami/containers/blob/main/bitnami/etcd/README.md",
        unless=r"ETCD_ROOT_PASSWORD(?:_FILE)?",
    ),
    OpenVariable(
        "ALLOW_ANONYMOUS_LOGIN",
        _TRUE,
        Opening.NO_LOGIN,
        "accepts everybody without a password",
        "https://github.com/bitnami/containers/blob/main/bitnami/zookeeper/README.md",
        unless=r"ZOO_SERVER_PASSWORDS(?:_FILE)?",
    ),
    OpenVariable(
        "NEO4J_AUTH",
        "none",
        Opening.NO_LOGIN,
        "lets everybody into Neo4j without a password",
        "https://neo4j.com/docs/operations-manual/current/docker/introduction/",
    ),
    OpenVariable(
        "ARANGO_NO_AUTH",
        ".+",
        Opening.NO_LOGIN,
        "lets everybody into ArangoDB without a password",
        "https://github.com/docker-library/docs/blob/master/arangodb/README.md",
    ),
    OpenVariable(
        "INFLUXDB_HTTP_AUTH_ENABLED",
        _FALSE,
        Opening.NO_LOGIN,
        "lets everybody into InfluxDB without a password",
        "https://docs.influxdata.com/influxdb/v1/administration/config/#auth-enabled--false",
    ),
    OpenVariable(
        "CLICKHOUSE_SKIP_USER_SETUP",
        "1|true",
        Opening.NO_LOGIN,
        "lets everybody into ClickHouse without a password",
        "https://github.com/ClickHouse/ClickHouse/blob/master/docker/server/README.md",
        unless="CLICKHOUSE_PASSWORD(?:_FILE)?",
    ),
    # search
    OpenVariable(
        r"(?:ES_SETTING_)?xpack[._]security[._]enabled",
        _FALSE,
        Opening.NO_LOGIN,
        "switches the security of Elasticsearch off: no password, no TLS",
        "https://www.elastic.co/guide/en/elasticsearch/reference/8.15/security-settings.html",
        ("elasticsearch",),
    ),
    OpenVariable(
        r"DISABLE_SECURITY_PLUGIN|plugins\.security\.disabled",
        "true",
        Opening.NO_LOGIN,
        "switches the security of OpenSearch off: no password, no TLS",
        "https://docs.opensearch.org/latest/security/configuration/disable-enable-security/",
    ),
    OpenVariable(
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED",
        "true",
        Opening.NO_LOGIN,
        "lets everybody into Weaviate without a key",
        "https://docs.weaviate.io/deploy/configuration/authentication",
    ),
    # brokers
    OpenVariable(
        "(?:EMQX|DOCKER_VERNEMQ)_ALLOW_ANONYMOUS",
        _TRUE,
        Opening.NO_LOGIN,
        "lets everybody publish and subscribe without a password",
        "https://docs.vernemq.com/configuring-vernemq/db-auth",
    ),
    OpenVariable(
        "HIVEMQ_ALLOW_ALL_CLIENTS",
        _TRUE,
        Opening.NO_LOGIN,
        "lets everybody publish and subscribe without a password",
        "https://github.com/hivemq/hivemq4-docker-images",
    ),
    OpenVariable(
        r".*(?:JMX_OPTS|JVM_OPTS|JAVA_OPTS|JAVA_TOOL_OPTIONS|_OPTS)",
        r".*-Dcom\.sun\.management\.jmxremote\.authenticate=false.*",
        Opening.NO_LOGIN,
        "lets whoever reaches its JMX port run code",
        "https://docs.oracle.com/en/java/javase/21/management/monitoring-and-management-using-jmx-technology.html",
    ),
    # secret stores
    OpenVariable(
        "VAULT_DEV_ROOT_TOKEN_ID",
        ".+",
        Opening.KNOWN_PASSWORD,
        "runs Vault in development mode: unsealed, in memory, with a root token that stands here",
        "https://developer.hashicorp.com/vault/docs/concepts/dev-server",
    ),
    # passwords of vendors
    OpenVariable(
        "GF_SECURITY_ADMIN_PASSWORD",
        "admin",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password that Grafana comes with",
        "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#admin_password",
    ),
    OpenVariable(
        "RABBITMQ_DEFAULT_PASS",
        "guest",
        Opening.KNOWN_PASSWORD,
        "has the password that RabbitMQ comes with, open to other machines",
        "https://www.rabbitmq.com/docs/access-control#default-state",
    ),
    OpenVariable(
        "MINIO_ROOT_PASSWORD|MINIO_SECRET_KEY",
        "minioadmin",
        Opening.KNOWN_PASSWORD,
        "has the root password that MinIO comes with",
        "https://min.io/docs/minio/linux/reference/minio-server/settings/root-credentials.html",
    ),
    OpenVariable(
        "KEYCLOAK_ADMIN_PASSWORD|KC_BOOTSTRAP_ADMIN_PASSWORD|KEYCLOAK_PASSWORD",
        "admin",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password of Keycloak's own guide",
        "https://www.keycloak.org/getting-started/getting-started-docker",
    ),
    OpenVariable(
        "LDAP_ADMIN_PASSWORD|LDAP_CONFIG_PASSWORD",
        "admin|config",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password that the image comes with",
        "https://github.com/osixia/docker-openldap/blob/stable/README.md",
        ("ldap",),
    ),
    OpenVariable(
        "ME_CONFIG_BASICAUTH_PASSWORD",
        "pass",
        Opening.KNOWN_PASSWORD,
        "has the password of the documentation of mongo-express",
        "https://github.com/mongo-express/mongo-express-docker",
    ),
    OpenVariable(
        "ARTEMIS_PASSWORD",
        "artemis",
        Opening.KNOWN_PASSWORD,
        "has the password that Artemis comes with",
        "https://activemq.apache.org/components/artemis/documentation/latest/docker.html",
    ),
    OpenVariable(
        "ACTIVEMQ_ADMIN_PASSWORD|ACTIVEMQ_WEB_PASSWORD",
        "admin",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password that ActiveMQ comes with",
        "https://activemq.apache.org/components/classic/documentation/web-console",
    ),
    OpenVariable(
        "EMQX_DASHBOARD__DEFAULT_PASSWORD",
        "public",
        Opening.KNOWN_PASSWORD,
        "has the password that the dashboard of EMQX comes with",
        "https://docs.emqx.com/en/emqx/latest/dashboard/introduction.html",
    ),
    OpenVariable(
        "_AIRFLOW_WWW_USER_PASSWORD",
        "airflow",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password of Airflow's example",
        "https://airflow.apache.org/docs/apache-airflow/stable/howto/docker-compose/index.html",
    ),
    OpenVariable(
        "ELASTIC_PASSWORD|ELASTICSEARCH_PASSWORD",
        "changeme",
        Opening.KNOWN_PASSWORD,
        "has the password that Elasticsearch once came with",
        "https://www.elastic.co/guide/en/x-pack/5.6/security-getting-started.html",
    ),
    OpenVariable(
        "OPENSEARCH_PASSWORD|OPENSEARCH_INITIAL_ADMIN_PASSWORD",
        "admin",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password of OpenSearch's demo",
        "https://docs.opensearch.org/latest/security/configuration/demo-configuration/",
    ),
    OpenVariable(
        "CASSANDRA_PASSWORD",
        "cassandra",
        Opening.KNOWN_PASSWORD,
        "has the superuser's password that Cassandra comes with",
        "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html",
    ),
    OpenVariable(
        "GRAYLOG_PASSWORD_SECRET",
        "somepasswordpepper",
        Opening.KNOWN_PASSWORD,
        "has the secret of Graylog's documentation",
        "https://go2docs.graylog.org/current/downloading_and_installing_graylog/docker_installation.htm",
    ),
    OpenVariable(
        "GRAYLOG_ROOT_PASSWORD_SHA2",
        "8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password of Graylog's documentation",
        "https://go2docs.graylog.org/current/downloading_and_installing_graylog/docker_installation.htm",
    ),
    OpenVariable(
        "HARBOR_ADMIN_PASSWORD",
        "Harbor12345",
        Opening.KNOWN_PASSWORD,
        "has the administrator's password that Harbor comes with",
        "https://goharbor.io/docs/latest/install-config/configure-yml-file/",
    ),
    # certificates
    OpenVariable(
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "0",
        Opening.NO_CHECK,
        "checks no certificate: whoever is in between reads and changes what it sends",
        "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
    ),
    OpenVariable(
        "PYTHONHTTPSVERIFY",
        "0",
        Opening.NO_CHECK,
        "checks no certificate: whoever is in between reads and changes what it sends",
        "https://peps.python.org/pep-0493/",
    ),
    OpenVariable(
        "GIT_SSL_NO_VERIFY",
        _TRUE,
        Opening.NO_CHECK,
        "checks no certificate when it fetches source",
        "https://git-scm.com/docs/git#Documentation/git.txt-GITSSLNOVERIFY",
    ),
    OpenVariable(
        "NPM_CONFIG_STRICT_SSL",
        _FALSE,
        Opening.NO_CHECK,
        "checks no certificate when it fetches packages",
        "https://docs.npmjs.com/cli/using-npm/config#strict-ssl",
    ),
    OpenVariable(
        "VAULT_SKIP_VERIFY|NOMAD_SKIP_VERIFY",
        _TRUE,
        Opening.NO_CHECK,
        "checks no certificate of the server that it gets secrets from",
        "https://developer.hashicorp.com/vault/docs/commands#vault_skip_verify",
    ),
    OpenVariable(
        "CONSUL_HTTP_SSL_VERIFY",
        _FALSE,
        Opening.NO_CHECK,
        "checks no certificate of Consul",
        "https://developer.hashicorp.com/consul/commands#consul_http_ssl_verify",
    ),
    OpenVariable(
        r"ELASTICSEARCH_SSL_VERIFICATIONMODE|elasticsearch\.ssl\.verificationMode",
        "none",
        Opening.NO_CHECK,
        "checks no certificate of Elasticsearch",
        "https://www.elastic.co/guide/en/kibana/8.15/settings.html",
    ),
)
