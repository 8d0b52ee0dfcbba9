"""From document to graph, and from a changed leaf back to the document."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_gui.model.document import Document, reset_leaves, type_source
from micrograd_gui.model.resolve import Resolved, descend, resolve, set_leaf
from micrograd_gui.model.snapshot import GraphSnapshot

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432; o=(x1*w1+x2*w2+b).tanh()"


def resolved(source: str, **changes: object) -> Resolved:
    return resolve(replace(type_source(Document(), source), **changes))


def graph(source: str) -> GraphSnapshot:
    snapshot = resolved(source).snapshot
    assert snapshot is not None
    return snapshot


def final_grads(found: Resolved) -> dict[str, float | None]:
    assert found.snapshot is not None
    grads = zip(found.snapshot.nodes, found.timeline.final_grads, strict=True)
    return {node.label: grad for node, grad in grads}


def test_the_lectures_neuron_has_its_gradients() -> None:
    """Data and gradients of the neuron that everybody knows."""
    found = resolved(NEURON)
    assert found.snapshot is not None
    output = found.snapshot.nodes[found.snapshot.target]
    assert (output.label, output.data) == ("o", pytest.approx(0.7071067811865476))
    grads = final_grads(found)
    expected = {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5}
    assert {name: grads[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("source", ["", "\n\n", "# nothing but a comment", "print('hello')"])
def test_a_program_without_values_has_no_graph(source: str) -> None:
    """No graph, and no problem either."""
    found = resolved(source)
    assert found.snapshot is None
    assert found.problem is None
    assert len(found.timeline) == 0


def test_a_problem_has_a_place_and_a_sentence() -> None:
    """An unknown name is reported where it stands, columns counted in characters."""
    problem = resolved("# 🎉\nprint('🎉'); a = bb").problem
    assert problem is not None
    assert (problem.line, problem.column, problem.end_column) == (2, 17, 19)
    assert "bb" in problem.message


def test_prints_and_warnings_come_along() -> None:
    """Output keeps the line that it came from, and the first inf its own."""
    found = resolved("a = 0.0\nprint('hi')\nb = a.log()")
    assert [(text, line) for text, line in found.printed] == [("hi", 2)]
    assert [warning.line for warning in found.warnings] == [3]


def test_the_documents_target_is_differentiated() -> None:
    """Any card can be made the one to differentiate; what is not below it gets no gradient."""
    found = resolved(NEURON, target="x1*w1#0")
    grads = final_grads(found)
    assert (grads["x1"], grads["w1"], grads["x1*w1"]) == (-3.0, 2.0, 1.0)
    assert grads["b"] is None
    assert grads["o"] is None


def test_a_target_that_is_gone_is_the_output() -> None:
    """After the card was edited away, the program's output is differentiated."""
    found = resolved("a = 2.0\nb = a*a", target="gone#0")
    assert found.snapshot is not None
    assert found.snapshot.nodes[found.snapshot.target].label == "b"


def test_what_the_program_differentiates_is_differentiated() -> None:
    """backward() in the program decides, not its last line."""
    grads = final_grads(resolved("a = 2.0\nb = a*a\nc = b + 1\nb.backward()"))
    assert (grads["a"], grads["b"], grads["c"]) == (4.0, 1.0, None)


