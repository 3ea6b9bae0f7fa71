"""The JSON schema of a configuration, for editors: from the models that check it and from the rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from composeguard.config import RuleSettings, Settings
from composeguard.engine.rule import Rule
from composeguard.model.image_profile import ImageProfile

_TEMPLATE = "#/definitions/{model}"
_WORD = {"$ref": "#/definitions/RuleWord"}
_OWN_CODE = "^(?!CG)[A-Z]{2,12}[0-9]{3,4}$"
"""Rules of one's own (`--rules`) are known by their codes only."""
_DESCRIPTIONS = {
    "extends": "Configurations of this repository that this one adds to; paths are relative to this file.",
    "profile": "The set of rules.",
    "select": "Run these rules only: codes, names, starts of codes or ALL.",
    "extend-select": "Run these rules as well.",
    "ignore": "Leave these rules out.",
    "exclude": "Skip these files and folders, as in .gitignore.",
    "min-severity": "Report nothing below this.",
    "fail-on": "Exit with 1 from this severity on.",
    "baseline": "The file of known findings, relative to this one.",
    "packs": "Packs that come with composeguard, by name, and folders of packs, relative to this file.",
    "policies": "Files and folders of declarative policies, relative to this file and in its repository.",
    "runtime": "What runs the containers.",
    "images": "Profiles of images, beside those that composeguard knows.",
    "fix": "What fixes write.",
    "overrides": "Other settings for some files or services.",
    "rules": "Single rules, by code or name: off, on, a severity, or a mapping with options.",
}


def schema(rules: Sequence[Rule]) -> dict[str, Any]:
    """Draft 7, which editors know best. Unknown keys are refused, as the loader does."""
    whole = Settings.model_json_schema(ref_template=_TEMPLATE)
    definitions: dict[str, Any] = whole.pop("$defs")
    definitions.pop(RuleSettings.__name__)
    profile = TypeAdapter(ImageProfile).json_schema(ref_template=_TEMPLATE)
    definitions[ImageProfile.__name__] = profile
    definitions["RuleWord"] = _word(rules)
    properties = whole["properties"]
    properties["images"] = {"type": "array", "items": {"$ref": _TEMPLATE.format(model=ImageProfile.__name__)}}
    for name in ("select", "extend-select", "ignore"):
        properties[name] = {"type": "array", "items": _WORD}
    entries: dict[str, Any] = {}
    for rule in rules:
        definitions[rule.code] = _rule(rule, definitions)
        entries[rule.code] = entries[rule.name] = {"$ref": _TEMPLATE.format(model=rule.code)}
    properties["rules"] = {
        "type": "object",
        "properties": entries,
        "patternProperties": {_OWN_CODE: {}},
        "additionalProperties": False,
    }
    verdict = definitions["Override"]["properties"]["rules"]["additionalProperties"]
    verdict["enum"] = [False, *verdict["enum"]]  # a bare `off`, as YAML 1.1 reads it
    del verdict["type"]
    definitions["Override"]["properties"]["ignore"]["items"] = _WORD
    for name, property_ in properties.items():
        if "$ref" not in property_:
            property_["description"] = _DESCRIPTIONS[name]
    _drop_titles(whole)
    _drop_titles(definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The configuration of composeguard",
        **whole,
        "definitions": dict(sorted(definitions.items())),
    }


def page(rules: Sequence[Rule]) -> str:
    """The text of the schema."""
    return json.dumps(schema(rules), indent=2, ensure_ascii=False) + "\n"


def _word(rules: Sequence[Rule]) -> dict[str, Any]:
    names = sorted({word for rule in rules for word in (rule.code, rule.name)})
    return {"anyOf": [{"enum": ["ALL", *names]}, {"type": "string", "pattern": "^[A-Z]{2,12}[0-9]{0,4}$"}]}


def _rule(rule: Rule, definitions: dict[str, Any]) -> dict[str, Any]:
    """What may be said of one rule; the models that its options use go to the definitions."""
    settings = RuleSettings.model_json_schema()["properties"]
    if rule.options is not None:
        options = rule.options.model_json_schema(ref_template=_TEMPLATE)
        definitions.update(options.pop("$defs", {}))
        settings = {**settings, **options["properties"]}
    severities = settings["severity"]["anyOf"][0]["enum"]
    return {
        "description": f"{rule.code} {rule.name} ({rule.severity.name.lower()}): {rule.summary}",
        "anyOf": [
            {"type": "boolean"},
            {"enum": ["off", "on", *severities]},
            {"type": "object", "properties": settings, "additionalProperties": False},
        ],
    }


def _drop_titles(value: Any) -> None:
    """Titles are the names once more. A key of a mapping of properties may be called `title`, and stays."""
    if isinstance(value, dict):
        if isinstance(value.get("title"), str):
            del value["title"]
        for each in value.values():
            _drop_titles(each)
    elif isinstance(value, list):
        for each in value:
            _drop_titles(each)
