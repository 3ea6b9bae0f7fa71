"""CG604: a password or key in a command."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    LeakKind,
    Problem,
    Profile,
    Reading,
    Severity,
    compose,
    cwe,
    leaks,
    owasp,
    reading_rule,
)


@reading_rule(
    code="CG604",
    name="secret-in-command",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(owasp(12), cwe(798), cwe(214), compose("09-secrets.md")),
    examples=(
        Example(
            title="A flag, and the check of a service's health",
            bad="""\
services:
  cache:
    image: redis:7.4.1
    command: redis-server --requirepass fir-tree-19  # expect: CG604
  db:
    image: mysql:8.4.3
    healthcheck:
      test: ["CMD", "mysqladmin", "ping", "-pfir-tree-19"]  # expect: CG604
""",
        ),
        Example(
            title="The shell of the container puts it in",
            good="""\
services:
  cache:
    image: redis:7.4.1
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    command: ["sh", "-c", 'exec redis-server --requirepass "$$(cat /run/secrets/cache_password)"']
    healthcheck:
      test: ["CMD-SHELL", "redis-cli -a $$REDIS_PASSWORD ping"]
    secrets: [cache_password]
secrets:
  cache_password:
    file: ./cache_password.txt
""",
        ),
    ),
)
def secret_in_command(reading: Reading) -> Iterator[Problem]:
    """A command, entry point, hook or health check holds a password, key or token in plain text.

    Besides whoever reads the file, every user of the host sees the words of a running command in the list of
    processes, and the engine shows those of a health check to whoever may inspect the container. A default of a
    variable is medium.

    **Fix.** Let the program read the value from a file under `secrets` or from a variable that the container's own
    shell puts in (`$$NAME`). Change the old value: version control keeps it.

    **When to ignore.** Values of a test that opens nothing, in a file that is never deployed.
    """
    for leak in leaks(reading, LeakKind.COMMAND):
        yield Problem(
            leak.path,
            f"a command of {leak.owner} holds the secret for {leak.key}: the file and the list of processes show it",
            label="a secret in plain text",
            severity=Severity.MEDIUM if leak.defaulted else None,
            evidence=leak.key,
            redact=True,
        )
