"""Packs: policies, a profile, options and severities, what is locked, and who is exempt, in a folder with `pack.yaml`.

A pack holds no code. Shipped packs lie beside this package; those of an organisation in a folder, or in an installed
package that says where by an entry point in `composeguard.packs`, which is looked up and not imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from msgspec import Struct
from msgspec.structs import replace

from composeguard.base import AfterValidator, BaseModel, ConfigDict, Field
from composeguard.config.model import Settings
from composeguard.engine.finding import Finding, Suppression
from composeguard.engine.registry import matching, near
from composeguard.engine.rule import Rule
from composeguard.errors import UsageError
from composeguard.policy.document import checked, read
from composeguard.policy.error import PolicyError
from composeguard.policy.load import PACK_FILE
from composeguard.source import disk
from composeguard.source.node import Node, child

GROUP = "composeguard.packs"
_DEEPEST = 10
SHIPPED = Path(__file__).resolve().parents[1] / "packs"
_LISTS = ("extend_select", "ignore", "exclude", "images", "overrides")
_OWN = ("name", "description", "extends", "locked", "exemptions", "policies", "packs", "baseline")
"""Keys of a pack that are no settings of a run, or none that a pack may make."""


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day such as 2027-03-31") from None
    return text


class Exemption(BaseModel):
    """What is accepted for a while: somebody answers for it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    rules: list[str] = Field(min_length=1, description="Codes, names, starts of codes.")
    services: list[str] = Field(default_factory=list, description="Names of services, with * and ?; else all.")
    files: list[str] = Field(default_factory=list, description="Files, from the root of the repository, with * and ?.")
    owner: str = Field(min_length=1, description="Who answers for it.")
    reason: str = Field(min_length=1, description="Why it is accepted.")
    expires: Annotated[str, AfterValidator(_day)] = Field(description="The last day: 2027-03-31.")


class PackFile(Settings):
    """`pack.yaml`: the settings of a configuration, and what makes a pack of them."""

    name: str = Field(min_length=1, max_length=60)
    description: str = ""
    extends: str | list[str] | None = None
    locked: list[str] = Field(default_factory=list)
    exemptions: list[Exemption] = Field(default_factory=list)


