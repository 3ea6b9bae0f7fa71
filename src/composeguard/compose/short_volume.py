"""The short syntax of volumes: `[SOURCE:]TARGET[:OPTIONS]`."""

from __future__ import annotations

from msgspec import Struct

from composeguard.compose.unresolved import MARK, Text, Unresolved, piece, shape, split
from composeguard.compose.value_errors import ShortSyntaxError
from composeguard.source.regex import regex

_PROPAGATIONS = frozenset(("rprivate", "private", "rshared", "shared", "rslave", "slave"))
_SELINUX = frozenset(("z", "Z"))
_OPTIONS = _PROPAGATIONS | _SELINUX | {"ro", "rw", "nocopy"}
_CLEAN = regex("(?:/[^/.][^/]*)+")
# Nearly all items: no drive, no variable, a clean target, and of the options only the usual two.
_COMMON = regex(r"([^:$\\][^:$]+):(/[^:$]*[^:$/])(?::(ro|rw))?")
_PATH_STARTS = frozenset("./~")


class BindOptions(Struct, frozen=True):
    """`bind:` of a mount. The short form of a bind mount creates a missing host path."""

    propagation: str | None = None
    selinux: str | None = None
    create_host_path: bool = False


class VolumeOptions(Struct, frozen=True):
    """`volume:` of a mount."""

    nocopy: bool = False


class Mount(Struct, frozen=True):
    """One mount as the short form gives it: the source is as written, a known target is a clean path.

    `type` is None where the source decides it and is unknown; `read_only` is None where an option is unknown.
    `ambiguous`: an unknown part may hold a colon, which would make something of what is said here wrong.
    """

    type: str | None
    target: Text
    source: Text | None = None
    read_only: bool | None = False
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    ambiguous: bool = False


def common_volume(text: str) -> tuple[str, bool, str, bool] | None:
    """Source, whether that is a path, target, and whether it is only read, in the form that nearly all items have;
    None where only `parse_volume` can tell.
    """
    match = _COMMON.fullmatch(text)
    if match is None:
        return None
    source, target, option = match.groups()
    if "/." in target or "//" in target:
        return None
    return source, source[0] in _PATH_STARTS, target, option == "ro"


def parse_volume(text: Text) -> Mount:
    """Parse one item of `volumes`; an unknown part counts as text without a colon.

    Raises:
        ShortSyntaxError: the reference refuses it, whatever its unknown parts hold.
    """
    if text == "":
        raise ShortSyntaxError("the volume is empty")
    if isinstance(text, str) and _is_tiny(text):
        return Mount("volume", clean_path(text))
    sections, lost = _sections(text)
    if "" in sections:
        raise ShortSyntaxError("the volume has nothing before, after or between its colons")
    if len(sections) > (2 if lost else 3):
        raise ShortSyntaxError("the volume has too many colons")
    if len(sections) == 1 and not lost:
        target = sections[0]
        if isinstance(target, Unresolved):
            return Mount(None, target, ambiguous=True)
        return Mount("volume", clean_path(target), volume=VolumeOptions())
    source: Text | None = sections[0] if sections else None
    target = sections[1] if len(sections) > 1 else ""
    return _mount(source, target, sections[2] if len(sections) == 3 else None)


def written_target(text: Text) -> Text:
    """The target of an item that `parse_volume` reads, as it is written.

    The reference compares the items of a list by it before they have their long form.
    """
    if isinstance(text, str) and _is_tiny(text):
        return text
    sections, lost = _sections(text)
    if len(sections) == 1 and not lost:
        return sections[0]
    return sections[1] if len(sections) > 1 else ""


def _is_tiny(text: str) -> bool:
    """Two bytes or less, which the reference takes for a path without looking at them."""
    return len(text) <= 2 and len(text.encode("utf-8", "surrogatepass")) <= 2


def _mount(source: Text | None, target: Text, options: Text | None) -> Mount:
    kind = _type(source)
    propagation = selinux = None
    read_only: bool | None = False
    nocopy = False
    for option in [] if options is None else split(options, ","):
        if isinstance(option, Unresolved):
            read_only = None
        elif option in ("ro", "rw"):
            read_only = option == "ro"
        elif option == "nocopy":
            nocopy = True
        elif option in _PROPAGATIONS:
            propagation = option
        elif option in _SELINUX:
            selinux = option
    ambiguous = False
    if options is None and isinstance(target, Unresolved):
        ambiguous, read_only = True, None
    elif options is None and isinstance(source, Unresolved):
        # `${MOUNT}:ro` has its target in the variable, as nobody mounts at a path that is called ro.
        ambiguous = isinstance(target, str) and set(target.split(",")) <= _OPTIONS
    bind = None
    if kind == "bind" or propagation or selinux:
        bind = BindOptions(propagation, selinux, create_host_path=kind == "bind")
    volume = VolumeOptions(nocopy) if nocopy or kind == "volume" else None
    clean = clean_path(target) if isinstance(target, str) else target
    return Mount(kind, clean, source, read_only, bind, volume, ambiguous)


def _sections(text: Text) -> tuple[list[Text], bool]:
    """What stands between the colons, without those of a Windows drive and of `${...}`.

    A section in which `${` is not closed is lost with all that follows, as the reference loses it; the flag says so.
    """
    if isinstance(text, str) and "${" not in text:
        plain = text.split(":")
        if 1 not in map(len, plain) or all(len(section) != 1 or not section.isalpha() for section in plain):
            return list[Text](plain), False
    written = shape(text)
    sections: list[Text] = []
    start = depth = 0
    for index, character in enumerate(written):
        if character == "$" and written[index + 1 : index + 2] == "{":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        elif character == ":" and not depth and not (index - start == 1 and written[start].isalpha()):
            sections.append(piece(text, start, index))
            start = index + 1
    if not depth:
        sections.append(piece(text, start))
    return sections, depth > 0


def _type(source: Text | None) -> str | None:
    written = shape(source or "")
    if written[:1] in _PATH_STARTS or written.startswith("\\\\"):
        return "bind"
    if len(written) > 1 and written[1] == ":" and written[0].isalpha():
        return "bind"
    # Only the first two characters tell a path from a name.
    if isinstance(source, Unresolved) and (
        written[0] == MARK or (written[1] == MARK and (written[0].isalpha() or written[0] == "\\"))
    ):
        return None
    return "volume"


def clean_path(path: str) -> str:
    """The shortest equivalent path, by text alone: no `.`, no `..` after a name, no doubled or closing slash."""
    if not path or _CLEAN.fullmatch(path):
        return path
    rooted = path.startswith("/")
    steps: list[str] = []
    for step in path.split("/"):
        if step in ("", "."):
            continue
        if step != "..":
            steps.append(step)
        elif steps and steps[-1] != "..":
            steps.pop()
        elif not rooted:
            steps.append(step)
    return ("/" if rooted else "") + "/".join(steps) or "."
