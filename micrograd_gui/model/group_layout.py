"""Layout with groups: the cards of one array operation stand together in a box.

A group is a grid with a band for each entry of the array. Within a band cards stand in columns from left to right, as
far right as their users allow, so that the results are the last column, and weights, products and partial sums are the
lines of a band. Groups and cards outside of them are arranged as cards are. Edges between two of them run as one cable;
within a group edges keep to the gaps between columns and to the bus above each line.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from math import ceil, dist, sqrt
from typing import TypeAlias

from micrograd_gui.model.card_size import CARD_HEIGHT, MIN_CARD_WIDTH, card_size
from micrograd_gui.model.layout import (
    COLUMN_GAP,
    EdgePath,
    Placement,
    Point,
    Size,
    arrange,
    bend,
    port_offset,
)
from micrograd_gui.model.snapshot import GraphSnapshot

Groups: TypeAlias = tuple[tuple[tuple[int, ...], ...], ...]
"""Groups of bands of cards, by index. No card is in two."""
Operands: TypeAlias = Sequence[tuple[int, ...]]

GROUP_MARGIN = 30.0
"""Pixels between a group's cards and its border; a title fits in."""
TIER_GAP = 16.0
"""Pixels between two cards of a column."""
LINE_GAP = 40.0
"""Pixels between two lines of a group: their bus runs there, and it is seen where a band ends."""
ROUNDING = 10.0
"""Radius of the corners of an edge, in pixels."""
SQUARED = 0.45
"""How far from a corner, in radii, the control points of a quarter of a circle lie."""
UNBROKEN_COLUMNS, UNBROKEN_WIDTH = 12, 6.0
"""A group with more columns than this that is so many times as wide as high, as a long sum is, is broken into lines."""
WIDTH_OF_LINES = 2.0
"""How many times as wide as high a group becomes that is broken into lines."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The grid of a group's cards; its upper left corner is the origin."""

    size: Size
    centers: Mapping[int, Point]
    columns: Mapping[int, int]
    lines: Mapping[int, int]
    gaps: Sequence[float]
    """The middles of the free strips from top to bottom, left of each column and right of the last."""
    columns_reach: Sequence[tuple[float, float]]
    """The left and the right end of each column."""
    buses: Sequence[float]
    """The middles of the free strips from left to right, one above each line."""


def lay_out_groups(snapshot: GraphSnapshot, groups: Groups) -> Placement:
    """Arrange the cards so that each group's box holds its cards and no others."""
    return _lay_out_groups(
        tuple(map(card_size, snapshot.nodes)), tuple(node.operands for node in snapshot.nodes), groups
    )


@lru_cache(maxsize=32)
def _lay_out_groups(
    sizes: tuple[Size, ...], operands: tuple[tuple[int, ...], ...], groups: Groups
) -> Placement:
    grids = [_make_grid(bands, sizes, operands) for bands in groups]
    # Boxes: the groups, and behind them the cards outside of them.
    home = {card: box for box, grid in enumerate(grids) for card in grid.centers}
    outside = [card for card in range(len(sizes)) if card not in home]
    home |= {card: len(grids) + i for i, card in enumerate(outside)}
    sources = [
        *(_sources(box, grid, operands, home) for box, grid in enumerate(grids)),
        *(tuple(home[operand] for operand in operands[card]) for card in outside),
    ]
    boxes = arrange((*(grid.size for grid in grids), *(sizes[card] for card in outside)), tuple(sources))
    corners = [
        (x - grid.size[0] / 2, y - grid.size[1] / 2)
        for grid, (x, y) in zip(grids, boxes.centers, strict=False)
    ]
    moved = [_moved(grid, corner) for grid, corner in zip(grids, corners, strict=True)]
    centers = {card: center for grid in moved for card, center in grid.centers.items()}
    centers |= dict(zip(outside, boxes.centers[len(grids) :], strict=True))
    cables = {(path.operand, path.node, path.operand_index): path.points for path in boxes.edges}

    def way(operand: int, node: int, index: int) -> tuple[Point, ...]:
        x, y = centers[operand]
        start = x + sizes[operand][0] / 2, y
        x, y = centers[node]
        end = x - sizes[node][0] / 2, y + port_offset(index, len(operands[node]))
        source, target = home[operand], home[node]
        if source == target:
            return _way_within(moved[source], operand, node, start, end)
        port = sources[target].index(source) if target < len(grids) else index
        cable = cables[source, target, port]
        points = cable
        if source < len(grids):
            points = (*_rounded(_way_out(moved[source], operand, start, cable[0])), *points[1:])
        if target < len(grids):
            points = (*points, *_rounded(_way_in(moved[target], node, cable[-1], end))[1:])
        return points

    return Placement(
        tuple(centers[card] for card in range(len(sizes))),
        tuple(
            EdgePath(operand, node, index, way(operand, node, index))
            for node, row in enumerate(operands)
            for index, operand in enumerate(row)
        ),
        boxes.width,
        boxes.height,
        boxes.engine,
        tuple((*corner, *grid.size) for corner, grid in zip(corners, grids, strict=True)),
        boxes.graphviz_problem,
    )


