"""CG607: a door that is open, or whose key everybody has."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    LeakKind,
    Opening,
    Problem,
    Profile,
    Reading,
    Severity,
    compose,
    cwe,
    leaks,
    reading_rule,
)

_LABELS = {
    Opening.NO_LOGIN: "no password is asked for",
    Opening.KNOWN_PASSWORD: "a password that everybody knows",
    Opening.NO_CHECK: "no certificate is checked",
}


@reading_rule(
    code="CG607",
    name="default-credentials",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(cwe(1392), cwe(306), cwe(295), compose("05-services.md#environment")),
    examples=(
        Example(
            title="No login, the vendor's password, no check of certificates",
            bad="""\
services:
  db:
    image: postgres:16.4
    environment:
      POSTGRES_HOST_AUTH_METHOD: trust  # expect: CG607
  charts:
    image: grafana/grafana:11.3.0
    environment:
      - GF_SECURITY_ADMIN_PASSWORD=admin  # expect: CG607
  web:
    image: example.org/web:2.1
    environment:
      NODE_TLS_REJECT_UNAUTHORIZED: "0"  # expect: CG607
""",
        ),
        Example(
            title="A password of one's own, and a root account with a random one",
            good="""\
services:
  charts:
    image: grafana/grafana:11.3.0
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    environment:
      GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/charts_admin
    secrets: [charts_admin]
  db:
    image: mysql:8.4.3
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    environment:
      MYSQL_ALLOW_EMPTY_PASSWORD: ""
      MYSQL_RANDOM_ROOT_PASSWORD: "yes"
secrets:
  charts_admin:
    file: ./charts_admin.txt
""",
        ),
    ),
)
def default_credentials(reading: Reading) -> Iterator[Problem]:
    """A setting switches a login off, keeps a password that everybody knows, or stops the check of certificates.

    Scanners try vendors' passwords and open databases all day; a port published by mistake, or one container that is
    taken over, is enough. An image that lets everybody in as it comes counts where its port is published beyond the
    host's loopback address. A program that checks no certificate believes whoever answers (medium), as does what
    holds only by the default of a variable.

    **Fix.** Switch the login on and give the password in a file under `secrets`; for a server with a certificate of
    one's own, give the program the authority's certificate instead of switching the check off.

    **When to ignore.** A database without data on a network of its own, for a test.
    """
    for leak in leaks(reading, LeakKind.OPEN):
        opening = leak.row.opening if leak.row is not None else Opening.NO_LOGIN
        by = f" ({leak.key})" if leak.key else ""
        yield Problem(
            leak.path,
            f"{leak.owner} {leak.what}{by}",
            label=_LABELS[opening],
            severity=Severity.MEDIUM if leak.defaulted or opening is Opening.NO_CHECK else None,
            evidence=f"{leak.key} {leak.what}",
            redact=opening is Opening.KNOWN_PASSWORD and bool(leak.key),
        )
