"""Finds rules in Python: the built-in ones and a user's are loaded by the same few lines."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from composeguard.engine.rule import Rule
from composeguard.errors import RuleError, UsageError

PLUGINS = "composeguard.rules"
"""The group of entry points of installed packages with rules."""


def builtin_folder() -> Path:
    """The folder of the built-in rules: inside the package in a wheel, `rules/` of the repository otherwise."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "builtin"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def load_folder(folder: Path, package: str) -> tuple[Rule, ...]:
    """The rules of every `*.py` file in a folder, by code. Files that start with `_` hold shared tables.

    Raises:
        RuleError: a file cannot be read or run, holds no rule, or two rules share a code or a name.
    """
    if not folder.is_dir():
        raise RuleError(f"{folder}: no folder of rules")
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_"):
            rules.extend(_load_file(path, f"{package}.{path.stem}"))
    return unique(rules)


def load_plugin(name: str) -> tuple[Rule, ...]:
    """The rules of an installed package: of its entry point `name` in the group `composeguard.rules`.

    An entry point is a module that holds rules, or a list of rules. Installed packages are looked at only when one
    is asked for.

    Raises:
        RuleError: there is no such entry point, it cannot be loaded, or holds no rule.
    """
    from importlib.metadata import entry_points

    found = list(entry_points(group=PLUGINS))
    wanted = [each for each in found if each.name == name]
    if not wanted:
        hint = near(name, [each.name for each in found])
        raise RuleError(f"no installed package has the entry point {name!r} in {PLUGINS}{hint}")
    try:
        loaded = wanted[0].load()
    except Exception as error:
        raise RuleError(f"the plug-in {name} cannot be loaded: {type(error).__name__}: {error}") from error
    values = loaded if isinstance(loaded, (list, tuple)) else vars(loaded).values() if _is_module(loaded) else [loaded]
    rules = [value for value in values if isinstance(value, Rule)]
    if not rules:
        raise RuleError(f"the plug-in {name} holds no rule")
    return unique(rules)


def _is_module(value: object) -> bool:
    return isinstance(value, ModuleType)


def _load_file(path: Path, module_name: str) -> list[Rule]:
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise RuleError(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise RuleError(f"{path}: the rule cannot be loaded: {type(error).__name__}: {error}") from error
    rules = [value for value in vars(module).values() if isinstance(value, Rule)]
    if not rules:
        raise RuleError(f"{path}: holds no rule")
    return rules


def unique(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules by code.

    Raises:
        RuleError: two share a code or a name.
    """
    by_code: dict[str, Rule] = {}
    names: dict[str, str] = {}
    for rule in rules:
        if rule.code in by_code:
            raise RuleError(f"two rules have the code {rule.code}")
        if rule.name in names:
            raise RuleError(f"{names[rule.name]} and {rule.code} are both named {rule.name}")
        by_code[rule.code] = rule
        names[rule.name] = rule.code
    return tuple(by_code[code] for code in sorted(by_code))


def near(word: str, known: Iterable[str]) -> str:
    """ "; did you mean …?" for a misspelt word, or nothing."""
    meant = closest(word, known)
    return f"; did you mean {meant}?" if meant else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that a misspelt one may mean; "" where none is near."""
    import difflib

    matches = difflib.get_close_matches(word, list(known), n=1)
    return matches[0] if matches else ""


def find_rule(rules: Iterable[Rule], word: str) -> Rule:
    """A rule by code or name, in any case."""
    known = tuple(rules)
    wanted = word.strip().lower()
    for rule in known:
        if wanted in (rule.code.lower(), rule.name):
            return rule
    names = [name for rule in known for name in (rule.code, rule.name)]
    hint = near(word.strip().upper(), names) or near(wanted, names)
    raise UsageError(f"there is no rule {word!r}{hint}")


def matching(rules: Iterable[Rule], selector: str) -> frozenset[str]:
    """The codes that a selector names: a code, a name, or the start of codes (`CG3`), or ALL."""
    known = tuple(rules)
    wanted = selector.strip()
    if wanted.upper() == "ALL":
        return frozenset(rule.code for rule in known)
    if wanted:
        found = frozenset(rule.code for rule in known if rule.code.startswith(wanted.upper()))
        if found:
            return found
    return frozenset((find_rule(known, wanted).code,))
