"""CG602: text that has the format of a key or token."""

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
    code="CG602",
    name="secret-by-shape",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(owasp(12), cwe(798), compose("09-secrets.md")),
    examples=(
        Example(
            title="The format tells, whatever the key is called",
            bad="""\
services:
  backup:
    image: example.org/backup:1.4
    environment:
      UPLOAD_AS: AKIAQ3VHZ7TLW2MXN5RB  # expect: CG602
    command:
      - --notify
      - https://hooks.slack.com/services/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  # expect: CG602
""",
        ),
        Example(
            title="The sample of the documentation",
            good="""\
services:
  backup:
    image: example.org/backup:1.4
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    environment:
      UPLOAD_AS: AKIAIOSFODNN7EXAMPLE
      COMMIT: 3f786850e387550fdab836ed7e6dc881de23001b
""",
        ),
    ),
)
def secret_by_shape(reading: Reading) -> Iterator[Problem]:
    """A text has the format of a cloud key, a token, a webhook or a private key.

    Such a value opens one account of one service, and bots try whatever a public repository shows within minutes.
    Variables, build arguments, labels, options of loggers, commands, the contents of configs and `x-` blocks are
    searched. Samples of documentation and keys that are public by their own word are left alone.

    **Fix.** Revoke the key at its service first, then give the new one in a file under `secrets`. Version control
    keeps the old one.

    **When to ignore.** A key that was made for a test and opens nothing.
    """
    for leak in leaks(reading, LeakKind.SHAPE):
        where = f" in {leak.key}" if leak.key else ""
        yield Problem(
            leak.path,
            f"{leak.owner} holds {leak.what}{where}: whoever reads the file can use it",
            label=leak.what,
            severity=Severity.MEDIUM if leak.defaulted else None,
            evidence=f"{leak.key} {leak.what}",
            redact=True,
        )
