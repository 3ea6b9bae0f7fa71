"""Which names of variables, flags and options are those of credentials, and which only look so.

A name is judged word by word (`smtpPassword`, `SMTP_PASSWORD` and `smtp.password` are the same two words): a word or a
pair of words that means a credential, and after it none that makes of it something else, such as its file, its length
or its lifetime.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from composeguard.source.regex import regex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Credential(Enum):
    """Who makes up the value. It decides what a placeholder is worth."""

    CHOSEN = "chosen"
    """Whoever deploys: whatever stands there works, `changeme` too."""
    ISSUED = "issued"
    """Another service: a placeholder opens nothing."""


_CHOSEN = _words(
    "password passwords passwd passphrase passcode pswd pass pwd pw psw psk secret secrets salt pepper mnemonic "
    "requirepass masterauth userpass keypass storepass"
)
_ISSUED = frozenset(("token", "tokens", "credential", "credentials", "creds", "apikey", "apikeys", "apitoken"))
_GLUED = regex(
    r"(?P<chosen>\w+(?:password|passwd|passphrase|secret|(?:secret|encryption|signing|private)key))"
    r"|(?P<pass>\w{2,}pass)"
    r"|(?P<issued>\w+token|\w*(?:api|access|auth)key)"
)
"""Words that people write without a separator: `PGPASSWORD`, `jwtsecret`, `DBPASS`."""
_NO_PASSWORD = _words("bypass compass encompass surpass trespass underpass overpass keepass lastpass multipass")

_KEYS = {
    **dict.fromkeys(
        (
            "admin",
            "app",
            "application",
            "auth",
            "authentication",
            "authorization",
            "cipher",
            "cookie",
            "creds",
            "crypt",
            "crypto",
            "cryptography",
            "aes",
            "daemon",
            "database",
            "decryption",
            "enc",
            "encrypt",
            "encryption",
            "fernet",
            "hash",
            "hashing",
            "hmac",
            "in",  # LOGGED_IN_KEY of WordPress
            "internal",
            "jwt",
            "master",
            "nonce",
            "openssl",
            "private",
            "priv",
            "role",  # SERVICE_ROLE_KEY of Supabase
            "root",
            "secret",
            "secrets",
            "security",
            "session",
            "sign",
            "signature",
            "signing",
            "token",
            "totp",
            "vault",
        ),
        Credential.CHOSEN,
    ),
    **dict.fromkeys(
        (
            "access",
            "account",
            "api",
            "consumer",
            "deploy",
            "developer",
            "ingest",
            "integration",
            "license",
            "licence",
            "registration",
            "rest",
            "server",
            "service",
            "setup",
            "shared",
            "storage",
            "subscription",
            "webhook",
            "write",
            "writer",
        ),
        Credential.ISSUED,
    ),
}
"""What stands before `key` where that is a credential; other keys (of a cache, a partition, a sort) are none."""

_PAIRS = {
    ("key", "base"): Credential.CHOSEN,  # SECRET_KEY_BASE of Rails
    ("erlang", "cookie"): Credential.CHOSEN,  # a password between nodes
    ("release", "cookie"): Credential.CHOSEN,
    ("basic", "auth"): Credential.CHOSEN,  # user and password in one value, here and below
    ("redis", "auth"): Credential.CHOSEN,
    ("rediscli", "auth"): Credential.CHOSEN,
    ("neo", "auth"): Credential.CHOSEN,
    ("smtp", "auth"): Credential.CHOSEN,
    ("ui", "auth"): Credential.CHOSEN,
    ("user", "info"): Credential.CHOSEN,
    ("secrets", "system"): Credential.CHOSEN,  # of Ory's servers
    ("secrets", "cookie"): Credential.CHOSEN,
    ("composer", "auth"): Credential.ISSUED,
}
"""Two last words that mean a credential together."""

_OWN = _words("admin bootstrap cluster gateway init initial internal join master registration root rpc")
"""Words before a token that the service itself checks."""

_LAST = frozenset(("salt", "pepper", "pw", "psw", "pwd", "psk", "creds"))
"""Words that mean one only at the end."""
_NOT_ALONE = frozenset(("pwd", "pw", "psk", "creds", "secrets", "credentials", "credential", "pepper"))
"""Words that mean nothing much alone: `PWD` is the current folder."""

_OF_ONE = _words(
    # where it is
    "file filename files path paths dir directory folder location url urls uri uris endpoint endpoints host "
    "hostname port store storage stores vault bucket mount volume provider providers manager backend engine "
    "driver source region namespace arn address addr server service services template keystore truststore "
    # what it is called, and by whom
    "name names id ids identifier label title text message description alias user users username usernames "
    "owner email mail role roles group groups client realm issuer audience aud subject scope scopes claim claims "
    "header headers field fields param parameter parameters property attribute column index prefix suffix "
    "placeholder hint ref reference var variable variables env environment "
    # how long, how many, how often
    "age maxage ttl expiry expire expires expired expiration expiring validity lifetime lifespan life duration "
    "timeout timeouts interval second seconds secs sec minute minutes mins min hour hours day days week weeks "
    "month months ms millis milliseconds period "
    "length len size sizes count number limit limits max maximum minimum bits bytes rounds iterations cost "
    "attempts retries retry history quota budget usage rate threshold depth per "
    # of what kind, and whether
    "type types kind format encoding method methods mode algorithm algorithms alg algo digest cipher policy "
    "policies rule rules regex pattern strength complexity score characters chars charset uppercase lowercase "
    "digits special enable enabled disable disabled required require allow allowed verify verification "
    "validate validation validator check checks protection protected "
    "reset change changed changes changing rotate rotation rotated recovery forgot forgotten forget renew "
    "renewal revoke revocation revoked refreshes lookup login logins signin signup grant grants flow exchange "
    "introspection introspect generator generate generation creation create hash hashed hashes hasher hashing "
    "encoder encrypted support feature version versions schema style option options config configuration "
    "settings set command cmd script hook callback redirect link cache cached caching page form "
    "prompt ui autocomplete autofill visible show hide hidden symbol contract decimals supply price chain "
    "network auth authentication tag tags context window metrics stats public pub "
    "extension extensions class converter pda proxy api mapping mappings scheme domain domains sha md bcrypt"
)
"""Words after a credential that make something else of the whole: `TOKEN_EXPIRY`, `PASSWORD_POLICY`."""

_NOT_A_PASSWORD = _words(
    "strategy strategies random enable disable use require no has is allow skip show hide ignore without generate "
    "forgot sha hashed"
)
"""Words before any credential that do the same: `ALLOW_EMPTY_PASSWORD`."""
_STORES = frozenset(("minio", "s", "aws", "oss", "cos"))
"""Words (`S3` among them) before the `ACCESS_KEY` of a store of objects."""
_NOT_A_TOKEN = _words(
    "max maximum min minimum num number count total public pub publishable anon anonymous input output prompt "
    "completion partition"
)
"""Words before a token or key: `MAX_TOKENS` counts words, `PUBLIC_KEY` is for everybody."""
_NEVER = ("PUSHER_APP_KEY", "REVERB_APP_KEY", "SOKETI_DEFAULT_APP_KEY")
"""Endings of names that the words mistake: these name an application to its visitors' browsers."""
_ALWAYS = ("APIKEY_ALLOWED_KEYS",)
"""The other way round: the keys that Weaviate lets in."""

