"""The JSON schema of files of policies, for editors: draft 7, from the models that check them."""

from __future__ import annotations

import json
from typing import Any

from composeguard.policy.declaration import PolicyFile
from composeguard.policy.templates import NAMES, template

_TEMPLATE = "#/definitions/{model}"


def schema() -> dict[str, Any]:
    """Each template has its own parameters; a policy has a template or an expression."""
    whole = PolicyFile.model_json_schema(by_alias=True, ref_template=_TEMPLATE)
    definitions: dict[str, Any] = whole.pop("$defs")
    policy = definitions["Declaration"]
    policy["properties"]["use"] = {"enum": list(NAMES), "description": policy["properties"]["use"]["description"]}
    cases = []
    for name in NAMES:
        parameters = template(name).parameters
        definition = parameters.model_json_schema(by_alias=True, ref_template=_TEMPLATE)
        definitions.update(definition.pop("$defs", {}))
        definitions[parameters.__name__] = definition
        given = {"$ref": _TEMPLATE.format(model=parameters.__name__)}
        needs = ["with"] if definition.get("required") else []
        cases.append(
            {
                "if": {"properties": {"use": {"const": name}}, "required": ["use"]},
                "then": {"properties": {"with": given}, "required": needs},
            }
        )
    policy["allOf"] = cases
    expression = ["for", "assert", "message"]
    absent = [{"required": [key]} for key in ("for", "assert", "when", "at")]
    policy["oneOf"] = [
        {"required": ["use"], "not": {"anyOf": absent}},
        {"required": expression, "not": {"required": ["use"]}},
    ]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Policies of composeguard",
        **{key: value for key, value in whole.items() if key != "title"},
        "definitions": dict(sorted(definitions.items())),
    }


def page() -> str:
    """The text of the schema."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
