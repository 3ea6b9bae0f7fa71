"""CG813: what Compose accepts and reads otherwise than it looks."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Append,
    Change,
    Example,
    Fix,
    Focus,
    Hazard,
    Operation,
    Problem,
    Profile,
    Reading,
    Remove,
    Repair,
    Safety,
    Set,
    Severity,
    compose,
    docker,
    reading_rule,
    silent_hazards,
)


@reading_rule(
    code="CG813",
    name="silent-hazard",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    correctness=True,
    references=(
        compose("05-services.md#command"),
        compose("05-services.md#volumes"),
        compose("11-extension.md"),
        docker("reference/compose-file/merge/", "Docker: merge"),
    ),
    examples=(
        Example(
            title="A limit that is none, an option that is none, a command that is cut",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 1e9  # expect: CG813
    command: prepare && serve  # expect: CG813
    volumes:
      - pages:/pages:RO  # expect: CG813
volumes:
  pages:
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 1000000000
    command:
      - sh
      - "-c"
      - prepare && serve
    volumes:
      - pages:/pages:ro
volumes:
  pages:
""",
        ),
        Example(
            title="The same, as Compose reads it",
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
    command: [sh, -c, "prepare && serve"]
    environment: {RELEASE: "2026-01-01", API: "1.10"}
    volumes: ["pages:/pages:ro"]
volumes:
  pages:
""",
        ),
    ),
)
def silent_hazard(reading: Reading) -> Iterator[Problem]:
    """Compose accepts this without a word and reads something else than what stands there.

    A memory limit written as a number with a fraction is no limit; `440` as a mode is the decimal number; a command
    in one string ends at the first `&&`; `:RO` does not make a mount read-only; a port that an override binds to
    loopback comes beside the open one; a list or an empty value in an override takes nothing away; a `pre_start` step
    is privileged where its service is. Who reads the file believes in a protection that does not run.

    **Fix.** As the finding says. Where the intent is plain, the fix writes what the file looks like; this changes
    what runs, hence it is unsafe.

    **When to ignore.** Where what Compose makes of it is what you want, and the file's readers know it.
    """
    for hazard in silent_hazards(reading):
        yield Problem(
            hazard.path,
            hazard.message,
            label=hazard.label,
            fix=_fix(hazard.repair) if hazard.repair else None,
            severity=Severity.LOW if hazard.minor else None,
            related=hazard.related,
            evidence=hazard.case,
            focus=_focus(hazard),
            place=hazard.place,
            redact=hazard.redact,
        )


def _focus(hazard: Hazard) -> Focus:
    return Focus.KEY if hazard.key_only else Focus.AUTO


def _fix(repair: Repair) -> Fix:
    return Fix(repair.title, tuple(map(_operation, repair.changes)), Safety.UNSAFE, repair.note, repair.first)


def _operation(change: Change) -> Operation:
    if change.kind == "remove":
        return Remove(change.path)
    return Set(change.path, change.value) if change.kind == "set" else Append(change.path, change.value)
