"""What a snippet hides although no finding calls it a secret."""

from __future__ import annotations

import time

import pytest

from composeguard.report.likely import likely_secrets
from composeguard.report.stretches import merged


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("POSTGRES_PASSWORD: hunter2", ["hunter2"]),
        ('      - "MYSQL_ROOT_PASSWORD=hunter 2"', ["hunter 2"]),
        ("{image: x, environment: {API_KEY: 'a b', B: c}, privileged: true}", ["'a b'"]),
        ("DB_PASSWORD: ${DB_PASSWORD:-hunter2}", ["${DB_PASSWORD:-hunter2}"]),
        ("X: a${DB_PASSWORD-hunter2}b", ["hunter2"]),
        ("url: postgres://app:hunter2@db/app", ["hunter2"]),
        ("command: --token=abc123 --port=80", ["abc123 --port=80"]),
        ("SECRET_KEY: abc  # comment", ["abc"]),
        ("a: {command: redis-server --requirepass hunter2}", ["hunter2"]),
        ("command: [redis-server, --requirepass, 'hunter2', -v]", ["'hunter2'"]),
        ('command: ["x", "--db-password", "hunter2"]', ['"hunter2"']),
        ("command: x --password --verbose", []),
        ("command: x --password ${DB_PASSWORD}", []),
        ("DB_PASSWORD: ${DB_PASSWORD}", []),
        ("DB_PASSWORD: ${DB_PASSWORD:?set it}", []),
        ("POSTGRES_PASSWORD_FILE: /run/secrets/db", []),
        ("secrets: [db]", []),
        ("MYSQL_RANDOM_ROOT_PASSWORD: yes", []),
        ("image: nginx:1.27", []),
        ("db_password:", []),
    ],
)
def test_hidden(line: str, hidden: list[str]) -> None:
    assert [line[start:end] for start, end in merged(likely_secrets(line))] == hidden


@pytest.mark.parametrize(
    "text", ["password" * 20_000, "a://" * 50_000, "token='" + "\\" * 100_000, "key: " + "a " * 90_000, "-a" * 90_000]
)
def test_time_is_linear(text: str) -> None:
    started = time.monotonic()
    list(likely_secrets(text))
    assert time.monotonic() - started < 2
