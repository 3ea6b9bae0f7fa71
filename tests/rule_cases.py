"""The cases of the built-in rules: the examples in them, and the files below `fixtures/`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from composeguard.commands.cases import ABOUT_THE_RUN, TODAY, Case, fixed, marked, without_marks
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Profile
from composeguard.policy.builtin import load_builtin

__all__ = [
    "ABOUT_THE_RUN",
    "FIXTURES",
    "NO_PROJECT",
    "RULES",
    "TODAY",
    "Case",
    "cases",
    "fixed",
    "marked",
    "with_default_profile",
    "without_marks",
]

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
RULES = {rule.code: rule for rule in load_builtin()}
NO_PROJECT = frozenset(("broken", "hardened", "projects", "stacks"))
"""Folders of `fixtures/` that other tests read."""

_SETTINGS = re.compile(r"^# settings: (?P<json>\{.*\})$", re.MULTILINE)
_EXAMPLE = "example.yml"


def with_default_profile(rule: Rule) -> tuple[Rule, ...]:
    """The rules that run when nothing is chosen, and this one."""
    return tuple(
        each for each in RULES.values() if each is rule or each.always or Profile.RECOMMENDED.holds(each.profiles)
    )


def cases() -> Iterator[Case]:
    """Every example of every rule, then every fixture."""
    nowhere = FIXTURES / "examples"
    known = tuple(RULES.values())
    for rule in known:
        for number, example in enumerate(rule.examples, start=1):
            name = f"example{number}"
            for kind, text in (("bad", example.bad), ("good", example.good)):
                if text:
                    after = example.fixed or None if kind == "bad" else None
                    beside = _made(example.rules)
                    settings, files = example.settings, example.files
                    yield Case(rule, name, kind, text, nowhere, _EXAMPLE, after, settings, files, beside, known)
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir() and path.name in RULES):
        for kind in ("bad", "good"):
            for path in sorted(folder.glob(f"*.{kind}.yml")):
                name = path.name.removesuffix(f".{kind}.yml")
                fixed = folder / f"{name}.fixed.yml"
                after = _read(fixed) if kind == "bad" and fixed.is_file() else None
                text = _read(path)
                source = folder / f"{name}.rules.py"
                beside = _made(_read(source)) if source.is_file() else ()
                rule = RULES[folder.name]
                settings, files = _settings(text), _beside(folder / f"{name}.files")
                yield Case(rule, name, kind, text, folder, path.name, after, settings, files, beside, known)


def _beside(folder: Path) -> Mapping[str, str]:
    """The files of a folder, as if they lay beside the case, and the case in a repository; none without the folder.

    `gitignore` stands for `.gitignore`, which would count in the repository of composeguard as well.
    """
    if not folder.is_dir():
        return {}
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    dotted = (path.with_name(".gitignore") if path.name == "gitignore" else path for path in paths)
    names = [path.relative_to(folder).as_posix() for path in dotted]
    return {".git": "", **dict(zip(names, map(_read, paths), strict=True))}


def _made(source: str) -> tuple[Rule, ...]:
    """The rules of a Python text."""
    names: dict[str, object] = {}
    exec(compile(source, "rules_of_the_case.py", "exec"), names)
    return tuple(value for value in names.values() if isinstance(value, Rule))


def _settings(text: str) -> Mapping[str, object]:
    """The options that a fixture's first lines give its rule, as JSON after `# settings:`."""
    found = _SETTINGS.search(text)
    settings: Mapping[str, object] = json.loads(found["json"]) if found else {}
    return settings


def _read(path: Path) -> str:
    return path.read_bytes().decode()
