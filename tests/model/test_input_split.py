"""The rules that make a leaf an input, a parameter or a constant."""

import doctest

import pytest

from micrograd_gui.model import input_split
from micrograd_gui.model.document import Document
from micrograd_gui.model.input_split import (
    EXAMPLE_RULES,
    NAME_RULES,
    RULE_TEXT,
    Split,
    split_by_own_examples,
    split_inputs_and_parameters,
)
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.snapshot import GraphSnapshot

NETWORK = "n = Neuron(1)\n"
LINE = "o = sum([(w*a + b - c)**2 for a, c in zip(us, vs)])"


def snapshot_of(source: str) -> GraphSnapshot:
    snapshot = resolve(Document(source)).snapshot
    assert snapshot is not None
    return snapshot


def labels(snapshot: GraphSnapshot, split: Split) -> tuple[str, str]:
    inputs, parameters = (
        " ".join(sorted(snapshot.nodes[node].label for node in nodes))
        for nodes in (split.inputs, split.parameters)
    )
    return inputs, parameters


@pytest.mark.parametrize(
    ("source", "rule", "inputs", "parameters"),
    [
        ("x = 1.0; w = 2.0; y = 3.0; o = (x*w - y)**2", "names of data", "x y", "w"),
        (
            "xs = [1.0]; also = 2.0; label = 3.0; o = xs[0]*also*label",
            "names of data",
            "label xs[0]",
            "also",
        ),
        (NETWORK + "x = 1.0; a = 2.0; o = n([x]) * a", "names of data", "x", "a n.b n.w[0]"),
        ("y = 1.0; w = 2.0; o = y*w", "all names", "w y", ""),
        (NETWORK + "a = 1.0; o = n([a])", "all names", "a", "n.b n.w[0]"),
        (NETWORK + "o = n([1.5])", "written numbers", "1.5", "n.b n.w[0]"),
        ("o = Value(1.0) * 2.0", "", "", ""),
    ],
)
def test_names_decide(source: str, rule: str, inputs: str, parameters: str) -> None:
    """The first rule of the table that applies."""
    snapshot = snapshot_of(source)
    split = split_inputs_and_parameters(snapshot)
    assert (split.rule, *labels(snapshot, split)) == (rule, inputs, parameters)


@pytest.mark.parametrize(
    ("source", "rule", "parameters"),
    [
        (NETWORK + "us = [1.0, 2.0]; o = n([us[0]]) + n([us[1]])", "own examples of a network", "n.b n.w[0]"),
        (NETWORK + "us = [1.0, 2.0]; o = n([us[0]]) + us[1]", None, ""),
        (
            f"us = [1.0, 2.0]; vs = [3.0, 4.0]; w = 0.5; b = 0.25; {LINE}",
            "own examples of weights by hand",
            "b w",
        ),
        ("a = 1.0; b = 2.0; o = a*b + a*b", None, ""),
    ],
)
def test_a_program_may_have_its_own_examples(source: str, rule: str | None, parameters: str) -> None:
    """A network's parameters, or without one the leaves that are used again, if some weigh several nodes."""
    snapshot = snapshot_of(source)
    split = split_by_own_examples(snapshot, split_inputs_and_parameters(snapshot))
    assert (None if split is None else split.rule) == rule
    assert split is None or labels(snapshot, split) == ("", parameters)


def test_the_text_of_the_rules_is_made_of_sentences() -> None:
    """The text has a sentence for each rule, in their order."""
    assert RULE_TEXT.count(".") == 4
    assert RULE_TEXT.endswith("these are the rows.")
    names = [rule.name for rule in (*NAME_RULES, *EXAMPLE_RULES)]
    assert len(set(names)) == len(names)


def test_what_the_module_shows_comes_out() -> None:
    """Its example is run."""
    found = doctest.testmod(input_split)
    assert found.failed == 0
    assert found.attempted > 0
