"""Layout: from the sizes of cards to their positions and the curves of the edges.

Graphviz ``dot`` arranges them, driven through networkx. Where pygraphviz cannot be imported, or dot would take seconds,
networkx's topological generations serve as columns, ordered by barycentres (Sugiyama's method).
The file is large because both ways end in the same edges from port to port.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from micrograd_gui.model.card_size import CARD_HEIGHT, card_size
from micrograd_gui.model.dependencies import dependency_problem
from micrograd_gui.model.snapshot import GraphSnapshot

Point = tuple[float, float]
Size = tuple[float, float]
"""Width, height."""
Box = tuple[float, float, float, float]
"""Left, top, width, height."""

COLUMN_GAP = 36.0
ROW_GAP = 28.0
"""Vertical gap between cards; a bead's pill fits in it."""
LANE_HEIGHT = 24.0
"""Height of a lane: the room of an edge that passes a column, in the layered layout."""

LONGEST_LANE = 40
"""Longest edge with lanes, in columns; a leaf used along a chain of thousands would need millions of lanes."""

DOT_LIMIT = 4000
"""Most cards and edges for dot, which takes about a second for them."""
SPAN_LIMIT = 4000
"""Most columns crossed by all edges together; dot has a node of its own for each."""

_POINTS_PER_INCH = 72.0
_SWEEPS = 6
_MANY_SLOTS = 10_000


@dataclass(frozen=True, slots=True)
class EdgePath:
    """A cubic Bézier curve of ``1 + 3 n`` points, from the operand's right port to the node's left port."""

    operand: int
    node: int
    operand_index: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """A layout in pixels at 100 %, y pointing down. Everything lies in ``width`` × ``height`` from ``left`` and
    ``top``.
    """

    centers: tuple[Point, ...]
    edges: tuple[EdgePath, ...]
    width: float
    height: float
    engine: Literal["graphviz", "networkx"]
    groups: tuple[Box, ...] = ()
    """Box of each group, around its cards."""
    graphviz_problem: str = ""
    """Reason why Graphviz cannot be used, and what to install; "" if it can."""
    left: float = 0.0
    top: float = 0.0


class _Edge(NamedTuple):
    operand: int
    node: int
    operand_index: int


def port_offset(operand_index: int, count: int, height: float = CARD_HEIGHT) -> float:
    """Distance below the centre of a card or a box at which its ``operand_index``-th of ``count`` operands enters."""
    return height * ((operand_index + 0.5) / count - 0.5)


def lay_out(snapshot: GraphSnapshot) -> Placement:
    """Arrange the cards. Graphs of the same structure share one result, whatever their data."""
    return arrange(
        tuple(map(card_size, snapshot.nodes)),
        tuple(node.operands for node in snapshot.nodes),
    )


def moved(placement: Placement, x: float, y: float) -> Placement:
    """The placement shifted right by ``x`` and down by ``y``."""
    if x == y == 0.0:
        return placement
    return replace(
        placement,
        centers=tuple((left + x, top + y) for left, top in placement.centers),
        edges=tuple(
            replace(path, points=tuple((left + x, top + y) for left, top in path.points))
            for path in placement.edges
        ),
        groups=tuple((left + x, top + y, width, height) for left, top, width, height in placement.groups),
        left=placement.left + x,
        top=placement.top + y,
    )


@lru_cache(maxsize=32)
def arrange(sizes: tuple[Size, ...], operands: tuple[tuple[int, ...], ...]) -> Placement:
    """Arrange boxes of these sizes, each to the right of its operands."""
    problem = graphviz_problem()
    if not sizes:
        return Placement((), (), 0.0, 0.0, "networkx" if problem else "graphviz", graphviz_problem=problem)
    edges = [
        _Edge(operand, node, index) for node, row in enumerate(operands) for index, operand in enumerate(row)
    ]
    if not problem and len(sizes) + len(edges) <= DOT_LIMIT and _span(len(sizes), edges) <= SPAN_LIMIT:
        return _lay_out_with_dot(sizes, operands, edges)
    return replace(_lay_out_in_layers(sizes, operands, edges), graphviz_problem=problem)


