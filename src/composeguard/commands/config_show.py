"""`composeguard config show`: the settings that hold for a folder, and where each was said."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from composeguard.commands.lint import Linter
from composeguard.commands.options import LintOptions
from composeguard.commands.places import absolute
from composeguard.config import Configuration
from composeguard.engine.options import dashed
from composeguard.errors import UsageError
from composeguard.report.escape import visible
from composeguard.source.node import Path as Steps

DEFAULT = "default"
COMMAND_LINE = "command line"
PACK = "a pack"
_OF_THEIR_OWN = ("policies", "packs")
"""What the command line names beside the settings, not in their place."""
_ADDED = ("extend_select", "ignore")
"""The lists that the command line adds to; it replaces others."""
_ENTRIES = ("rules", "fix")
"""The mappings whose entries are shown one by one."""


class Setting(Struct, frozen=True):
    """One value; `steps` are the keys that lead to it in a configuration."""

    steps: Steps
    value: object
    origin: str


def run_show(options: LintOptions, output_format: str) -> int:
    """Print the settings that hold for the one path of the options."""
    linter = Linter(options)
    start = Path(absolute(options.paths[0])) if options.paths else linter.cwd
    if not start.exists():
        raise UsageError(f"{options.paths[0]}: no such file or folder")
    configuration = linter.configurations.of(str(start if start.is_dir() else start.parent)).configuration
    found = list(settings(configuration, options))
    sys.stdout.write(_json(configuration, found) if output_format == "json" else _text(found))
    return 0


def settings(configuration: Configuration, options: LintOptions) -> Iterator[Setting]:
    """Every setting; of lists each item, of rules and fixes each entry, where there are any."""
    held = configuration.settings
    given = held.model_dump(by_alias=True, exclude_none=True)
    for name in type(held).model_fields:
        key = dashed(name)
        said = None if name in _OF_THEIR_OWN else getattr(options, name, None)
        value = given.get(key)
        if said and name not in _ADDED:
            yield Setting((key,), value, COMMAND_LINE)
        elif isinstance(value, list) and value:
            added = len(said) if said and name in _ADDED else 0
            ahead = len(value) - added - configuration.count(key)
            for index, item in enumerate(value):
                origin = configuration.place((key, index - ahead)) if index >= ahead else PACK
                yield Setting((key, index), item, origin if index < len(value) - added else COMMAND_LINE)
        elif name in _ENTRIES and isinstance(value, dict) and value:
            for entry, below in value.items():
                own = configuration.says((key, entry))
                yield Setting((key, entry), below, configuration.places((key, entry)) if own else PACK)
        else:
            is_said = name in held.model_fields_set and value not in (None, [], {})
            place = configuration.place((key,)) if configuration.says((key,)) else PACK
            yield Setting((key,), value, place if is_said else DEFAULT)


def _text(found: list[Setting]) -> str:
    """Like YAML, with the origin of each value as a comment."""
    lines, parent = [], ""
    for setting in sorted(found, key=lambda each: str(each.steps[0])):
        key = str(setting.steps[0])
        value = json.dumps(setting.value, ensure_ascii=False)
        if len(setting.steps) == 1:
            lines.append(f"{key}: {value}  # {setting.origin}")
            continue
        if key != parent:
            lines.append(f"{key}:")
            parent = key
        start = "-" if isinstance(setting.steps[1], int) else f"{setting.steps[1]}:"
        lines.append(f"  {start} {value}  # {setting.origin}")
    return "".join(visible(line) + "\n" for line in lines)


def _json(configuration: Configuration, found: list[Setting]) -> str:
    rows = [{"path": list(each.steps), "value": each.value, "origin": each.origin} for each in found]
    content = {"configuration": configuration.origin or None, "files": configuration.files, "settings": rows}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
