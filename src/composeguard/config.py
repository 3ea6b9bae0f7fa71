"""Settings from `.composeguard.yaml`, `.composeguard.yml` or `[tool.composeguard]` in `pyproject.toml`.

The nearest file upward from an input counts, up to the root of the repository. A configuration names rules and
numbers only: it lies in the repository that is checked, so nothing in it may run code.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from composeguard.engine.limits import Limits
from composeguard.engine.options import Options, dashed
from composeguard.engine.overrides import Override
from composeguard.engine.registry import find_rule, matching, near
from composeguard.engine.rule import Rule
from composeguard.engine.run import Selection
from composeguard.engine.severity import Profile, Severity
from composeguard.errors import ConfigError, UsageError
from composeguard.model.image_profile import KEYS, ProfileError, read_profile
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node, child
from composeguard.source.node import Path as Steps

FILE_NAMES = (".composeguard.yaml", ".composeguard.yml")
_MAXIMUM_BYTES = 1024 * 1024

SeverityName = Literal["critical", "high", "medium", "low", "info"]
Threshold = Literal["critical", "high", "medium", "low", "info", "never"]
ProfileName = Literal["baseline", "recommended", "restricted", "cis", "all"]


class RuleSettings(BaseModel):
    """What a configuration may say of one rule; further keys are the rule's own options."""

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)

    enabled: bool | None = None
    severity: SeverityName | None = None


def _rule_settings(value: object) -> object:
    """The short forms: `CG302: off`, `CG302: high`."""
    if isinstance(value, bool):
        return {"enabled": value}
    if value in ("off", "on"):
        return {"enabled": value == "on"}
    return {"enabled": True, "severity": value} if isinstance(value, str) else value


class FixSettings(BaseModel):
    """What fixes write."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=dashed, defer_build=True)

    limits: list[Limits] = Field(default_factory=list)


class Settings(BaseModel):
    """The whole configuration; every key is optional."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=dashed, defer_build=True)

    profile: ProfileName = "recommended"
    select: list[str] | None = None
    extend_select: list[str] = Field(default_factory=list)
    ignore: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)
    min_severity: SeverityName = "info"
    fail_on: Threshold = "low"
    baseline: str | None = None
    runtime: Literal["docker", "podman"] | None = None
    images: list[Any] | None = None
    """Profiles of images; `model.image_profile` says what one is, and checks it."""
    fix: FixSettings | None = None
    overrides: list[Override] = Field(default_factory=list)
    rules: dict[str, Annotated[RuleSettings, BeforeValidator(_rule_settings)]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings and the file that they came from ("" for the defaults)."""

    settings: Settings
    origin: str = ""
    source: tuple[SourceFile, Node] | None = None
    """The text, where places in it are known."""

    def place(self, steps: Steps) -> str:
        """The address of a setting: file, line and column as far as they are known."""
        return _place(self.origin, *self.source, steps) if self.source else self.origin


DEFAULT = Configuration(Settings.model_construct())
"""Made without the validator, which is built (`defer_build`) when there is a file to check."""


def discover(start: Path, root: Path) -> Path | None:
    """The nearest configuration file from a folder upward, not above `root`."""
    for folder in (start, *start.parents):
        found = [folder / name for name in FILE_NAMES if (folder / name).is_file()]
        if len(found) > 1:
            raise ConfigError(f"{found[0]} and {found[1].name} lie side by side; keep one of them")
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file() and _has_table(pyproject):
            if found:
                raise ConfigError(f"{found[0]} and [tool.composeguard] in {pyproject.name} lie side by side; keep one")
            return pyproject
        if found:
            return found[0]
        if folder == root:
            break
    return None


def _has_table(path: Path) -> bool:
    try:
        return b"tool.composeguard" in path.read_bytes()[:_MAXIMUM_BYTES]
    except OSError:
        return False


def load(path: Path, display: str) -> Configuration:
    """Read and check one configuration file.

    Raises:
        ConfigError: it cannot be read, or says what it may not say; the message holds the place.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{display}: cannot be read: {error.strerror}") from None
    if len(data) > _MAXIMUM_BYTES:
        raise ConfigError(f"{display}: larger than {_MAXIMUM_BYTES:,} bytes")
    if path.name == "pyproject.toml":
        return Configuration(_validate(_toml_table(data, display), display, None), display)
    from composeguard.source.read import read_source

    try:
        file = read_source(display, data)
    except SourceError as error:
        region = error.file.region(error.start, error.end)
        raise ConfigError(f"{display}:{region.start_line}:{region.start_column}: {error.message}") from None
    root = file.documents[0] if file.documents else None
    value = {} if root is None or root.value is None else _plain(root)
    settings = _validate(value, display, (file, root))
    return Configuration(settings, display, (file, root) if root is not None else None)


def _toml_table(data: bytes, display: str) -> object:
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{display}: not TOML: {error}") from None
    tool = content.get("tool", {})
    return tool.get("composeguard", {}) if isinstance(tool, dict) else {}


def _plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: _plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(item) for item in node.value]
    return node.value


def _validate(value: object, display: str, source: tuple[SourceFile, Node | None] | None) -> Settings:
    try:
        settings = Settings.model_validate(value)
        _check_images(settings.images or (), display, source)
        return settings
    except ValidationError as error:
        first = error.errors()[0]
        steps = tuple(first["loc"])
        place = display
        if source is not None and source[1] is not None:
            place = _place(display, source[0], source[1], steps)
        name = ".".join(str(step) for step in steps)
        raise ConfigError(f"{place}: {_explain(name, steps, first['type'], first['msg'])}") from None


