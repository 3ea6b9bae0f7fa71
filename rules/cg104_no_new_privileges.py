"""CG104: a container whose processes can gain privileges."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Append,
    Container,
    Example,
    Fix,
    ImageOptions,
    ImageProfile,
    Operation,
    Problem,
    Profile,
    Remove,
    Safety,
    Set,
    Severity,
    Unresolved,
    cis,
    compose,
    container_rule,
    cwe,
    image_profile,
    owasp,
    pss,
)

_OPTION = "no-new-privileges"
_TRUE = frozenset(("1", "t", "T", "true", "True", "TRUE"))  # the words that the engine parses as true


@container_rule(
    code="CG104",
    name="no-new-privileges",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.26"), owasp(4), pss("restricted"), cwe(250), compose("05-services.md#security_opt")),
    examples=(
        Example(
            title="The last entry counts",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    security_opt:
      - label=type:web_t
      - no-new-privileges=false  # expect: CG104
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    security_opt:
      - label=type:web_t
      - no-new-privileges:true
""",
        ),
        Example(
            title="The option without a value is true",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
    options=ImageOptions,
)
def no_new_privileges(container: Container, options: ImageOptions) -> Iterator[Problem]:
    """Without `no-new-privileges`, a process in the container can become root again.

    A set-user-ID program in the image (`su`, `mount`, a vulnerable `sudo`) or a file capability lifts an
    attacker from the service's user to root in the container. The option is a flag of the kernel that no
    child process can clear. It counts as `no-new-privileges`, `no-new-privileges:true` or
    `no-new-privileges=true`; of several entries the last one takes effect.

    **Fix.** Add `no-new-privileges:true` to `security_opt`.

    **When to ignore.** Programs that change their user through a set-user-ID helper: `sudo` or `ping` in the
    image, some mail servers. Stepping down from root with `gosu`, `su-exec` or `setpriv` needs no privilege
    gained and goes on working.
    """
    state: bool | None = False
    refusals: list[int] = []
    grants = 0
    for index, entry in enumerate(container.security_opt):
        value = _value(entry)
        if value == "":
            continue
        state = None if isinstance(value, Unresolved) else value in _TRUE
        if state is False:
            refusals.append(index)
        elif state:
            grants += 1
    if state is not False:
        return
    entries = container.at("security_opt")
    operations: tuple[Operation, ...]
    if not refusals:
        operations = (Append(entries, f"{_OPTION}:true"),)
    elif grants:  # the list may not hold the same text twice
        operations = tuple(Remove((*entries, index)) for index in reversed(refusals))
    else:
        operations = (Set((*entries, refusals[-1]), f"{_OPTION}:true"),)
    yield Problem(
        (*entries, refusals[-1]) if refusals else entries,
        f"{container.name} lets its processes gain privileges: `security_opt` does not set no-new-privileges",
        label="set-user-ID programs work",
        fix=_fix(operations, image_profile(container, options.profiles)),
        evidence="no-new-privileges",
    )


def _fix(operations: tuple[Operation, ...], profile: ImageProfile | None) -> Fix:
    title = "set `no-new-privileges:true`"
    if profile is not None and profile.gains:
        note = "the start of this image gains privileges by a set-user-ID program or a file capability, and may fail"
        return Fix(title, operations, Safety.UNSAFE, note=note)
    return Fix(title, operations)


def _value(entry: str | Unresolved) -> str | Unresolved:
    """What the entry gives the option: "" when it is about another one; unresolved when it may be about this one."""
    if isinstance(entry, Unresolved):
        key, separator, _ = entry.head.replace("=", ":").partition(":")
        possible = key == _OPTION if separator else _OPTION.startswith(key)
        return entry if possible else ""
    if entry == _OPTION:
        return "true"
    key, _, value = entry.partition("=") if "=" in entry else entry.partition(":")
    return value or "false" if key == _OPTION else ""
