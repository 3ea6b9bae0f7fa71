"""CG601: a password or key that stands in the environment."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    LeakKind,
    Problem,
    Profile,
    Reading,
    Safety,
    Set,
    Severity,
    compose,
    cwe,
    leaks,
    owasp,
    reading_rule,
)


@reading_rule(
    code="CG601",
    name="secret-in-environment",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(owasp(12), cwe(798), cwe(526), compose("09-secrets.md")),
    examples=(
        Example(
            title="A literal, and a default that works just as well",
            bad="""\
services:
  db:
    image: postgres:16.4
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: fir-tree-19  # expect: CG601
  web:
    image: example.org/web:2.1
    environment:
      - SESSION_SECRET=${SESSION_KEY:-not-so-secret}  # expect: CG601
""",
            fixed="""\
services:
  db:
    image: postgres:16.4
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
  web:
    image: example.org/web:2.1
    environment:
      - SESSION_SECRET=${SESSION_KEY:?}
""",
        ),
        Example(
            title="A file, a variable of the host, and names that only sound like it",
            good="""\
services:
  web:
    image: example.org/web:2.1
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    environment:
      DB_PASSWORD_FILE: /run/secrets/db_password
      API_TOKEN: ${API_TOKEN:?}
      TOKEN_TTL: 3600
      PASSWORD_MIN_LENGTH: "12"
      SIGNING_KEY:
    secrets: [db_password]
secrets:
  db_password:
    file: ./db_password.txt
""",
        ),
    ),
)
def secret_in_environment(reading: Reading) -> Iterator[Problem]:
    """A password, key or token stands in the environment of a container as plain text.

    Whoever reads the repository has it, in every old revision too; at run time `docker inspect`, child processes,
    error reports and debug pages show the variables of a container. A default (`${X:-secret}`) is medium: it holds
    wherever nobody sets the variable, so an attacker tries it first. Keys are judged by their words, and so are the
    variables whose defaults stand there and the lines of a configuration that a variable holds whole; files, lengths,
    lifetimes, switches, hashes, paths, references of a secret manager and, for what another service issues,
    placeholders are left alone.

    **Fix.** Set a new value in a `.env` that is not committed, and write `${NAME:?}` in its place; or better, give it
    in a file under `secrets`. Version control keeps the old value: it must be worth nothing. `fix --unsafe` writes
    `${NAME:?}` where `.env` sets the variable, for otherwise Compose refuses the project; with `--select CG601` or
    `-i` it does not wait for that.

    **When to ignore.** Values of a test that opens nothing, in a file that is never deployed.
    """
    for leak in leaks(reading, LeakKind.NAMED):
        fix = None
        if leak.variable:
            fix = Fix(
                f"take the value from the variable {leak.variable}",
                tuple(Set(path, f"${{{leak.variable}:?}}") for path in leak.paths),
                Safety.UNSAFE,
                note="nothing starts until the environment or `.env` sets the variable; the old value is still in the "
                "history of version control and must be changed",
                first="" if reading.environment.get(leak.variable) else f"set {leak.variable} in `.env`",
            )
        inside = f" (in {leak.what})" if leak.what else ""
        how = "a default that is known" if leak.defaulted else "its value in plain text"
        yield Problem(
            leak.path,
            f"{leak.owner} gets the secret {leak.key}{inside} with {how}: whoever reads the file has it",
            label="a default that everybody can read" if leak.defaulted else "a secret in plain text",
            fix=fix,
            severity=Severity.MEDIUM if leak.defaulted else None,
            evidence=leak.key,
            redact=True,
        )
