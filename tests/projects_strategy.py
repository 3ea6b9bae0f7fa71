"""A hypothesis strategy of random Compose projects, biased to features that meet.

A project draws a few attributes and uses those in every file: the same `ports` in a base, an override, an
included and an extended file, behind anchors and with tags, is where a loader goes wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from msgspec import Struct
from tests.attribute_samples import ENV_LINES, SERVICE
from tests.attribute_strategy import ENVIRONMENT, Plan, chance
from tests.block_style import Layout, lay_out
from tests.document_strategy import REFERENCES, document
from tests.oracle import Request
from tests.recorded_case import HOME

Files: TypeAlias = dict[str, str]
"""The text of each file, by its path below the project's folder, with `/`."""

NAMES = ("a", "b", "c")  # a service refers to later ones only, so that most projects have no cycle
ATTRIBUTES = tuple(SERVICE)
NAMES_OF_MAIN = ("compose.yml", "docker-compose.yml", "docker-compose.yaml")
# Two of one row in a service are mostly an error.
RIVALS = (
    {"networks", "network_mode"},
    {"deploy", "cpus", "mem_limit", "mem_reservation", "pids_limit", "scale"},
    {"scale", "container_name"},
    {"tmpfs", "volumes"},
)


class Project(Struct, frozen=True):
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
    below = _nested_include(draw, plan, files, where) if chance(draw, 3) else ()
    extended = _extended(draw, plan, files) if chance(draw, 5) else ()
    files[where] = _documents(draw, plan, names, head=below, extended=extended)
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
                f'"${{U:-{where}}}", {{path: inc2.yaml, project_directory: sub}}',
            )
        )
    )
    if "inc2" in entry:
        files["inc2.yaml"] = document(draw, plan, whole="{path: [" not in entry, names=(names[0],))
    if chance(draw, 4):
        files["sub/.env"] = _env_text(draw, plan)
    return (f"include: [{entry}]",)


def _nested_include(draw: DrawFn, plan: Plan, files: Files, where: str) -> tuple[str, ...]:
    """Write the files of two more levels of includes, and give the line for the file `where`."""
    first, second = ("deep/one.yaml", "deep/two.yaml") if "/" not in where else ("sub/deep/one.yaml", "sub/two.yaml")
    base = "" if "/" not in where else "sub/"
    files[second] = document(draw, plan, whole=True, names=draw(st.sampled_from((("i",), ("q",), ("c",)))))
    line: tuple[str, ...] = ()
    if draw(st.booleans()):
        line = draw(st.sampled_from((("include: [two.yaml]",), ("include: [../two.yaml]",), ("include: [one.yaml]",))))
    files[first] = document(draw, plan, whole=True, names=draw(st.sampled_from((("i",), ("r",)))), head=line)
    inner = first.removeprefix(base)
    forms = [f"[{inner}]", f"[{{path: ./{inner}, env_file: a.env}}]"]
    if not line:
        # Below it, the reference looks for includes in the folder that it runs in.
        forms.append(f"[{{path: {inner}, project_directory: .}}]")
    return (f"include: {draw(st.sampled_from(forms))}",)


def _extended(draw: DrawFn, plan: Plan, files: Files) -> tuple[str, ...]:
    """Write a file of services to extend, and give the values of `extends` that name them."""
    where = draw(st.sampled_from(("base.yaml", "sub/base.yaml")))
    further: tuple[str, ...] = ()
    if chance(draw, 3):
        files["sub/root.yaml"] = _documents(draw, plan, ("z",))
        named = "root.yaml" if where.startswith("sub/") else "sub/root.yaml"
        further = (f"{{service: z, file: {named}}}", f"{{service: z, file: ./{named}}}")
    files[where] = _documents(draw, plan, ("k", "l"), extended=further)
    return tuple(f"{{service: {name}, file: {where}}}" for name in ("k", "l"))


