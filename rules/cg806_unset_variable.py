"""CG806: a variable that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Diagnostic,
    Example,
    Kind,
    Problem,
    Profile,
    Reading,
    Severity,
    compose,
    reading_rule,
)


@reading_rule(
    code="CG806",
    name="unset-variable",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED,),
    correctness=True,
    references=(compose("12-interpolation.md"),),
    examples=(
        Example(
            title="One finding a variable, at its first use",
            bad="""\
services:
  web:
    image: nginx:${NGINX_VERSION}  # expect: CG806
  sidecar:
    image: example.org/sidecar:${NGINX_VERSION}
    user: ${SIDECAR_USER}  # expect: CG806
""",
        ),
        Example(
            title="A default, a message, or the host's own variable",
            good="""\
services:
  web:
    image: nginx:${NGINX_VERSION:-1.27.2}
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: ${WEB_MEMORY:?say how much memory it may use}
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    environment:
      LOG_LEVEL:
      PRICE: 5 $$USD
""",
        ),
    ),
)
def unset_variable(reading: Reading) -> Iterator[Problem]:
    """A variable without value or default becomes an empty text.

    Compose warns and goes on: an address to bind to vanishes and the port opens on every interface, a user
    vanishes and the container runs as the image's. What such a value decides cannot be checked; composeguard
    judges only what is known. Each variable is reported once, at its first use.

    **Fix.** Give a default (`${NAME:-value}`), demand a value (`${NAME:?what it is for}`), or set it in the
    project's `.env`.

    **When to ignore.** Variables that the environment of every deployment sets; a demanded value says so in
    the file.
    """
    uses: dict[str, list[Diagnostic]] = {}
    for diagnostic in reading.diagnostics:
        if diagnostic.kind is Kind.VARIABLE:
            uses.setdefault(diagnostic.message, []).append(diagnostic)
    for message, found in uses.items():
        first = found[0]
        times = f"; it is used {len(found)} times" if len(found) > 1 else ""
        yield Problem(
            first.path,
            f"{message}{times}",
            label="becomes an empty text",
            evidence=message,
            diagnostic=first,
        )
