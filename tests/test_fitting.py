"""What is taken without pydantic is what pydantic takes, and comes to the same."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.fitting import UnsureError, fit
from composeguard.stand_ins import BaseModel, BeforeValidator, ConfigDict, Field, model_validator, twin


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _short(value: object) -> object:
    if value == "bad":
        raise ValueError("bad")
    return {"on": value} if isinstance(value, bool) else value


class Row(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)

    on: bool | None = None
    word: Literal["a", "b"] | None = None


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=_dashed, defer_build=True)

    a_text: str = "x"
    one_or_more: str | list[str] | None = None
    some: list[str] = Field(default_factory=list, description="some")
    many: tuple[int, ...] = ()
    limited: int | None = Field(None, gt=0)
    anything: list[Any] | None = None
    row: Row | None = None
    rows: dict[str, Annotated[Row, BeforeValidator(_short)]] = Field(default_factory=dict)


class Needs(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    flag: bool = False


class Even(Needs):
    @model_validator(mode="after")  # type: ignore[untyped-decorator]
    def _even(self) -> Even:
        if len(self.name) % 2:
            raise ValueError("odd")
        return self


def test_a_model_with_a_check_of_its_own_is_pydantics() -> None:
    with pytest.raises(UnsureError):
        fit(Even, {"name": "ab"}, lists=False)
    assert Even.model_validate({"name": "ab"}).name == "ab"
    with pytest.raises(ValueError, match="odd"):
        Even.model_validate({"name": "a"})


_LEAVES = st.sampled_from(["", "a", "b", "c", "bad", 0, 1, 2.0, True, False, None])
_KEYS = st.sampled_from(
    [
        "a-text",
        "a_text",
        "one-or-more",
        "some",
        "many",
        "limited",
        "anything",
        "row",
        "rows",
        "on",
        "word",
        "name",
        "flag",
    ]
)
_DATA = st.recursive(
    _LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(_KEYS, below, max_size=4), max_leaves=12
)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _plain(each) for name, each in (value.__dict__ | value.model_extra).items()}
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(each) for each in value)
    return value


@pytest.mark.parametrize("model", [Whole, Row, Needs])
@pytest.mark.parametrize("lists", [False, True])
@given(data=st.data())
def test_pydantic_takes_it_too(model: type[BaseModel], lists: bool, data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(_KEYS, _DATA, max_size=4) | _DATA)
    try:
        made = fit(model, value, lists=lists)
    except UnsureError:
        return
    other = twin(model)
    theirs = other.model_validate_json(json.dumps(value)) if lists else other.model_validate(value)
    assert _plain(made) == theirs.model_dump()
    assert made.model_fields_set >= theirs.model_fields_set - set(made.model_extra)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a-text": "y", "some": ["a"], "one-or-more": "z"},
        {"one-or-more": ["z"], "anything": [1, {}]},
        {"row": {"on": True, "word": "a", "more": [1]}, "rows": {"r": False, "s": {"word": "b"}}},
    ],
)
def test_what_people_write_is_taken(value: dict[str, Any]) -> None:
    assert _plain(fit(Whole, value, lists=False)) == twin(Whole).model_validate(value).model_dump()


@pytest.mark.parametrize(
    "value",
    [
        {"a_text": "y"},
        {"unknown": 1},
        {"limited": 1},
        {"many": [1]},
        {"rows": {"r": "bad"}},
        {"rows": {"r": {"word": "c"}}},
        {"some": "a"},
        {1: 2},
        [],
    ],
)
def test_what_is_not_sure_is_left_to_pydantic(value: Any) -> None:
    with pytest.raises(UnsureError):
        fit(Whole, value, lists=False)
