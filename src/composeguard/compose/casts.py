"""Which values become booleans and numbers after interpolation, and how: `"${X:-yes}"` at `privileged` is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

from composeguard.compose.pathtable import Step, path_table
from composeguard.compose.units import cast_bool, cast_float, cast_int, cast_umask
from composeguard.compose.value_errors import UnitError
from composeguard.source.numbers import round_to_float32


class Cast(Enum):
    """The type that a string becomes."""

    BOOL = "a boolean"
    INT = "an integer"
    FLOAT = "a number"
    FLOAT32 = "a number of single precision"
    UMASK = "a file mode mask"


_CONTAINER = {
    Cast.BOOL: (
        "init networks.*.use_service_name_alias oom_kill_disable privileged read_only volumes.[].read_only"
        " volumes.[].volume.nocopy"
    ),
    Cast.INT: (
        "cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares oom_score_adj pids_limit"
        " ulimits.* ulimits.*.hard ulimits.*.soft"
    ),
    Cast.FLOAT: "cpu_percent",
    Cast.FLOAT32: "cpus",
    Cast.UMASK: "umask",
}
_WORKLOAD = {
    Cast.BOOL: "depends_on.*.required depends_on.*.restart healthcheck.disable stdin_open tty",
    Cast.INT: "healthcheck.retries ports.[].target",
}
_SERVICE = {
    Cast.INT: (
        "deploy.replicas deploy.update_config.parallelism deploy.rollback_config.parallelism"
        " deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node scale"
    ),
    Cast.FLOAT: "deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio",
}
_TOP = {
    Cast.BOOL: (
        "networks.*.external networks.*.internal networks.*.attachable networks.*.enable_ipv4"
        " networks.*.enable_ipv6 volumes.*.external secrets.*.external configs.*.external"
    )
}


def _casts() -> Iterator[tuple[str, Cast]]:
    layers = (
        ("services.*.", _CONTAINER),
        ("jobs.*.", _CONTAINER),
        ("services.*.pre_start.*.", _CONTAINER),
        ("services.*.", _WORKLOAD),
        ("jobs.*.", _WORKLOAD),
        ("services.*.", _SERVICE),
        ("", _TOP),
    )
    for prefix, layer in layers:
        for kind, paths in layer.items():
            for path in paths.split():
                yield prefix + path, kind


CASTS: Step[Cast] = path_table(_casts())
"""The only paths where a string is more than a string."""


def cast(kind: Cast, text: str) -> bool | int | float:
    """The value of `text`.

    Raises:
        UnitError: the reference refuses the text.
    """
    return _FUNCTIONS[kind](text)


def _single(text: str) -> float:
    value = round_to_float32(cast_float(text))
    if value is None:
        raise UnitError("not in the range of a number of single precision")
    return value


_FUNCTIONS: dict[Cast, Callable[[str], bool | int | float]] = {
    Cast.BOOL: cast_bool,
    Cast.INT: cast_int,
    Cast.FLOAT: cast_float,
    Cast.FLOAT32: _single,
    Cast.UMASK: cast_umask,
}
