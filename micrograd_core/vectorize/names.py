"""The names of arrays, their parts and their entries, taken from the program where it has some."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from micrograd_core.engine import Value
from micrograd_core.ops import OPS
from micrograd_core.vectorize.groups import Grouping
from micrograd_core.vectorize.sums import UNIT

INPUTS, PARAMETERS = "x", "p"
"""The arrays of the inputs, (n, inputs), and of the parameters, (parameters,); ``x_`` where a computed node is called
``x``."""
RESULTS, SHARED_RESULTS, WEIGHTS, BIASES, LEAVES = "h", "s", "W", "b", "X"
"""Numbered names: ``h1``, or ``h_1`` if a label of the graph is such a name. A shared result that is a matrix is named
like a result per example."""
EXAMPLES = "n"
"""The number of examples in shapes."""
_NUMBERED = re.compile(rf"\b([{RESULTS}{SHARED_RESULTS}{WEIGHTS}{BIASES}{LEAVES}]_*)\d+\b")
_MATRIX_ENTRY = re.compile(r"(\w+)\[(\d+)\]\[(\d+)\]")
_LIST_ENTRY = re.compile(r"(\w+)(\[\d+\])+")
SHOWN = 3
"""Limit of names in a list of operands that do not lie side by side."""


@dataclass(frozen=True, slots=True)
class ArrayEntry:
    """One entry of an array, as numpy indexes it; None is every example."""

    array: str
    index: tuple[int | None, ...]

    def __str__(self) -> str:
        return f"{self.array}[{', '.join(':' if i is None else str(i) for i in self.index)}]"


def entries_of(array: str, leading: Sequence[int | None], shape: tuple[int, ...]) -> list[ArrayEntry]:
    """Return all entries of an array, row by row."""
    return [ArrayEntry(array, (*leading, *index)) for index in product(*map(range, shape))]


def listed(names: Iterable[str], count: int) -> str:
    """Return names as a list: ``[a, b, c, …]``."""
    return f"[{', '.join([*islice(names, SHOWN), *['…'] * (count > SHOWN)])}]"


def number_text(number: float) -> str:
    """Six digits: ``2``, ``0.5``, ``1.23457e+06``; a rounded one that would look exact keeps its zeros: ``2.00000``."""
    text = f"{number:g}"
    is_rounded = float(text) != number and number == number
    return f"{number:#g}" if is_rounded and text.lstrip("-").isdigit() else text


def _unlike(taken: Container[str], name: str) -> str:
    while name in taken:
        name += "_"
    return name


def _list_name(node: Value) -> str:
    """Return the list of an entry, ``xs`` of ``xs[0][1]``; "" for a node that is no entry of a list."""
    found = _LIST_ENTRY.fullmatch(node.label)
    return found[1] if found else ""


def _is_written(value: Value) -> bool:
    """Return True for a number written in the program: a leaf without a label, or with its number as the label."""
    with suppress(ValueError):
        return not value.operands and (not value.label or float(value.label) == value.data)
    return False


class Names:
    """The names of a grouping's arrays, and the entries that its nodes are."""

    def __init__(
        self,
        grouping: Grouping,
        nodes: Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
    ) -> None:
        self._values = grouping.values
        self.entries: dict[int, ArrayEntry] = {}
        """The entry of each node by number; for a parameter its entry in an array other than that of all parameters."""
        spoken_of = {stem for label in {node.label for node in nodes} for stem in _NUMBERED.findall(label)}
        self._stems = {
            letter: _unlike(spoken_of, letter)
            for letter in (RESULTS, SHARED_RESULTS, WEIGHTS, BIASES, LEAVES)
        }
        given = {*inputs, *parameters}
        list_names = [_list_name(node) for node in nodes]
        taken = {
            name or node.label for node, name in zip(nodes, list_names, strict=True) if node not in given
        }
        self.inputs, self.parameters = _unlike(taken, INPUTS), _unlike(taken, PARAMETERS)
        self._labels = Counter(node.label for node in nodes if node.label)
        self._lists = Counter(list_names)
        """Number of nodes of each list of the program."""
        self.shapes: dict[str, tuple[int, ...]] = {
            self.inputs: (len(inputs),),
            self.parameters: (len(parameters),),
        }
        """The shape of each array except weights and biases, without the number of examples."""
        self._named: dict[tuple[object, ...], str] = {}
        """Weights and biases by their letter and their nodes."""
        self._counts: Counter[str] = Counter()
        self._parameters = {
            grouping.number[leaf]: ArrayEntry(self.parameters, (i,))
            for i, leaf in enumerate(parameters)
            if leaf in grouping.number
        }
        for i, leaf in enumerate(inputs):
            if leaf in grouping.number:
                self.entries[grouping.number[leaf]] = ArrayEntry(self.inputs, (None, i))

    def own(self, letter: str, rows: Sequence[Sequence[int]], shape: tuple[int, ...]) -> tuple[str, bool]:
        """Return the name of weights or biases, and True if it is new."""
        key = (letter, *map(tuple, rows))
        is_new = key not in self._named
        if is_new:
            self._named[key] = self.new(letter)
        name, nodes = self._named[key], [node for row in rows for node in row]
        for node, entry in zip(nodes, entries_of(name, (), shape), strict=True):
            if node != UNIT:
                self.entries.setdefault(node, entry)
        return name, is_new

    def result(self, nodes: Sequence[int], shape: tuple[int, ...], per_example: bool) -> str:
        """Return a new name for a result."""
        name = self.new(RESULTS if per_example or len(shape) > 1 else SHARED_RESULTS)
        self.shapes[name] = shape
        self.entries |= dict(zip(nodes, entries_of(name, (None,) if per_example else (), shape), strict=True))
        return name

    def entry_of(self, node: int) -> ArrayEntry | None:
        return self.entries.get(node) or self._parameters.get(node)

    def is_parameter(self, node: int) -> bool:
        return node in self._parameters

    def whole(self, nodes: Sequence[int]) -> str:
        """Return the array whose entries these nodes are, all and in order; "" if there is none."""
        for entries in (self._parameters, self.entries):
            found = [entries.get(node) for node in nodes]
            first = found[0]
            shape = None if first is None else self.shapes.get(first.array)
            if first is not None and shape is not None and prod(shape) == len(nodes):
                leading = first.index[: len(first.index) - len(shape)]
                if found == entries_of(first.array, leading, shape):
                    return first.array
        return ""

    def number_written(self, nodes: Sequence[int]) -> str:
        """Return the number, ``-1``, if all these nodes are constants of that number without a name; else ""."""
        if any(node in self.entries or node in self._parameters for node in nodes):
            return ""
        values = [self._values[node] for node in nodes]
        numbers = {value.data if value and _is_written(value) else None for value in values}
        return self._one(nodes[0]) if len(numbers) == 1 and None not in numbers else ""

    def block(self, rows: Sequence[Sequence[int]]) -> str:
        """Return the matrix that these nodes are, or the part of one, ``h1[:, 0:2]``; "" if they are none."""
        first = self.entries.get(rows[0][0])
        shape = () if first is None else self.shapes.get(first.array, ())
        if first is None or len(shape) < 2:
            return ""
        name, (top, left) = first.array, (index or 0 for index in first.index)
        block = [
            [ArrayEntry(name, (top + i, left + j)) for j in range(len(row))] for i, row in enumerate(rows)
        ]
        if [[self.entries.get(node) for node in row] for row in rows] != block:
            return ""
        starts, counts = (top, left), (len(rows), len(rows[0]))
        parts = [
            ":" if count == length else f"{start}:{start + count}"
            for start, count, length in zip(starts, counts, shape, strict=True)
        ]
        return name if counts == shape else f"{name}[{', '.join(parts)}]"

    def row(self, nodes: Sequence[int]) -> str:
        """Return a row of a matrix, as a list even if it has a single entry."""
        return f"[{self._one(nodes[0])}]" if len(nodes) == 1 else self.name(nodes)

    def name_leaves(self, rows: Sequence[Sequence[int]], letter: str) -> str:
        """Return a new name for the array of these nodes, if they are leaves that are in none yet; else "".

        It is the name of the list whose entries they are, or one with ``letter``; "" without a letter.
        """
        nodes = [node for row in rows for node in row]
        values = [self._values[node] for node in nodes if node not in self.entries]
        leaves = [value for value in values if value is not None and not value.operands]
        if len({*leaves}) < len(nodes):
            return ""
        labels, name = [leaf.label for leaf in leaves], _list_name(leaves[0])
        shape = len(rows), len(rows[0])
        matrix = [f"{name}[{i}][{j}]" for i, j in product(*map(range, shape))]
        vector = [f"{name}[{i}]" for i in range(len(nodes))]
        is_vector = labels == vector and 1 in shape
        is_whole = (is_vector or labels == matrix) and self._lists[name] == len(nodes)
        if not is_whole or name in {*self.shapes, *OPS}:
            is_vector, name = not letter, self.new(letter) if letter else ""
        if name:
            self.shapes[name] = (len(nodes),) if is_vector else shape
            self.entries |= dict(zip(nodes, entries_of(name, (), self.shapes[name]), strict=True))
        return name

    def new(self, letter: str) -> str:
        self._counts[letter] += 1
        return f"{self._stems[letter]}{self._counts[letter]}"

    def shape_of_list(self, nodes: Sequence[int]) -> tuple[int, ...]:
        """Return (rows, columns) if these are all the entries of a list of lists; else ()."""
        leaves = [value for node in nodes if (value := self._values[node]) and not value.operands]
        last = _MATRIX_ENTRY.fullmatch(leaves[-1].label) if leaves else None
        if last is None or len(leaves) < len(nodes) or self._lists[last[1]] != len(nodes):
            return ()
        shape = int(last[2]) + 1, int(last[3]) + 1
        if prod(shape) != len(nodes):
            return ()
        labels = [f"{last[1]}[{i}][{j}]" for i, j in product(*map(range, shape))]
        return shape if labels == [leaf.label for leaf in leaves] else ()

    def name(self, nodes: Sequence[int]) -> str:
        """Return nodes as one array: a whole one, a part of one, or a list."""
        whole = self.whole(nodes)
        if whole:
            return whole if len(self.shapes[whole]) == 1 else f"{whole}.ravel()"
        for entries in (self._parameters, self.entries):
            found = [entries.get(node) for node in nodes]
            first = found[0]
            if first is not None and first.array in self.shapes:
                start = first.index[-1] or 0
                run = [
                    ArrayEntry(first.array, (*first.index[:-1], i)) for i in range(start, start + len(nodes))
                ]
                if found == run:
                    return self._part(first, len(run))
        if len(nodes) == 1:
            return self._one(nodes[0])
        return listed(map(self._one, nodes), len(nodes))

    def _part(self, first: ArrayEntry, count: int) -> str:
        start = first.index[-1] or 0
        index = str(start) if count == 1 and first.array == self.parameters else f"{start}:{start + count}"
        leading = [":" if i is None else str(i) for i in first.index[:-1]]
        return f"{first.array}[{', '.join([*leading, index])}]"

    def _one(self, node: int) -> str:
        """Return a node by its label, if no other node and no array has it; else by its entry, or as a number."""
        value = None if node == UNIT else self._values[node]
        if value is None:
            return "1" if node == UNIT else str(self.entries[node])
        is_name = self._labels[value.label] == 1 or (value.label and _is_written(value))
        if is_name and value.label not in self.shapes:
            return value.label
        entry = self.entry_of(node)
        return number_text(value.data) if entry is None else str(entry)
