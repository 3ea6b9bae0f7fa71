"""`composeguard baseline`: writes the findings of today down, and keeps that file true."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from composeguard.commands.known import DEFAULT_NAME, as_run, configured, read
from composeguard.commands.lint import Linter
from composeguard.commands.options import BaselineOptions
from composeguard.commands.outcome import distinct, exit_code, notes_to_stderr
from composeguard.commands.render import render_options
from composeguard.commands.whole_file import write_whole
from composeguard.engine.baseline import Baseline, Entry, can_be_known, dump
from composeguard.engine.finding import Finding
from composeguard.report.escape import visible
from composeguard.report.likely import discreet


def run_baseline(options: BaselineOptions) -> int:
    """Check everything, then write the file; the exit code is 0, or 2 where something could not be seen."""
    linter = Linter(options, with_baseline=False, keeping=False)
    target = _target(linter, options)
    old = Baseline() if options.action == "write" else read(target, "composeguard baseline")
    results = list(linter.results())
    for result in results:
        old.saw(as_run(result))
    present = {_entry(finding) for finding in distinct(results) if can_be_known(finding)}
    stale = set(old.stale(linter.exists))
    kept = old.entries - stale
    if options.action != "prune":
        # By fingerprint, which alone counts: an entry is not new because its path is written in another way.
        known = {entry.fingerprint for entry in kept}
        kept |= {entry for entry in present if entry.fingerprint not in known}
    text = dump(kept)
    if not target.is_file() or target.read_bytes() != text.encode():
        write_whole(target, [text])
    if not options.quiet:
        notes_to_stderr(results, render_options(options, sys.stderr))
        sys.stdout.write(visible(_said(options, target, old, kept, stale)) + "\n")
    return 2 if exit_code(linter, results) == 2 else 0


def _entry(finding: Finding) -> Entry:
    """The entry of a finding; a key can be a secret that is out of place, and the file is for everybody."""
    entry = Entry.of(finding)
    path = discreet(entry.path)
    return entry if path is entry.path else replace(entry, path=path)


def _target(linter: Linter, options: BaselineOptions) -> Path:
    """The file that is asked for, else that of the configuration, else the default in the current folder."""
    return Path(options.target or configured(linter.configurations.of(str(linter.cwd)).configuration) or DEFAULT_NAME)


def _said(options: BaselineOptions, target: Path, old: Baseline, kept: frozenset[Entry], stale: set[Entry]) -> str:
    count = f"{len(kept):,} known finding{'s' * (len(kept) != 1)}"
    if options.action == "write":
        return f"{target}: {count}; `composeguard check --baseline {target}` fails on new ones only"
    added = len(kept - old.entries)
    changes = f"{added:,} added, {len(stale):,} removed" if options.action == "update" else f"{len(stale):,} removed"
    return f"{target}: {count} ({changes})"
