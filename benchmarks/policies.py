"""What policies cost: loading, and checking beside the built-in rules, on a folder of Compose files.

    python benchmarks/policies.py FOLDER [--files 1000] [--policies 200]

The policies are the samples of all templates and thirteen expressions, again and again under other codes; an expression
that was checked before is checked again.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

from composeguard.compose.discover import repository_root
from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.engine.rule import Rule, Scope
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.policy.builtin import load_builtin
from composeguard.policy.document import read_text
from composeguard.policy.load import rules_of
from composeguard.policy.samples import TEMPLATES

EXPRESSIONS = (
    ("service.ports", "!has(item.published) || item.published >= 1024"),
    ("service.ports", 'item.reach == "loopback" || service.name in ["proxy", "traefik"]'),
    ("service", 'service.privileged != true && !("SYS_ADMIN" in service.cap_add)'),
    ("service", 'has(service.build) || service.image_name.tag != "latest"'),
    ("service", "has(service.healthcheck) || has(service.restart)"),
    ("service", 'service.restart in ["always", "unless-stopped"]'),
    ("service", 'service.environment.all(k, !k.endsWith("_DEBUG"))'),
    ("service.volumes", 'item.type != "bind" || item.read_only == true'),
    ("service.volumes", '!has(item.source) || !item.source.startsWith("/etc")'),
    ("service.environment", 'key.matches("^[A-Z_][A-Z0-9_]*$")'),
    ("service.depends_on", 'item.condition == "service_healthy"'),
    ("networks", "item.internal == true || item.external == true"),
    ("project", "project.services.size() < 20"),
)


def policies(count: int) -> str:
    """A file of so many policies."""
    kinds = [sample.body for sample in TEMPLATES.values()]
    kinds += [f"for: {of}\nassert: '{text}'\nmessage: not as wanted\n" for of, text in EXPRESSIONS]
    entries = [f"  - code: BENCH{number:03d}\n{indent(kinds[number % len(kinds)], '    ')}" for number in range(count)]
    return "policies:\n" + "".join(entries)


def best(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of several runs, in seconds of processor time: other programs on the machine do not count."""
    durations = []
    for _ in range(times):
        started = time.process_time()
        work()
        durations.append(time.process_time() - started)
    return min(durations)


def readings(folder: Path, count: int) -> list[Reading]:
    """Some files of a folder, each a project of its own."""
    paths = sorted(path for path in folder.resolve().rglob("*.y*ml") if path.is_file())
    random.Random(7).shuffle(paths)
    found = []
    for path in paths[:count]:
        root = repository_root(str(path.parent)) or str(path.parent)
        request = Request(files=(str(path),), project_directory=str(path.parent), root=root)
        found.append(read_project(request, Files(root)))
    return found


def judge(projects: list[Reading], rules: tuple[Rule, ...]) -> int:
    """What the checks alone find: findings are not placed, compared and put in order."""
    count = 0
    for project in projects:
        subjects: dict[Scope, list[object]] = {
            Scope.CONTAINER: list(project.project.containers()),
            Scope.SERVICE: list(project.project.services.values()),
            Scope.READING: [project],
        }
        for rule in rules:
            for subject in subjects[rule.scope]:
                count += sum(1 for _ in rule.check(subject))
    return count


def imports() -> float:
    """The time that importing the CEL library takes in a new process, in milliseconds."""
    code = "import time; t=time.perf_counter(); from cel_expr_python import cel; print((time.perf_counter()-t)*1000)"
    done = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    return min(float(each.stdout) for each in done)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--policies", type=int, default=200)
    given = parser.parse_args()
    text = policies(given.policies).encode()

    def load() -> tuple[Rule, ...]:
        return tuple(rule for rule, _ in rules_of(read_text(text, "policies.yml")[1]))

    print(f"import of the CEL library: {imports():.1f} ms")
    print(f"loading {given.policies} policies: {best(load) * 1000:.1f} ms")
    rules = load()
    builtin = tuple(rule for rule in load_builtin() if rule.always or Profile.RECOMMENDED.holds(rule.profiles))
    projects: list[Reading] = []
    reading = best(lambda: projects.extend(readings(given.folder, given.files)), 1)
    print(f"reading {len(projects)} files: {reading:.2f} s ({os.cpu_count()} processors)")

    def run(chosen: tuple[Rule, ...]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for project in projects:
            project.cached.clear()
            outcome = check(project, Selection(chosen))
            counts["findings"] += len(outcome.findings)
            counts["failures"] += len(outcome.failures)
        return counts

    counted = run(rules)
    alone = best(lambda: run(builtin))
    with_findings = best(lambda: run(rules))
    judging = best(lambda: judge(projects, rules))
    both = best(lambda: run((*builtin, *rules)))
    of_rules = run(builtin)["findings"]
    print(f"built-in rules: {alone:.2f} s, {of_rules:,} findings")
    print(f"{given.policies} policies, judging alone: {judging:.2f} s ({judging / alone:.2f} of the rules)")
    print(f"{given.policies} policies with findings: {with_findings:.2f} s ({with_findings / alone:.2f} of the rules)")
    print(f"rules and policies: {both:.2f} s ({both / alone:.2f} times), {counted['findings']:,} more findings")
    less, more = reading + alone, reading + both
    print(f"with reading: {less:.2f} s; {more:.2f} s ({more / less:.2f} times); {counted['failures']} failures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
