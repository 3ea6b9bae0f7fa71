"""CG102: a container that keeps the default capabilities."""

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
    Safety,
    Severity,
    Unresolved,
    cis,
    compose,
    container_rule,
    cwe,
    departs,
    image_profile,
    owasp,
    pss,
    runs_from_the_start,
)


@container_rule(
    code="CG102",
    name="cap-drop-all",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.4"), owasp(3), pss("restricted"), cwe(250), compose("05-services.md#cap_drop")),
    examples=(
        Example(
            title="A list of single capabilities leaves the others",
            bad="""\
services:
  web:
    image: example.org/web:1.27.2
    cap_drop: [NET_RAW, MKNOD]  # expect: CG102
""",
            fixed="""\
services:
  web:
    image: example.org/web:1.27.2
    cap_drop: [NET_RAW, MKNOD, ALL]
""",
        ),
        Example(
            title="Everything dropped, one capability given back",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [all]
    cap_add: [NET_BIND_SERVICE]
    security_opt: [no-new-privileges]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
        Example(
            title="An image that is known: what its start needs is given back",
            bad="""\
services:
  db:  # expect: CG102
    image: postgres:16.4
""",
            fixed="""\
services:
  db:
    image: postgres:16.4
    cap_drop:
      - ALL
    cap_add:
      - CHOWN
      - DAC_OVERRIDE
      - FOWNER
      - SETGID
      - SETUID
""",
        ),
    ),
    options=ImageOptions,
)
def cap_drop_all(container: Container, options: ImageOptions) -> Iterator[Problem]:
    """A container that does not drop all capabilities starts with fourteen of them.

    The engine grants `CHOWN`, `DAC_OVERRIDE`, `SETUID`, `NET_RAW`, `MKNOD` and more to every container.
    Whoever takes over a process that runs as root can use them to read other users' files, forge packets on
    the container network, or reach kernel code that an unprivileged process cannot. `ALL` in `cap_drop`
    counts in any case; a capability that `cap_add` names is granted all the same. Dropping single
    capabilities does not count: the engine's default set may grow.

    **Fix.** Put `cap_drop: [ALL]`, and give back with `cap_add` only what the program is seen to need. For the
    images that people run most it is known what that is, from their start scripts; there the fix is whole, and
    it is safe where the service does not replace the start, the program or the user.

    **When to ignore.** Images that start as root, change owners of their files and then step down (many
    databases and all `PUID`/`PGID` images) need `CHOWN`, `SETUID`, `SETGID`, `DAC_OVERRIDE` or `FOWNER` in
    `cap_add`; ignore the rule only where that list cannot be found out.
    """
    for item in container.cap_drop:
        if isinstance(item, Unresolved) or _drops_all(item):
            return
    yield Problem(
        container.at("cap_drop"),
        f"{container.name} keeps capabilities: `cap_drop` does not hold ALL",
        label="capabilities that the program may not need",
        fix=_fix(container, image_profile(container, options.profiles)),
        evidence="cap_drop",
    )


def _fix(container: Container, profile: ImageProfile | None) -> Fix:
    drop = Append(container.at("cap_drop"), "ALL")
    title = "drop all capabilities"
    if profile is None:
        note = "a program that needs a capability fails until `cap_add` gives it back"
        return Fix(title, (drop,), Safety.UNSAFE, note=note)
    operations: list[Operation] = [drop]
    # What the file drops already is not given back: the service runs without it.
    settled = {_bare(item) for item in (*container.cap_add, *container.cap_drop) if isinstance(item, str)}
    needed = () if runs_from_the_start(profile, container) else profile.capabilities
    operations += [Append(container.at("cap_add"), name) for name in needed if name not in settled]
    if len(operations) > 1:
        title = "drop all capabilities but those that the start of the image needs"
    departure = departs(profile, container)
    if any(isinstance(item, Unresolved) for item in container.cap_add):
        departure = departure or "a variable hides a part of `cap_add`"
    if not departure and "cap-drop-all" in profile.proven:
        return Fix(title, tuple(operations))
    why = departure or "it is not known whether the list is complete"
    return Fix(title, tuple(operations), Safety.UNSAFE, note=f"the program may need other capabilities: {why}")


def _bare(capability: str) -> str:
    return capability.upper().removeprefix("CAP_")


def _drops_all(capability: str) -> bool:
    return _bare(capability) == "ALL"
