"""Which values of credential-named keys are credentials themselves, and not a reference, a switch or a blank form."""

from __future__ import annotations

import re

from composeguard.model.credential_names import Credential
from composeguard.source.regex import regex

_SWITCH = frozenset(
    (
        "",
        "0",
        "1",
        "auto",
        "default",
        "disable",
        "disabled",
        "empty",
        "enable",
        "enabled",
        "false",
        "n/a",
        "nil",
        "no",
        "none",
        "null",
        "off",
        "on",
        "optional",
        "required",
        "true",
        "undefined",
        "unset",
        "yes",
    )
)
"""Words that say whether, not what."""

_REFERENCE = regex(
    r"\$\w+|\$\{[^{}]*\}|\$\([^()]*\)|`[^`]*`"  # the shell of the container expands it
    r"|\{\{.*\}\}|\{%.*%\}|<%.*%>|#\{.*\}|\(\(.*\)\)|\[\[.*\]\]|%\w+%|%\(\w+\)s|@\w+@|__\w+__|\{\w+\}"  # a template
    r"|<[^<>]*>|\[[A-Za-z _-]*\]|«.*»"  # a form to fill in
    r"|(?:op|ref\+\w+|vault|awssm|awsssm|gcpsm|azurekv|secret|secretref|keyring|bws|doppler|infisical|docker-secret"
    r"|env|file|classpath|arn|projects)(?::|://|/).*"  # where a secret manager has it
    r"|ENC\[.*\]|encrypted:[\w+/=-]+"  # encrypted, by sops or dotenvx
    r"|(?:data|http|https|ws|wss|tcp|unix)://[^\s@]*",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = regex(r"[\W_]|[xX]{3,}|[*.…_#?-]{2,}|([xX0*.-])\1{5,}|todo|tbd|fixme|\{\"\w+\":\s?\"\"\}", re.IGNORECASE)
_ZEROS = regex(r"0{6,}")
_PATH = regex(r"(?:~|\.{1,2}|[A-Za-z]:)?(?:[\\/][\w.@ $-]+)+[\\/]?")
_LONGEST_STEP = 40
"""Characters of a step of a path; random text with a slash in it has longer ones."""
_FILE = regex(r"[\w.-]+\.(?:txt|pem|key|crt|cer|json|ya?ml|env|jks|p12|pfx|conf|cfg|ini|properties|toml|secret)")
_QUANTITY = regex(r"[0-9]{1,9}(?:\.[0-9]+)?\s?(?:ms|s|m|h|d|w|y|kb|mb|gb|[kKmMgG]i?[bB]?|%)?")
_NUMBER_WITH_UNIT = regex(r"[0-9]{1,6}\s?(?:ms|s|m|h|d|w|seconds|minutes|hours|days)")
_PUBLIC = regex(
    r"(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-\S+@openssh\.com)\s"
    r"|-----BEGIN (?:PUBLIC KEY|CERTIFICATE)|age1[0-9a-z]{20}"
)
_HASH = regex(
    r"\$(?:2[abxy]?|5|6|1|y|7|apr1|argon2(?:id?|d)|pbkdf2[\w-]*|scrypt)\$|SCRAM-SHA-256\$"
    r"|\{(?:SSHA|SHA|BCRYPT|CRYPT|PBKDF2)\w*\}"
)
_PLACEHOLDER = regex(
    r"\b(?:the|some|an?)[-_ ].{0,40}(?:key|token|secret|here)|your|change[-_ ]?(?:me|it|this)|replace"
    r"|insert[-_ ]|enter[-_ ]"
    r"|put[-_ ]|set[-_ ]?(?:me|this|in)|example|dummy|sample|fake|mock|place[-_ ]?holder|xxx|todo|here$"
    r"|^my[-_]|user[-_ ]provided"
    r"|not[-_ ]?(?:needed|used|set|required|a[-_ ]|real)|no[-_ ](?:key|token)|unused|ignored?$"
    r"|anything|whatever|redacted|obtain|generate",
    re.IGNORECASE,
)
_PLACEHOLDER_WORDS = frozenset(
    (
        "abc",
        "abc123",
        "anonymous",
        "any",
        "api_key",
        "apikey",
        "bar",
        "demo",
        "emulator",
        "foo",
        "foobar",
        "invalid",
        "key",
        "local",
        "localstack",
        "offline",
        "ollama",
        "secret",
        "some",
        "string",
        "test",
        "testing",
        "token",
        "value",
        "x",
        "na",
        "sk-no-key-required",
    )
)


_LONGEST = 200
"""Characters of a value that are looked at: a placeholder is short."""


def asks_to_be_replaced(value: str) -> bool:
    """Whether a value says that another one is to stand there: `changeme`, `your-password`, `<token>`."""
    return _PLACEHOLDER.search(value[:_LONGEST]) is not None


def is_placeholder(value: str) -> bool:
    """Whether a value stands for one that another service must issue: `your-api-key`, `<token>`, the samples of
    documentation (`AKIA…EXAMPLE`). As a password it works like any other."""
    return value.lower() in _PLACEHOLDER_WORDS or asks_to_be_replaced(value)


def is_reference(value: str) -> bool:
    """Whether a value says where the credential is, or leaves a form to fill in: nothing of it is the credential."""
    return _REFERENCE.fullmatch(value) is not None or _BLANK.fullmatch(value) is not None


def is_literal_secret(value: str, kind: Credential) -> bool:
    """Whether the value of a key that names such a credential is one."""
    text = value.strip().strip("\"'").strip()  # an item of a list keeps the quotes inside it
    if kind is Credential.CHOSEN and _ZEROS.fullmatch(text):
        return True  # it opens the door like any other
    if text.lower() in _SWITCH or is_reference(text) or _is_path(text):
        return False
    if _NUMBER_WITH_UNIT.fullmatch(text) or _PUBLIC.match(text) or _HASH.match(text):
        return False
    if kind is Credential.ISSUED:
        return not _QUANTITY.fullmatch(text) and not is_placeholder(text)
    return True


def _is_path(text: str) -> bool:
    if _FILE.fullmatch(text):
        return True
    return _PATH.fullmatch(text) is not None and max(map(len, re.split(r"[\\/]", text))) <= _LONGEST_STEP
