"""What a configuration may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from composeguard.base import BaseModel, BeforeValidator, ConfigDict, Field
from composeguard.engine.limits import Limits
from composeguard.engine.options import dashed
from composeguard.engine.overrides import Override

SeverityName = Literal["critical", "high", "medium", "low", "info"]
Threshold = Literal["critical", "high", "medium", "low", "info", "never"]
ProfileName = Literal["baseline", "recommended", "restricted", "cis", "all"]


class RuleSettings(BaseModel):
    """What a configuration may say of one rule; further keys are the rule's own options."""

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)

    enabled: bool | None = None
    severity: SeverityName | None = None


def normal_rule(value: object) -> object:
    """The short forms: `CG302: off`, `CG302: high`."""
    if isinstance(value, bool):
        return {"enabled": value}
    if value in ("off", "on"):
        return {"enabled": value == "on"}
    return {"enabled": True, "severity": value} if isinstance(value, str) else value


class FixSettings(BaseModel):
    """What fixes write."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=dashed, defer_build=True)

    limits: list[Limits] = Field(default_factory=list)


class Settings(BaseModel):
    """The whole configuration; every key is optional."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=dashed, defer_build=True)

    extends: str | list[str] | None = None
    profile: ProfileName = "recommended"
    select: list[str] | None = None
    extend_select: list[str] = Field(default_factory=list)
    ignore: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)
    min_severity: SeverityName = "info"
    fail_on: Threshold = "low"
    baseline: str | None = None
    policies: list[str] = Field(default_factory=list)
    """Files and folders of declarative policies, from this file's folder; they hold no code."""
    packs: list[str] = Field(default_factory=list)
    """Packs that come with composeguard, by name, and folders of packs, from this file's folder."""
    runtime: Literal["docker", "podman"] | None = None
    images: list[Any] | None = None
    """Profiles of images; `model.image_profile` says what one is, and checks it."""
    fix: FixSettings | None = None
    overrides: list[Override] = Field(default_factory=list)
    rules: dict[str, Annotated[RuleSettings, BeforeValidator(normal_rule)]] = Field(default_factory=dict)
