"""A hypothesis strategy of random Compose projects, biased to features that meet.

A project draws a few attributes and uses those in every file: the same `ports` in a base, an override, an
included and an extended file, behind anchors and with tags, is where a loader goes wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.attribute_samples import ENV_LINES, SECTIONS, SERVICE, Samples, Shape
from tests.attribute_strategy import (
    ENVIRONMENT,
    Plan,
    chance,
    flow_mapping,
    pick_some,
    value_text,
    without_repeats,
)
from tests.oracle import Request
from tests.recorded_case import HOME

Files: TypeAlias = dict[str, str]
"""The text of each file, by its path below the project's folder, with `/`."""

NAMES = ("a", "b", "c")  # a service refers to later ones only, so that most projects have no cycle
ATTRIBUTES = tuple(SERVICE)
# These name other services; only the first service has them.
REFERENCES = frozenset({"pid", "ipc", "links", "volumes_from", "network_mode"})
SERVICE_ONLY = frozenset(
    {
        "attach",
        "container_name",
        "deploy",
        "develop",
        "external_links",
        "links",
        "post_start",
        "pre_start",
        "pre_stop",
        "provider",
        "restart",
        "scale",
    }
)
# Two of one row in a service are mostly an error.
RIVALS = (
    {"networks", "network_mode"},
    {"deploy", "cpus", "mem_limit", "mem_reservation", "pids_limit", "scale"},
    {"scale", "container_name"},
    {"tmpfs", "volumes"},
)


