"""The places of a picture's parts: outside, services, networks, host, from left to right.

A service is a row; a network, an origin of requests, and the host are vertical lines. A wire runs along its row and
ends in a dot on the line that it belongs to, so that no wire meets another one, whatever the number of services.
Everything is an integer, and follows from the facts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from composeguard.engine.severity import Severity
from composeguard.model.ports import Reach
from composeguard.report.cells import cells_of, total_width
from composeguard.report.picture import REACHES, Edge, Lane, Picture, Row
from composeguard.source.node import Path

_MOST_ROWS = 60
_MOST_LANES = 24
_MOST_EDGES = 6
"""Of one service, on one side."""
_MARGIN = 14
_HEADS = 34
_STEP = 28
_LINE = 26
_GAP = 14
_BOX = 216
"""The least width of a service: what it says of itself needs that."""
_LEAST = 52
_CHIP = 20
_CHARACTER = 7
"""The width of a character of the picture's font, at most."""
_BOLD = 8
"""The same for the names of services."""
_PORT_CELLS, _HOST_CELLS, _NAME_CELLS, _IMAGE_CELLS, _LANE_CELLS = 29, 28, 40, 30, 17


class Line(Struct, frozen=True):
    """A vertical line with its name above it."""

    x: int
    top: int
    bottom: int
    name: str
    title: str
    kind: str


class Wire(Struct, frozen=True):
    """A horizontal line; `dots` are the places on vertical lines where it ends."""

    y: int
    start: int
    end: int
    kind: str
    dots: tuple[int, ...]
    title: str
    danger: bool = False
    arrow: int = 0
    """Where the tip of an arrow stands; 0: nowhere."""


class Chip(Struct, frozen=True):
    """What a wire is, written on it."""

    x: int
    y: int
    width: int
    text: str
    title: str
    kind: str


class Box(Struct, frozen=True):
    """A service."""

    x: int
    y: int
    width: int
    height: int
    name: str
    image: str
    says: str
    severity: Severity | None
    path: Path
    title: str


