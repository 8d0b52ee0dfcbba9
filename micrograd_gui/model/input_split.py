"""The split of a graph's leaves into inputs, which vary per example, and what is shared.

The first rule of a table that applies decides. A product of two leaves named x and w, and then of a and w:

    >>> def leaf(label: str) -> NodeRecord:
    ...     return NodeRecord(f"{label}#0", label, "", (), 1.0, trainable=True)
    >>> product = NodeRecord("product#0", "product", "*", (0, 1), 1.0)
    >>> split_inputs_and_parameters(GraphSnapshot((leaf("x"), leaf("w"), product), target=2))
    Split(rule='names of data', inputs=(0,), parameters=(1,))
    >>> split_inputs_and_parameters(GraphSnapshot((leaf("a"), leaf("w"), product), target=2))
    Split(rule='all names', inputs=(0, 1), parameters=())
"""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from micrograd_core.texts import tr
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord

_X = re.compile(r"[xX][a-z]?[\d_]*(\[.*)?")
"""``x``, ``x1``, ``xs[0]``."""
_DATA = re.compile(r"([xXyY][a-z]?|inputs?|labels?|targets?)[\d_]*(\[.*)?")
"""``x``, ``yb``, ``xs[0]``, ``label``, ``targets[1]``."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf and its uses; nodes are indices into ``GraphSnapshot.nodes``."""

    node: int
    record: NodeRecord
    uses: Set[int] = frozenset()
    """The nodes of which it is an operand; for ``EXAMPLE_RULES`` alone."""
    weighs: Set[int] = frozenset()
    """The other nodes that it is multiplied with; for ``EXAMPLE_RULES`` alone."""

    @property
    def is_named(self) -> bool:
        """True if the leaf has a name: one of the program, or that of a network's parameter."""
        return self.record.trainable

    @property
    def is_own(self) -> bool:
        """True if the program itself names the leaf."""
        return self.is_named and not self.record.parameter


Leaves: TypeAlias = Sequence[Leaf]


class Split(NamedTuple):
    """The leaves of a graph by index. Those in neither part are constants."""

    rule: str
    """The name of the rule that applied; "" for none."""
    inputs: tuple[int, ...]
    """The leaves that vary per example."""
    parameters: tuple[int, ...]
    """The leaves that all examples share and that can be trained."""


@dataclass(frozen=True, slots=True)
class SplitRule:
    """One row of a table of rules."""

    name: str
    sentence: str
    """The rule for people; all rows one after the other are a text. "" if another row says it."""
    applies: Callable[[Leaves], bool]
    is_input: Callable[[Leaf], bool]
    is_parameter: Callable[[Leaf], bool]
    """Decides about the leaves that are no inputs."""


def _never(_leaf: Leaf) -> bool:
    return False


def _weigh_several(leaves: Leaves) -> bool:
    """Return whether one of the leaves is multiplied with several nodes."""
    return any(len(leaf.weighs) > 1 for leaf in leaves)


NAME_RULES = (
    SplitRule(
        "names of data",
        tr(
            "If a leaf is named x, the inputs are the leaves named x, y, input, label or target; "
            "everything else is shared."
        ),
        applies=lambda leaves: any(leaf.is_own and _X.fullmatch(leaf.record.label) for leaf in leaves),
        is_input=lambda leaf: leaf.is_own and _DATA.fullmatch(leaf.record.label) is not None,
        is_parameter=lambda leaf: leaf.is_named,
    ),
    SplitRule(
        "all names",
        tr("If none is named x, every named leaf is an input, except the parameters of networks."),
        applies=lambda leaves: any(leaf.is_own for leaf in leaves),
        is_input=lambda leaf: leaf.is_own,
        is_parameter=lambda leaf: leaf.is_named,
    ),
    SplitRule(
        "written numbers",
        tr("If only the parameters of networks have names, the inputs are the numbers without a name."),
        applies=lambda leaves: any(leaf.is_named for leaf in leaves),
        is_input=lambda leaf: not leaf.is_named,
        is_parameter=lambda leaf: leaf.is_named,
    ),
)
"""Rules about all leaves of a graph."""
EXAMPLE_RULES = (
    SplitRule(
        "own examples of a network",
        tr("If a program applies a network to several examples itself, these are the rows."),
        applies=lambda leaves: any(leaf.record.parameter for leaf in leaves) and _weigh_several(leaves),
        is_input=_never,
        is_parameter=lambda leaf: leaf.record.parameter,
    ),
    SplitRule(
        "own examples of weights by hand",
        "",  # Its examples are those of a network, too.
        applies=_weigh_several,
        is_input=_never,
        is_parameter=lambda leaf: len(leaf.uses) > 1,
    ),
)
"""Rules about the leaves that are parameters by their names or, if there are none, inputs. Their split is better if its
arrays have several examples as rows, and are fewer."""
RULE_TEXT = " ".join(rule.sentence for rule in (*NAME_RULES, *EXAMPLE_RULES) if rule.sentence)
"""The rules as a text for people."""


def split_inputs_and_parameters(snapshot: GraphSnapshot) -> Split:
    """Split the leaves by their names."""
    leaves = [Leaf(node, record) for node, record in enumerate(snapshot.nodes) if record.is_leaf]
    return _split(NAME_RULES, leaves)


def split_by_own_examples(snapshot: GraphSnapshot, by_names: Split) -> Split | None:
    """Split the leaves of a program that applies a network to one example after the other.

    Returns None if no leaf can be a weight of one.
    """
    found = _split(EXAMPLE_RULES, _with_uses(snapshot, by_names.parameters or by_names.inputs))
    return found if found.parameters else None


def _split(rules: Sequence[SplitRule], leaves: Leaves) -> Split:
    rule = next((rule for rule in rules if rule.applies(leaves)), None)
    if rule is None:
        return Split("", (), ())
    inputs = tuple(leaf.node for leaf in leaves if rule.is_input(leaf))
    others = (leaf for leaf in leaves if not rule.is_input(leaf))
    return Split(rule.name, inputs, tuple(leaf.node for leaf in others if rule.is_parameter(leaf)))


def _with_uses(snapshot: GraphSnapshot, nodes: Sequence[int]) -> list[Leaf]:
    """Return the leaves with these numbers, and their uses."""
    uses: dict[int, set[int]] = {node: set() for node in nodes}
    weighs: dict[int, set[int]] = {node: set() for node in nodes}
    for node, record in enumerate(snapshot.nodes):
        for operand, other in zip(record.operands, reversed(record.operands), strict=True):
            if operand in uses:
                uses[operand].add(node)
                if record.symbol == "*" and other != operand:
                    weighs[operand].add(other)
    return [Leaf(node, snapshot.nodes[node], uses[node], weighs[node]) for node in nodes]
