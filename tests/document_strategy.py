"""The text of one random Compose document: services, jobs, anchors and the definitions that they refer to."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from tests.attribute_samples import SECTIONS, SERVICE, Samples, Shape
from tests.attribute_strategy import Plan, chance, flow_mapping, pick_some, value_text, without_repeats

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


def document(
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
    "secrets": ("secrets", ("s: {file: ./s.txt}", "t: {environment: X}", "u: {external: true}")),
    "build": ("secrets", ("s: {file: ./s.txt}",)),
    "configs": ("configs", ("c: {file: ./c.conf}", "d: {content: x}", "e: {external: true}")),
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
