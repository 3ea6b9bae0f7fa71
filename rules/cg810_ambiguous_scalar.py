"""CG810: a text without quotes that other readers of YAML take for something else."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Node,
    Path,
    Problem,
    Profile,
    Reading,
    Reference,
    Service,
    Set,
    Severity,
    compose,
    other_readings,
    plain_value,
    reading_rule,
    source_text,
    text_maps,
)


@reading_rule(
    code="CG810",
    name="ambiguous-scalar",
    severity=Severity.LOW,
    profiles=(Profile.ALL,),
    correctness=True,
    references=(
        compose("05-services.md#environment"),
        Reference("YAML 1.1: booleans", "https://yaml.org/type/bool.html"),
    ),
    examples=(
        Example(
            title="A word that old readers take for a boolean",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    restart: no  # expect: CG810
    environment:
      CACHE: yes  # expect: CG810
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    restart: "no"
    environment:
      CACHE: "yes"
""",
        ),
        Example(
            title="In quotes, or the same to all readers",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    restart: "no"
    environment:
      CACHE: "yes"
      MODE: production
      WORKERS: 4
""",
        ),
    ),
)
def ambiguous_scalar(reading: Reading) -> Iterator[Problem]:
    """Readers of YAML do not agree on this text.

    `yes`, `no`, `on` and `off` are text to Compose and booleans to readers of YAML 1.1; digits with colons are a
    number in base 60 to them. A tool that rewrites or checks the file sees, and may write, another value than the
    one that runs: `restart: no` becomes `restart: false`. What Compose itself changes is CG813, a port CG807.

    **Fix.** Put it in quotes: what Compose reads stays the same.

    **When to ignore.** Files that nothing but Compose reads.
    """
    for container in reading.project.containers():
        for holder in text_maps(container):
            entries = reading.node(holder)
            if entries is not None and isinstance(entries.value, dict):
                for key, node in entries.value.items():
                    yield from _judge(container.name, (*holder, key), node)
        restart = reading.node(container.at("restart")) if isinstance(container, Service) else None
        if restart is not None:
            yield from _judge(container.name, container.at("restart"), restart)


def _judge(owner: str, path: Path, node: Node) -> Iterator[Problem]:
    text = source_text(node)
    if node.style or node.tag is not None or node.value != text:
        return
    reading = other_readings(text, plain_value(node))
    if reading is not None:
        yield Problem(
            path,
            f"`{path[-1]}` of {owner} stands without quotes: some readers of YAML take it for {reading}",
            label=f"{reading} elsewhere",
            fix=Fix("put it in quotes", (Set(path, text),)),
            redact=path[-1] != "restart",
        )
