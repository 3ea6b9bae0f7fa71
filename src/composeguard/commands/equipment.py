"""What a run is equipped with: rules, and settings with the packs that the command line and configurations name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from composeguard.commands.rule_sources import given_rules, with_policies_of
from composeguard.config import DEFAULT, Configuration, selection
from composeguard.engine.finding import Finding
from composeguard.engine.rule import Rule
from composeguard.engine.run import Selection
from composeguard.errors import ConfigError, UsageError
from composeguard.source import disk

if TYPE_CHECKING:
    from composeguard.commands.options import LintOptions
    from composeguard.config.pack import Exemptions, Pack


class Equipped(Struct, frozen=True):
    """What holds for the projects of one configuration."""

    configuration: Configuration
    rules: tuple[Rule, ...]
    selection: Selection
    exemptions: tuple[Exemptions, ...] = ()
    contents: str = ""
    """Tells the configuration from others by all that was read for it."""

    def exempt(self, findings: Iterable[Finding], today: date, root: str) -> list[Finding]:
        """The findings, those marked that a pack exempts."""
        found = list(findings)
        for each in self.exemptions:
            found = each.mark(found, today, Path(root))
        return found

    def expired(self, today: date) -> list[str]:
        """A line for each exemption that has expired."""
        return [line for each in self.exemptions for line in each.over(today)]


class Equipment:
    """The rules and packs of the command line; loaded once.

    Raises:
        RuleError, PolicyError, UsageError: something of it cannot be loaded.
    """

    def __init__(self, options: LintOptions) -> None:
        with disk.overheard() as seen:
            self.rules = given_rules(options.rule_folders, options.plugins, options.policies)
            self._pack: Pack | None = None
            self._exemptions: tuple[Exemptions, ...] = ()
            if options.packs:
                from composeguard.config.pack import Exemptions

                self._pack = _together(options.packs, Path.cwd(), None)
                self.rules = _with_pack(self.rules, self._pack)
                self._exemptions = (Exemptions.of(self._pack, self.rules, trusted=True),)
        self.contents = disk.contents(seen)
        """Tells what the command line brings from others by all that was read for it."""

    @property
    def fail_on(self) -> str | None:
        """What the packs of the command line say of that, if anything."""
        settings = self._pack.settings if self._pack is not None else None
        return settings.fail_on if settings is not None and "fail_on" in settings.model_fields_set else None

    @property
    def locks(self) -> bool:
        """Whether the command line has locked something."""
        return any(rule.locked for rule in self.rules)

    @property
    def exclude(self) -> tuple[str, ...]:
        """What the packs of the command line exclude."""
        return () if self._pack is None else tuple(self._pack.settings.exclude)

    def under(self, configuration: Configuration, root: Path) -> Equipped:
        """A configuration on top of packs, and the rules that it and they bring."""
        rules, exemptions, pack = self.rules, self._exemptions, self._pack
        if configuration.settings.packs:
            from composeguard.config.pack import NO_PACK, Exemptions

            own = NO_PACK
            for index, word in enumerate(configuration.settings.packs):
                folder = Path.cwd() / configuration.folder(("packs", index))
                try:
                    own = _together([word], folder, root).over(own)
                except UsageError as error:
                    raise ConfigError(f"{configuration.place(('packs', index))}: {error}") from None
            try:
                rules = _with_pack(rules, own, root)
            except UsageError as error:
                raise ConfigError(f"{configuration.place(('packs',))}: {error}") from None
            exemptions = (*exemptions, Exemptions.of(own, rules, trusted=False))
            pack = own if pack is None else own.over(pack)
        rules = with_policies_of(configuration, root, rules)
        if pack is not None:
            from composeguard.config.pack import merged

            configuration = replace(configuration, settings=merged(pack.settings, configuration.settings))
        return Equipped(configuration, rules, Selection(rules), exemptions)

    def held(self, chosen: Selection) -> Selection:
        """What the command line has locked has the severity and options that its packs give, and no others."""
        locked = {rule.code for rule in self.rules if rule.locked}
        if not locked:
            return chosen
        settings = DEFAULT.settings if self._pack is None else self._pack.settings
        trusted = selection(Configuration(settings), self.rules)
        severities = {code: each for code, each in chosen.severities.items() if code not in locked}
        options = {code: each for code, each in chosen.options.items() if code not in locked}
        severities |= {code: each for code, each in trusted.severities.items() if code in locked}
        options |= {code: each for code, each in trusted.options.items() if code in locked}
        return replace(chosen, severities=severities, options=options)


def _together(words: Sequence[str], folder: Path, inside: Path | None) -> Pack:
    """Several packs as one; the later ones have the last word."""
    from composeguard.config.pack import NO_PACK, load_pack

    whole = NO_PACK
    for word in words:
        whole = load_pack(word, folder, inside=inside, shown=Path(disk.real(str(Path.cwd())))).over(whole)
    return whole


def _with_pack(rules: tuple[Rule, ...], pack: Pack, root: Path | None = None) -> tuple[Rule, ...]:
    from composeguard.config.pack import SHIPPED, locked_by

    if pack.policies:
        from composeguard.policy.load import load_policies

        shipped = [path for path in pack.policies if path.is_relative_to(SHIPPED)]
        others = [path for path in pack.policies if path not in shipped]
        rules = (*rules, *load_policies(shipped, rules, names_from=Path.cwd()))
        rules = (*rules, *load_policies(others, rules, names_from=Path.cwd(), inside=root))
    return locked_by(rules, pack)