_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PASS_WORD = regex("[Pp]ass[Ww]ord")
_LONGEST = 200


@lru_cache(maxsize=8192)
def credential(name: str) -> Credential | None:
    """What kind of credential a name stands for; None for none."""
    if len(name) > _LONGEST or name.upper().endswith(_NEVER):
        return None
    if name.upper().endswith(_ALWAYS):
        return Credential.CHOSEN
    words = [word.lower() for word in _WORD.findall(_PASS_WORD.sub("Password", name))]
    while len(words) > 1 and words[-1] == "v":
        words.pop()  # the version of a key
    for index in range(len(words) - 1, -1, -1):
        kind = _kind(words, index)
        if kind is not None:
            return kind if _is_one(words, index) else None
    return None


def _kind(words: list[str], index: int) -> Credential | None:
    word = words[index]
    before = words[index - 1] if index else ""
    if index == len(words) - 1 and (before, word) in _PAIRS:
        return _PAIRS[before, word]
    if word in ("key", "keys"):
        if before == "access" and index > 1 and words[index - 2] in _STORES:
            return None  # the name of an account; its password is the secret key
        return _KEYS.get(before)
    if word in ("token", "tokens") and not _OWN.isdisjoint(words[:index]):
        return Credential.CHOSEN
    if word in _ISSUED:
        return Credential.ISSUED
    if word == "secret" and before in ("client", "app", "consumer", "api") and (before != "app" or index > 1):
        return Credential.ISSUED  # of an OAuth client: the provider makes it up
    if word in _CHOSEN:
        return Credential.CHOSEN
    glued = _GLUED.fullmatch(word)
    if glued is None or word in _NO_PASSWORD:
        return None
    return Credential.ISSUED if glued["issued"] else Credential.CHOSEN


def _is_one(words: list[str], index: int) -> bool:
    """Whether the words around the one at `index` leave it a credential."""
    word, before, after = words[index], words[:index], words[index + 1 :]
    if after and (word in _LAST or (word == "pass" and not before)):
        return False
    if word in _NOT_ALONE and not before:
        return False
    if word == "credentials" and "ssl" in before:
        return False  # the names of files with passwords, in the images of Kafka
    if not _NOT_A_PASSWORD.isdisjoint(before[-3:]):
        return False
    if word.endswith(("token", "tokens", "key", "keys")) and not _NOT_A_TOKEN.isdisjoint(before):
        return False
    return _OF_ONE.isdisjoint(after)