class Pack(Struct, frozen=True):
    """A pack with all that it extends."""

    name: str
    settings: Settings
    policies: tuple[Path, ...] = ()
    locked: tuple[str, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    def over(self, base: Pack) -> Pack:
        """This pack on top of another."""
        return Pack(
            self.name,
            merged(base.settings, self.settings),
            (*base.policies, *(path for path in self.policies if path not in base.policies)),
            (*base.locked, *self.locked),
            (*base.exemptions, *self.exemptions),
        )


NO_PACK = Pack("", Settings.model_construct())


def merged(base: Settings, over: Settings) -> Settings:
    """Settings on top of others: lists of exceptions add up, options of rules add up by rule, all else is replaced."""
    values: dict[str, Any] = {name: getattr(base, name) for name in base.model_fields_set}
    for name in over.model_fields_set:
        value = getattr(over, name)
        before = values.get(name)
        if name in _LISTS and before:
            value = [*before, *(value or [])]
        elif name == "rules" and before:
            value = {**before, **{key: _both(before.get(key), each) for key, each in value.items()}}
        values[name] = value
    return Settings.model_construct(_fields_set=set(values), **values)


def _both(base: BaseModel | None, over: BaseModel) -> BaseModel:
    if base is None:
        return over
    given = {name: getattr(over, name) for name in over.model_fields_set}
    return base.model_copy(update=given)


def shipped() -> tuple[str, ...]:
    """The names of the packs that come with composeguard."""
    return tuple(sorted(path.parent.name for path in SHIPPED.glob(f"*/{PACK_FILE}")))


def load_pack(word: str, folder: Path, *, inside: Path | None = None, shown: Path | None = None) -> Pack:
    """The pack of a name, or in a folder (`./acme`, `packs/acme`), which is relative to `folder`.

    With `inside`, a folder must lie in there, and installed packages do not count.

    Raises:
        PolicyError: its file says what it may not say.
        UsageError: there is none.
    """
    return _load(word, folder, inside, shown or folder, ())


def _load(word: str, folder: Path, inside: Path | None, shown: Path, chain: tuple[Path, ...]) -> Pack:
    place = _place(word, folder, inside)
    if place in chain or len(chain) >= _DEEPEST:
        raise UsageError(f"the pack {word} extends itself, or more than {_DEEPEST} packs")
    name = place.relative_to(shown).as_posix() if place.is_relative_to(shown) else place.name
    _, root = read(place / PACK_FILE, f"{name}/{PACK_FILE}")
    said = checked(PackFile, root)
    for key in ("baseline", "packs"):
        if key in said.model_fields_set:
            node = child(root, key)
            assert node is not None
            raise PolicyError(f"a pack has no {key!r}", node.file, node.key_start, node.key_end)
    paths = []
    for index, path in enumerate(said.policies):
        if not _real(place / path).is_relative_to(_real(place)):
            node = _item(root, "policies", index)
            raise PolicyError(f"{path} is not in the folder of the pack", node.file, node.start, node.end)
        paths.append(place / path)
    settings = {each: getattr(said, each) for each in said.model_fields_set if each not in _OWN}
    whole = Pack(
        said.name,
        Settings.model_construct(_fields_set=set(settings), **settings),
        tuple(paths),
        tuple(said.locked),
        tuple(said.exemptions),
    )
    base = NO_PACK
    others = [said.extends] if isinstance(said.extends, str) else said.extends or []
    for index, other in enumerate(others):
        try:
            base = _load(other, place, inside, shown, (*chain, place)).over(base)
        except UsageError as error:
            node = _item(root, "extends", index)
            raise PolicyError(str(error), node.file, node.start, node.end) from None
    return whole.over(base)


def _item(root: Node, key: str, index: int) -> Node:
    node = child(root, key)
    item = child(node, index) if node is not None else None
    return item or node or root


def _place(word: str, folder: Path, inside: Path | None) -> Path:
    if "/" not in word and "\\" not in word and not word.startswith("."):
        if word in shipped():
            return SHIPPED / word
        if inside is None and _is_file(folder / word / PACK_FILE):
            return _real(folder / word)
        found = None if inside is not None else _installed(word)
        if found is not None:
            return found
        raise UsageError(f"there is no pack {word!r}{near(word, shipped())}; a folder is written as ./{word}")
    place = _real(folder / word)
    if inside is not None and not place.is_relative_to(_real(inside)) and not place.is_relative_to(SHIPPED):
        raise UsageError(f"the pack {word} is not in {inside.name}, whose configuration names it")
    if inside is not None and not _real(place / PACK_FILE).is_relative_to(place):
        raise UsageError(f"the {PACK_FILE} of {word} is not in its folder")
    if not _is_file(place / PACK_FILE):
        raise UsageError(f"{word}: no folder with a {PACK_FILE}")
    return place


def _real(path: Path) -> Path:
    try:
        return Path(disk.real(str(path)))
    except (OSError, ValueError):
        raise UsageError(f"{path}: no folder with a {PACK_FILE}") from None


def _is_file(path: Path) -> bool:
    return disk.is_file(str(path))


def _installed(name: str) -> Path | None:
    """The folder of a pack in an installed package; nothing of the package is run."""
    disk.unrepeatable()
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for entry in entry_points(group=GROUP, name=name):
        top, *below = entry.value.split(":")[0].split(".")
        spec = find_spec(top)
        for root in spec.submodule_search_locations or () if spec else ():
            place = Path(root, *below)
            if _is_file(place / PACK_FILE):
                return place
    return None


def locked_by(rules: tuple[Rule, ...], pack: Pack) -> tuple[Rule, ...]:
    """The rules, those that a pack locks marked so.

    Raises:
        UsageError: it names none.
    """
    codes: set[str] = set()
    for word in pack.locked:
        codes |= matching(rules, word)
    return tuple(replace(rule, locked=True) if rule.code in codes else rule for rule in rules)


class Exemptions(Struct, frozen=True):
    """Exemptions, checked against the rules. Those of a repository's own packs do not reach what is locked."""

    rows: tuple[tuple[Exemption, frozenset[str]], ...] = ()
    trusted: bool = True

    @classmethod
    def of(cls, pack: Pack, rules: tuple[Rule, ...], *, trusted: bool) -> Exemptions:
        """The exemptions of a pack.

        Raises:
            UsageError: one names a rule that does not exist.
        """
        rows = []
        for each in pack.exemptions:
            codes: set[str] = set()
            for word in each.rules:
                codes |= matching(rules, word)
            rows.append((each, frozenset(codes)))
        return cls(tuple(rows), trusted)

    def mark(self, findings: Iterable[Finding], today: date, root: Path) -> list[Finding]:
        """The findings, those that are exempt marked as accepted."""
        if not self.rows:
            return list(findings)
        return [self._marked(finding, today, root) for finding in findings]

    def _marked(self, finding: Finding, today: date, root: Path) -> Finding:
        if finding.suppression is not None or (finding.rule.locked and not self.trusted) or finding.rule.always:
            return finding
        for each, codes in self.rows:
            if finding.code in codes and not is_over(each, today) and _concerns(each, finding, root):
                said = f"{each.reason} (exempt until {each.expires}: {each.owner})"
                return replace(finding, suppression=Suppression(said, external=True))
        return finding

    def over(self, today: date) -> list[str]:
        """A line for each exemption that has expired."""
        return [
            f"the exemption from {', '.join(each.rules)} expired on {each.expires}; {each.owner} answers for it"
            for each, _ in self.rows
            if is_over(each, today)
        ]


def is_over(exemption: Exemption, today: date) -> bool:
    """Whether its last day has passed."""
    return date.fromisoformat(exemption.expires) < today


def _concerns(exemption: Exemption, finding: Finding, root: Path) -> bool:
    if exemption.services:
        of_service = len(finding.path) > 1 and finding.path[0] == "services"
        if not of_service or not any(fnmatchcase(str(finding.path[1]), each) for each in exemption.services):
            return False
    if not exemption.files:
        return True
    path = Path(finding.file.path)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return any(fnmatchcase(name, each) for each in exemption.files)
