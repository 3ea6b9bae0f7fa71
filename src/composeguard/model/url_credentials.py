"""Passwords in addresses: URLs, data source names and connection strings.

Every pattern is bounded, so that a search is linear in its text.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from composeguard.compose.unresolved import MARK
from composeguard.model.credential_names import Credential, credential
from composeguard.model.secret_values import is_literal_secret, is_reference
from composeguard.source.regex import regex

_LIMIT = 64 * 1024
_URL = regex(
    r"(?<![A-Za-z0-9+.-])(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,40})://"
    r"(?P<user>[^\s/:@?\"'<>`]{0,200}):(?P<password>[^\s/@?\"'`]{1,300})@(?=[^\s@])"
)
"""RFC 3986, section 3.2.1: the user information of an address. The user may be empty, as for Redis."""
_GO_DSN = regex(r"(?<![\w.-])(?P<user>[\w.-]{1,100}):(?P<password>[^\s/@:]{1,200})@(?:tcp|unix)\(")
"""https://github.com/go-sql-driver/mysql#dsn-data-source-name"""
_ORACLE = regex(r"jdbc:oracle:(?:thin|oci8?):(?P<user>[^\s/@]{1,100})/(?P<password>[^\s/@]{1,200})@")
"""https://docs.oracle.com/en/database/oracle/oracle-database/23/jajdb/oracle/jdbc/OracleDriver.html"""
_PAIR = regex(
    r"(?:^|(?P<separator>[;?&\s]))[ ]?(?P<name>[A-Za-z][A-Za-z_.-]{0,40}(?: [A-Za-z]{2,12})?)[ ]?=[ ]?"
    r"(?:'(?P<single>[^']{1,300})'|\"(?P<double>[^\"]{1,300})\"|(?P<plain>[^\s;&'\"]{1,300}))"
)
_COMPANIONS = frozenset(
    (
        "server",
        "host",
        "hostname",
        "datasource",
        "addr",
        "address",
        "database",
        "dbname",
        "initialcatalog",
        "uid",
        "user",
        "userid",
        "username",
        "endpoint",
        "accountname",
        "defaultendpointsprotocol",
        "port",
        "sslmode",
        "hostaddr",
    )
)
"""Names that stand beside a password in a connection string (libpq, ADO.NET, ODBC, Azure)."""
_QUERY = regex(r"[^\s?&=]{1,300}\?[^\s?]{3,2000}")
"""A store and its options, `s3|host?accessKey=…&secretKey=…`."""
_SIGNED = regex(r"https?://")


class UrlCredential(Struct, frozen=True):
    """A password (code points) in an address; `scheme` says what kind of address, for people."""

    scheme: str
    start: int
    end: int


def url_credentials(text: str) -> Iterator[UrlCredential]:
    """The literal passwords of the addresses in a text; a `MARK` in it is an unknown part, which is none."""
    text = text[:_LIMIT]
    if "@" in text:
        for pattern in (_URL, _GO_DSN, _ORACLE):
            for match in pattern.finditer(text):
                if _is_password(match["password"]):
                    scheme = match["scheme"] if pattern is _URL else "dsn"
                    yield UrlCredential(scheme.lower(), *match.span("password"))
    if "=" in text:
        yield from _pairs(text)


def _pairs(text: str) -> Iterator[UrlCredential]:
    """Passwords in `name=value` pairs beside the name of a server or a user, and in the query of a URL."""
    pairs = list(_PAIR.finditer(text))
    names = {match["name"].lower().replace(" ", "").replace("_", "") for match in pairs}
    is_url = "://" in text or _QUERY.fullmatch(text) is not None
    if names.isdisjoint(_COMPANIONS) and not is_url:
        return
    for match in pairs:
        in_query = match["separator"] in ("?", "&")
        if in_query and _SIGNED.match(text) and credential(match["name"]) is not Credential.CHOSEN:
            continue
        if (is_url and not in_query and match["separator"] != ";") or (not is_url and in_query):
            continue
        kind = credential(match["name"])
        group = "single" if match["single"] else "double" if match["double"] else "plain"
        value = match[group]
        if kind is not None and MARK not in value and is_literal_secret(value, kind):
            yield UrlCredential("connection string", *match.span(group))


def _is_password(text: str) -> bool:
    # `$X` may stand for all of it, and the shell puts it in.
    return MARK not in text and not is_reference(text) and not text.startswith(("$", "%", "{"))