def _check_images(rows: Sequence[object], display: str, source: tuple[SourceFile, Node | None] | None) -> None:
    for index, row in enumerate(rows):
        try:
            read_profile(row)
        except ProfileError as error:
            steps = ("images", index, *error.steps)
            place = _place(display, source[0], source[1], steps) if source and source[1] else display
            if error.unknown:
                raise ConfigError(f"{place}: {error}{near(error.unknown, KEYS)}") from None
            name = ".".join(str(step) for step in steps)
            raise ConfigError(f"{place}: {name}: {error}") from None


def _explain(name: str, steps: Steps, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        known = _model_at(steps[:-1]).model_fields
        return f"unknown key {steps[-1]!r}{near(str(steps[-1]), [dashed(field) for field in known])}"
    if kind == "model_type":
        return "a configuration is a mapping of settings"
    return f"{name}: {message[0].lower()}{message[1:]}"


def _model_at(steps: Steps) -> type[BaseModel]:
    """What a mapping at a place of the configuration may hold."""
    if not steps:
        return Settings
    if steps[0] == "rules":
        return RuleSettings
    if steps[0] == "overrides":
        return Override
    return FixSettings if len(steps) == 1 else Limits


def _place(display: str, file: SourceFile, root: Node, steps: Steps) -> str:
    node: Node = root
    for step in steps:
        below = child(node, step)
        if below is None:
            break
        node = below
    start = node.key_start if node.key_start >= 0 else node.start
    region = file.region(start, start)
    return f"{display}:{region.start_line}:{region.start_column}"


def selection(configuration: Configuration, rules: tuple[Rule, ...]) -> Selection:
    """The rules that a configuration asks for, with their severities."""
    settings = configuration.settings
    try:
        codes, severities = _codes(settings, rules), _severities(settings, rules)
        options = _options(configuration, rules)
    except UsageError as error:
        place = f"{configuration.origin}: " if configuration.origin else ""
        raise ConfigError(f"{place}{error}") if place else error from None
    return Selection(
        tuple(rule for rule in rules if rule.code in codes),
        severities,
        Severity[settings.min_severity.upper()],
        options,
        rules,
    )


def _codes(settings: Settings, rules: tuple[Rule, ...]) -> frozenset[str]:
    profile = Profile(settings.profile)
    chosen = {rule.code for rule in rules if profile.holds(rule.profiles)}
    if settings.select is not None:
        chosen = set().union(*(matching(rules, word) for word in settings.select))
    for word in settings.extend_select:
        chosen |= matching(rules, word)
    for word, rule_settings in settings.rules.items():
        rule = find_rule(rules, word)
        code = rule.code
        if rule_settings.enabled is True or (rule_settings.enabled is None and not rule.profiles):
            chosen.add(code)  # a rule of no profile has nothing to say until it is configured
        elif rule_settings.enabled is False:
            chosen.discard(code)
    for word in settings.ignore:
        chosen -= matching(rules, word)
    # What could not be read is never silenced by a choice of rules.
    return frozenset(chosen | {rule.code for rule in rules if rule.always})


def _severities(settings: Settings, rules: tuple[Rule, ...]) -> Mapping[str, Severity]:
    return {
        find_rule(rules, word).code: Severity[rule_settings.severity.upper()]
        for word, rule_settings in settings.rules.items()
        if rule_settings.severity is not None
    }


def _options(configuration: Configuration, rules: tuple[Rule, ...]) -> Mapping[str, Options]:
    """The options of the rules that the settings say something of."""
    settings = configuration.settings
    shared: dict[str, object] = {}
    """Settings of the whole configuration: they reach every rule whose options have a field of that name."""
    if settings.runtime is not None:
        shared["runtime"] = settings.runtime
    if settings.images is not None:
        shared["profiles"] = settings.images
    if settings.fix is not None:
        shared["limits"] = [each.model_dump(by_alias=True, exclude_none=True) for each in settings.fix.limits]
    given: dict[str, dict[str, object]] = {
        rule.code: {name: value for name, value in shared.items() if name in rule.options.model_fields}
        for rule in rules
        if rule.options is not None
    }
    for word, rule_settings in settings.rules.items():
        rule = find_rule(rules, word)
        extra = rule_settings.model_extra or {}
        known = [*RuleSettings.model_fields, *(rule.options.keys() if rule.options else ())]
        for key in extra:
            if key not in known:
                place = configuration.place(("rules", word, key))
                raise ConfigError(f"{place}: unknown key {key!r}{near(key, known)}")
        given.setdefault(rule.code, {}).update(extra)
    return {
        rule.code: rule_options(rule, given[rule.code])
        for rule in rules
        if rule.options is not None and given.get(rule.code)
    }


def rule_options(rule: Rule, given: Mapping[str, object]) -> Options:
    """The options of a rule as a configuration gives them.

    Raises:
        UsageError: a value is not what the option takes.
    """
    assert rule.options is not None
    try:
        # As JSON, so that a list is taken for a tuple while types stay strict.
        return rule.options.model_validate_json(json.dumps(given, default=str))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(step) for step in (rule.code, *first["loc"]))
        message = first["msg"]
        raise UsageError(f"rules.{name}: {message[0].lower()}{message[1:]}") from None