PROGRAMS = {
    "a name": "a = 2.0\nb = a*a",
    "several leaves on one line": "a=1.5; b=-2.5; c = a*b + 10; d = c*3.25 - a",
    "base of a power": "x = 3.0\ny = 2.0**x",
    "negative base of a power": "x = 3.0\ny = (-2.0)**x",
    "method of a number": "y = 2.0.tanh() + 1.0",
    "method of a negative number": "y = (-2.0).tanh()",
    "after letters of two units": "print('π🎉'); a = 2.0; b = a*3.0 # 🎉 4.0",
    "after a minus": "a = 1.0\nb = a - 2.0 - -3.0",
    "over several lines": "a = 1.0\nb = (a +\n     2.0 *\n     -3.0)",
    "elements of a list": "xs = [1.0, -2.0, 3.0]\ny = sum(xs) * xs[1]",
    "a call": "a = Value(-4.0)\nb = tanh(2.0) + a",
    "windows line ends": "a = 2.0\r\nb = a*3.0\r\n",
    "line ends of old": "a = 2.0\rb = a*3.0\r",
    "an augmented assignment": "a = 1.0\na += 2.0\na *= a",
    "an exponent": "a = 1e-3\nb = 2.5E+2*a",
}
NUMBERS = (0.0, 0.25, -0.25, 7.0, -123456.789, 1e-300, -1e300, 0.1 + 0.2, math.inf, -math.inf)


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("data", NUMBERS)
def test_setting_a_leaf_rewrites_only_its_number(source: str, data: float) -> None:
    """After a leaf was set, the text makes the same graph with that leaf's data, and every other leaf's as before."""
    document, before = type_source(Document(), source), graph(source)
    numbered = [i for i, node in enumerate(before.nodes) if node.literal is not None]
    assert numbered
    for node in numbered:
        changed = set_leaf(document, before, node, data)
        after = resolve(changed).snapshot
        assert after is not None, changed.source
        assert [leaf.id for leaf in after.nodes] == [leaf.id for leaf in before.nodes]
        expected = {i: before.nodes[i].data for i in numbered} | {node: data}
        assert {i: after.nodes[i].data for i in numbered} == expected, changed.source
        assert changed.typed == source


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_setting_a_leaf_again_and_again_keeps_the_text_tidy(source: str) -> None:
    """Dragging through many values ends in the same text as setting the last one at once."""
    document, before = type_source(Document(), source), graph(source)
    for node in (i for i, record in enumerate(before.nodes) if record.literal is not None):
        dragged, snapshot = document, before
        for data in (5.0, -5.0, 12.5, -0.5, 3.0):
            dragged = set_leaf(dragged, snapshot, node, data)
            shown = resolve(dragged).snapshot
            assert shown is not None
            snapshot = shown
        direct = resolve(set_leaf(document, before, node, 3.0)).snapshot
        assert direct is not None
        assert [record.data for record in snapshot.nodes] == [record.data for record in direct.nodes]
        assert "((" not in dragged.source.replace("((-2.0)", "")


def test_a_leaf_cannot_be_set_to_nan() -> None:
    """No number in the text means nan: the text stays."""
    document = type_source(Document(), "a = 2.0")
    assert set_leaf(document, graph("a = 2.0"), 0, math.nan) == document


@given(
    x=st.floats(0.0, allow_nan=False, allow_infinity=False),
    form=st.sampled_from(("r", ".17e", "_.1f", "g", ".3E")),
)
def test_a_number_that_stays_keeps_its_text(x: float, form: str) -> None:
    """However it is spelt: neither setting it to what it is nor a step that does not move it changes the document."""
    text = repr(x) if form == "r" else f"{x:{form}}"
    found = resolved(f"a = {text}\nb = a * 1e-308 + 1")
    assert found.snapshot is not None
    node = found.snapshot.index["a#0"]
    data = found.snapshot.nodes[node].data
    assert set_leaf(found.document, found.snapshot, node, data) == found.document
    for rate in (0.0, 1e-320, 1e-20):
        moved = descend(found.document, found.snapshot, (1e-308, *[1.0] * len(found.snapshot.nodes)), rate)
        if data - rate * 1e-308 == data:
            assert moved == found.document
        else:
            assert moved.source != found.document.source


def test_a_weight_that_stays_is_not_set() -> None:
    """The document holds no data of a leaf that has the data it began with."""
    found = resolved("n = Neuron(2)\ny = n([1.0, -1.0])")
    assert found.snapshot is not None
    node = found.snapshot.index["n.w[1]#0"]
    grads = (1.0,) * len(found.snapshot.nodes)
    assert set_leaf(found.document, found.snapshot, node, found.snapshot.nodes[node].data) == found.document
    assert descend(found.document, found.snapshot, grads, 0.0) == found.document


def test_zero_and_minus_zero_are_two_numbers() -> None:
    """Setting one to the other is a change."""
    found = resolved("a = 0.0\nb = a * 2.0")
    assert found.snapshot is not None
    assert set_leaf(found.document, found.snapshot, 0, -0.0).source == "a = -0.0\nb = a * 2.0"


