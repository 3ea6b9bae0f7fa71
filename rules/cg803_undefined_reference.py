"""CG803: a name that nothing defines."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
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
    code="CG803",
    name="undefined-reference",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(compose("06-networks.md"), compose("07-volumes.md"), compose("09-secrets.md")),
    examples=(
        Example(
            title="A network that is used and not defined",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    networks:
      - front  # expect: CG803
    depends_on: [api]  # expect: CG803
""",
        ),
        Example(
            title="Defined here, defined elsewhere, or not required",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    networks: [front]
    volumes: ["pages:/usr/share/nginx/html:ro"]
networks:
  front: {external: true}
volumes:
  pages:
""",
        ),
    ),
)
def undefined_reference(reading: Reading) -> Iterator[Problem]:
    """Compose does not start a project that names what is not defined.

    A network, volume, secret, config or service that is used has to be defined at the top level of the files
    that make the project. Until it is, nothing deploys: neither the service nor the protection that the
    missing network or secret was to give. In a file in which no service has an image (an override or a
    fragment, read by itself) the definitions are most likely in the file that it belongs to, and the severity
    is info.

    **Fix.** Define it, correct its name, or check all files of the project together (`--file base.yaml --file
    override.yaml`).

    **When to ignore.** Fragments that are only ever used beside another file.
    """
    severity = Severity.INFO if reading.project.is_fragment else None
    for diagnostic in reading.diagnostics:
        if diagnostic.kind is Kind.REFERENCE:
            yield Problem(diagnostic.path, diagnostic.message, severity=severity, diagnostic=diagnostic)
