"""Settings from `.composeguard.yaml`, `.composeguard.yml` or `[tool.composeguard]` in `pyproject.toml`.

The nearest file upward from an input counts, up to the root of the repository. A configuration names rules and
numbers only: it lies in the repository that is checked, so nothing in it may run code.
"""

from composeguard.config.choose import rule_options, selection
from composeguard.config.load import DEFAULT, FILE_NAMES, Configuration, discover, load
from composeguard.config.model import RuleSettings, Settings

__all__ = [
    "DEFAULT",
    "FILE_NAMES",
    "Configuration",
    "RuleSettings",
    "Settings",
    "discover",
    "load",
    "rule_options",
    "selection",
]
