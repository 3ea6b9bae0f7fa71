"""CG605: a password or key among the arguments of a build."""

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
    docker,
    leaks,
    reading_rule,
)


@reading_rule(
    code="CG605",
    name="secret-in-build-arg",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(
        cwe(798),
        docker("reference/build-checks/secrets-used-in-arg-or-env/", "Secrets in ARG or ENV"),
        compose("build.md#secrets"),
    ),
    examples=(
        Example(
            title="A token for the build",
            bad="""\
services:
  web:
    build:
      context: .
      args:
        NPM_TOKEN: 6c1f0b7ae2  # expect: CG605
        NODE_ENV: production
""",
        ),
        Example(
            title="A secret that is mounted while one step runs",
            good="""\
services:
  web:
    build:
      context: .
      args:
        NODE_ENV: production
      secrets: [npm_token]
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
secrets:
  npm_token:
    environment: NPM_TOKEN
""",
        ),
    ),
)
def secret_in_build_arg(reading: Reading) -> Iterator[Problem]:
    """A password, key or token is given to a build as an argument.

    Arguments end up in the history and the provenance of the image: whoever pulls it reads them, besides whoever
    reads the file. A default of a variable is medium.

    **Fix.** Give it under `build.secrets` and mount it in the one step that needs it (`RUN --mount=type=secret`).
    Change the old value: version control and the images keep it.

    **When to ignore.** Values that open nothing outside the build, such as a key that only satisfies a check.
    """
    for leak in leaks(reading, LeakKind.ARGUMENT):
        yield Problem(
            leak.path,
            f"the build of {leak.owner} gets the secret {leak.key} as an argument: file and image history show it",
            label="a secret in plain text",
            severity=Severity.MEDIUM if leak.defaulted else None,
            evidence=leak.key,
            redact=True,
        )
