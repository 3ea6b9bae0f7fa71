"""CG807: a port that other readers of YAML take for a number in base 60."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Problem,
    Profile,
    Reading,
    Reference,
    Set,
    Severity,
    base_60,
    compose,
    reading_rule,
    source_node,
)


@reading_rule(
    code="CG807",
    name="unquoted-port",
    severity=Severity.INFO,
    profiles=(Profile.RESTRICTED,),
    correctness=True,
    references=(compose("05-services.md#ports"), Reference("YAML 1.1: integers", "https://yaml.org/type/int.html")),
    examples=(
        Example(
            title="22:22 is 1342 in base 60",
            bad="""\
services:
  files:
    image: nginx:1.27.2
    ports:
      - 22:22  # expect: CG807
""",
            fixed="""\
services:
  files:
    image: nginx:1.27.2
    ports:
      - "22:22"
""",
        ),
        Example(
            title="In quotes, and no number to any reader",
            good="""\
services:
  files:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports:
      - "127.0.0.1:2222:22"
      - 127.0.0.1:8080:80
""",
        ),
    ),
)
def unquoted_port(reading: Reading) -> Iterator[Problem]:
    """A port without quotes can be a number in base 60.

    Compose itself reads `22:22` as text. Readers of YAML 1.1, among them scripts and scanners that use PyYAML,
    take digits with colons for a number in base 60 where the part after the colon is below 60. Such a tool sees the
    port 1342, and a check or a firewall made from its answer looks at the wrong one.

    **Fix.** Put it in quotes: what Compose reads stays the same.

    **When to ignore.** Files that nothing but Compose reads.
    """
    for owner in (*reading.project.services.values(), *reading.project.jobs.values()):
        for index in range(len(owner.ports)):
            path = owner.at("ports", index)
            node = reading.node(path)
            written = source_node(node) if node is not None else None
            if written is None or written.style or written.tag is not None or not isinstance(written.value, str):
                continue
            number = base_60(written.value)
            if number is not None:
                yield Problem(
                    path,
                    f"a port of {owner.name} stands without quotes: to readers of YAML 1.1 it is the number {number}",
                    label=f"{number} in base 60",
                    fix=Fix("put it in quotes", (Set(path, written.value),)),
                )
