"""Models to the JSON that the reference prints: zero values are left out, units have their text."""

from __future__ import annotations

from functools import cache
from typing import Any

from composeguard.compose.unresolved import Unresolved
from composeguard.model.build import Build
from composeguard.model.container import BlkioLimit, BlkioWeight, Container, EnvFile, Ulimit
from composeguard.model.deploy import Deploy, DiscreteResource, RestartPolicy, UpdateConfig
from composeguard.model.mounts import BindOptions, FileReference
from composeguard.model.networks import NetworkAttachment
from composeguard.model.resources import Network
from composeguard.model.service import Dependency, Healthcheck, Hook, Service, Triggers, Watch
from composeguard.model.types import Json, ScalarType, Specification

_KEPT: dict[type[Specification], frozenset[str]] = {
    Container: frozenset(("init", "umask", "stop_grace_period")),
    Service: frozenset(("attach", "scale")),
    Deploy: frozenset(("replicas",)),
    UpdateConfig: frozenset(("parallelism",)),
    RestartPolicy: frozenset(("delay", "max_attempts", "window")),
    Healthcheck: frozenset(("interval", "retries", "start_interval", "start_period", "timeout")),
    NetworkAttachment: frozenset(("use_service_name_alias",)),
    Network: frozenset(("enable_ipv4", "enable_ipv6")),
    Triggers: frozenset(("manual",)),
    FileReference: frozenset(("mode",)),
    Dependency: frozenset(("required",)),
}
"""Values that the reference tells apart from absent ones even when they are zero."""

_ALWAYS: dict[type[Specification], dict[str, Json]] = {
    BlkioLimit: {"path": "", "rate": "0"},
    BlkioWeight: {"path": "", "weight": 0},
    Container: {"command": None, "entrypoint": None},
    DiscreteResource: {"kind": "", "value": 0},
    Hook: {"command": None},
    Watch: {"path": "", "action": ""},
    Dependency: {"required": False},
}
"""What the reference prints where nothing is set."""

_OPT_OUT: dict[type[Specification], str] = {BindOptions: "create_host_path", EnvFile: "required"}
"""Booleans that are printed only when they are false, which absent ones are."""


@cache
def _facts(model: type[Specification]) -> tuple[frozenset[str], dict[str, Json], dict[str, ScalarType]]:
    kept: frozenset[str] = frozenset()
    always: dict[str, Json] = {}
    for base in model.__mro__:
        kept |= _KEPT.get(base, frozenset())
        always.update(_ALWAYS.get(base, {}))
    texts = {
        name: marker
        for name, info in model.model_fields.items()
        for marker in _markers(info.annotation, info.metadata)
        if marker.text is not None
    }
    return kept, always, texts


def _markers(annotation: Any, metadata: list[Any]) -> list[ScalarType]:
    """The scalar types in an annotation such as `Duration | None`."""
    found = [item for item in metadata if isinstance(item, ScalarType)]
    for argument in getattr(annotation, "__args__", ()):
        found += [item for item in getattr(argument, "__metadata__", ()) if isinstance(item, ScalarType)]
    return found


def to_json(model: Specification) -> dict[str, Json]:
    """A model and all below it."""
    kept, always, texts = _facts(type(model))
    out = dict(always)
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name == _OPT_OUT.get(type(model)):
            if not value:
                out[name] = False
            continue
        if value is None or (name not in kept and name not in always and not _is_set(value)):
            continue
        marker = texts.get(name)
        if marker is not None and marker.text is not None and isinstance(value, int):
            out[name] = marker.text(value)
        elif name == "extra_hosts":
            out[name] = _hosts(value)
        elif name == "ssh" and isinstance(model, Build):
            out[name] = [f"{key}={path}" if path else key for key, path in value.items()]
        elif name == "ulimits":
            # A limit of 0 is none to the reference's printer.
            out[name] = {key: _value(limit) if limit != 0 else {} for key, limit in value.items()}
        else:
            out[name] = _value(value)
    return out


def _is_set(value: object) -> bool:
    return bool(value) or isinstance(value, Specification)


def _value(value: object) -> Json:
    if isinstance(value, Ulimit):
        return {key: number for key, number in to_json(value).items() if number}
    if isinstance(value, Specification):
        return to_json(value)
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, Unresolved):
        return str(value)
    if isinstance(value, (str, int, float)) or value is None:
        return value
    raise TypeError(type(value).__name__)


def _hosts(hosts: dict[str, list[str | Unresolved]]) -> list[Json]:
    return [*sorted(f"{name}={address}" for name, addresses in hosts.items() for address in addresses)]
