"""The reference's own answers for single values, file by file, through the function that gives each of them.

A vector states the answer of the whole pipeline. Where the schema's type check or another later stage refuses the
value, the function cannot: those lines are named in `LATER` and belong to the tests of the loader.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec import Struct
from tests.json_value import Json
from tests.plain_yaml import plain_value

from composeguard.compose import short, units
from composeguard.compose.dotenv import DotenvError, parse_dotenv
from composeguard.compose.interpolate import Interpolated, InterpolationError, Unset, interpolate
from composeguard.compose.shellwords import ShellwordsError, split
from composeguard.compose.unresolved import Text
from composeguard.compose.value_errors import ShortSyntaxError, UnitError
from composeguard.source.scalars import Scalar, ScalarError, Timestamp, go_text

ERRORS = (UnitError, ShortSyntaxError, ShellwordsError, DotenvError, InterpolationError, ScalarError)
DIRECTORY = "/case"


class LaterError(Exception):
    """The line cannot be judged by a function alone."""


def known(text: str) -> str:
    value = interpolate(text, {}, unset=Unset.EMPTY).value
    assert isinstance(value, str)
    return value


def scalar(text: str) -> Scalar:
    """The value of a YAML text after interpolation."""
    value = plain_value(text)
    if isinstance(value, dict | list):
        raise LaterError
    return known(value) if isinstance(value, str) else value


def from_yaml(convert: Callable[[Scalar], Json]) -> Callable[[str], Json]:
    return lambda text: convert(scalar(text))


def from_text(convert: Callable[[str], Json]) -> Callable[[str], Json]:
    return lambda text: convert(known(text))


def boolean(value: Scalar) -> Json:
    return (units.cast_bool(value) if isinstance(value, str) else must(value, bool)) or None


def must(value: Scalar, *types: type) -> Json:
    """The value when the schema allows its type."""
    if type(value) not in types or isinstance(value, Timestamp):
        raise LaterError
    return value


def unset_when_zero(value: float | None) -> Json:
    return value or None


def duration(value: Scalar) -> Json:
    text = must(value, str)
    assert isinstance(text, str)
    return units.format_duration(units.parse_duration(text))


def size(value: Scalar) -> Json:
    number = units.parse_bytes(value)
    return str(number) if number else None


def ulimit(text: str) -> Json:
    value = plain_value(text)
    if isinstance(value, dict):
        parsed = units.parse_ulimit({key: item for key, item in value.items() if not isinstance(item, dict | list)})
        return {"soft": parsed.soft, "hard": parsed.hard}
    return units.parse_ulimit(scalar(text)).single


def mapped(value: Scalar, null: str | None) -> Json:
    if value is None:
        return null
    if isinstance(value, float) and value - value != 0:
        raise LaterError
    return go_text(value)


def ports(items: short.Ports) -> Json:
    if len(items) > 1000:
        return {"count": sum(1 for _ in items)}
    out: list[Json] = []
    for port in items:
        entry: dict[str, Json] = {"mode": port.mode}
        if port.host_ip is not None:
            entry["host_ip"] = known_text(port.host_ip)
        assert isinstance(port.target, int)
        entry["target"] = port.target
        if port.published is not None:
            entry["published"] = known_text(port.published)
        entry["protocol"] = known_text(port.protocol)
        out.append(entry)
    return out


def port_list(text: str) -> Json:
    value = plain_value(text)
    if not isinstance(value, list) or isinstance(value[0], dict | list | bool) or value[0] is None:
        raise LaterError
    return ports(short.parse_port_item(value[0]))


def known_text(text: Text) -> str:
    assert isinstance(text, str)
    return text


def volume(text: str) -> Json:
    mount = short.parse_volume(known(text))
    entry: dict[str, Json] = {"type": mount.type, "target": known_text(mount.target)}
    if mount.source is not None:
        entry["source"] = absolute(known_text(mount.source)) if mount.type == "bind" else known_text(mount.source)
    if mount.read_only:
        entry["read_only"] = True
    if mount.bind is not None:
        options = {"selinux": mount.bind.selinux, "propagation": mount.bind.propagation}
        entry["bind"] = {key: option for key, option in options.items() if option}
    if mount.volume is not None:
        entry["volume"] = {"nocopy": True} if mount.volume.nocopy else {}
    return [entry]


def absolute(source: str) -> str:
    """What path resolution, a later stage, makes of a source."""
    if source.startswith("~"):
        return "${HOME}/" + source[1:].lstrip("/")
    if source.startswith("."):
        return "${CASE_DIR}/" + short.clean_path(source)
    return source


def device(text: str) -> Json:
    parsed = short.parse_device(known(text))
    entry = {"source": parsed.source, "target": parsed.target, "permissions": parsed.permissions}
    return [{key: known_text(value) for key, value in entry.items() if value}]


def host(text: str) -> Json:
    parsed = short.parse_extra_host(known(text))
    return [f"{parsed.name}={address}" for address in parsed.addresses]


def environment(text: str) -> Json:
    pair = short.parse_environment_item(known(text))
    return {known_text(pair.key): None if pair.value is None else known_text(pair.value)}


def expose(text: str) -> Json:
    value = plain_value(text)
    if not isinstance(value, list):
        raise LaterError
    items = [short.parse_expose(item) for item in value if not isinstance(item, dict | list)]
    return [known_text(item) for item in dict.fromkeys(items)]


def words(text: str) -> Json:
    return [known_text(word) for word in split(known(text)).words]


def healthcheck(text: str) -> Json:
    return {"test": [known_text(word) for word in short.parse_healthcheck_test(known(text))]}


def pull_policy(value: Scalar) -> Json:
    text = must(value, str)
    assert isinstance(text, str)
    return units.parse_pull_policy(text)


class Vectors(Struct, frozen=True):
    """How one file is read: the key of the input, the key of the answer, and the function between them."""

    convert: Callable[[str], Json]
    given: str = "yaml"
    answer: str = "out"


SHORT = "in"
FILES: Mapping[str, Vectors] = {
    "booleans": Vectors(from_yaml(boolean)),
    "booleans-uncast-field": Vectors(from_yaml(lambda value: must(value, bool) or None)),
    "bytes": Vectors(from_yaml(size)),
    "cpus": Vectors(from_yaml(lambda value: unset_when_zero(units.parse_cpus(value)))),
    "deploy-cpus": Vectors(from_yaml(lambda value: {"cpus": cpus} if (cpus := units.parse_cpus(value)) else {})),
    "devices-short": Vectors(device, SHORT),
    "durations": Vectors(from_yaml(duration)),
    "env-list-item": Vectors(environment, SHORT),
    "env-map-values": Vectors(from_yaml(lambda value: mapped(value, None))),
    "expose-forms": Vectors(expose),
    "extra-hosts": Vectors(host, SHORT),
    "healthcheck-test": Vectors(healthcheck, SHORT),
    "label-map-values": Vectors(from_yaml(lambda value: mapped(value, ""))),
    "logging-option-values": Vectors(from_yaml(lambda value: mapped(value, ""))),
    "modes": Vectors(from_yaml(lambda value: units.format_mode(units.parse_mode(value)))),
    "pids_limit": Vectors(from_yaml(lambda value: unset_when_zero(units.parse_int(value)))),
    "ports-int-forms": Vectors(port_list),
    "ports-short": Vectors(from_text(lambda text: ports(short.parse_port(text))), SHORT),
    "project-name": Vectors(from_text(units.parse_project_name), "name_in_yaml", "project"),
    "pull_policy": Vectors(from_yaml(pull_policy)),
    "retries": Vectors(from_yaml(units.parse_count)),
    "scale": Vectors(from_yaml(units.parse_int)),
    "shellwords": Vectors(words, SHORT),
    "string-fields": Vectors(from_yaml(lambda value: must(value, str))),
    "tmpfs-mode": Vectors(from_yaml(lambda value: {"mode": units.parse_tmpfs_mode(value)})),
    "tmpfs-short": Vectors(lambda text: [text], SHORT),
    "ulimit": Vectors(ulimit),
    "umask": Vectors(from_yaml(units.parse_umask)),
    "volumes-short": Vectors(volume, SHORT),
}

LATER: Mapping[str, frozenset[str]] = {
    "booleans": frozenset(("1", "0", "null", "~", "[true]", "{a: true}")),
    "booleans-uncast-field": frozenset(('"true"', "yes", '"false"', "1")),
    "bytes": frozenset(("[1]", "1,5g")),
    "durations": frozenset(("0", "1", "null", "true")),
    "env-map-values": frozenset((".nan", ".inf", "[1]", "{a: 1}")),
    "expose-forms": frozenset(("80",)),
    "logging-option-values": frozenset(("true",)),
    "ports-int-forms": frozenset(("[true]", "[null]", "80", '"80:80"', "[{80: 80}]")),
    # The directory gives the name where the file has an empty one.
    "project-name": frozenset(("",)),
    # The schema wants a whole number here; other integer fields cut the fraction off.
    "scale": frozenset(("1.5",)),
    "string-fields": frozenset(("1", "1.5", "true", "null", "2020-01-01", "[a]", "0x1F", "~")),
}
"""Lines that only the schema or another stage of the loader can judge."""

OWN_TESTS = {"interpolation", "dotenv", "yaml-scalars"}


def lines(folder: Path, name: str) -> list[dict[str, Json]]:
    text = (folder / "vectors" / f"{name}.jsonl").read_text(encoding="utf-8")
    # Not `splitlines`, which takes more than a line feed for the end of a line.
    return [json.loads(line) for line in text.split("\n") if line]


def failures(cases: list[dict[str, Json]], given: str, answer: str, convert: Callable[[str], Json]) -> list[str]:
    """A line for each case whose answer differs; an expected error is any of ours."""
    wrong = []
    for case in cases:
        text = case[given]
        assert isinstance(text, str)
        try:
            got = convert(text)
        except ERRORS as error:
            if "error" not in case:
                wrong.append(f"{text!r}: expected {case[answer]!r}, got the error: {error}")
            continue
        if "error" in case:
            wrong.append(f"{text!r}: expected an error, got {got!r}")
        elif got != case[answer] or type(got) is bool is not type(case[answer]):
            wrong.append(f"{text!r}: expected {case[answer]!r}, got {got!r}")
    return wrong


@pytest.mark.parametrize("name", FILES)
def test_vectors(name: str, shared_dir: Path) -> None:
    vectors = FILES[name]
    later = LATER.get(name, frozenset())
    cases = lines(shared_dir, name)
    assert later <= {case[vectors.given] for case in cases}
    cases = [case for case in cases if case[vectors.given] not in later]
    assert not (wrong := failures(cases, vectors.given, vectors.answer, vectors.convert)), "\n".join(wrong)


def test_every_file_has_a_test(shared_dir: Path) -> None:
    names = {path.stem for path in (shared_dir / "vectors").glob("*.jsonl")}
    assert names == set(FILES) | OWN_TESTS


def environment_of(cases: list[dict[str, Json]]) -> dict[str, str]:
    values = cases[0]["env"]
    assert isinstance(values, dict)
    return {key: str(value) for key, value in values.items()}


def test_interpolation(shared_dir: Path) -> None:
    cases = lines(shared_dir, "interpolation")
    env = environment_of(cases)
    warnings: dict[str, list[str]] = {}

    def convert(text: str) -> Json:
        result: Interpolated = interpolate(text, env, unset=Unset.EMPTY)
        warnings[text] = [use.name for use in result.variables if use.warned]
        return known_text(result.value)

    assert not (wrong := failures(cases[1:], "t", "value", convert)), "\n".join(wrong)
    for case in cases[1:]:
        if "error" in case:
            continue
        text, written = case["t"], case.get("warnings", [])
        assert isinstance(text, str)
        assert isinstance(written, list)
        assert [str(line).split('"')[1] for line in written] == warnings[text]


def test_dotenv(shared_dir: Path) -> None:
    cases = lines(shared_dir, "dotenv")
    env = environment_of(cases)

    def convert(text: str) -> Json:
        return {key: known_text(value) for key, value in parse_dotenv(text, env).values.items()}

    assert not (wrong := failures(cases[1:], "src", "vars", convert)), "\n".join(wrong)


def test_yaml_scalars(shared_dir: Path) -> None:
    names = {str: "string", bool: "bool", int: "int", float: "float", type(None): "null", Timestamp: "time.Time"}
    wrong = []
    for case in lines(shared_dir, "yaml-scalars"):
        text = case["yaml"]
        assert isinstance(text, str)
        # A lone dash is an error of the parser, which is not under test here.
        if text == "-":
            continue
        try:
            value = plain_value(text)
        except ScalarError:
            got: Json = "error"
        else:
            assert not isinstance(value, dict | list)
            got = [names[type(value)], None if value is None else go_text(value)]
        expected: Json = "error" if "error" in case else [case["type"], case["text"]]
        if got != expected:
            wrong.append(f"{text!r}: expected {expected!r}, got {got!r}")
    assert not wrong, "\n".join(wrong)