class Diagram(Struct):
    """All that is drawn."""

    width: int = 0
    height: int = 0
    heads: list[tuple[int, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def diagram(picture: Picture) -> Diagram:
    """Draw a picture."""
    return _Layout(picture).drawn


class _Layout:
    def __init__(self, picture: Picture) -> None:
        rows, lanes = _worst(picture.rows), picture.lanes[:_MOST_LANES]
        self.drawn = Diagram()
        self._note(len(picture.rows) - len(rows), "service")
        self._note(len(picture.lanes) - len(lanes), "network")
        reached = {edge.reach for row in rows for edge in row.ports}
        origins = [reach for reach in REACHES if reach in reached]
        hosts = any(row.host for row in rows)
        x = _MARGIN
        if origins:
            self.drawn.heads.append((x, "Outside"))
        self._origins = {reach: x + _GAP + _STEP * index for index, reach in enumerate(origins)}
        x += _GAP + _STEP * len(origins) if origins else 0
        self._ports_at = x + _GAP
        widest = max((_width(edge.label, _PORT_CELLS) for row in rows for edge in _few(row.ports)), default=0)
        self._box = self._ports_at + widest + _STEP if origins else x
        self.drawn.heads.append((self._box, "Services"))
        # Names differ at their ends (`app-worker-mails`, `app-worker-builds`), so that boxes grow with them.
        longest = max((total_width(cells_of(row.name[:_NAME_CELLS])) for row in rows), default=0)
        self._wide = max(_BOX, min(longest, _NAME_CELLS) * _BOLD + 28)
        x = self._box + self._wide
        if lanes:
            self.drawn.heads.append((x + _GAP, "Networks"))
        self._lanes = {lane.name: x + _STEP + _STEP * index for index, lane in enumerate(lanes)}
        x += _STEP * (len(lanes) + 1) if lanes else 0
        # The last head needs room, whatever stands under it.
        x = max(x, self._box + self._wide + 90) if lanes else x
        self._host_at = x + _GAP
        widest = max((_width(edge.label, _HOST_CELLS) for row in rows for edge in _few(row.host)), default=0)
        self._host = self._host_at + widest + _STEP + _GAP if hosts else 0
        if hosts:
            self.drawn.heads.append((self._host_at, "Host"))
        names = [*(REACHES[reach] for reach in origins), *(_cut(lane.name, _LANE_CELLS) for lane in lanes)]
        # A name that rises at 45 degrees is as high as it is wide.
        slanted = max((_CHARACTER * len(name) * 5 // 7 + 14 for name in names), default=0)
        y = top = _HEADS + slanted
        for row in rows:
            y += self._row(row, y) + _GAP
        self.drawn.height = y + _MARGIN - _GAP
        last = max((*self._lanes.values(), *self._origins.values()), default=0)
        self.drawn.width = max(x, self._host + _MARGIN, last + slanted) + _MARGIN
        self._lines(lanes, origins, top - 4, y - _GAP)

    def _note(self, number: int, noun: str) -> None:
        if number > 0:
            self.drawn.left_out.append(f"{number:,} more {noun}{'s' * (number != 1)}")

    def _row(self, row: Row, y: int) -> int:
        """Draw a service; returns its height."""
        ports, host = _few(row.ports), _few(row.host)
        # The wire to the networks has a line of its own, so that it is not taken for one to the host.
        height = max(_LEAST, _LINE * max(len(ports), len(host) + 1) + 4)
        for index, edge in enumerate(ports):
            self._port(row, edge, y + 15 + _LINE * index)
        for index, edge in enumerate(host):
            self._reach(row, edge, y + 15 + _LINE * index)
        ends = tuple(sorted(self._lanes[name] for name in row.networks if name in self._lanes))
        if ends:
            title = f"{row.name} is in {', '.join(sorted(row.networks))}"
            self.drawn.wires.append(Wire(y + height - 13, self._box + self._wide, ends[-1], "network", ends, title))
        says = "no findings" if not row.findings else f"{row.findings} finding{'s' * (row.findings != 1)}"
        if row.severity is not None:
            says += f", worst {row.severity.label}"
        box = Box(
            self._box,
            y,
            self._wide,
            height,
            _cut(row.name, _NAME_CELLS),
            _cut(row.image, _IMAGE_CELLS),
            says,
            row.severity,
            row.path,
            f"{row.name} ({row.image}): {says}" if row.image else f"{row.name}: {says}",
        )
        self.drawn.boxes.append(box)
        return height

    def _port(self, row: Row, edge: Edge, y: int) -> None:
        origin = self._origins.get(edge.reach or Reach.UNKNOWN, self._ports_at)
        title = _title(f"{row.name}: {edge.label}", edge)
        dots = (origin,) if edge.reach else ()
        self.drawn.wires.append(Wire(y, origin, self._box, _kind(edge), dots, title, edge.danger, arrow=self._box))
        self._chip(self._ports_at, y, edge, _PORT_CELLS, title)

    def _reach(self, row: Row, edge: Edge, y: int) -> None:
        title = _title(f"{row.name} reaches {edge.label}", edge)
        start = self._box + self._wide
        tip = self._host - 5
        self.drawn.wires.append(Wire(y, start, tip, _kind(edge), (), title, edge.danger, arrow=tip))
        self._chip(self._host_at, y, edge, _HOST_CELLS, title)

    def _chip(self, x: int, y: int, edge: Edge, cells: int, title: str) -> None:
        text = _cut(f"! {edge.label}" if edge.danger else edge.label, cells)
        width = _width(f"! {edge.label}" if edge.danger else edge.label, cells)
        self.drawn.chips.append(Chip(x, y - _CHIP // 2, width, text, title, _kind(edge)))

    def _lines(self, lanes: Sequence[Lane], origins: Iterable[Reach], top: int, bottom: int) -> None:
        for reach in origins:
            title = f"Reached from {reach.value}"
            kind = "origin wide" if reach is not Reach.LOOPBACK else "origin"
            self.drawn.lines.append(Line(self._origins[reach], top, bottom, REACHES[reach], title, kind))
        for lane in lanes:
            remarks = [word for word, true in (("internal", lane.internal), ("external", lane.external)) if true]
            title = f"Network {lane.name}{f' ({chr(44).join(remarks)})' if remarks else ''}"
            kind = "lane inner" if lane.internal else "lane"
            self.drawn.lines.append(
                Line(self._lanes[lane.name], top, bottom, _cut(lane.name, _LANE_CELLS), title, kind)
            )
        if self._host:
            self.drawn.lines.append(Line(self._host, top, bottom, "", "The host", "host"))


def _worst(rows: Sequence[Row]) -> Sequence[Row]:
    """As many as there is room for, in their order: those with dangerous edges, then those with the worst findings."""
    if len(rows) <= _MOST_ROWS:
        return rows

    def badness(number: int) -> tuple[bool, int, int]:
        row = rows[number]
        danger = any(edge.danger for edge in (*row.ports, *row.host))
        return not danger, 0 if row.severity is None else -1 - row.severity, number

    return [rows[number] for number in sorted(sorted(range(len(rows)), key=badness)[:_MOST_ROWS])]


def _few(edges: Sequence[Edge]) -> Sequence[Edge]:
    """The first edges, and one that stands for the rest."""
    if len(edges) <= _MOST_EDGES:
        return edges
    kept, rest = edges[: _MOST_EDGES - 1], edges[_MOST_EDGES - 1 :]
    return (
        *kept,
        Edge(
            f"{len(rest)} more",
            ", ".join(edge.label for edge in rest[:20]),
            severity=max((edge.severity for edge in rest if edge.severity is not None), default=None),
            danger=any(edge.danger for edge in rest),
            reach=rest[0].reach,
        ),
    )


def _kind(edge: Edge) -> str:
    if edge.danger:
        return "danger"
    return "doubt" if edge.severity is not None and edge.severity >= Severity.LOW else "plain"


def _title(text: str, edge: Edge) -> str:
    verdict = f"; worst finding {edge.severity.label}" if edge.severity is not None else ""
    return f"{text} ({edge.detail}){verdict}{'; accepted by a comment' if edge.accepted else ''}"


def _cut(text: str, most: int) -> str:
    """At most so many cells of the text, which is written as it shows."""
    cells = cells_of(text[: most + 1])
    if total_width(cells) <= most:
        return "".join(cell.text for cell in cells)
    kept: list[str] = []
    room = most - 1
    for cell in cells:
        room -= cell.width
        if room < 0:
            break
        kept.append(cell.text)
    return f"{''.join(kept)}…"


def _width(label: str, most: int) -> int:
    # Two for the mark of what is dangerous: it must not move the others.
    return _CHARACTER * min(total_width(cells_of(label[:most])) + 2, most + 1) + 10