def _documents(
    draw: DrawFn,
    plan: Plan,
    names: tuple[str, ...],
    *,
    head: tuple[str, ...] = (),
    extended: tuple[str, ...] = (),
) -> str:
    """The text of a file: a document, at times two."""
    text = document(draw, plan, whole=True, names=names, head=head, extended=extended)
    while chance(draw, 8):
        text += "---\n" + document(draw, plan, whole=False, names=(names[0],), extended=extended)
    return text


def _env_text(draw: DrawFn, plan: Plan) -> str:
    return "\n".join(_pick_some_lines(draw, plan)) + draw(st.sampled_from(("\n", "\n", "")))


def _pick_some_lines(draw: DrawFn, plan: Plan) -> list[str]:
    source = ENV_LINES.good + ENV_LINES.odd if plan.odd else ENV_LINES.good
    return draw(st.lists(st.sampled_from(source), max_size=4))


def _request(draw: DrawFn, plan: Plan, files: Files) -> Request:
    env = {name: value for name, value in ENVIRONMENT.items() if not plan.odd or not chance(draw, 6)}
    override = tuple(name for name in files if "override" in name)
    explicit = "compose.yaml" in files and (not override or override[0].startswith("sub/") or draw(st.booleans()))
    if "COMPOSE_FILE" in files.get(".env", "") or chance(draw, 8):
        explicit = False
    if not explicit and chance(draw, 8):
        env["COMPOSE_FILE"] = ":".join((_main(files), *override))
    if chance(draw, 12):
        env["COMPOSE_PROFILES"] = draw(st.sampled_from(("p", "p,q", "*", "")))
    return Request(
        files=(_main(files), *override) if explicit else (),
        env={**env, "HOME": HOME},
        env_files=("a.env",) if "a.env" in files and chance(draw, 8) else (),
        profiles=draw(st.sampled_from(((), ("p",), ("*",)))) if "profiles" in plan.focus else (),
        name="given" if chance(draw, 10) else "",
        project_dir=draw(st.sampled_from(("sub", "."))) if explicit and chance(draw, 12) else "",
    )


def _main(files: Files) -> str:
    return next(iter(files))


def _layout(draw: DrawFn) -> Layout:
    return Layout(
        seed=draw(st.integers(0, 999)),
        indent=draw(st.sampled_from((2, 4, 3))),
        narrow=chance(draw, 3),
        carriage_return=chance(draw, 8),
        byte_order_mark=chance(draw, 10),
        literals=chance(draw, 4),
    )


@st.composite
def _projects(draw: DrawFn) -> Project:
    plan = _plan(draw)
    main = draw(st.sampled_from(NAMES_OF_MAIN)) if chance(draw, 6) else "compose.yaml"
    files: Files = {main: ""}
    head: tuple[str, ...] = ()
    if chance(draw, 8):
        head = (f"name: {draw(st.sampled_from(('own', '${X}-own', 'Own_Name')))}",)
    if chance(draw, 4):
        head += _include(draw, plan, files)
    extended = _extended(draw, plan, files) if chance(draw, 3) else ()
    files[main] = _documents(draw, plan, plan.names, head=head, extended=extended)
    if draw(st.booleans()):
        where = draw(st.sampled_from(("compose.override.yaml", "sub/override.yaml", "docker-compose.override.yml")))
        files[where] = document(draw, plan, whole=False, names=plan.names[:2], extended=extended)
    for name in files:
        if chance(draw, 4):
            files[name] = lay_out(files[name], _layout(draw))
    if chance(draw, 3):
        files[".env"] = _env_text(draw, plan)
        if chance(draw, 6):
            files[".env"] = draw(st.sampled_from(("COMPOSE_PROFILES=p\n", f"COMPOSE_FILE={main}\n"))) + files[".env"]
    if any("a.env" in text for text in files.values()):
        for folder in ("", "sub/", *(("deep/", "sub/deep/") if any("deep/" in name for name in files) else ())):
            files[f"{folder}a.env"] = _env_text(draw, plan)
    return Project(files, _request(draw, plan, files))


def projects() -> SearchStrategy[Project]:
    """Random projects: most of them valid, a quarter with a chance of something wrong."""
    return _projects()