def _span(count: int, edges: Sequence[_Edge]) -> int:
    columns = _columns(count, edges)
    return sum(columns[edge.node] - columns[edge.operand] for edge in edges)


def graphviz_problem() -> str:
    """Reason why dot cannot be used, and what to install; "" if it can."""
    try:
        import pygraphviz  # noqa: F401
    except Exception as error:  # noqa: BLE001 - it is not swallowed, and a broken package may raise anything
        return dependency_problem(error)
    return ""


def load_libraries() -> None:
    """Import the libraries of the first layout ahead of time; errors are reported when they are needed."""
    with suppress(Exception):
        import networkx  # noqa: F401
    graphviz_problem()


def _lay_out_with_dot(
    sizes: Sequence[Size], operands: Sequence[tuple[int, ...]], edges: Sequence[_Edge]
) -> Placement:
    import networkx as nx

    # Drawn from right to left, each card pointing to its operands: networkx hands edges on in the order of where
    # they start, and their order is the operands'.
    graph = nx.MultiDiGraph()
    graph.graph["graph"] = {
        "rankdir": "RL",
        "ordering": "out",
        "nodesep": str(ROW_GAP / _POINTS_PER_INCH),
        "ranksep": str(COLUMN_GAP / _POINTS_PER_INCH),
    }
    # No labels: they would be measured, with fonts that are not ours. No arrow heads: they would shorten the curves.
    graph.graph["node"] = {"shape": "box", "fixedsize": "true", "label": ""}
    graph.graph["edge"] = {"dir": "none", "headport": "e", "tailport": "w"}
    for node, (width, height) in enumerate(sizes):
        graph.add_node(node, width=_inches(width), height=_inches(height))
    for edge in edges:
        graph.add_edge(edge.node, edge.operand, key=edge.operand_index)

    drawn = nx.nx_agraph.to_agraph(graph)
    drawn.layout(prog="dot")
    _, _, width, height = _numbers(drawn.graph_attr["bb"])
    centers = []
    for node in range(len(sizes)):
        x, y = _numbers(drawn.get_node(node).attr["pos"])
        centers.append((x, height - y))
    drawings = {
        edge: drawn.get_edge(edge.node, edge.operand, key=edge.operand_index).attr["pos"] or ""
        for edge in edges
    }
    splines = _read_splines(drawings, height)
    paths = [
        EdgePath(*edge, _to_ports(edge, splines.get(edge), centers, sizes, len(operands[edge.node])))
        for edge in edges
    ]
    return Placement(tuple(centers), tuple(paths), width, height, "graphviz")


def _inches(pixels: float) -> str:
    return f"{pixels / _POINTS_PER_INCH:.6f}"


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.replace(",", " ").split()]


def _read_splines(drawings: Mapping[_Edge, str], height: float) -> dict[_Edge, list[Point]]:
    """The curve of each edge as dot drew it; of parallel edges the upper curve is the first operand's."""
    between: dict[tuple[int, int], list[_Edge]] = {}
    for edge in drawings:
        between.setdefault((edge.operand, edge.node), []).append(edge)
    splines: dict[_Edge, list[Point]] = {}
    for parallel in between.values():
        curves = []
        for edge in parallel:
            numbers = _numbers(drawings[edge])
            points = [(x, height - y) for x, y in zip(numbers[-2::-2], numbers[::-2], strict=True)]
            if len(points) > 3 and len(points) % 3 == 1:
                curves.append(points)
        curves.sort(key=lambda points: sum(y for _, y in points) / len(points))
        splines.update(zip(parallel, curves, strict=False))
    return splines


def _to_ports(
    edge: _Edge,
    spline: list[Point] | None,
    centers: Sequence[Point],
    sizes: Sequence[Size],
    operand_count: int,
) -> tuple[Point, ...]:
    """The curve with its ends moved onto the ports; adjacent control points move with them, so that it stays smooth."""
    start, end = _ports(edge, centers, sizes, operand_count)
    if spline is None:
        return (start, *bend(start, end))
    first, last = spline[0], spline[-1]
    moved = list(spline)
    for i in (0, 1):
        moved[i] = (spline[i][0] + start[0] - first[0], spline[i][1] + start[1] - first[1])
    for i in (-1, -2):
        moved[i] = (spline[i][0] + end[0] - last[0], spline[i][1] + end[1] - last[1])
    return tuple(moved)


