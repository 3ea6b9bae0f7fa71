"""Where rules come from: the built-in ones, folders and installed packages of Python, files of policies.

Only the command line names Python. What lies in a repository names policies, which hold no code, inside of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from composeguard.config import Configuration
from composeguard.engine.registry import load_folder, load_plugin
from composeguard.engine.rule import Rule
from composeguard.errors import ConfigError, UsageError
from composeguard.policy.builtin import load_builtin
from composeguard.source import disk


def given_rules(
    folders: Sequence[str] = (), plugins: Sequence[str] = (), policies: Sequence[str] = ()
) -> tuple[Rule, ...]:
    """The built-in rules, and those that a command line names.

    Raises:
        RuleError, PolicyError: one cannot be loaded, or has the code or name of another.
    """
    rules = list(load_builtin())
    for number, folder in enumerate(folders):
        rules.extend(load_folder(Path(folder), f"composeguard_rules_{number}"))
    for name in plugins:
        rules.extend(load_plugin(name))
    if policies:
        from composeguard.policy.load import load_policies

        rules.extend(load_policies([Path(path) for path in policies], rules, names_from=Path.cwd()))
    return tuple(rules)


def with_policies_of(configuration: Configuration, root: Path, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules, and the policies that a configuration names, in the folders below `root`.

    Raises:
        ConfigError: a path leads out of there, or to nothing.
        PolicyError: a policy cannot be used.
    """
    names = configuration.settings.policies
    if not names:
        return rules
    from composeguard.policy.load import load_policies

    paths = []
    for index, name in enumerate(names):
        path = configuration.folder(("policies", index)) / name
        # Links are followed here: a repository shows what lies in it, and nothing else of the machine.
        if not Path(disk.real(str(path))).is_relative_to(disk.real(str(root))):
            place = configuration.place(("policies", index))
            raise ConfigError(f"{place}: policies: {name} is not in {root.name or root}, whose configuration this is")
        paths.append(path)
    try:
        return (*rules, *load_policies(paths, rules, names_from=Path.cwd(), inside=root))
    except UsageError as error:
        raise ConfigError(f"{configuration.place(('policies',))}: {error}") from None
