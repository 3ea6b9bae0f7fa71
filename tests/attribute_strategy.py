"""Random values of one attribute, as YAML flow text, from the samples."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec import Struct
from tests.attribute_samples import Samples, Shape

ENVIRONMENT = {"X": "x", "N": "80", "E": "", "T": "true"}  # U is never set by the process
# With ENVIRONMENT, all of them give the value itself.
FORMS = ("${U:-%s}", "${U-%s}", "${E:-%s}", "${X:+%s}", "${X+%s}", "${U:-${E:-%s}}", "%s${U}")


class Plan(Struct, frozen=True):
    """What all files of one project share."""

    names: tuple[str, ...]  # the services of compose.yaml
    focus: tuple[str, ...]  # the attributes that its services set
    odd: bool  # whether wrong values may come


def chance(draw: DrawFn, one_in: int) -> bool:
    """True one time in `one_in`; shrinks to False."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


def pick(draw: DrawFn, samples: Samples, plan: Plan) -> str:
    """One of the values, at times an odd one or the same through a variable."""
    if plan.odd and samples.odd and chance(draw, 6):
        return draw(st.sampled_from(samples.odd))
    text = draw(st.sampled_from(samples.good))
    return _with_variable(draw, text) if chance(draw, 12) else text


def _with_variable(draw: DrawFn, text: str) -> str:
    """The same value through a variable, for a plain or double-quoted string without structure."""
    inner = text[1:-1] if text.startswith('"') else text
    if not inner or set(inner) & set("${}[]\\\"'#") or ": " in inner or text.endswith(":"):
        return text
    form = draw(st.sampled_from(FORMS))
    return '"' + form % inner + '"'


def pick_some(draw: DrawFn, samples: Samples, plan: Plan, least: int = 0) -> list[str]:
    """Up to three values; the schema refuses a repeated one in most lists, so a repeat is as odd as a wrong value."""
    values = [pick(draw, samples, plan) for _ in range(draw(st.integers(least, 3)))]
    return values if plan.odd else list(dict.fromkeys(values))


def without_repeats(pairs: list[str]) -> list[str]:
    """The pairs without a repeated key, first one first."""
    seen: dict[str, str] = {}
    for pair in pairs:
        seen.setdefault(pair.split(":", 1)[0], pair)
    return list(seen.values())


def value_text(draw: DrawFn, samples: Samples, plan: Plan) -> str:
    """A whole value of the attribute, in its shape."""
    if samples.shape is Shape.ONE:
        return pick(draw, samples, plan)
    if samples.shape is Shape.LIST:
        return f"[{', '.join(pick_some(draw, samples, plan))}]"
    if samples.shape is Shape.WORDS:
        if draw(st.booleans()):
            return pick(draw, samples, plan)
        return f"[{', '.join(word for word in pick_some(draw, samples, plan) if word[0] != '{' or 'path' in word)}]"
    if samples.shape is Shape.PAIRS and draw(st.booleans()):
        return f"[{', '.join(map(_as_item, pick_some(draw, samples, plan)))}]"
    pairs = pick_some(draw, samples, plan, least=1)
    return flow_mapping(pairs if plan.odd and chance(draw, 10) else without_repeats(pairs))


def flow_mapping(pairs: list[str]) -> str:
    """The pairs as one flow mapping, a space after a last `:`: libyaml refuses `{key:}`, the reference reads it."""
    return "{" + ", ".join(f"{pair} " if pair.endswith(":") else pair for pair in pairs) + "}"


def _as_item(pair: str) -> str:
    """`key: value` as a list item `"key=value"`; a null value is a key alone."""
    key, _, value = pair.partition(":")
    value = value.strip()
    if value in ("", "null"):
        return f'"{key}"'
    if value[0] in "[{!":
        return pair if value[0] == "!" else f'"{key}=v"'
    return '"' + key.strip('"') + "=" + value.strip('"') + '"'