def _ports(
    edge: _Edge, centers: Sequence[Point], sizes: Sequence[Size], operand_count: int
) -> tuple[Point, Point]:
    x, y = centers[edge.operand]
    end_x, end_y = centers[edge.node]
    width, height = sizes[edge.node]
    return (
        (x + sizes[edge.operand][0] / 2, y),
        (end_x - width / 2, end_y + port_offset(edge.operand_index, operand_count, height)),
    )


def bend(start: Point, end: Point) -> tuple[Point, Point, Point]:
    """The rest of a curve that leaves ``start`` and reaches ``end`` horizontally."""
    reach = (end[0] - start[0]) / 2
    return (start[0] + reach, start[1]), (end[0] - reach, end[1]), end


@dataclass(slots=True)
class _Slot:
    """The place of a card or a passing edge in a column."""

    column: int
    height: float
    left: list[int]
    """Slots in the column before, by index."""
    right: list[int]
    y: float = 0.0


def _lay_out_in_layers(
    sizes: Sequence[Size], operands: Sequence[tuple[int, ...]], edges: Sequence[_Edge]
) -> Placement:
    columns = _columns(len(sizes), edges)
    slots = [_Slot(column, height, [], []) for column, (_, height) in zip(columns, sizes, strict=True)]
    lanes = {edge: _add_lanes(slots, edge) for edge in edges}
    rows: list[list[int]] = [[] for _ in range(max(columns) + 1)]
    for slot in _depth_first(slots, len(sizes)):
        rows[slots[slot].column].append(slot)
    _reduce_crossings(slots, rows)
    _align(slots, rows)

    top = min(slot.y - slot.height / 2 for slot in slots)
    column_widths = [0.0] * len(rows)
    for column, (width, _) in zip(columns, sizes, strict=True):
        column_widths[column] = max(column_widths[column], width)
    lefts = [0.0]
    for width in column_widths:
        lefts.append(lefts[-1] + width + COLUMN_GAP)
    centers = [
        (lefts[slot.column] + column_widths[slot.column] / 2, slot.y - top) for slot in slots[: len(sizes)]
    ]
    paths = []
    for edge in edges:
        start, end = _ports(edge, centers, sizes, len(operands[edge.node]))
        points = [start]
        # Through its own column, past a wider neighbour, and through each lane it runs level.
        for column, y in (
            (columns[edge.operand], start[1]),
            *((slots[lane].column, slots[lane].y - top) for lane in lanes[edge]),
            (columns[edge.node], end[1]),
        ):
            left = max(lefts[column], start[0])
            right = min(lefts[column] + column_widths[column], end[0])
            for point in ((left, y), (right, y)):
                if point != points[-1]:
                    points += bend(points[-1], point)
        paths.append(EdgePath(*edge, tuple(points)))
    height = max(slot.y + slot.height / 2 for slot in slots) - top
    return Placement(tuple(centers), tuple(paths), lefts[-1] - COLUMN_GAP, height, "networkx")


def _columns(count: int, edges: Sequence[_Edge]) -> list[int]:
    """Column of each card, as far right as its users allow."""
    import networkx as nx

    backwards = nx.DiGraph()
    backwards.add_nodes_from(range(count))
    backwards.add_edges_from((edge.node, edge.operand) for edge in edges)
    generations = list(nx.topological_generations(backwards))
    columns = [0] * count
    for distance, generation in enumerate(generations):
        for node in generation:
            columns[node] = len(generations) - 1 - distance
    return columns


def _add_lanes(slots: list[_Slot], edge: _Edge) -> list[int]:
    """New slots for an edge in the columns that it passes, linked up from operand to node."""
    first, last = slots[edge.operand].column, slots[edge.node].column
    passed = range(first + 1, last) if last - first < LONGEST_LANE else range(0)
    lanes = list(range(len(slots), len(slots) + len(passed)))
    slots.extend(_Slot(column, LANE_HEIGHT, [], []) for column in passed)
    way = [edge.operand, *lanes, edge.node]
    for before, after in pairwise(way):
        slots[before].right.append(after)
        slots[after].left.append(before)
    return lanes


