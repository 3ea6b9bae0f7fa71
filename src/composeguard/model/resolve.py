"""The project as the reference prints it with `config --format json`."""

from __future__ import annotations

from collections.abc import Callable

from composeguard.compose.diagnostic import Diagnostic
from composeguard.compose.files import Files
from composeguard.compose.unresolved import Unresolved
from composeguard.model.container import Container
from composeguard.model.env_files import EnvFiles, FromFile
from composeguard.model.gojson import to_json
from composeguard.model.profiles import is_enabled
from composeguard.model.reading import Reading
from composeguard.model.service import Service
from composeguard.model.types import Json
from composeguard.source.node import Node, Path
from composeguard.source.scalars import Timestamp

Report = Callable[[Diagnostic], None]


def resolve_json(
    reading: Reading, files: Files, report: Report, origins: dict[Path, FromFile] | None = None
) -> dict[str, Json]:
    """The enabled services and jobs, everything that is defined, and the project's own `x-*` keys.

    Args:
        reading: read in strict mode.
        files: read env files and label files with; what is wrong with them is given to `report`.
        origins: takes the values that come from these files, by path.
    """
    project = reading.project
    chosen = reading.request.profiles
    env_files = EnvFiles(reading, files, report)
    out: dict[str, Json] = {"name": _text(project.name)}
    out["services"] = {
        name: _service(service, env_files) for name, service in project.services.items() if is_enabled(service, chosen)
    }
    if origins is not None:
        origins.update(env_files.origins)
    jobs: dict[str, Json] = {name: to_json(job) for name, job in project.jobs.items() if is_enabled(job, chosen)}
    if jobs:
        out["jobs"] = jobs
    if project.networks:
        out["networks"] = {name: {"ipam": {}, **to_json(one)} for name, one in project.networks.items()}
    if project.volumes:
        out["volumes"] = {name: to_json(one) for name, one in project.volumes.items()}
    if project.secrets:
        out["secrets"] = {name: to_json(one) for name, one in project.secrets.items()}
    if project.configs:
        out["configs"] = {name: to_json(one) for name, one in project.configs.items()}
    if project.models:
        out["models"] = {name: to_json(one) for name, one in project.models.items()}
    if isinstance(reading.root.value, dict):
        for key, node in reading.root.value.items():
            if key.startswith("x-"):
                out[key] = _free(node)
    return out


def _service(service: Service, env_files: EnvFiles) -> dict[str, Json]:
    out = to_json(service)
    _with_files(out, service, env_files)
    steps = out.get("pre_start")
    if isinstance(steps, list):
        for step, printed in zip(service.pre_start, steps, strict=True):
            if isinstance(printed, dict):
                _with_files(printed, step, env_files)
    deploy = out.get("deploy")
    if isinstance(deploy, dict) and isinstance(service.scale, int):
        deploy["replicas"] = service.scale
    return out


def _with_files(out: dict[str, Json], container: Container, env_files: EnvFiles) -> None:
    out.pop("env_file", None)
    environment = env_files.environment(container)
    if environment:
        out["environment"] = {key: _text(value) for key, value in environment.items()}
    labels = env_files.labels(container)
    if labels:
        out["labels"] = {key: _text(value) for key, value in labels.items()}


def _text(value: str | Unresolved | None) -> Json:
    return str(value) if isinstance(value, Unresolved) else value


def _free(node: Node) -> Json:
    """Any value as it was written."""
    value = node.value
    if isinstance(value, dict):
        return {key: _free(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_free(child) for child in value]
    if isinstance(value, Timestamp):
        return value.as_json()
    return str(value) if isinstance(value, Unresolved) else value
