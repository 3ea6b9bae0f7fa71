"""`composeguard check`: the report of all projects, in one format on standard output and others in files."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from composeguard import __version__
from composeguard.commands.lint import Linter
from composeguard.commands.options import CheckOptions
from composeguard.commands.outcome import distinct, edits_in, exit_code, notes_to_stderr, stale_to_stderr
from composeguard.commands.render import render_options
from composeguard.commands.result import Result
from composeguard.commands.stream import Format, Stream
from composeguard.commands.whole_file import write_whole
from composeguard.engine.report import CheckedProject, Report
from composeguard.engine.rule import Rule
from composeguard.engine.run import Selection
from composeguard.errors import UsageError
from composeguard.report import FORMATS, STREAMED, WITH_EDITS, renderer
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
    """Check everything and write what is asked for; returns the exit code."""
    outputs = [_output(value) for value in options.outputs]
    output_format = options.output_format or "full"
    formats = {output_format, *(name for name, _ in outputs)}
    for name in formats:
        renderer(name)
    if not outputs and output_format in STREAMED:
        beside = render_options(options, sys.stderr)
        format_ = Format(output_format, render_options(options, sys.stdout), beside)
    else:
        format_ = None
    # The picture of a project needs it as it was read.
    linter = Linter(options, keeping="html" in formats, proving=not WITH_EDITS.isdisjoint(formats), format_=format_)
    if options.show_files:
        for name in sorted({name for project in linter.projects() for name in linter.shown(project)}):
            sys.stdout.write(f"{visible(name)}\n")
        return 0
    if format_ is not None:
        return _streamed(linter, options, format_)
    return _collected(linter, options, output_format, outputs)


def _streamed(linter: Linter, options: CheckOptions, format_: Format) -> int:
    """Write the report of each project as soon as it is judged."""
    stream = Stream(format_, _write_stdout, linter.again)
    ran = _Ran()
    with closing(linter.results()) as results:
        for result in results:
            stream.add(result)
            ran.add(result)
    if not options.quiet:
        sys.stdout.flush()
        sys.stderr.writelines(stream.lines)
        stale_to_stderr(linter)
    stream.end()
    if options.statistics:
        _statistics(stream.codes, ran.rules)
    if not options.quiet:
        ran.cis_summary(linter)
    return 2 if linter.failed else stream.code


def _collected(linter: Linter, options: CheckOptions, output_format: str, outputs: list[tuple[str, Path]]) -> int:
    """Write all reports once everything is judged."""
    results = list(linter.results())
    ran = _Ran()
    for result in results:
        ran.add(result)
    report = Report.of(
        distinct(results),
        version=__version__,
        files={uri for result in results for uri in result.files},
        notes=(note for result in results for note in result.notes),
        rules=ran.rules.values(),
        projects=(CheckedProject(result.reading, result.outcome.findings) for result in results if result.kept),
    )
    if linter.proving:
        report = replace(report, edits=edits_in(report, results))
    if not options.quiet:
        notes_to_stderr(results, render_options(options, sys.stderr), report.findings)
        stale_to_stderr(linter)
    for name, target in outputs:
        write_whole(target, renderer(name)(report, RenderOptions(include_suppressed=options.include_suppressed)))
    for piece in renderer(output_format)(report, render_options(options, sys.stdout)):
        _write_stdout(piece)
    if output_format == "github":
        _step_summary(report)
    if options.statistics:
        _statistics(Counter(finding.code for finding in report.findings), ran.rules)
    if not options.quiet:
        ran.cis_summary(linter)
    return exit_code(linter, results)


class _Ran:
    """The rules that ran, in all projects and in those of the profile `cis`."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self._of_cis: dict[str, Rule] = {}
        self._seen: dict[int, Selection] = {}

    def add(self, result: Result) -> None:
        if id(result.selection) in self._seen:
            return
        self._seen[id(result.selection)] = result.selection
        rules = {rule.code: rule for rule in result.selection.rules}
        self.rules |= rules
        if result.settings.profile == "cis":
            self._of_cis |= rules

    def cis_summary(self, linter: Linter) -> None:
        """What the profile `cis` has judged, where it ran."""
        if self._of_cis:
            from composeguard.commands import cis

            sys.stderr.write(cis.summary(self._of_cis.values(), linter.rules))


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


def _write_stdout(piece: str) -> None:
    try:
        sys.stdout.write(piece)
    except UnicodeEncodeError:
        # A terminal of another encoding gets escapes rather than an error.
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(piece.encode(encoding, "backslashreplace").decode(encoding))


def _statistics(counts: Mapping[str, int], rules: Mapping[str, Rule]) -> None:
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        sys.stderr.write(f"{count:7}  {code}  {rules[code].name if code in rules else ''}\n")
