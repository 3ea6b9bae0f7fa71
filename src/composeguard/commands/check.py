"""`composeguard check`: the report of all projects, in one format on standard output and others in files."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from composeguard import __version__
from composeguard.commands.lint import Linter
from composeguard.commands.options import CheckOptions
from composeguard.commands.outcome import distinct, edits_in, exit_code, notes_to_stderr, stale_to_stderr
from composeguard.commands.render import render_options
from composeguard.commands.result import Result
from composeguard.commands.whole_file import write_whole
from composeguard.engine.report import CheckedProject, Report
from composeguard.errors import UsageError
from composeguard.report import FORMATS, WITH_EDITS, renderer
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions
from composeguard.source import disk

_BY_ENDING = {
    ".sarif": "sarif",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".txt": "full",
    ".xml": "junit",
    ".html": "html",
}
"""The format of an output whose name alone is given."""


def run_check(options: CheckOptions) -> int:
    """Check everything, then write; returns the exit code."""
    outputs = [_output(value) for value in options.outputs]
    output_format = options.output_format or "full"
    for name in (output_format, *(name for name, _ in outputs)):
        renderer(name)
    formats = {output_format, *(name for name, _ in outputs)}
    # The picture of a project needs it as it was read.
    keeping = "html" in formats
    linter = Linter(options, keeping=keeping, proving=not WITH_EDITS.isdisjoint(formats))
    if options.show_files:
        for name in sorted({name for project in linter.projects() for name in linter.shown(project)}):
            sys.stdout.write(f"{visible(name)}\n")
        return 0
    results = list(linter.results())
    report = Report.of(
        distinct(results),
        version=__version__,
        files={uri for result in results for uri in result.files},
        notes=(note for result in results for note in result.notes),
        rules={rule.code: rule for result in results for rule in result.selection.rules}.values(),
        projects=(CheckedProject(result.reading, result.outcome.findings) for result in results if keeping),
    )
    if linter.proving:
        report = replace(report, edits=edits_in(report, results))
    if not options.quiet:
        notes_to_stderr(results, render_options(options, sys.stderr), report.findings)
        stale_to_stderr(linter)
    for name, target in outputs:
        write_whole(target, renderer(name)(report, RenderOptions(include_suppressed=options.include_suppressed)))
    _write_stdout(renderer(output_format)(report, render_options(options, sys.stdout)))
    if output_format == "github":
        _step_summary(report)
    if options.statistics:
        _statistics(report)
    if not options.quiet:
        _cis_summary(linter, results)
    return exit_code(linter, results)


def _cis_summary(linter: Linter, results: list[Result]) -> None:
    """What the profile `cis` has judged, where it ran."""
    ran = {rule.code: rule for result in results if result.settings.profile == "cis" for rule in result.selection.rules}
    if ran:
        from composeguard.commands import cis

        sys.stderr.write(cis.summary(ran.values(), linter.rules))


def _output(value: str) -> tuple[str, Path]:
    """`FORMAT=FILE`, or a FILE whose ending tells the format."""
    name, separator, target = value.partition("=")
    if separator:
        return name, Path(target)
    ending = Path(value).suffix
    if ending not in _BY_ENDING:
        raise UsageError(f"--output {value}: say which format: --output {'|'.join(FORMATS)}={value}")
    return _BY_ENDING[ending], Path(value)


def _step_summary(report: Report) -> None:
    """The summary of a step of a GitHub workflow, which the runner reads from a file; other steps write there too."""
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if not target:
        return
    disk.unrepeatable()
    try:
        with Path(target).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.writelines(renderer("markdown")(report, RenderOptions()))
    except OSError as error:
        sys.stderr.write(f"note: the summary of the step cannot be written: {error.strerror}\n")


def _write_stdout(pieces: Iterator[str]) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    for piece in pieces:
        try:
            sys.stdout.write(piece)
        except UnicodeEncodeError:
            # A terminal of another encoding gets escapes rather than an error.
            sys.stdout.write(piece.encode(encoding, "backslashreplace").decode(encoding))


def _statistics(report: Report) -> None:
    counts = Counter(finding.code for finding in report.findings)
    names = {rule.code: rule.name for rule in report.rules}
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        sys.stderr.write(f"{count:7}  {code}  {names.get(code, '')}\n")
