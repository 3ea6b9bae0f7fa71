"""Credentials in commands: the values of flags and assignments, as shells and the known programs read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from composeguard.compose.unresolved import MARK
from composeguard.model.credential_names import Credential, credential
from composeguard.model.secret_values import is_literal_secret
from composeguard.source.regex import regex

_LIMIT = 64 * 1024
_LONGEST = 4096


class CommandSecret(Struct, frozen=True):
    """A credential in word `index` of a command; `name` is the flag or variable that it is for."""

    name: str
    index: int


Tokens = tuple[tuple[str, int], ...]
"""The words of a command, those of its scripts too, each with the index of the word that it stands in."""


class _Flag(Struct, frozen=True):
    """A flag of some programs that takes a password, for which no name tells."""

    programs: str
    flag: str
    source: str
    glued: bool = False
    """The password follows without a blank (`-psecret`)."""
    apart: bool = True
    """The password is the next word."""
    value: str = r"(?P<password>.+)"
    """What of the value is the password."""


_FLAGS = (
    _Flag(
        r"mysql\w*|mariadb(?:-\w+)*|obclient",
        "-p",
        "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
        glued=True,
        apart=False,
    ),
    _Flag(
        r"mongo(?:sh|dump|restore|export|import|stat|top)?",
        "-p",
        "https://www.mongodb.com/docs/mongodb-shell/reference/options/",
    ),
    _Flag(
        r"(?:redis|valkey|keydb)-cli",
        "-a",
        "https://redis.io/docs/latest/develop/tools/cli/",
    ),
    _Flag(
        r"curl",
        "-u",
        "https://curl.se/docs/manpage.html#-u",
        glued=True,
        value=r"[^:\s]*:(?P<password>.+)",
    ),
    _Flag(
        r"curl",
        "--user",
        "https://curl.se/docs/manpage.html#-u",
        value=r"[^:\s]*:(?P<password>.+)",
    ),
    _Flag(
        r"sqlcmd|bcp",
        "-P",
        "https://learn.microsoft.com/en-us/sql/tools/sqlcmd/sqlcmd-utility",
        glued=True,
    ),
    _Flag(r"sshpass", "-p", "https://manpages.debian.org/stable/sshpass/sshpass.1.en.html", glued=True),
    _Flag(
        r"ldap(?:search|add|modify|delete|whoami|passwd)",
        "-w",
        "https://www.openldap.org/software/man.cgi?query=ldapsearch",
    ),
    _Flag(
        r"smbclient",
        "-U",
        "https://www.samba.org/samba/docs/current/man-html/smbclient.1.html",
        value=r"[^%]+%(?P<password>.+)",
    ),
    _Flag(r"rabbitmqadmin", "-p", "https://www.rabbitmq.com/docs/management-cli"),
    _Flag(r"cqlsh", "-p", "https://cassandra.apache.org/doc/latest/cassandra/managing/tools/cqlsh.html"),
    _Flag(r"cypher-shell", "-p", "https://neo4j.com/docs/operations-manual/current/tools/cypher-shell/"),
    _Flag(
        r"docker|podman", "-p", "https://docs.docker.com/reference/cli/docker/login/", value=r"(?P<password>(?!.*:).+)"
    ),
    _Flag(
        r"samba\.sh|samba",
        "-u",
        "https://github.com/dperson/samba#configuration",
        value=r"[^;]+;(?P<password>[^;]+).*",
    ),
)


_ANY_PROGRAM = regex("|".join(flag.programs for flag in _FLAGS))


class _Positional(Struct, frozen=True):
    """Words of a command after which a password stands `places` words later."""

    words: tuple[str, ...]
    places: int
    source: str


_POSITIONAL = (
    _Positional(("alias", "set"), 4, "https://min.io/docs/minio/linux/reference/minio-mc/mc-alias-set.html"),
    _Positional(("host", "add"), 4, "https://min.io/docs/minio/linux/reference/minio-mc/mc-alias-set.html"),
    _Positional(("rabbitmqctl", "add_user"), 2, "https://www.rabbitmq.com/docs/man/rabbitmqctl.8#add_user"),
    _Positional(
        ("rabbitmqctl", "change_password"), 2, "https://www.rabbitmq.com/docs/man/rabbitmqctl.8#change_password"
    ),
    _Positional(("neo4j-admin", "set-initial-password"), 1, "https://neo4j.com/docs/operations-manual/current/"),
    _Positional(("dbms", "set-initial-password"), 1, "https://neo4j.com/docs/operations-manual/current/"),
)
_SECOND_WORDS = frozenset(row.words[1] for row in _POSITIONAL)

_TEXTS = (
    (
        "identified",
        regex(
            r"\b(?P<name>identified)\s{1,5}(?:with\s{1,5}\w{1,40}\s{1,5})?by\s{1,5}(['\"])(?P<value>[^'\"]{1,200})\2",
            re.IGNORECASE,
        ),
    ),
    ("password", regex(r"\b(?P<name>password)\s{1,5}'(?P<value>[^']{1,200})'", re.IGNORECASE)),
    (
        "authorization",
        regex(
            r"\b(?P<name>authorization)['\"]?\s{0,5}[:=]\s{0,5}(?:bearer|basic|token)\s{1,5}"
            r"(?P<value>[\w.~+/=-]{8,2000})",
            re.IGNORECASE,
        ),
    ),
    (":", regex(r"['\"](?P<name>[\w.-]{2,60})['\"]\s{0,5}:\s{0,5}['\"](?P<value>[^'\"]{1,1000})['\"]")),
    (
        "chpasswd",
        regex(
            r"(?:^|[\s'\"])[\w.-]{1,64}:(?P<value>[^\s:'\"|]{1,200})['\"]?\s{0,5}\|\s{0,5}(?:sudo\s)?"
            r"(?P<name>chpasswd)\b"
        ),
    ),
)
"""SQL statements, headers of HTTP, JSON, and the standard input of `chpasswd`, each with what it cannot be without."""
_ALWAYS = frozenset(("identified", "authorization", "chpasswd"))

_ASSIGNMENT = regex(r"(?:-e|--env=)?(?P<name>[A-Za-z_][\w.-]{0,100})=(?P<value>.*)", re.DOTALL)
_LONG = regex(r"--?(?:D(?=[\w-]+\.))?(?P<name>[A-Za-z][\w.-]{2,100})(?:(?P<equals>[=:])(?P<value>.*))?", re.DOTALL)
_EXPANDED = regex(r"\$[\w{(@*]|`")
"""What the shell of the container puts in."""
_CODE = regex(r"\+[A-Za-z_$][\w$.]*\(")
"""What a script of another language calls to make the value: `"KEY="+JSON.stringify(…)`."""
_NO_VALUE = regex(r"-|[|&;<>]|[A-Za-z_]\w*=", re.DOTALL)
_REMEMBERED = 1024
"""Commands. Services repeat one another, and a project that is fixed is read again."""
_AT_ONCE = 4
"""Commands whose words are kept: what is asked about one is asked in a row."""
_BLANK = regex(r"\s")
_WORD = regex(
    r"[|&;<>()]|(?:[^\s|&;<>()\\'\"]|'[^']*'?|\"(?:[^\"\\]|\\.)*\\?\"?|\\.?)+",
    re.DOTALL,
)
"""An operator, or a word of a script with its quotes, of which the last may be open."""


def command_secrets(words: Sequence[str]) -> Iterator[CommandSecret]:
    """The credentials in the words of a command, each word once; a `MARK` is in the place of what is not known."""
    shown: set[int] = set()
    for name, index in _in_texts(tuple(words)):
        if index not in shown:
            shown.add(index)
            yield CommandSecret(name, index)


@lru_cache(maxsize=_AT_ONCE)
def command_tokens(words: tuple[str, ...]) -> Tokens:
    """The words of a command one by one."""
    return tuple((token, index) for index, word in enumerate(words) for token in _tokens(word[:_LIMIT]))


def assigned_secret(text: str) -> str:
    """The name of the first credential that a text sets by a flag or an assignment; "" for none."""
    return next((found.name for found in command_secrets([text])), "")


@lru_cache(maxsize=_REMEMBERED)
def _in_texts(texts: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    return tuple(_found(texts))


def _found(texts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    tokens = command_tokens(texts)
    programs = {text.rpartition("/")[2] for text, _ in tokens}
    known = [program for program in programs if _ANY_PROGRAM.fullmatch(program)]
    flags = [flag for flag in _FLAGS if known and any(re.fullmatch(flag.programs, program) for program in known)]
    for number, token in enumerate(tokens):
        text = token[0]
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        if "=" in text or text.startswith("-"):
            yield from _by_name(token, following)
        for flag in flags:
            yield from _by_flag(flag, token, following)
    for number, (text, _) in enumerate(tokens[1:]):
        if text in _SECOND_WORDS:
            yield from _by_position(tokens, number)
    for index, text in enumerate(texts):
        yield from _by_text(text[:_LIMIT], index)


def _by_name(token: tuple[str, int], following: tuple[str, int] | None) -> Iterator[tuple[str, int]]:
    text, index = token
    match = _LONG.fullmatch(text) if text.startswith("-") else _ASSIGNMENT.fullmatch(text)
    if match is None:
        return
    kind = credential(match["name"])
    if kind is None:
        # `-c requirepass=x`, `--set auth.password=x`: the option's value is an assignment itself.
        inner = _ASSIGNMENT.fullmatch(match["value"] or "") if text.startswith("-") else None
        kind = credential(inner["name"]) if inner else None
        if inner and kind and _is_secret(inner["value"], kind):
            yield inner["name"], index
        return
    value = match["value"]
    if value is None and following is not None and not _NO_VALUE.match(following[0]):
        value, index = following
    if value is not None and _is_secret(value, kind):
        yield match["name"], index


def _by_flag(flag: _Flag, token: tuple[str, int], following: tuple[str, int] | None) -> Iterator[tuple[str, int]]:
    text, index = token
    value = ""
    if text == flag.flag and flag.apart and following is not None and not _NO_VALUE.match(following[0]):
        value, index = following
    elif flag.glued and text.startswith(flag.flag) and len(text) > len(flag.flag):
        value = text[len(flag.flag) :]
    elif flag.flag.startswith("--") and text.startswith(f"{flag.flag}="):
        value = text.partition("=")[2]
    match = re.fullmatch(flag.value, value, re.DOTALL) if value else None
    if match and _is_secret(match["password"], Credential.CHOSEN):
        yield flag.flag, index


def _by_position(tokens: Tokens, number: int) -> Iterator[tuple[str, int]]:
    for row in _POSITIONAL:
        if (tokens[number][0].rpartition("/")[2], tokens[number + 1][0]) != row.words:
            continue
        arguments = [token for token in tokens[number + 2 : number + 10] if not token[0].startswith("-")]
        if len(arguments) >= row.places and _is_secret(arguments[row.places - 1][0], Credential.CHOSEN):
            yield " ".join(row.words), arguments[row.places - 1][1]


def _by_text(text: str, index: int) -> Iterator[tuple[str, int]]:
    folded = text.casefold()
    for sign, pattern in _TEXTS:
        if sign not in folded:
            continue
        for match in pattern.finditer(text):
            name = match["name"]
            kind = Credential.CHOSEN if name.lower() in _ALWAYS else credential(name)
            if kind is not None and _is_secret(match["value"], kind):
                yield name, index


def _is_secret(value: str, kind: Credential) -> bool:
    value = value.strip("\"'")
    if not value or len(value) > _LONGEST or MARK in value or _EXPANDED.search(value) or _CODE.match(value):
        return False
    return is_literal_secret(value, kind)


def _tokens(text: str) -> list[str]:
    """The words of a word: one, or those of the script that it is. Quotes go, operators stand alone."""
    if not _BLANK.search(text):
        return [text]
    return [word for quoted in _WORD.findall(text) if (word := _unquoted(quoted))]


def _unquoted(word: str) -> str:
    if "\\" not in word and "'" not in word and '"' not in word:
        return word
    found: list[str] = []
    quote = ""
    escaped = False
    for character in word:
        if escaped:
            escaped = False
            found.append(character)
        elif character == "\\" and quote != "'":
            escaped = True
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            found.append(character)
    return "".join(found)
