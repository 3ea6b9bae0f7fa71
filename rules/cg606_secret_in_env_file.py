"""CG606: a password or key in an env file that goes into the repository."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from composeguard.api import (
    Example,
    LeakKind,
    ListedEntry,
    ListedEnvFile,
    Options,
    Problem,
    Profile,
    Reading,
    Severity,
    compose,
    cwe,
    listed_env_files,
    option,
    owasp,
    reading_rule,
)


class SecretInEnvFile(Options):
    """What the repository may hold."""

    templates: tuple[str, ...] = option(
        (), "Further env files whose values are only shown, by name or path; `*` stands for any text."
    )
    allow: tuple[str, ...] = option((), "Variables whose values are no secrets; `*` stands for any text.")


@reading_rule(
    code="CG606",
    name="secret-in-env-file",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    references=(
        owasp(12),
        cwe(538),
        cwe(798),
        compose("05-services.md#env_file"),
        compose("09-secrets.md"),
    ),
    options=SecretInEnvFile,
    examples=(
        Example(
            title="The file of a service and the project's own, and no `.gitignore`",
            bad="""\
services:
  db:
    image: postgres:16.4
    env_file: db.env
  web:
    image: example.org/web:${TAG:?}
""",
            files={
                ".git": "",
                "db.env": """\
POSTGRES_USER=shop
POSTGRES_PASSWORD=fir-tree-19  # expect: CG606
""",
                ".env": """\
TAG=2.1
PAYMENT_TOKEN=9f1c44d0a7be  # expect: CG606
""",
            },
        ),
        Example(
            title="Files that git ignores, and a template without a secret",
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
    env_file:
      - web.env.example
      - {path: web.env, required: false}
""",
            files={
                ".git": "",
                ".gitignore": "*.env\n",
                "web.env.example": """\
API_TOKEN=your-token
DB_PASSWORD=changeme
SIGNING_KEY=${SIGNING_KEY:?}
SMTP_PASSWORD=
""",
                "web.env": "DB_PASSWORD=fir-tree-19\n",
            },
        ),
    ),
)
def secret_in_env_file(reading: Reading, options: SecretInEnvFile) -> Iterator[Problem]:
    """A password, key or token stands in an env file that git does not ignore.

    An env file keeps a secret out of the Compose file, and that is all: the next `git add` takes it along, and then
    whoever reads the repository has it, in every old revision too. Attackers search public repositories for files of
    this name. Looked at are the files of `env_file` and those that the project's variables come from, such as `.env`,
    inside the repository; whether git ignores a file is read from its `.gitignore` files at any depth and
    `.git/info/exclude`; what one machine ignores in all its repositories is not seen. Outside of a repository the rule
    is silent: a file on a server is where secrets may stand.

    Keys are judged as in CG601. Empty values, variables and what asks to be replaced (`changeme`) are left alone; in a
    template (`.env.example`, where no `env_file` uses it as it is), only what has the format of a real key is found.
    That is high, wherever it stands; the other values of tests (`.env.test`, `tests/a.env`) are low.

    **Fix.** Add the file to `.gitignore`, take it out with `git rm --cached`, and commit a template without values in
    its place. Change what was committed once: version control keeps it. Better, give secrets in files under `secrets`.

    **When to ignore.** Values that open nothing anywhere, or an env file that is encrypted before it is committed.
    A comment in the env file works as in a Compose file.
    """
    for file in listed_env_files(reading):
        if file.is_ignored is not False:
            continue
        # One that `env_file` names is no template: its values deploy as they stand.
        template = (file.is_template and not file.asked) or _fits(file.name, options.templates)
        for entry in file.entries:
            if _is_secret(entry, template=template) and not _fits(entry.key, options.allow):
                yield _problem(file, entry)


def _is_secret(entry: ListedEntry, *, template: bool) -> bool:
    if entry.leak is None or entry.to_replace:
        return False
    return entry.leak is LeakKind.SHAPE or not template


def _problem(file: ListedEnvFile, entry: ListedEntry) -> Problem:
    held = {
        LeakKind.SHAPE: f"{entry.what} in {entry.key}",
        LeakKind.ADDRESS: f"the password of an address in {entry.key}",
    }.get(
        entry.leak or LeakKind.NAMED,
        f"the secret {entry.what} in {entry.key}" if entry.what else f"the secret {entry.key}",
    )
    how = " as a default" if entry.defaulted else ""
    # Where the value ends in the resolved project; that of a variable of the project may go anywhere.
    path = (*file.asked[0][:-3], "environment", entry.key) if file.asked else (entry.key,)
    return Problem(
        path,
        f"{file.name} holds {held}{how} in plain text and is not ignored by git: once it is committed, whoever "
        "reads the repository has it",
        label="a secret that git takes along",
        severity=_severity(file, entry),
        related=file.asked[:1],
        evidence=entry.key,
        place=entry.place,
        redact=True,
    )


def _severity(file: ListedEnvFile, entry: ListedEntry) -> Severity | None:
    if entry.leak is LeakKind.SHAPE:
        return Severity.HIGH
    return Severity.LOW if file.is_of_tests else None


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) or fnmatchcase(text.rpartition("/")[2], pattern) for pattern in patterns)
