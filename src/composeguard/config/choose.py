"""From settings to the rules that run, with their severities and options."""

from __future__ import annotations

import json
from collections.abc import Mapping

from composeguard.base import validation_error
from composeguard.config.load import Configuration
from composeguard.config.model import RuleSettings, Settings
from composeguard.engine.options import Options
from composeguard.engine.registry import find_rule, matching, near
from composeguard.engine.rule import Rule
from composeguard.engine.run import Selection
from composeguard.engine.severity import Profile, Severity
from composeguard.errors import ConfigError, UsageError
from composeguard.source.node import Path as Steps


def selection(configuration: Configuration, rules: tuple[Rule, ...]) -> Selection:
    """The rules that a configuration asks for, with their severities."""
    settings = configuration.settings
    _check_words(configuration, rules)
    # What is wrong here was said on the command line: the words of files are checked.
    codes = _codes(settings, rules)
    try:
        severities = _severities(settings, rules)
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


def _check_words(configuration: Configuration, rules: tuple[Rule, ...]) -> None:
    """Every rule that a file names exists: an error tells which file, and where."""
    settings = configuration.settings
    lists = {"select": settings.select or [], "extend-select": settings.extend_select, "ignore": settings.ignore}
    words: list[tuple[Steps, str]] = [((key, n), word) for key, some in lists.items() for n, word in enumerate(some)]
    for steps, word in [*words, *((("rules", word), word) for word in settings.rules)]:
        if configuration.says(steps):
            try:
                find_rule(rules, word) if steps[0] == "rules" else matching(rules, word)
            except UsageError as error:
                raise ConfigError(f"{configuration.place(steps)}: {error}") from None


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
    # What could not be read is never silenced by a choice of rules, nor is what is locked.
    return frozenset(chosen | {rule.code for rule in rules if rule.always or rule.locked})


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
    except validation_error() as error:
        first = error.errors()[0]
        name = ".".join(str(step) for step in (rule.code, *first["loc"]))
        message = first["msg"]
        raise UsageError(f"rules.{name}: {message[0].lower()}{message[1:]}") from None
