"""SARIF 2.1.0, for GitHub code scanning and every other consumer of the format.

What the consumers need beyond the schema: `level` on every result, regions of four coordinates, descriptors with
help and `security-severity`, GitHub's line hash beside our own fingerprint, URIs relative to `%SRCROOT%` (which
nothing resolves: a report holds no path of a machine), and no `rank` (GitLab reads it as the severity).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import sarif_om

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Finding, Related, Suppression
from composeguard.engine.report import Report, TextEdit
from composeguard.engine.rule import Rule
from composeguard.report.attrs_json import to_json
from composeguard.report.escape import visible
from composeguard.report.likely import discreet_path
from composeguard.report.lines import line_hashes
from composeguard.report.options import HOME, RenderOptions
from composeguard.report.sarif_rules import LEVELS, descriptor
from composeguard.report.secrets import Secrets
from composeguard.source.file import SourceFile
from composeguard.source.node import Path
from composeguard.source.position import Region

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "composeguard/v1"
_LINE_HASH = "primaryLocationLineHash"
_RESULTS_LEFT_OUT = "results-left-out"

_NOTE_LEVELS = {Kind.UNREADABLE: "error", Kind.GAP: "warning"}
_NOTE_TEXTS = {
    Kind.UNREADABLE.value: "A file is not YAML, or not a Compose file.",
    Kind.GAP.value: "A part of the project could not be seen.",
    _RESULTS_LEFT_OUT: "There are more results than a consumer takes.",
}
_OTHER_NOTE = "Something worth knowing about the input."


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """One log of one run; each result is a piece."""
    findings, left_out = _within_limit(report, options)
    run, results = _run(report, options, findings, left_out)
    yield f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{'
    body = to_json(run)
    for name, value in body.items() if isinstance(body, dict) else ():
        yield f'\n"{name}": {json.dumps(value)},'
    yield '\n"results": ['
    separator = "\n"
    for result in results:
        yield f"{separator}{json.dumps(to_json(result))}"
        separator = ",\n"
    yield "\n]}]}\n"


def _within_limit(report: Report, options: RenderOptions) -> tuple[list[int], int]:
    """The results to write, in order: indexes into the findings and then the suppressed ones, the worst kept."""
    total = len(report.findings) + (len(report.suppressed) if options.include_suppressed else 0)
    indexes = range(total)
    if not options.result_limit or total <= options.result_limit:
        return list(indexes), 0
    every = (*report.findings, *report.suppressed)
    worst = sorted(indexes, key=lambda index: (-every[index].severity, index))[: options.result_limit]
    return sorted(worst), total - options.result_limit


def _run(
    report: Report, options: RenderOptions, indexes: Sequence[int], left_out: int
) -> tuple[sarif_om.Run, Iterator[sarif_om.Result]]:
    every = (*report.findings, *report.suppressed)
    rules = sorted({rule.code: rule for rule in (*report.rules, *(every[i].rule for i in indexes))}.items())
    notifications = [_notification(note) for note in report.notes]
    kinds = {note.kind.value for note in report.notes}
    if left_out:
        notifications.append(_left_out(left_out))
        kinds.add(_RESULTS_LEFT_OUT)
    driver = sarif_om.ToolComponent(
        name="composeguard",
        version=report.version,
        semantic_version=report.version,
        information_uri=HOME,
        rules=[descriptor(rule) for _, rule in rules],
        notifications=[_note_descriptor(kind) for kind in sorted(kinds)] or None,
    )
    run = sarif_om.Run(
        tool=sarif_om.Tool(driver=driver),
        automation_details=sarif_om.RunAutomationDetails(id=f"{options.category.rstrip('/')}/"),
        column_kind="unicodeCodePoints",
        newline_sequences=["\r\n", "\n", "\r"],
        original_uri_base_ids={
            _ROOT: sarif_om.ArtifactLocation(description=sarif_om.Message(text="The root of the repository."))
        },
        artifacts=[
            sarif_om.Artifact(location=_artifact(uri), roles=["analysisTarget"], source_language="yaml")
            for uri in report.files
        ],
        invocations=[
            sarif_om.Invocation(
                execution_successful=not any(note.kind is Kind.UNREADABLE for note in report.notes),
                tool_execution_notifications=notifications or None,
            )
        ],
    )
    writer = _ResultWriter(report, options, [rule for _, rule in rules], [every[i] for i in indexes])
    return run, (writer.result(every[index], index) for index in indexes)


class _ResultWriter:
    """What all results of a run share."""

    def __init__(
        self, report: Report, options: RenderOptions, rules: Sequence[Rule], findings: Sequence[Finding]
    ) -> None:
        self._report = report
        self._shows_suppressed = options.include_suppressed and bool(report.suppressed)
        self._rule_index = {rule.code: index for index, rule in enumerate(rules)}
        self._file_index = {uri: index for index, uri in enumerate(report.files)}
        self._secrets = Secrets(report)
        self._hashes = _hashes(findings)

    def result(self, finding: Finding, index: int) -> sarif_om.Result:
        region = finding.region
        fingerprints = {_FINGERPRINT: finding.fingerprint}
        line_hash = self._hashes[id(finding.file)].get(region.start_line)
        if line_hash is not None:
            fingerprints[_LINE_HASH] = line_hash
        location = sarif_om.Location(
            physical_location=self._place(finding.uri, region),
            logical_locations=[_logical(finding.path)] if finding.path else None,
        )
        return sarif_om.Result(
            rule_id=finding.code,
            rule_index=self._rule_index[finding.code],
            level=LEVELS[finding.severity],
            message=_message(finding.message, finding.label),
            locations=[location],
            related_locations=[
                self._related(related, number) for number, related in enumerate(finding.related, start=1)
            ]
            or None,
            partial_fingerprints=fingerprints,
            fixes=self._fixes(finding, self._report.edits.get(index) or ()),
            suppressions=_suppressions(finding.suppression) if self._shows_suppressed else None,
            properties={"severity": finding.severity.label},
        )

    def _place(self, uri: str, region: Region) -> sarif_om.PhysicalLocation:
        return sarif_om.PhysicalLocation(
            artifact_location=_artifact(uri, self._file_index.get(uri, -1)), region=_region(region)
        )

    def _related(self, related: Related, number: int) -> sarif_om.Location:
        return sarif_om.Location(
            id=number,
            physical_location=self._place(related.file.uri, related.region),
            message=_message(related.message),
        )

    def _fixes(self, finding: Finding, edits: Sequence[TextEdit]) -> list[sarif_om.Fix] | None:
        """The text edits, unless their text would show a secret that stands beside the finding."""
        if finding.fix is None or not edits or any(self._secrets.shown_by(edit.text) for edit in edits):
            return None
        by_file: dict[str, list[TextEdit]] = defaultdict(list)
        for edit in sorted(edits, key=lambda edit: (edit.file.uri, edit.start, edit.end)):
            by_file[edit.file.uri].append(edit)
        changes = [
            sarif_om.ArtifactChange(
                artifact_location=_artifact(uri, self._file_index.get(uri, -1)),
                replacements=[_replacement(edit) for edit in of_file],
            )
            for uri, of_file in by_file.items()
        ]
        note = f" ({finding.fix.safety.value}{': ' if finding.fix.note else ''}{finding.fix.note})"
        return [sarif_om.Fix(description=_message(finding.fix.title + note), artifact_changes=changes)]


def _hashes(findings: Sequence[Finding]) -> Mapping[int, Mapping[int, str]]:
    """GitHub's hash of each line where a finding starts, by file."""
    lines: dict[int, set[int]] = defaultdict(set)
    files: dict[int, SourceFile] = {}
    for finding in findings:
        files[id(finding.file)] = finding.file
        lines[id(finding.file)].add(finding.file.line_of(finding.start))
    return {key: line_hashes(file, lines[key]) for key, file in files.items()}