def _depth_first(slots: Sequence[_Slot], card_count: int) -> Iterator[int]:
    """Yield all slots depth first, from cards without users to leaves, operands in order."""
    seen = [False] * len(slots)
    for root in range(card_count - 1, -1, -1):
        if slots[root].right:
            continue
        stack = [root]
        while stack:
            slot = stack.pop()
            if not seen[slot]:
                seen[slot] = True
                yield slot
                stack.extend(reversed(slots[slot].left))


def _reduce_crossings(slots: Sequence[_Slot], rows: list[list[int]]) -> None:
    """Order each column by the mean positions of its neighbours, leftwards and rightwards in turn; keep the best."""
    place = [0.0] * len(slots)
    for row in rows:
        _number_row(place, row)
    best, fewest = [list(row) for row in rows], _crossings(slots, rows, place)
    for sweep in range(_SWEEPS if len(slots) < _MANY_SLOTS else 2):
        leftwards = sweep % 2 == 0
        for row in reversed(rows) if leftwards else rows:
            means = {
                slot: _mean(place, slots[slot].right if leftwards else slots[slot].left, place[slot])
                for slot in row
            }
            row.sort(key=means.__getitem__)
            _number_row(place, row)
        crossings = _crossings(slots, rows, place)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _crossings(slots: Sequence[_Slot], rows: Sequence[Sequence[int]], place: Sequence[float]) -> int:
    """Number of crossings of edges between neighbouring columns, drawn straight from port to port."""
    count = 0
    for row in rows:
        ends_from: dict[float, list[int]] = {}
        ports = 0
        for slot in row:
            for before in slots[slot].left:
                ends_from.setdefault(place[before], []).append(ports)
                ports += 1
        passed: list[int] = []
        for start in sorted(ends_from):
            count += sum(len(passed) - bisect_right(passed, end) for end in ends_from[start])
            for end in ends_from[start]:
                insort(passed, end)
    return count


def _number_row(place: list[float], row: Sequence[int]) -> None:
    """Number a column's slots evenly between 0 and 1, so that columns of different length compare."""
    for i, slot in enumerate(row):
        place[slot] = (i + 0.5) / len(row)


def _mean(values: Sequence[float], chosen: Sequence[int], otherwise: float) -> float:
    return sum(values[i] for i in chosen) / len(chosen) if chosen else otherwise


def _align(slots: Sequence[_Slot], rows: Sequence[Sequence[int]]) -> None:
    """Move each slot towards the mean height of its neighbours, within its column's order and gaps."""
    for row in rows:
        y = -sum(slots[slot].height + ROW_GAP for slot in row) / 2
        for slot in row:
            slots[slot].y = y + slots[slot].height / 2
            y += slots[slot].height + ROW_GAP
    for sweep in range(_SWEEPS):
        leftwards = sweep % 2 == 1
        for row in reversed(rows) if leftwards else rows:
            wished = []
            for slot in row:
                beside = slots[slot].right if leftwards else slots[slot].left
                wished.append(sum(slots[i].y for i in beside) / len(beside) if beside else slots[slot].y)
            for slot, y in zip(row, _spread(wished, [slots[slot].height for slot in row]), strict=True):
                slots[slot].y = y


def _spread(wished: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Ascending positions near the ``wished`` ones, with gaps for the ``heights``.

    They are the mean of pushing all down and pushing all up, which both keep the gaps.
    """
    gaps = [(a + b) / 2 + ROW_GAP for a, b in pairwise(heights)]
    down = list(wished)
    for i, gap in enumerate(gaps):
        down[i + 1] = max(down[i + 1], down[i] + gap)
    up = list(wished)
    for i in range(len(gaps) - 1, -1, -1):
        up[i] = min(up[i], up[i + 1] - gaps[i])
    return [(a + b) / 2 for a, b in zip(down, up, strict=True)]
