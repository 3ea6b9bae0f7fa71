"""What the rules cover of section 5 of the CIS Docker Benchmark, as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from composeguard.engine.cis import SECTION, VERSION, Coverage, coverage
from composeguard.engine.rule import Rule

Json = str | list[str] | dict[str, "Json"] | list["Json"]

_TITLE = f"CIS Docker Benchmark v{VERSION}, section {SECTION}"


def summary(ran: Iterable[Rule], known: Iterable[Rule]) -> str:
    """The lines of `check --profile cis`: what was judged, and what was not, with the reason."""
    covered = coverage(ran)
    could = {each.recommendation.number for each in coverage(known) if each.codes}
    judged = [each.recommendation.number for each in covered if each.codes]
    lines = [f"{_TITLE}: judged {ranges(judged) or 'nothing'} ({len(judged)} of {len(covered)}); not judged:"]
    for each in covered:
        number = each.recommendation.number
        if not each.codes:
            reason = "its rules did not run" if number in could else each.recommendation.reason
            lines.append(f"  {number} {each.recommendation.title}: {reason or 'no rule judges it'}")
    return "\n".join(lines) + "\n"


def table(rules: Iterable[Rule]) -> str:
    """For people: every recommendation with the rules that judge it, or the reason why none does."""
    covered = coverage(rules)
    width = max(len(each.recommendation.title) for each in covered)
    lines = [f"{each.recommendation.number:5} {each.recommendation.title:{width}}  {_judged(each)}" for each in covered]
    return "\n".join([f"{_TITLE}:", *lines]) + "\n"


def markdown(rules: Iterable[Rule], pages: str) -> str:
    """A table, with links to the pages of the rules in a folder."""
    lines = ["| Number | What it asks for | Judged by |", "|---|---|---|"]
    for each in coverage(rules):
        links = ", ".join(f"[{code}]({pages}/{code}.md)" for code in each.codes)
        lines.append(f"| {each.recommendation.number} | {each.recommendation.title} | {links or _judged(each)} |")
    return "\n".join(lines) + "\n"


def page(rules: Sequence[Rule]) -> str:
    """`docs/cis.md`."""
    covered = coverage(rules)
    judged = [each.recommendation.number for each in covered if each.codes]
    return (
        f"# {_TITLE}\n\n"
        f"`composeguard check --profile cis` runs the rules that map to it: {len(judged)} of its {len(covered)} "
        f"recommendations ({ranges(judged)}). The numbers are the benchmark's, the words are ours. The other sections "
        "are about the host, the engine, image builds and operations, which no Compose file shows.\n\n"
        f"{markdown(rules, 'rules')}"
    )


def as_json(rules: Iterable[Rule]) -> Json:
    """The same for machines."""
    recommendations: list[Json] = [
        {
            "number": each.recommendation.number,
            "title": each.recommendation.title,
            "rules": list(each.codes),
            "reason": each.reason,
        }
        for each in coverage(rules)
    ]
    return {
        "benchmark": "CIS Docker Benchmark",
        "version": VERSION,
        "section": str(SECTION),
        "recommendations": recommendations,
    }


def ranges(numbers: Iterable[str]) -> str:
    """Numbers of one section in short: "5.2-5.4, 5.7"."""
    runs: list[list[int]] = []
    for number in sorted(int(number.partition(".")[2]) for number in numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{SECTION}.{run[0]}" + (f"-{SECTION}.{run[-1]}" if len(run) > 1 else "") for run in runs]
    return ", ".join(parts)


def _judged(each: Coverage) -> str:
    return ", ".join(each.codes) or f"not judged: {each.reason}"