def _message(text: str, more: str = "") -> sarif_om.Message:
    """A message of whole sentences. `[…](…)` would be a link, and a text of the repository may not make one."""
    sentences = [f"{part[0].upper()}{part[1:]}" if index else part for index, part in enumerate((text, more)) if part]
    ended = [part if part.endswith((".", "!", "?")) else f"{part}." for part in sentences]
    return sarif_om.Message(text=visible(" ".join(ended)).replace("](", "] ("))


def _region(region: Region) -> sarif_om.Region:
    return sarif_om.Region(
        start_line=region.start_line,
        start_column=region.start_column,
        end_line=region.end_line,
        end_column=region.end_column,
    )


def _replacement(edit: TextEdit) -> sarif_om.Replacement:
    return sarif_om.Replacement(
        deleted_region=_region(edit.file.region(edit.start, edit.end)),
        inserted_content=sarif_om.ArtifactContent(text=edit.text),
    )


def _artifact(uri: str, index: int = -1) -> sarif_om.ArtifactLocation:
    """A colon in the first step of a relative URI would make it a scheme, so every colon is encoded."""
    errors = "surrogateescape" if all(not "\ud800" <= char < "\udc80" for char in uri) else "surrogatepass"
    return sarif_om.ArtifactLocation(uri=quote(uri.encode("utf-8", errors), safe="/~"), uri_base_id=_ROOT, index=index)


def _logical(path: Path) -> sarif_om.LogicalLocation:
    steps = [visible(str(step)) for step in discreet_path(path)]
    kind = "value" if isinstance(path[-1], int) else "property"
    return sarif_om.LogicalLocation(name=steps[-1], fully_qualified_name=".".join(steps), kind=kind)


def _suppressions(suppression: Suppression | None) -> list[sarif_om.Suppression]:
    """Empty for a result that nothing accepts: once one result has the property, all must."""
    if suppression is None:
        return []
    reason = visible(suppression.justification) or None
    kind = "external" if suppression.external else "inSource"
    return [sarif_om.Suppression(kind=kind, state="accepted", justification=reason)]


def _notification(note: Diagnostic) -> sarif_om.Notification:
    location = sarif_om.PhysicalLocation(
        artifact_location=_artifact(note.file.uri), region=_region(note.file.region(note.start, note.end))
    )
    return sarif_om.Notification(
        descriptor=sarif_om.ReportingDescriptorReference(id=note.kind.value),
        level=_NOTE_LEVELS.get(note.kind, "note"),
        message=_message(note.message),
        locations=[sarif_om.Location(physical_location=location)],
    )


def _left_out(count: int) -> sarif_om.Notification:
    return sarif_om.Notification(
        descriptor=sarif_om.ReportingDescriptorReference(id=_RESULTS_LEFT_OUT),
        level="warning",
        message=_message(f"{count:,} results of the least severity are left out"),
    )


def _note_descriptor(kind: str) -> sarif_om.ReportingDescriptor:
    text = _NOTE_TEXTS.get(kind, _OTHER_NOTE)
    return sarif_om.ReportingDescriptor(
        id=kind,
        short_description=sarif_om.MultiformatMessageString(text=text),
        full_description=sarif_om.MultiformatMessageString(text=text),
        help=sarif_om.MultiformatMessageString(text=text, markdown=text),
    )
