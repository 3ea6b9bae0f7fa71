"""What a policy may say, as its file has it. The models are also the schema for editors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from composeguard.base import BaseModel, ConfigDict, Field, model_validator
from composeguard.policy import limits

SeverityName = Literal["critical", "high", "medium", "low", "info"]
Expression = Annotated[str, Field(min_length=1, max_length=limits.EXPRESSION)]
Words = Annotated[str, Field(min_length=1, max_length=limits.EXPRESSION)]
Long = Annotated[str, Field(min_length=1, max_length=100_000)]


class Declared(BaseModel):
    """The base: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class SourceOfRule(Declared):
    """A page that says why: by its label and address, or by a number in a list that is known."""

    label: Words | None = Field(None, description="How people cite it.")
    url: str | None = Field(None, pattern=r"^https?://", description="The page.")
    cis: Words | None = Field(None, description="A recommendation of the CIS Docker Benchmark: 5.25.")
    cwe: int | None = Field(None, ge=1, description="A weakness of the Common Weakness Enumeration: 770.")
    owasp: Words | None = Field(None, description="A rule of the OWASP Docker Security Cheat Sheet.")

    @model_validator(mode="after")
    def _one(self) -> SourceOfRule:
        given = self.model_fields_set
        if given != {"label", "url"} and (len(given) != 1 or not given <= {"cis", "cwe", "owasp"}):
            raise ValueError("a reference has a label and a url, or one of cis, cwe, owasp")
        return self


class ExampleOfRule(Declared):
    """Compose files that show the policy; `composeguard policy test` checks them."""

    title: str = Field("", description="What it shows.")
    bad: str = Field("", description="Wrong on the lines that end in `# expect: CODE`, and on no others.")
    fixed: str = Field("", description="What the fix makes of `bad`.")
    good: str = Field("", description="Right.")


class DeclaredFix(Declared):
    """Changes at paths relative to the item: `read_only`, `deploy.resources`, `labels."com.acme.owner"`."""

    title: str = Field("", description="What is done, in the imperative.")
    set: dict[str, Any] = Field(default_factory=dict, description="Values by path.")
    append: dict[str, Any] = Field(default_factory=dict, description="Items to put at the end of lists, by path.")
    remove: list[str] = Field(default_factory=list, description="Paths to take away; `.` is the item itself.")
    safety: Literal["safe", "unsafe"] = Field("unsafe", description="Whether it cannot change what a container does.")
    note: str = Field("", description="What an unsafe fix can break.")


class Declaration(Declared):
    """One policy: a template (`use`, `with`) or an expression (`for`, `when`, `assert`, `message`)."""

    code: str = Field(pattern=r"^[A-Z]{2,12}[0-9]{3,4}$", description="Such as ACME001; CG is composeguard's own.")
    name: str | None = Field(
        None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, description="In lower case, with dashes."
    )
    use: str | None = Field(None, description="The template.")
    with_: dict[str, Any] | None = Field(None, alias="with", description="The parameters of the template.")
    for_: str | None = Field(None, alias="for", description="What is judged: service, service.ports, networks, …")
    when: Expression | None = Field(None, description="A CEL expression: whether an item is judged at all.")
    assert_: Expression | None = Field(None, alias="assert", description="A CEL expression that must be true.")
    message: Words | None = Field(
        None, description="What a finding says; {expression} puts in a value, of templates {name} and {value}."
    )
    label: Annotated[str, Field(max_length=200)] = Field("", description="A few words below the marked text.")
    at: str | None = Field(None, description="The path below the item that a finding points at.")
    severity: SeverityName = Field("medium", description="How bad a finding is.")
    description: Long | None = Field(None, description="What is wrong, and why it matters, in Markdown.")
    references: list[Annotated[str, Field(pattern=r"^https?://")] | SourceOfRule] = Field(
        default_factory=list, description="Pages that say why."
    )
    examples: list[ExampleOfRule] = Field(default_factory=list, description="Files that show and test it.")
    fix: DeclaredFix | None = Field(None, description="How it is put right.")
    locked: bool = Field(False, description="No comment, baseline or configuration of a repository can accept it.")


class PolicyFile(Declared):
    """A file of policies."""

    policies: list[Declaration] = Field(description="The policies.")
