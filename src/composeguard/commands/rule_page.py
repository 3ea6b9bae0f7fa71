"""The documentation of a rule as Markdown, made from the rule: what `explain` prints and `docs/rules/` holds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from composeguard.engine.rule import Example, Rule
from composeguard.engine.severity import Profile
from composeguard.source.regex import regex

if TYPE_CHECKING:
    from composeguard.engine.options import Options

_EXPECT = regex(r"# expect: ")
_BESIDES = regex(r"^# besides: .*\n", re.MULTILINE)
_CUMULATIVE = (Profile.BASELINE, Profile.RECOMMENDED, Profile.RESTRICTED, Profile.ALL)


def profiles(rule: Rule) -> tuple[str, ...]:
    """The profiles that hold the rule; of the cumulative ones the smallest stands for those above it."""
    named = [profile for profile in _CUMULATIVE if profile in rule.profiles][:1]
    return tuple(profile.value for profile in (*named, Profile.CIS) if profile in rule.profiles)


def markdown(rule: Rule) -> str:
    """The whole page."""
    parts = [
        f"# {rule.code} {rule.name}\n",
        f"Severity: **{rule.severity.label}** · Profiles: {', '.join(profiles(rule)) or 'only where configured'}\n",
        f"{rule.documentation}\n",
    ]
    if rule.options is not None:
        parts.append(_options(rule.options))
    parts.extend(_example(rule, example) for example in rule.examples)
    if rule.references:
        parts.append("## References\n")
        parts.append("".join(f"- [{reference.label}]({reference.url})\n" for reference in rule.references))
    parts.append(
        f"## Accept it\n\n```yaml\n    # composeguard: ignore[{rule.code}] the reason why it is right here\n```\n"
    )
    return "\n".join(parts)


def _language(name: str) -> str:
    return "dotenv" if name.endswith(".env") else "text"


def _for_readers(text: str) -> str:
    """An example without the marks of the tests; `# expect: CG101` is left as `# CG101`."""
    return _EXPECT.sub("# ", _BESIDES.sub("", text)).rstrip()


def _options(options: type[Options]) -> str:
    rows = "".join(
        f"| `{key}` | {field.description} | `{json.dumps(field.default)}` |\n"
        for key, field in zip(options.keys(), options.model_fields.values(), strict=True)
    )
    return f"## Options\n\n| Option | Meaning | Default |\n| --- | --- | --- |\n{rows}"


def _example(rule: Rule, example: Example) -> str:
    title = f"## Example{': ' + example.title if example.title else ''}\n"
    blocks = [title]
    if example.settings:
        settings = json.dumps({rule.code: dict(example.settings)}).replace('"', "")
        blocks.append(f"With `rules: {settings}` in the configuration.\n")
    for name, text in example.files.items():
        if text:
            blocks.append(f"With `{name}` beside it:\n\n```{_language(name)}\n{_for_readers(text)}\n```\n")
    if example.rules:
        blocks.append(f"With this file in the folder of `--rules`:\n\n```python\n{example.rules.rstrip()}\n```\n")
    for heading, text in (("Bad", example.bad), ("Fixed", example.fixed), ("Good", example.good)):
        if text:
            blocks.append(f"{heading}:\n\n```yaml\n{_for_readers(text)}\n```\n")
    return "\n".join(blocks)
