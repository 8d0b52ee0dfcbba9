"""The canvas in words."""

from dataclasses import replace

from micrograd_gui.model.arrays import derive_arrays
from micrograd_gui.model.descriptions import card_lines, describe, operation_line
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import lay_out
from micrograd_gui.model.picture import Picture, Shown
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.scene_graph import one_card_each
from micrograd_gui.model.timeline import moment_at
from tests.model.test_looks import INNER, NEURON, at, picture_of
from tests.model.test_scene_graph import FOLDED


def test_an_empty_canvas_says_so() -> None:
    """It says what to do, too."""
    assert describe(Picture()) == "No graph: type an expression."


def test_a_card_is_described_as_far_as_it_is_known() -> None:
    """Label, formula, data and gradient; what the target does not need has no gradient."""
    resolved, picture = picture_of(f"{NEURON}; z = b.exp()", target="o#0")
    assert describe(picture) == "11 cards; none is selected."
    picture = replace(picture, selected="x1*w1#0")
    assert describe(picture).startswith("x1*w1 = x1 × w1; data −6.0000; gradient of o ")
    assert describe(at(resolved, picture, 0)) == ("x1*w1 = x1 × w1; data not computed yet; no gradient yet")
    assert describe(replace(picture, selected="b#0")).startswith("leaf b; data 6.8800; gradient of o ")
    assert describe(replace(picture, selected="z#0")).endswith("; o does not depend on it")


def test_several_nodes_are_described_as_one() -> None:
    """The card's own name and formula stand with its output's numbers, whichever of its nodes is selected."""
    resolved, picture = picture_of(FOLDED, *INNER)
    said = {describe(replace(picture, selected=f"{label}#0")) for label in INNER}
    assert said == {"inner = all of it; data 1.0000; gradient of f 3.0000"}
    assert describe(picture) == "4 cards; none is selected."
    begin = at(resolved, replace(picture, selected="d#0"), 2.5)
    assert describe(begin) == "inner = all of it; data not computed yet; no gradient yet"


def test_a_tooltip_has_all_digits() -> None:
    """A leaf's says how to set it; that of several nodes does not."""
    _, picture = picture_of("a = -0.1; b = a + a")
    assert card_lines(picture.shown, 0) == ["a", "data −0.1", "Double-click to type its value."]
    assert card_lines(picture.shown, 1) == ["b", "a + a", "data −0.2"]
    _, picture = picture_of(FOLDED, *INNER)
    label, formula, data = card_lines(picture.shown, 2)
    assert (label, formula) == ("inner", "all of it")
    assert data.startswith("data 0.9999997")


def test_an_operation_is_described() -> None:
    """Without a selected card; its tooltip has its shape."""
    _, picture = picture_of("m = MLP(2, [3, 1])\nx = [1.0, -2.0]\no = m(x)")
    arrays = derive_arrays(picture.shown.graph.snapshot)
    picture = replace(picture, shown=replace(picture.shown, arrays=arrays), operation="h2")
    assert describe(picture) == "array operation h2 = h1 @ W2.T + b2, 6 scalar nodes"
    assert describe(replace(picture, selected="o#0")).startswith("o = ")
    assert operation_line(picture.shown, "h2") == "h2 = h1 @ W2.T + b2  (n, 1)"
    assert operation_line(picture.shown, "h9") == ""


def test_a_tooltip_has_the_data_of_its_moment() -> None:
    """In a loop that is the number of the round that is shown, and none before it is computed."""
    source = "w = Value(0.5)\nfor k in range(2):\n  l = w * 3.0\n  l.backward()\n  w.data = 7.0"
    resolved = resolve(Document(source))
    graph = one_card_each(resolved.graphs[0])
    lines = []
    for position in (0, len(resolved.timeline)):
        moment = moment_at(resolved.timeline, position)
        shown = Shown(graph, lay_out(resolved.graphs[0]), moment)
        lines.append([card_lines(shown, graph.find(card)) for card in ("w#0", "l#0")])
    assert "data 0.5" in lines[0][0]
    assert not any(line.startswith("data") for line in lines[0][1])
    assert "data 7.0" in lines[1][0]
    assert "data 21.0" in lines[1][1]