@dataclass(frozen=True, slots=True)
class Project:
    """A random project: its files, and how it is asked for."""

    files: Files
    request: Request

    def write(self, folder: Path) -> None:
        """Put the files into an existing folder."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))

    def __repr__(self) -> str:
        parts = [f"--- {name}\n{text}" for name, text in self.files.items()]
        return "\n".join([f"{self.request.as_json()}", *parts])


def _attribute(draw: DrawFn, name: str, plan: Plan, anchors: frozenset[str], later: bool) -> str:
    """One line `name: value` of a service; `later` is true where a tag has something to act on."""
    text = value_text(draw, SERVICE[name], plan)
    if later and chance(draw, 8):
        return f"{name}: !reset {draw(st.sampled_from(('null', '[]', text)))}"
    if later and chance(draw, 8):
        return f"{name}: !override {text}"
    if name in ("environment", "labels") and "e" in anchors and chance(draw, 3):
        merged = "*e" if not text.startswith("{") else "{<<: *e, " + text[1:]
        return f"{name}: {merged}"
    return f"{name}: {text}"


def _depends_on(draw: DrawFn, targets: tuple[str, ...]) -> str:
    target = draw(st.sampled_from(targets))
    forms = (
        f"[{target}]",
        f"{{{target}: {{condition: service_healthy}}}}",
        f"{{{target}: {{condition: service_started, required: false}}}}",
        f"{{{target}: {{condition: service_completed_successfully, restart: true}}}}",
    )
    return "depends_on: " + draw(st.sampled_from(forms))


def _service(
    draw: DrawFn,
    name: str,
    plan: Plan,
    *,
    whole: bool,
    extended: tuple[str, ...] = (),
    anchors: frozenset[str] = frozenset(),
) -> list[str]:
    """The lines of a service below its name. `whole` ones have an image; `extended` is what they may extend."""
    lines: list[str] = []
    later = not whole
    if "s" in anchors and draw(st.booleans()):
        lines.append(draw(st.sampled_from(("<<: *s", "<<: [*s, *r]", "<<: [*r, *s]"))))
    if bool(extended) and draw(st.booleans()):
        lines.append(f"extends: {draw(st.sampled_from(extended))}")
        later = True
    keys = [key for key in plan.focus if draw(st.integers(0, 3)) and (name == "a" or key not in REFERENCES)]
    if whole and "build" not in keys and "image" not in keys:
        lines.append("image: x")
    lines += [_attribute(draw, key, plan, anchors, later) for key in keys]
    targets = tuple(other for other in plan.names if other > name)
    if targets and chance(draw, 6):
        lines.append(_depends_on(draw, targets))
    if plan.odd and chance(draw, 12):
        lines.append(draw(st.sampled_from(("unknown: 1", "image: x", "restart: {}", "? [a]\n    : b"))))
    return lines


def _document(
    draw: DrawFn,
    plan: Plan,
    *,
    whole: bool,
    names: tuple[str, ...],
    head: tuple[str, ...] = (),
    extended: tuple[str, ...] = (),
) -> str:
    """The text of one document. `head` lines come first; `extended` values may be used by `extends`."""
    lines = list(head)
    anchors: frozenset[str] = frozenset()
    if chance(draw, 4):
        anchors = frozenset("ers")
        lines.append(f"x-e: &e {value_text(draw, Samples(Shape.MAP, SERVICE['environment'].good), plan)}")
        for anchor in "rs":
            keys = [key for key in plan.focus if draw(st.booleans())]
            pairs = [f"{key}: {value_text(draw, SERVICE[key], plan)}" for key in keys]
            lines.append(f"x-{anchor}: &{anchor} {{{', '.join(pairs)}}}")
    lines.append("services:")
    for name in names:
        later = [other for other in names if other > name]
        own = (*later, *(f"{{service: {other}}}" for other in later))
        body = _service(draw, name, plan, whole=whole, extended=own + extended, anchors=anchors)
        if not body:
            lines.append(f"  {name}: {{}}")
            continue
        tag = ""
        if not whole and chance(draw, 12):
            tag = " !override"
            body = ["image: y", *(line for line in body if not line.startswith("image:"))]
        lines += [f"  {name}:{tag}", *(f"    {line}" for line in body)]
    if chance(draw, 10):
        keys = [key for key in plan.focus if key not in SERVICE_ONLY | REFERENCES | {"image"} and draw(st.booleans())]
        lines += ["jobs:", "  t:", "    image: x", "    triggers: {manual: true}"]
        lines += [f"    {_attribute(draw, key, plan, anchors, not whole)}" for key in keys]
    lines += _sections(draw, plan, whole=whole)
    return "\n".join(lines) + "\n"


NEEDED = {
    "networks": ("networks", ("n:", "m: {}")),
    "volumes": ("volumes", ("vol:",)),
    "pre_start": ("volumes", ("vol:",)),
    "secrets": ("secrets", ("s: {file: ./s.txt}", "t: {environment: X}")),
    "build": ("secrets", ("s: {file: ./s.txt}",)),
    "configs": ("configs", ("c: {file: ./c.conf}", "d: {content: x}")),
    "models": ("models", ("llm: {model: m}",)),
}


def _sections(draw: DrawFn, plan: Plan, *, whole: bool) -> list[str]:
    """The top-level definitions: what the services refer to, and a few more."""
    chosen: dict[str, list[str]] = {}
    for section, samples in SECTIONS.items():
        if chance(draw, 5) or (section in plan.focus and chance(draw, 2)):
            chosen[section] = pick_some(draw, samples, plan, least=1)
    if whole:
        for key, (section, needed) in NEEDED.items():
            if key in plan.focus:
                chosen.setdefault(section, []).extend(needed)
    return [f"{section}: {flow_mapping(without_repeats(pairs))}" for section, pairs in chosen.items()]


def _plan(draw: DrawFn) -> Plan:
    focus: list[str] = []
    for name in draw(st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=4, unique=True)):
        if not any(name in row and row & set(focus) for row in RIVALS):
            focus.append(name)
    names = draw(st.sampled_from((("a",), NAMES, ("a", "c"))))
    return Plan(NAMES if REFERENCES & set(focus) else names, tuple(focus), odd=chance(draw, 4))


def _include(draw: DrawFn, plan: Plan, files: Files) -> tuple[str, ...]:
    """Write an included file or two, and give the line that includes them."""
    where = draw(st.sampled_from(("inc.yaml", "sub/inc.yaml")))
    names = draw(st.sampled_from((("i",), ("i", "j"), ("c",), ("b", "i"))))
    files[where] = _document(draw, plan, whole=True, names=names)
    entry = draw(
        st.sampled_from(
            (
                where,
                f"{{path: ./{where}}}",
                f"{{path: [{where}], project_directory: .}}",
                f"{{path: {where}, env_file: a.env}}",
                f"{{path: {where}, project_directory: sub, env_file: [sub/a.env, /dev/null]}}",
                f"{{path: [{where}, inc2.yaml]}}",
                f"{where}, inc2.yaml",
            )
        )
    )
    if "inc2" in entry:
        files["inc2.yaml"] = _document(draw, plan, whole="{" not in entry, names=(names[0],))
    if chance(draw, 4):
        files["sub/.env"] = _env_text(draw, plan)
    return (f"include: [{entry}]",)


def _extended(draw: DrawFn, plan: Plan, files: Files) -> tuple[str, ...]:
    """Write a file of services to extend, and give the values of `extends` that name them."""
    where = draw(st.sampled_from(("base.yaml", "sub/base.yaml")))
    files[where] = _document(draw, plan, whole=True, names=("k", "l"))
    return tuple(f"{{service: {name}, file: {where}}}" for name in ("k", "l"))


def _env_text(draw: DrawFn, plan: Plan) -> str:
    return "\n".join(_pick_some_lines(draw, plan)) + "\n"


def _pick_some_lines(draw: DrawFn, plan: Plan) -> list[str]:
    source = ENV_LINES.good + ENV_LINES.odd if plan.odd else ENV_LINES.good
    return draw(st.lists(st.sampled_from(source), max_size=4))


def _request(draw: DrawFn, plan: Plan, files: Files) -> Request:
    env = {name: value for name, value in ENVIRONMENT.items() if not plan.odd or not chance(draw, 6)}
    override = tuple(name for name in files if "override" in name)
    explicit = not override or override[0].startswith("sub/") or draw(st.booleans())
    return Request(
        files=("compose.yaml", *override) if explicit else (),
        env={**env, "HOME": HOME},
        env_files=("a.env",) if "a.env" in files and chance(draw, 8) else (),
        profiles=draw(st.sampled_from(((), ("p",), ("*",)))) if "profiles" in plan.focus else (),
        name="given" if chance(draw, 10) else "",
    )


@st.composite
def _projects(draw: DrawFn) -> Project:
    plan = _plan(draw)
    files: Files = {"compose.yaml": ""}
    head: tuple[str, ...] = ()
    if chance(draw, 8):
        head = (f"name: {draw(st.sampled_from(('own', '${X}-own', 'Own_Name')))}",)
    if chance(draw, 4):
        head += _include(draw, plan, files)
    extended = _extended(draw, plan, files) if chance(draw, 3) else ()
    text = _document(draw, plan, whole=True, names=plan.names, head=head, extended=extended)
    if chance(draw, 8):
        text += "---\n" + _document(draw, plan, whole=False, names=("a",))
    files["compose.yaml"] = text
    if draw(st.booleans()):
        where = draw(st.sampled_from(("compose.override.yaml", "sub/override.yaml")))
        files[where] = _document(draw, plan, whole=False, names=plan.names[:2], extended=extended)
    if chance(draw, 3):
        files[".env"] = _env_text(draw, plan)
    if any("a.env" in text for text in files.values()):
        files["a.env"] = _env_text(draw, plan)
        files["sub/a.env"] = _env_text(draw, plan)
    return Project(files, _request(draw, plan, files))


def projects() -> SearchStrategy[Project]:
    """Random projects: most of them valid, a quarter with a chance of something wrong."""
    return _projects()
