"""The reference's answers for single values, through the whole pipeline: text to resolved JSON, or a refusal.

`test_vectors.py` asks the functions for the same answers; here the schema, canonical form and binding take part.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import Struct
from tests.json_value import Json
from tests.oracle import Request
from tests.recorded_case import HOME, placed_json
from tests.resolve_adapter import resolve_json
from tests.same_answer import meaning


class Vectors(Struct, frozen=True):
    """One file: a Compose file in which `@` stands for the value, the way to the answer, the keys of a line.

    `given` "yaml" is a YAML text as it is; any other is the value of a string.
    """

    template: str
    way: tuple[str | int, ...]
    given: str = "yaml"
    answer: str = "out"


def service(key: str, *way: str | int, given: str = "yaml", value: str = "@") -> Vectors:
    """A service `a` with one more key."""
    template = f"services:\n  a:\n    image: x\n    {key}: {value}\n"
    return Vectors(template, ("services", "a", key, *way), given=given)


MOUNT = "[{type: tmpfs, target: /t, tmpfs: {mode: @}}]"
FILES: dict[str, Vectors] = {
    "booleans": service("privileged"),
    "booleans-uncast-field": service("use_api_socket"),
    "bytes": service("mem_limit"),
    "cpus": service("cpus"),
    "deploy-cpus": service("deploy", "resources", "limits", value="{resources: {limits: {cpus: @}}}"),
    "devices-short": service("devices", given="in", value="[@]"),
    "durations": service("stop_grace_period"),
    "env-list-item": service("environment", given="in", value="[@]"),
    "env-map-values": service("environment", "K", value="\n      K: @"),
    "expose-forms": service("expose"),
    "extra-hosts": service("extra_hosts", given="in", value="[@]"),
    "healthcheck-test": service("healthcheck", given="in", value="{test: @}"),
    "label-map-values": service("labels", "K", value="\n      K: @"),
    "logging-option-values": service("logging", "options", "k", value="{driver: d, options: {k: @}}"),
    "modes": Vectors(
        "services: {a: {image: x, secrets: [{source: s, mode: @}]}}\nsecrets: {s: {file: ./s}}\n",
        ("services", "a", "secrets", 0, "mode"),
    ),
    "pids_limit": service("pids_limit"),
    "ports-int-forms": service("ports"),
    "ports-short": service("ports", given="in", value="[@]"),
    "project-name": Vectors("name: @\nservices: {a: {image: x}}\n", ("name",), "name_in_yaml", "project"),
    "pull_policy": service("pull_policy"),
    "retries": service("healthcheck", "retries", value="{test: [CMD, a], retries: @}"),
    "scale": service("scale"),
    "shellwords": service("command", given="in"),
    "string-fields": service("hostname"),
    "tmpfs-mode": service("volumes", 0, "tmpfs", value=MOUNT),
    "tmpfs-short": service("tmpfs", given="in", value="[@]"),
    "ulimit": service("ulimits", "nofile", value="{nofile: @}"),
    "umask": service("umask"),
    "volumes-short": service("volumes", given="in", value="[@]"),
}


OTHER: dict[str, frozenset[str]] = {
    # The answers were taken without the checks of consistency and without the variable HOME.
    "scale": frozenset(("-1",)),
    "volumes-short": frozenset(("$HOME/a:/b",)),
}
"""Lines that ask something else than the whole pipeline."""

CONSISTENCY = "reference: "


def lines(folder: Path, name: str) -> list[dict[str, Json]]:
    text = (folder / "vectors" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def compose_file(vectors: Vectors, value: str) -> str:
    """The value in its place; a string is quoted."""
    text = value if vectors.given == "yaml" else json.dumps(value)
    return vectors.template.replace("@", text)


def answer_of(project: Json, way: tuple[str | int, ...]) -> Json:
    """What stands at the end of the way; None where nothing does."""
    value = project
    for step in way:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def disagreement(folder: Path, vectors: Vectors, case: dict[str, Json]) -> str:
    """How one line differs; "" when it does not."""
    value = case[vectors.given]
    assert isinstance(value, str)
    (folder / "compose.yaml").write_text(compose_file(vectors, value), "utf-8")
    resolved = resolve_json(folder, Request(files=("compose.yaml",), env={"HOME": HOME}))
    if any(not error.startswith(CONSISTENCY) for error in resolved.errors):
        return "" if "error" in case else f"{value!r}: refused: {'; '.join(resolved.errors)}"
    got = answer_of(placed_json(resolved.project, folder), vectors.way)
    if "error" in case:
        return f"{value!r}: accepted as {got!r}"
    want = case[vectors.answer]
    if isinstance(want, dict) and set(want) == {"count"} and isinstance(got, list):
        got = {"count": len(got)}
    same = (got or None) == (want or None) if want in (None, {}, [], "") else meaning(got) == meaning(want)
    return "" if same else f"{value!r}: {got!r} instead of {want!r}"


@pytest.mark.parametrize("name", FILES)
def test_vectors(name: str, shared_dir: Path, tmp_path: Path) -> None:
    # The reference's answer for a nameless project is the name of this folder.
    folder = tmp_path / "n"
    folder.mkdir()
    vectors, other = FILES[name], OTHER.get(name, frozenset())
    cases = lines(shared_dir, name)
    assert other <= {case[vectors.given] for case in cases}
    cases = [case for case in cases if case[vectors.given] not in other]
    wrong = [found for case in cases if (found := disagreement(folder, vectors, case))]
    assert not wrong, "\n".join(wrong)
