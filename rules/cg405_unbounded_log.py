"""CG405: a log that grows until the disk is full, or that nobody can read."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    FixLimits,
    Operation,
    Problem,
    Profile,
    Set,
    Severity,
    compose,
    container_rule,
    cwe,
    docker,
    limit_fix,
)

_SIZE = "10m"
_FILES = "3"
_NOTE = f"the engine drops what was logged before the last {_FILES} files of {_SIZE}"


@container_rule(
    code="CG405",
    name="unbounded-log",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED,),
    group="hardening",
    references=(
        cwe(779),
        docker("engine/logging/configure/#configure-the-default-logging-driver", "Configure logging drivers"),
        docker("engine/logging/drivers/json-file/", "JSON File logging driver"),
        compose("05-services.md#logging"),
    ),
    examples=(
        Example(
            title="The default driver, and the same by its name",
            bad="""\
services:
  web:  # expect: CG405
    image: nginx:1.27.2
  api:
    image: nginx:1.27.2
    logging:
      driver: json-file  # expect: CG405
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    logging:
      driver: json-file
      options:
        max-size: 10m
        max-file: "3"
  api:
    image: nginx:1.27.2
    logging:
      driver: json-file
      options:
        max-size: 10m
        max-file: "3"
""",
        ),
        Example(
            title="Without any log",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    logging: {driver: none}  # expect: CG405
""",
        ),
        Example(
            title="A driver that rotates by itself, and one whose files are bounded",
            good="""\
x-hardened: &hardened
  user: "101:101"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
services:
  web: {<<: *hardened, image: "nginx:1.27.2", logging: {driver: local}}
  api: {<<: *hardened, image: "nginx:1.27.2", logging: {options: {max-size: 10m}}}
  app: {<<: *hardened, image: "nginx:1.27.2", logging: {driver: journald}}
""",
        ),
    ),
    options=FixLimits,
)
def unbounded_log(container: Container, options: FixLimits) -> Iterator[Problem]:
    """The engine keeps everything that a container writes, until the disk is full.

    The default driver, `json-file`, has no bound unless `max-size` sets one: requests that make the program log
    fill the disk of the host, and every container stops. The driver `none` (medium) keeps nothing: after a
    break-in, or a crash, there is no trace. Other drivers rotate by themselves or send the log away.

    **Fix.** Set `max-size` and `max-file`, or use the driver `local`. The fix writes what the
    configuration says (`fix.limits`, `log-max-size` and `log-max-file`), else 10m and 3.

    **When to ignore.** Hosts whose engine has another default driver, or default `log-opts`, in `daemon.json`.
    """
    logging = container.logging
    driver = logging.driver if logging else None
    if driver == "none":
        yield Problem(
            container.at("logging", "driver"),
            f"{container.name} keeps no log: nothing tells what happened in it",
            label="no trace of a break-in or a crash",
            severity=Severity.MEDIUM,
        )
        return
    given = logging.options if logging else {}
    if driver not in (None, "", "json-file") or given.get("max-size"):
        return
    chosen = options.of(container)
    size, files = chosen.log_max_size or _SIZE, str(chosen.log_max_file or _FILES)
    if logging is None:
        whole: list[Operation] = [
            Set(
                container.at("logging"),
                {"driver": "json-file", "options": {"max-size": size, "max-file": files}},
            )
        ]
    elif given:
        whole = [Set(container.at("logging", "options", "max-size"), size)]
        if "max-file" not in given:
            whole.append(Set(container.at("logging", "options", "max-file"), files))
    else:
        whole = [Set(container.at("logging", "options"), {"max-size": size, "max-file": files})]
    yield Problem(
        container.at("logging", "driver") if driver else container.at("logging"),
        f"{container.name} has a log without a bound",
        label="grows until the disk is full",
        fix=limit_fix(
            f"keep {files} files of {size}", tuple(whole), chosen=chosen.log_max_size is not None, note=_NOTE
        ),
        evidence="max-size",
    )
