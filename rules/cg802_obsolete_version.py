"""CG802: the version of a file format that is no more."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Diagnostic,
    Example,
    Fix,
    Kind,
    Problem,
    Profile,
    Reading,
    Remove,
    Safety,
    Severity,
    compose,
    docker,
    reading_rule,
)

_REMOVE = (Remove(("version",)),)
_FIX = Fix("remove `version`", _REMOVE)
_STACK_FIX = Fix("remove `version`", _REMOVE, Safety.UNSAFE, note="`docker stack deploy` asks for a version")
"""For files that are named as those of a stack."""


@reading_rule(
    code="CG802",
    name="obsolete-version",
    severity=Severity.INFO,
    profiles=(Profile.RECOMMENDED,),
    correctness=True,
    references=(
        compose("04-version-and-name.md#version-top-level-element-obsolete"),
        docker("reference/compose-file/version-and-name/", "Version and name"),
    ),
    examples=(
        Example(
            title="Compose warns at every command",
            bad="""\
version: "3.8"  # expect: CG802
services:
  web:
    image: nginx:1.27.2
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
""",
        ),
        Example(
            title="A version of one's own",
            good="""\
x-version: "3.8"
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
""",
        ),
    ),
)
def obsolete_version(reading: Reading) -> Iterator[Problem]:
    """The top-level `version` has no meaning any more.

    Compose reads every file by the newest specification and warns about the key at each command: a reader who
    takes `version: "2"` for a choice of features is misled, and the warning hides others.

    **Fix.** Remove the line; nothing else changes.

    **When to ignore.** Files that `docker stack deploy` reads: it still asks for a version.
    """
    for file in reading.files:
        for document in file.documents:
            node = document.value.get("version") if isinstance(document.value, dict) else None
            if node is None:
                continue
            message = "`version` is obsolete: Compose ignores it and warns"
            yield Problem(
                ("version",),
                message,
                label="has no effect",
                fix=_STACK_FIX if "stack" in file.uri.rpartition("/")[2] else _FIX,
                evidence="version",
                # Of several files only the last one's value is in the resolved project.
                diagnostic=Diagnostic(Kind.NOTE, message, file, node.key_start, node.end, refused=False),
            )
