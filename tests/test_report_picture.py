"""What a picture shows of a project, where it stands, and what a fix's difference tells."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from tests.report_samples import Made, make_file, make_finding, make_report

from composeguard.commands.lint import Linter
from composeguard.commands.options import CheckOptions
from composeguard.engine.report import CheckedProject, Report
from composeguard.engine.severity import Severity
from composeguard.model.ports import Reach
from composeguard.report.diagram import Diagram, diagram
from composeguard.report.patch import Hunk, Patches
from composeguard.report.picture import Lane, Picture, picture
from composeguard.report.secrets import Secrets

PROJECT = Path(__file__).resolve().parents[1]


def _check(folder: Path, text: str | bytes, monkeypatch: pytest.MonkeyPatch) -> CheckedProject:
    (folder / "compose.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.chdir(folder)
    (result,) = Linter(CheckOptions(no_progress=True)).results()
    return CheckedProject(result.reading, result.outcome.findings)


def test_facts_of_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """\
services:
  db: {image: a:1.2.3, networks: [inside]}
  web:
    image: registry.example.com/web:1.2.3
    ports: ["80:80", "127.0.0.1:9000-9001:9000-9001/udp", "${ADDRESS:-x}:1:1"]
    volumes: ["./data:/data", "./more:/more:ro", "../up:/up", "/run/docker.sock:/s"]
    networks: [outside, inside]
  side: {image: a:1.2.3, network_mode: "service:web"}
  alone: {image: a:1.2.3, network_mode: none, ports: ["81:81"]}
jobs:
  nightly: {image: a:1.2.3, pid: host}
networks: {inside: {internal: true}, outside: {external: true}}
"""
    seen = picture(_check(tmp_path, text, monkeypatch))
    assert seen.lanes == (
        Lane("outside", internal=False, external=True),
        Lane("inside", internal=True, external=False),
        Lane("default", internal=False, external=False),
    )
    rows = {row.name: row for row in seen.rows}
    assert seen.rows[0].name == "web"
    web = rows["web"]
    assert {port.reach for port in web.ports} >= {Reach.EVERYWHERE, Reach.LOOPBACK}
    assert {"80 → 80", "9000/udp → 9000"} <= {port.label for port in web.ports}
    assert web.host[0].label == "/run/docker.sock"
    assert web.host[0].danger
    assert web.host[0].severity is Severity.CRITICAL
    assert {"2 own files", "../up"} <= {edge.label for edge in web.host}
    assert rows["side"].networks == web.networks
    assert rows["alone"].networks == frozenset()
    assert rows["alone"].ports == ()
    assert [edge.label for edge in rows["nightly"].host] == ["host pid"]


def test_a_password_in_an_address_or_a_default_is_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "services:\n  a:\n    image: 'http://u:hunter2@host/${TOKEN:-hunter2}'\n    privileged: true\n"
    text += "    volumes: ['/x/${PASSWORD:?hunter}:/y', '/z/${API_TOKEN-hunter2}:/z', '/w/${K_SECRET}:/w']\n"
    (tmp_path / ".env").write_text("K_SECRET=hunter2\n")
    seen = picture(_check(tmp_path, text, monkeypatch))
    assert "hunter2" not in str(seen)


def _platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Picture:
    return picture(_check(tmp_path, (PROJECT / "examples/platform/compose.yaml").read_bytes(), monkeypatch))


def test_nothing_of_a_diagram_overlaps_or_stands_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = diagram(_platform(tmp_path, monkeypatch))
    assert len(drawn.boxes) == 20
    _apart(drawn)
    ends = {line.x for line in drawn.lines}
    assert {dot for wire in drawn.wires for dot in wire.dots} <= ends
    assert len({(wire.y, wire.start) for wire in drawn.wires}) == len(drawn.wires)


def _apart(drawn: Diagram) -> None:
    boxes = sorted(drawn.boxes, key=lambda box: box.y)
    for above, below in itertools.pairwise(boxes):
        assert above.y + above.height < below.y
    assert all(box.y + box.height <= drawn.height for box in boxes)
    chips = sorted(drawn.chips, key=lambda chip: (chip.x, chip.y))
    for first, second in itertools.pairwise(chips):
        assert first.x != second.x or first.y + 20 < second.y
    furthest = max([*(chip.x + chip.width for chip in chips), *(line.x for line in drawn.lines), 0])
    assert furthest < drawn.width


def test_a_large_picture_keeps_what_is_dangerous_and_counts_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["services:"]
    for number in range(100):
        ports = ", ".join(f'"{8000 + number * 10 + index}:80"' for index in range(9))
        privileged = ", privileged: true" if number == 99 else ""
        lines.append(f"  s{number:02}: {{image: 'a:1.2.3', networks: [n{number:02}], ports: [{ports}]{privileged}}}")
    lines += ["networks:", *(f"  n{number:02}: {{}}" for number in range(100))]
    drawn = diagram(picture(_check(tmp_path, "\n".join(lines), monkeypatch)))
    assert len(drawn.boxes) == 60
    assert "s99" in {box.name for box in drawn.boxes}
    assert drawn.left_out == ["40 more services", "76 more networks"]
    assert sum(chip.text == "4 more" for chip in drawn.chips) == 60
    _apart(drawn)


def test_a_picture_of_one_service_alone() -> None:
    assert diagram(Picture((), ())).boxes == []


def _hunks(checked: CheckedProject, code: str) -> tuple[Hunk, ...]:
    report = Report.of(checked.findings, version="1", projects=[checked])
    patches = Patches(report, Secrets(report), report.findings)
    (finding,) = [finding for finding in report.findings if finding.code == code]
    return patches.of(finding)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_difference_hides_what_stands_beside_it(
    newline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "services:",
        "  web:",
        "    image: a:1.2.3",
        "    environment: {PASSWORD: hunter2, MODE: hunter3}",
        "    privileged: true",
        "    command: serve --key hunter4",
        "",
    ]
    (hunk,) = _hunks(_check(tmp_path, newline.join(lines).encode(), monkeypatch), "CG101")
    shown = [change.sign + change.text for change in hunk.changes]
    assert (hunk.uri, hunk.number) == ("compose.yaml", 2)
    assert "-    privileged: true" in shown
    assert sum(change.sign != " " for change in hunk.changes) == 1
    assert "hunter" not in str(hunk)
    assert "****" in str(hunk)
    assert "\\r" not in str(shown)


def test_far_changes_are_two_hunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filler = "".join(f"    # {number}\n" for number in range(20))
    text = f"services:\n  web:\n    image: a:1.2.3\n    privileged: true\n{filler}    ports: ['80:80']\n"
    checked = _check(tmp_path, text, monkeypatch)
    (first,) = _hunks(checked, "CG101")
    (second,) = _hunks(checked, "CG302")
    assert (first.number, second.number) == (1, 22)
    assert [change.text for change in second.changes if change.kind == "added"] == ["    ports: ['127.0.0.1:80:80']"]


def test_a_finding_of_no_project_has_no_difference() -> None:
    file = make_file("privileged: true\n")
    report = make_report(make_finding(file, "privileged", made=Made()))
    assert Patches(report, Secrets(report), report.findings).of(report.findings[0]) == ()