def test_a_random_weight_is_set_beside_the_text() -> None:
    """A leaf without a number in the source keeps its data in the document; the source stays."""
    source = "n = Neuron(2)\ny = n([1.0, -1.0])"
    document, snapshot = type_source(Document(), source), graph(source)
    node = snapshot.index["n.w[1]#0"]
    changed = set_leaf(set_leaf(document, snapshot, node, 0.5), snapshot, node, 0.75)
    assert changed.source == source
    after = resolve(changed).snapshot
    assert after is not None
    others = {i for i, record in enumerate(snapshot.nodes) if record.is_leaf} - {node}
    assert after.nodes[node].data == 0.75
    assert all(after.nodes[i].data == snapshot.nodes[i].data for i in others)
    restored = resolve(reset_leaves(changed)).snapshot
    assert restored is not None
    assert restored.nodes == snapshot.nodes


def test_a_number_used_twice_in_a_loop_is_no_single_leaf() -> None:
    """A number from which several leaves come is set beside the text or not at all, never rewritten."""
    snapshot = graph("a = 1.0\nfor i in range(2):\n    a = a * Value(2.0)")
    assert [node.literal for node in snapshot.nodes if node.is_leaf and node.data == 2.0] == [None, None]


def test_descending_moves_each_named_leaf_against_its_gradient() -> None:
    """Each named leaf loses rate times its gradient; the output falls."""
    found = resolved("a = 3.0; b = -2.0\nc = a*b + a**2")
    assert found.snapshot is not None
    grads = tuple(final_grads(found)[node.label] for node in found.snapshot.nodes)
    after = resolve(descend(found.document, found.snapshot, grads, 0.0123456)).snapshot
    assert after is not None
    data = {node.label: node.data for node in after.nodes}
    assert (data["a"], data["b"]) == (3.0 - 0.0123456 * 4.0, -2.0 - 0.0123456 * 3.0)
    assert data["c"] < found.snapshot.nodes[found.snapshot.target].data


def test_descending_leaves_unnamed_numbers_alone() -> None:
    """The 3 of 3*a is part of the formula, not a parameter."""
    found = resolved("a = 2.0\nb = 3*a")
    assert found.snapshot is not None
    grads = tuple(final_grads(found)[node.label] for node in found.snapshot.nodes)
    assert descend(found.document, found.snapshot, grads, 0.1).source == "a = 1.7\nb = 3*a"


def test_descending_moves_a_networks_parameters_and_not_its_examples() -> None:
    """Inputs and targets stay as they are written, whatever their names; the loss falls."""
    source = "n = Neuron(2)\nxs = [1.0, -2.0]\nt = 0.5\nloss = (n(xs) - t)**2 + 1e-3 * n.w[0]**2"
    found = resolved(source)
    assert found.snapshot is not None
    grads = tuple(final_grads(found)[node.label] for node in found.snapshot.nodes)
    after = resolve(descend(found.document, found.snapshot, grads, 0.01))
    assert after.document.source.splitlines()[1:3] == source.splitlines()[1:3]
    assert after.snapshot is not None
    before, now = (snapshot.nodes[snapshot.target].data for snapshot in (found.snapshot, after.snapshot))
    assert now < before


def test_descending_moves_named_leaves_beside_a_network_that_the_output_does_not_use() -> None:
    """It is the output that falls."""
    found = resolved("n = Neuron(1)\ny = n([1.0])\na = 2.0\nb = a * a")
    assert found.snapshot is not None
    grads = tuple(final_grads(found)[node.label] for node in found.snapshot.nodes)
    assert "a = 1.6\n" in descend(found.document, found.snapshot, grads, 0.1).source


def test_descending_moves_random_weights_too() -> None:
    """A neuron's weights lose rate times their gradient."""
    found = resolved("n = Neuron(2, activation='none')\ny = n([1.0, -2.0])")
    assert found.snapshot is not None
    grads = tuple(final_grads(found)[node.label] for node in found.snapshot.nodes)
    after = resolve(descend(found.document, found.snapshot, grads, 0.1)).snapshot
    assert after is not None
    for name, grad in (("n.w[0]", 1.0), ("n.w[1]", -2.0), ("n.b", 1.0)):
        node = after.index[f"{name}#0"]
        assert after.nodes[node].data == pytest.approx(found.snapshot.nodes[node].data - 0.1 * grad)
