"""Settings and images that leave a door open: whether a container has one.

Variables are in `open_variables`; the words of commands, and the images that are open as they come, are here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

from msgspec import Struct

from composeguard.model.open_variables import VARIABLES, Opening, OpenVariable
from composeguard.source.regex import regex


class OpenFlag(Struct, frozen=True):
    """A word of a command, or two (regular expression), that opens something; `images` as above."""

    pattern: str
    sign: str
    """What all of its texts have, to look for before the pattern."""
    opening: Opening
    what: str
    source: str
    images: tuple[str, ...] = ()
    unless: str = ""
    """Another word that undoes it."""


class OpenImage(Struct, frozen=True):
    """An image that lets everybody in, unless a variable or a word of the command (regular expressions) closes it."""

    repositories: tuple[str, ...]
    port: int
    closed_by: str
    flags: str
    what: str
    source: str
    opening: Opening = Opening.NO_LOGIN


FLAGS = (
    OpenFlag(
        r"-dev",
        "-dev",
        Opening.KNOWN_PASSWORD,
        "runs Vault in development mode: unsealed and in memory",
        "https://developer.hashicorp.com/vault/docs/concepts/dev-server",
        ("vault",),
    ),
    OpenFlag(
        r"--noauth",
        "--noauth",
        Opening.NO_LOGIN,
        "lets everybody into MongoDB without a password",
        "https://www.mongodb.com/docs/manual/reference/program/mongod/",
        ("mongo",),
    ),
    OpenFlag(
        r"--skip[-_]grant[-_]tables(?:=(?:1|on|true))?",
        "--skip",
        Opening.NO_LOGIN,
        "lets everybody into every database without a password",
        "https://dev.mysql.com/doc/refman/8.4/en/server-options.html#option_mysqld_skip-grant-tables",
    ),
    OpenFlag(
        r"--protected-mode[= ]no",
        "--protected-mode",
        Opening.NO_LOGIN,
        "lets everybody into Redis without a password",
        "https://redis.io/docs/latest/operate/oss_and_stack/management/security/#protected-mode",
        unless=r"--requirepass|--aclfile|--user",
    ),
    OpenFlag(
        r"--unauthenticated",
        "--unauthenticated",
        Opening.NO_LOGIN,
        "lets everybody into SurrealDB without a password",
        "https://surrealdb.com/docs/surrealdb/cli/start",
        ("surreal",),
    ),
    OpenFlag(
        r"--insecure(?:=true)?",
        "--insecure",
        Opening.NO_LOGIN,
        "lets everybody into CockroachDB without a password or TLS",
        "https://www.cockroachlabs.com/docs/stable/cockroach-start#security",
        ("cockroach",),
    ),
    OpenFlag(
        r"(?:\S*/)?mosquitto-no-auth\.conf",
        "mosquitto-no-auth.conf",
        Opening.NO_LOGIN,
        "lets everybody publish and subscribe without a password",
        "https://mosquitto.org/documentation/authentication-methods/",
    ),
    OpenFlag(
        r"-?E?xpack\.security\.enabled=false",
        "xpack.security.enabled=false",
        Opening.NO_LOGIN,
        "switches the security of Elasticsearch off: no password, no TLS",
        "https://www.elastic.co/guide/en/elasticsearch/reference/8.15/security-settings.html",
        ("elasticsearch",),
    ),
)

IMAGES = (
    OpenImage(
        ("mongo", "mongodb/mongodb-community-server", "percona/percona-server-mongodb"),
        27017,
        r"(?:MONGO_INITDB_ROOT|MONGODB_INITDB_ROOT)_(?:USERNAME|PASSWORD)(?:_FILE)?",
        r"--auth|--keyFile|--config|-f|--clusterAuthMode|--tlsMode|--transitionToAuth",
        "lets everybody into MongoDB without a password",
        "https://github.com/docker-library/docs/blob/master/mongo/README.md#authentication",
    ),
    OpenImage(
        ("redis", "valkey/valkey", "redis/redis-stack", "redis/redis-stack-server"),
        6379,
        r"REDIS_ARGS|REDIS_PASSWORD|VALKEY_EXTRA_FLAGS|REDIS_EXTRA_FLAGS",
        r"--requirepass|--aclfile|--user|--protected-mode|--bind|\S+\.conf|-",
        "lets everybody into Redis without a password",
        "https://github.com/docker-library/docs/blob/master/redis/README.md#security",
    ),
    OpenImage(
        ("minio/minio", "quay.io/minio/minio"),
        9000,
        r"MINIO_(?:ROOT_USER|ROOT_PASSWORD|ACCESS_KEY|SECRET_KEY|CONFIG_ENV)(?:_FILE)?",
        r"(?!)",
        "has the root password that MinIO comes with",
        "https://min.io/docs/minio/linux/reference/minio-server/settings/root-credentials.html",
        Opening.KNOWN_PASSWORD,
    ),
    OpenImage(
        ("hasura/graphql-engine",),
        8080,
        r"HASURA_GRAPHQL_(?:ADMIN_SECRET|ADMIN_SECRETS|ACCESS_KEY)(?:_FILE)?",
        r"--admin-secret|--access-key",
        "gives everybody the console and all data of Hasura",
        "https://hasura.io/docs/2.0/deployment/securing-graphql-endpoint/",
    ),
    OpenImage(
        ("qdrant/qdrant",),
        6333,
        r"QDRANT__SERVICE__(?:API_KEY|READ_ONLY_API_KEY|JWT_RBAC)",
        r"--config-path",
        "lets everybody into Qdrant without a key",
        "https://qdrant.tech/documentation/guides/security/",
    ),
)


OPEN_REPOSITORIES = frozenset(repository for row in IMAGES for repository in row.repositories)
"""Where to look at an image at all."""

_LONGEST = 4096
"""Characters of a word that is looked at; a setting is short."""
_ANY_NAME = regex("|".join(row.name for row in VARIABLES), re.IGNORECASE)
"""Asked first: hardly any variable has one of these names."""

Open = OpenVariable | OpenFlag | OpenImage


def may_open(name: str) -> bool:
    """Whether any row is about variables of this name."""
    return bool(_named(name))


def open_variable(repository: str, name: str, value: str, others: Collection[str]) -> OpenVariable | None:
    """The row that a variable of a container fits. `others`: the variables of the container that have a value."""
    for row in _named(name):
        if not _value(row).fullmatch(value[:_LONGEST].strip()) or not fits_image(repository, row.images):
            continue
        if not row.unless or not any(other != name and re.fullmatch(row.unless, other) for other in others):
            return row
    return None


def open_command(repository: str, words: Sequence[tuple[str, int]]) -> Iterator[tuple[int, OpenFlag]]:
    """The rows that the words of a command fit, each word with the index that is given with it."""
    texts = [text for text, _ in words]
    whole = " ".join(texts)
    for row in FLAGS:
        if row.sign not in whole or not fits_image(repository, row.images):
            continue
        pattern = re.compile(row.pattern)
        if row.unless and any(re.match(row.unless, text) for text in texts):
            continue
        for number, (text, index) in enumerate(words):
            pair = f"{text} {texts[number + 1]}" if number + 1 < len(texts) else text
            if len(pair) <= _LONGEST and (pattern.fullmatch(text) or pattern.fullmatch(pair)):
                yield index, row


def open_image(
    repository: str, ports: Collection[object], others: Collection[str], words: Sequence[str]
) -> OpenImage | None:
    """The row of an image that lets everybody in at one of these ports. `others` and `words` may close it."""
    for row in IMAGES:
        if repository in row.repositories and row.port in ports:
            closed = any(re.fullmatch(row.closed_by, other) for other in others)
            return None if closed or any(re.match(rf"(?:{row.flags})(?:[= ]|$)", word) for word in words) else row
    return None


def fits_image(repository: str, words: tuple[str, ...]) -> bool:
    """Whether the name of an image has one of the words; one that is not known may be any."""
    return not words or not repository or any(word in repository for word in words)


@lru_cache(maxsize=4096)
def _named(name: str) -> tuple[OpenVariable, ...]:
    if not _ANY_NAME.fullmatch(name):
        return ()
    return tuple(row for row in VARIABLES if re.fullmatch(row.name, name, re.IGNORECASE))


@cache
def _value(row: OpenVariable) -> re.Pattern[str]:
    return re.compile(row.value, re.IGNORECASE | re.DOTALL)