def _sources(box: int, grid: _Grid, operands: Operands, home: Mapping[int, int]) -> tuple[int, ...]:
    """The boxes in which a group has operands, each once."""
    boxes = (home[operand] for card in sorted(grid.centers) for operand in operands[card])
    return tuple(dict.fromkeys(source for source in boxes if source != box))


def _make_grid(bands: Sequence[Sequence[int]], sizes: Sequence[Size], operands: Operands) -> _Grid:
    """Lay out a group: columns from left to right, bands from top to bottom, each of one line or several of tiers."""
    columns = _columns([card for band in bands for card in band], operands)
    tiers = [_tiers(band, columns, operands) for band in bands]
    count = max(columns.values()) + 1
    heights = [max(tier.values()) + 1 for tier in tiers]
    per_line = _columns_per_line(count, sum(heights))
    gap = LINE_GAP if count > 1 else TIER_GAP
    tops = [GROUP_MARGIN + gap / 2]
    lines: dict[int, int] = {}
    middles: dict[int, float] = {}
    for band, tier, height in zip(bands, tiers, heights, strict=True):
        lines |= {card: len(tops) - 1 + columns[card] // per_line for card in band}
        while len(tops) < max(lines[card] for card in band) + 2:
            tops.append(tops[-1] + height * (CARD_HEIGHT + TIER_GAP) - TIER_GAP + gap)
        for card in band:
            middles[card] = tops[lines[card]] + tier[card] * (CARD_HEIGHT + TIER_GAP) + CARD_HEIGHT / 2
    columns = {card: column % per_line for card, column in columns.items()}
    widths = [0.0] * min(count, per_line)
    for card, column in columns.items():
        widths[column] = max(widths[column], sizes[card][0])
    lefts = [GROUP_MARGIN]
    for width in widths:
        lefts.append(lefts[-1] + width + COLUMN_GAP)
    right = lefts[-1] - COLUMN_GAP
    return _Grid(
        (right + GROUP_MARGIN, tops[-1] - gap + GROUP_MARGIN),
        {card: (lefts[column] + widths[column] / 2, middles[card]) for card, column in columns.items()},
        columns,
        lines,
        [left - COLUMN_GAP / 2 for left in lefts],
        [(left, left + width) for left, width in zip(lefts, widths, strict=False)],
        [top - gap / 2 for top in tops[:-1]],
    )


def _columns(cards: Sequence[int], operands: Operands) -> dict[int, int]:
    """The column of each card, as far to the right as what uses it within the group allows."""
    steps_to_end = dict.fromkeys(cards, 0)
    for card in sorted(cards, reverse=True):  # What uses a card has a higher index.
        for operand in operands[card]:
            if operand in steps_to_end:
                steps_to_end[operand] = max(steps_to_end[operand], steps_to_end[card] + 1)
    most = max(steps_to_end.values())
    return {card: most - steps for card, steps in steps_to_end.items()}


def _tiers(band: Sequence[int], columns: Mapping[int, int], operands: Operands) -> dict[int, int]:
    """The tier of each card of a band, counted from the top: leaves above what uses them, sums at the bottom."""
    cards = sorted(band)
    within = set(cards)
    last = max(Counter(columns[card] for card in cards).values()) - 1
    levels: dict[int, int] = {}
    users: dict[int, int] = {}
    for card in cards:
        levels[card] = 1 + max(
            (levels[operand] for operand in operands[card] if operand in within), default=-1
        )
        users |= dict.fromkeys(operands[card], card)
    tiers: dict[int, int] = {}
    taken: set[tuple[int, int]] = set()
    for card in sorted(cards, key=lambda card: not operands[card]):  # Leaves last.
        wished = min(levels[card], last)
        if not operands[card] and card in users:
            wished = max(tiers[users[card]] - 1, 0)
        free = (tier for tier in range(last + 1) if (columns[card], tier) not in taken)
        tiers[card] = min(free, key=lambda tier: (abs(tier - wished), -tier))
        taken.add((columns[card], tiers[card]))
    return tiers


def _columns_per_line(columns: int, tiers: int) -> int:
    """How many columns a line has in a group of so many columns and tiers."""
    width, height = columns * (MIN_CARD_WIDTH + COLUMN_GAP), tiers * (CARD_HEIGHT + TIER_GAP)
    if columns <= UNBROKEN_COLUMNS or width <= UNBROKEN_WIDTH * height:
        return columns
    return ceil(columns * sqrt(WIDTH_OF_LINES * height / width))


def _moved(grid: _Grid, corner: Point) -> _Grid:
    left, top = corner
    return replace(
        grid,
        centers={card: (x + left, y + top) for card, (x, y) in grid.centers.items()},
        gaps=[x + left for x in grid.gaps],
        columns_reach=[(a + left, b + left) for a, b in grid.columns_reach],
        buses=[y + top for y in grid.buses],
    )


def _way_within(grid: _Grid, operand: int, node: int, start: Point, end: Point) -> tuple[Point, ...]:
    before, after = grid.columns[operand], grid.columns[node]
    if grid.lines[operand] == grid.lines[node] and before + 1 == after:
        right, left = (grid.columns_reach[before][1], start[1]), (grid.columns_reach[after][0], end[1])
        return (start, *_straight(start, right), *bend(right, left), *_straight(left, end))
    bus = grid.buses[grid.lines[node]]
    return _rounded(
        [
            start,
            (grid.gaps[before + 1], start[1]),
            (grid.gaps[before + 1], bus),
            (grid.gaps[after], bus),
            (grid.gaps[after], end[1]),
            end,
        ]
    )


def _way_out(grid: _Grid, card: int, start: Point, port: Point) -> list[Point]:
    """The path from the right of a card to the right border of its group."""
    x, right = grid.gaps[grid.columns[card] + 1], grid.gaps[-1]
    bus = start[1] if x == right else grid.buses[grid.lines[card]]
    return [start, (x, start[1]), (x, bus), (right, bus), (right, port[1]), port]


def _way_in(grid: _Grid, card: int, port: Point, end: Point) -> list[Point]:
    """The path from the left border of a group to the left of a card in it."""
    left, x = grid.gaps[0], grid.gaps[grid.columns[card]]
    bus = end[1] if x == left else grid.buses[grid.lines[card]]
    return [port, (left, port[1]), (left, bus), (x, bus), (x, end[1]), end]


def _straight(start: Point, end: Point) -> tuple[Point, ...]:
    """The rest of a straight Bézier segment; empty if it has no length."""
    return (start, end, end) if start != end else ()


def _rounded(points: Sequence[Point]) -> tuple[Point, ...]:
    """A path of horizontal and vertical lines with rounded corners, as a Bézier curve."""
    way = [point for point, _ in groupby(points)]
    turns = [
        point
        for before, point, after in zip(way, way[1:], way[2:], strict=False)
        if not (before[0] == point[0] == after[0] or before[1] == point[1] == after[1])
    ]
    corners = [way[0], *turns, way[-1]]
    path = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(ROUNDING, dist(before, corner) / 2, dist(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        path += _straight(path[-1], start)
        path += (_towards(corner, before, radius * SQUARED), _towards(corner, after, radius * SQUARED), end)
    return (*path, *_straight(path[-1], corners[-1]))


def _towards(start: Point, end: Point, length: float) -> Point:
    share = length / dist(start, end)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
