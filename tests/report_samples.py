"""Hand-made findings and reports: the text at a finding's place is the text that it is made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding, Related, Suppression
from composeguard.engine.fix import Append, Fix, Remove, Safety, Set
from composeguard.engine.references import cis, cwe
from composeguard.engine.report import Report
from composeguard.engine.rule import Problem, Reference, Rule, Scope
from composeguard.engine.severity import Profile, Severity
from composeguard.source.file import SourceFile
from composeguard.source.node import Path


def make_rule(
    code: str = "CG101",
    name: str = "privileged",
    severity: Severity = Severity.CRITICAL,
    *,
    group: str = "",
    correctness: bool = False,
    references: Sequence[Reference] = (),
    documentation: str = "A short summary.\n\nA second paragraph says more.\n\n**Fix.** Do this.",
) -> Rule:
    def check(_: object) -> Iterable[Problem]:
        return ()

    check.__doc__ = documentation
    return Rule(
        code=code,
        name=name,
        severity=severity,
        profiles=(Profile.BASELINE,),
        scope=Scope.CONTAINER,
        check=check,
        references=tuple(references) or (cis("5.5"), cwe(250)),
        group=group,
        correctness=correctness,
    )


PRIVILEGED = make_rule()
PORT = make_rule("CG302", "port-on-all-interfaces", Severity.MEDIUM)
SECRET = make_rule("CG601", "secret-in-environment", Severity.HIGH, references=(cwe(798),))
VERSION = make_rule("CG802", "obsolete-version", Severity.INFO, correctness=True)
CAPABILITIES = make_rule("CG102", "cap-drop-all", Severity.MEDIUM, group="hardening")
PRIVILEGES = make_rule("CG104", "no-new-privileges", Severity.MEDIUM, group="hardening")
READ_ONLY = make_rule("CG105", "writable-root-filesystem", Severity.LOW, group="hardening")
MEMORY = make_rule("CG401", "no-memory-limit", Severity.MEDIUM, group="hardening")


def make_file(text: str, uri: str = "compose.yaml", *, bom: bool = False, encoding: str = "utf-8") -> SourceFile:
    return SourceFile(uri, text, bom=bom, encoding=encoding)


class Made(Struct, frozen=True):
    """What a finding may differ in from the plainest one."""

    message: str = "web runs privileged"
    label: str = ""
    path: Path = ("services", "web", "privileged")
    severity: Severity | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    suppression: Suppression | None = None
    redact: bool = False
    occurrence: int = 1


def make_finding(file: SourceFile, text: str, rule: Rule = PRIVILEGED, made: Made | None = None) -> Finding:
    """A finding at the nth occurrence of `text` in the file."""
    made = made or Made()
    start = -1
    for _ in range(made.occurrence):
        start = file.text.index(text, start + 1)
    return Finding(
        rule=rule,
        severity=rule.severity if made.severity is None else made.severity,
        message=made.message,
        label=made.label,
        file=file,
        start=start,
        end=start + len(text),
        path=made.path,
        identity=f"{rule.code}-{file.uri}-{start}",
        fix=made.fix,
        related=made.related,
        suppression=made.suppression,
        redact=made.redact,
    )


def make_report(*findings: Finding, files: Sequence[str] | None = None) -> Report:
    uris = [finding.uri for finding in findings] if files is None else files
    return Report.of(findings, version="1.2.3", files=uris, rules={f.code: f.rule for f in findings}.values())


REMOVE_PRIVILEGED = Fix(
    "remove `privileged`",
    (Remove(("services", "web", "privileged")),),
    Safety.UNSAFE,
    note="the service may rely on it",
)


def hardening(file: SourceFile, service: str) -> list[Finding]:
    """The four settings that nearly every service lacks, at the key of the service."""
    where: Path = ("services", service)
    missing = [
        (CAPABILITIES, "cap_drop", Fix("add `cap_drop: [ALL]`", (Set((*where, "cap_drop"), ["ALL"]),))),
        (
            PRIVILEGES,
            "security_opt",
            Fix(
                "add `no-new-privileges:true`",
                (Append((*where, "security_opt"), "no-new-privileges:true"),),
            ),
        ),
        (
            READ_ONLY,
            "read_only",
            Fix(
                "set `read_only: true`",
                (Set((*where, "read_only"), True),),
                Safety.UNSAFE,
                note="a program that writes to its own file system stops working",
            ),
        ),
        (MEMORY, "mem_limit", None),
    ]
    return [
        make_finding(
            file,
            service,
            rule,
            Made(message=f"{service} lacks {key}", path=(*where, key), fix=fix),
        )
        for rule, key, fix in missing
    ]
