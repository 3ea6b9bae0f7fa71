"""What counts as a credential: by the name of its key, by its value, by its format, in addresses and in commands."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import from_regex

from composeguard.model.command_secrets import command_secrets, command_tokens
from composeguard.model.config_secrets import config_secret, default_secrets
from composeguard.model.credential_names import Credential, credential
from composeguard.model.default_credentials import FLAGS, IMAGES, OpenFlag, open_command, open_variable
from composeguard.model.open_variables import VARIABLES
from composeguard.model.secret_shapes import LOOKS_LIKE_ONE, shaped_secrets
from composeguard.model.secret_values import is_literal_secret
from composeguard.model.token_formats import SHAPES, Shape
from composeguard.model.url_credentials import url_credentials

CHOSEN, ISSUED = Credential.CHOSEN, Credential.ISSUED


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DB_PASSWORD", CHOSEN),
        ("PGPASSWORD", CHOSEN),
        ("smtpPassWord", CHOSEN),
        ("spring.datasource.password", CHOSEN),
        ("SECRET_KEY_BASE", CHOSEN),
        ("JWT_SECRET_V2", CHOSEN),
        ("RABBITMQ_DEFAULT_PASS", CHOSEN),
        ("OPENAI_API_KEY", ISSUED),
        ("CLIENT_SECRET", ISSUED),
        ("GITHUB_TOKEN", ISSUED),
        ("APP_SECRET", CHOSEN),
        ("FACEBOOK_APP_SECRET", ISSUED),
        ("SECRETS_SYSTEM", CHOSEN),
        ("AUTHENTICATION_APIKEY_ALLOWED_KEYS", CHOSEN),
        ("claimable_token_pda", None),
        ("GRAYLOG_SHA256_PASSWORD", None),
        ("HASHED_PASSWORD", None),
        ("PASSWORD_FILE", None),
        ("TOKEN_TTL", None),
        ("MAX_TOKENS", None),
        ("PUBLIC_KEY", None),
        ("ALLOW_EMPTY_PASSWORD", None),
        ("MINIO_ACCESS_KEY", None),
        ("CACHE_KEY", None),
        ("PWD", None),
        ("BYPASS", None),
        ("COMPASS_HOST", None),
    ],
)
def test_names(name: str, kind: Credential | None) -> None:
    assert credential(name) is kind


@pytest.mark.parametrize("value", ["fir-tree-19", "123456", "changeme", "a/b+c=", "postgres", "p@ss word", "0" * 64])
def test_passwords(value: str) -> None:
    assert is_literal_secret(value, CHOSEN)


@pytest.mark.parametrize(
    "value",
    [
        "",
        '""',
        ".",
        "true",
        "/run/secrets/x",
        "$PASSWORD",
        "${PASSWORD}",
        "{{ password }}",
        "<password>",
        "vault:a/b",
        "30m",
    ],
)
def test_what_is_no_password(value: str) -> None:
    assert not is_literal_secret(value, CHOSEN)


@pytest.mark.parametrize(
    "value", ["your-api-key", "changeme", "user_provided", "dummy", "test", "my_token", "3600", "0" * 40]
)
def test_placeholders_for_what_another_issues(value: str) -> None:
    assert not is_literal_secret(value, ISSUED)


@pytest.mark.parametrize(
    "text",
    [
        "redis://:fir@cache/0",
        "postgres://a:fir@db/x?sslmode=disable",
        "a:fir@tcp(db:3306)/x",
        "Server=db;User Id=a;Password=fir",
        "host=db user=a password=fir",
        "jdbc:mysql://db/x?user=a&password=fir",
        "minio|minio?user=a&secretKey=fir",
    ],
)
def test_addresses(text: str) -> None:
    assert [text[found.start : found.end] for found in url_credentials(text)] == ["fir"]


@pytest.mark.parametrize(
    "text", ["https://a.example:80/x@y", "http://$USER:$PASSWORD@db", "git@example.org:a/b", "a=b", "a?b=c&password=$P"]
)
def test_addresses_without_a_password(text: str) -> None:
    assert list(url_credentials(text)) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["serve", "--password", "fir"], "password"),
        (["serve", "--password=fir"], "password"),
        (["sh", "-c", "DB_PASSWORD=fir serve"], "DB_PASSWORD"),
        (["mysqladmin", "ping", "-pfir"], "-p"),
        (["curl", "-u", "a:fir", "https://a.example"], "-u"),
        (["mc", "alias", "set", "s", "http://s:9000", "root", "fir-tree"], "alias set"),
    ],
)
def test_commands(words: list[str], name: str) -> None:
    assert [found.name for found in command_secrets(words)] == [name]


@pytest.mark.parametrize(
    "words",
    [
        ["serve", "--password", "$PASSWORD"],
        ["serve", "--password-file", "/run/secrets/x"],
        ["curl", "-u", "a"],
        ["mkdir", "-p", "a"],
    ],
)
def test_commands_without_a_secret(words: list[str]) -> None:
    assert list(command_secrets(words)) == []


def test_settings_that_another_undoes() -> None:
    assert open_variable("mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "yes", ["MYSQL_ALLOW_EMPTY_PASSWORD"])
    assert not open_variable("mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "yes", ["MYSQL_ROOT_PASSWORD"])
    assert not open_variable("example/other", "xpack.security.enabled", "false", [])
    assert list(open_command("redis", [("--protected-mode", 0), ("no", 1)]))
    assert not list(open_command("redis", [("--protected-mode", 0), ("no", 1), ("--requirepass", 2), ("x", 3)]))


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.sign)
def test_every_flag_has_its_sign(flag: OpenFlag) -> None:
    """A command without it is not looked at."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(from_regex(re.compile(flag.pattern, re.ASCII), fullmatch=True))
    def holds(text: str) -> None:
        assert flag.sign in text

    holds()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("", [""]),
        ("a'b c'", ["ab c"]),
        ('a \'b c\'"d\\""e|f', ["a", 'b cd"e', "|", "f"]),
        ("a '' \\ b\\", ["a", " b"]),
        ("a; 'b", ["a", ";", "b"]),
        ('a "b\\', ["a", "b"]),
    ],
)
def test_the_words_of_a_script(script: str, words: list[str]) -> None:
    assert [word for word, _ in command_tokens((script,))] == words


def test_every_row_names_its_source() -> None:
    assert all(row.source.startswith("https://") for row in (*VARIABLES, *FLAGS, *IMAGES, *SHAPES))


@pytest.mark.parametrize(
    "piece",
    ["a", "=", "eyJ.", "a=b;", "--password ", "a://", "a:b@", "'", "${", "{{", "/a", "-p ", "alias set ", "xoxb-"],
)
def test_long_texts_are_searched_in_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    list(shaped_secrets(text))
    list(url_credentials(text))
    config_secret(text + "\n")
    list(default_secrets(text))
    list(command_secrets([text]))
    is_literal_secret(text, ISSUED)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_format_begins_as_the_search_expects(shape: Shape) -> None:
    """The search asks first whether a place looks like any format."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(from_regex(re.compile(shape.pattern, re.ASCII), fullmatch=True))
    def holds(text: str) -> None:
        assert re.match(LOOKS_LIKE_ONE, text)

    holds()
