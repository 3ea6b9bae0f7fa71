"""CG603: a password in an address."""

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
    code="CG603",
    name="url-credentials",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(owasp(12), cwe(798), cwe(522), compose("09-secrets.md")),
    examples=(
        Example(
            title="In a URL, and in a connection string",
            bad="""\
services:
  web:
    image: example.org/web:2.1
    environment:
      DATABASE_URL: postgres://shop:fir-tree-19@db:5432/shop  # expect: CG603
      REPORTS: Server=db;Database=reports;User Id=shop;Password=fir-tree-19  # expect: CG603
""",
        ),
        Example(
            title="The password comes from elsewhere",
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
      DATABASE_URL: postgres://shop:${DB_PASSWORD:?}@db:5432/shop
      MIRROR: https://git@example.org/mirror
""",
        ),
    ),
)
def url_credentials(reading: Reading) -> Iterator[Problem]:
    """An address has a password in it: `scheme://user:password@host`, a data source name, a connection string.

    It is a password in plain text like any other, and one that travels further: programs print the addresses that
    they connect to, and proxies and error reports keep them.

    **Fix.** Put the password into a variable of its own (`scheme://user:${PASSWORD:?}@host`) or let the program read
    it from a file under `secrets`. Change the old one: version control keeps it.

    **When to ignore.** Values of a test that opens nothing, in a file that is never deployed.
    """
    for leak in leaks(reading, LeakKind.ADDRESS):
        where = f" in {leak.key}" if leak.key else ""
        kind = leak.what if leak.what == "connection string" else f"{leak.what} address"
        yield Problem(
            leak.path,
            f"the {kind}{where} of {leak.owner} holds a password: whoever reads the file, or a log, has it",
            label="a password in plain text",
            severity=Severity.MEDIUM if leak.defaulted else None,
            evidence=leak.key,
            redact=True,
        )
