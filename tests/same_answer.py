"""Compare two normalised projects: equal up to what carries no meaning in the reference's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct
from tests.json_value import Json

# The reference prints null for an attribute that is not set, for these two only.
NULL_MEANS_ABSENT = frozenset({"command", "entrypoint"})
# The reference prints {} or nothing for these, depending on how the text spelled them.
EMPTY_MEANS_ABSENT = frozenset(
    {
        "bind",
        "build",
        "deploy",
        "exec",
        "image_options",
        "ipam",
        "limits",
        "placement",
        "reservations",
        "resources",
        "tmpfs",
        "volume",
    }
)
# blkio_config's entries are printed with the names of Go fields.
GO_NAMES = {"Path": "path", "Rate": "rate", "Weight": "weight"}
UNORDERED = frozenset({"ssh"})


class Difference(Struct, frozen=True):
    """Where two projects differ, as a path like `services.a.ports[0]`; None is "absent" as well as null."""

    path: str
    got: str
    want: str

    def __str__(self) -> str:
        return f"{self.path}: {self.got} instead of {self.want}"


def meaning(value: Json, key: str = "") -> Json:
    """The value without what carries no meaning; `key` is the mapping key that leads to it."""
    if isinstance(value, dict):
        out: dict[str, Json] = {}
        for name, raw in value.items():
            item = meaning(raw, name)
            if not _is_noise(name, item, key):
                out[GO_NAMES.get(name, name)] = item
        return out
    if isinstance(value, list):
        items = [meaning(item, key) for item in value]
        return sorted(items, key=_text) if key in UNORDERED else items
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def differences(got: Json, want: Json) -> list[Difference]:
    """All places where two projects differ in meaning; [] when they are the same."""
    return list(_differences(meaning(got), meaning(want), ""))


def _is_noise(name: str, item: Json, parent: str) -> bool:
    if item is None:
        return name in NULL_MEANS_ABSENT
    if item == {}:
        return name in EMPTY_MEANS_ABSENT
    return item is True and (name == "create_host_path" or (name == "required" and parent == "env_file"))


def _differences(got: Json, want: Json, path: str) -> Iterator[Difference]:
    if isinstance(got, dict) and isinstance(want, dict):
        for key in sorted({*got, *want}):
            where = f"{path}.{key}" if path else key
            if key not in got:
                yield Difference(where, "absent", _text(want[key]))
            elif key not in want:
                yield Difference(where, _text(got[key]), "absent")
            else:
                yield from _differences(got[key], want[key], where)
    elif isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        for index, (one, other) in enumerate(zip(got, want, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif type(got) is not type(want) or got != want:
        # True == 1 in Python, hence the types; 1.5 and 1 differ anyway.
        yield Difference(path, _text(got), _text(want))


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
