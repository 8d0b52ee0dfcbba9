"""The ledger of a node's gradients, the curve around it, and the check of its slope."""

import math
import pickle
import re
import sys
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from micrograd_core.engine import Value
from micrograd_core.gradcheck import central_difference, evaluate
from micrograd_core.language import run
from micrograd_core.ops import OPS
from micrograd_gui.model.document import Document
from micrograd_gui.model.inspection import Inspection, inspect
from micrograd_gui.model.numbers import LARGEST
from micrograd_gui.model.probe import Probe, describe_curve, probe, value_range
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.timeline import moment_at
from tests.extremes import FINITE, latin_triples

PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NEURON = """x1 = 2.0
x2 = 0.0
w1 = -3.0
w2 = 1.0
b = 6.8813735870195432
x1w1 = x1*w1
x2w2 = x2*w2
s = x1w1 + x2w2
n = s + b
o = n.tanh()
"""


def node(resolved: Resolved, label: str) -> int:
    assert resolved.snapshot is not None
    return next(i for i, record in enumerate(resolved.snapshot.nodes) if record.label == label)


def look_at(source: str, label: str, position: float | None = None) -> Inspection:
    resolved = resolve(Document(source))
    assert resolved.snapshot is not None
    moment = moment_at(resolved.timeline, len(resolved.timeline) if position is None else position)
    return inspect(resolved.snapshot, resolved.timeline, moment, node(resolved, label))


def probe_of(source: str, label: str, points: int = 101) -> Probe:
    resolved = resolve(Document(source))
    assert resolved.snapshot is not None
    return probe(resolved.snapshot, node(resolved, label), points)


def test_a_product_receives_and_sends_what_the_lecture_says() -> None:
    """x1·w1 gets 0.5 through s and passes −1.5 to x1 and 1 to w1."""
    found = look_at(NEURON, "x1w1")
    assert (found.data, found.grad) == (-6.0, pytest.approx(0.5))
    assert found.expression == "= x1 × w1"
    assert [(row.through, row.local, row.upstream) for row in found.receives] == [
        ("s (+)", 1.0, pytest.approx(0.5))
    ]
    assert [(row.through, row.local_formula, row.contribution) for row in found.sends] == [
        ("x1", "w1 = −3", pytest.approx(-1.5)),
        ("w1", "x1 = 2", pytest.approx(1.0)),
    ]


def test_the_rows_add_up_to_the_gradient() -> None:
    """The running sum of a value that is used three times ends at its gradient."""
    found = look_at("a = 3.0\no = a*a + a", "a")
    assert [row.contribution for row in found.receives] == [1.0, 3.0, 3.0]
    assert [row.total for row in found.receives] == [1.0, 4.0, 7.0]
    assert found.grad == found.final_grad == 7.0


def test_a_row_is_done_from_its_own_position_on() -> None:
    """Each row's position is the first one at which its contribution is in the gradient."""
    rows = look_at("a = 3.0\no = a*a + a", "a").receives
    for k, row in enumerate(rows):
        assert not look_at("a = 3.0\no = a*a + a", "a", row.position - 1).receives[k].done
        there = look_at("a = 3.0\no = a*a + a", "a", row.position)
        assert there.receives[k].done
        assert there.grad == row.total


def test_numbers_are_unknown_until_playback_reaches_them() -> None:
    """Before the first step a leaf has data, an inner node has none, and neither has a gradient."""
    assert look_at(NEURON, "x1", 0).data == 2.0
    assert look_at(NEURON, "n", 0).data is None
    assert look_at(NEURON, "n", 0).grad is None
    assert look_at(NEURON, "n", 4).data == pytest.approx(0.8813735870195432)


def test_what_the_output_does_not_depend_on_has_the_gradient_zero() -> None:
    """A value beside the output's graph is known to have no gradient at any time."""
    found = look_at("a = 1.0\nq = a * 5\no = a + 2", "q", 0)
    assert found.grad == 0.0
    assert found.final_grad is None
    assert found.receives == ()


def test_the_output_begins_the_pass() -> None:
    """The target receives nothing from anybody and has the gradient 1."""
    found = look_at(NEURON, "o")
    assert (found.is_target, found.grad, found.receives) == (True, 1.0, ())


@pytest.mark.parametrize(
    ("source", "label", "formula"),
    [
        ("a = 2.0\no = a**3", "o", "3 × a ** (3 − 1) = 12"),
        ("a = 0.5\no = a.tanh()", "o", "1 − o² = 0.7864"),
        ("a = 2.0\nb = 5.0\no = a + b", "o", "1"),
        ("a = 2.0\nb = 1.0\no = (a + b) * 4", "o", "4"),
        ("a = 2.0\nb = 1.0\no = (a + b).log()", "o", "1 / (a + b) = 0.3333"),
        ("a = 2.0\no = a - 1", "o", "1"),
        ("a = 2.0\nb = 1.0\no = log(exp(a - b))", "o", "1 / exp(a - b) = 0.3679"),
        ("a = 2.0\no = -a", "o", "−1"),
    ],
)
def test_a_local_derivative_is_told_in_the_operands_names(source: str, label: str, formula: str) -> None:
    """The row of the table of operations is filled with names, bracketed where they are sums."""
    assert look_at(source, label).sends[0].local_formula == formula


def test_an_edge_of_an_operation_is_noted() -> None:
    """relu says which slope it passes at exactly 0; a logarithm says where it is defined."""
    assert "At exactly 0" in look_at("a = 1.0\no = a.relu()", "o").note
    assert "a > 0" in look_at("a = 1.0\no = a.log()", "o").note
    assert look_at("a = 1.0\no = a + 1", "o").note == ""


def test_a_value_used_often_has_a_row_for_each_use() -> None:
    """Each of three hundred uses has its own place in the playback."""
    found = look_at("a = 1.0\no = a * 1\n" + "o = o + a * 2\n" * 300, "a")
    assert len(found.receives) == 301
    assert len({row.position for row in found.receives}) == 301
    assert found.receives[-1].total == found.grad == 601.0


@pytest.mark.parametrize("label", ["x1", "w1", "x1w1", "s", "n", "b", "o"])
def test_the_curve_is_the_graph_evaluated_again(label: str) -> None:
    """With a leaf's or an inner node's data fixed at the curve's ends, the graph gives the curve's ends."""
    program = run(NEURON)
    curve = probe_of(NEURON, label)
    value = program.names[label]
    from_graph = central_difference(program.output, value)
    assert curve.difference == pytest.approx(from_graph, abs=1e-12)
    assert curve.xs[50] == curve.x
    assert curve.y == pytest.approx(math.sqrt(0.5))
    assert curve.ys[50] == pytest.approx(curve.y, rel=1e-12)
    if label == "n":
        assert curve.ys == pytest.approx([math.tanh(x) for x in curve.xs], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("a = 0.5\nb = 2.0\nc = (a - 0.4).log() + b / (a - 0.5)\no = c.sqrt() * (a**3 - b).exp()", "abco"),
        ("a = 1.5\nb = -2.0\nc = a ** b + b ** a\no = c.relu() + abs(b) * c.sigmoid()", "abco"),
        ("a = 300.0\nb = 2.0\nc = (a * b).exp() * (a + b)\no = c / (c + 1) + a.tanh() * b.sin()", "abco"),
        ("a = 2.0\nb = a**-2 + a**0.5 + a**0\no = b.cos() + b * b + 3 - a", "abo"),
    ],
)
def test_the_curve_is_what_the_scalars_give(source: str, labels: str) -> None:
    """At each place it is the graph's own number to 1e-12·max(1, |y|), inf and nan in the same places."""
    program = run(source)
    assert program.output is not None
    for label in labels:
        curve = probe_of(source, label, points=201)
        value = program.names[label]
        assert isinstance(value, Value)
        scalars = [evaluate(program.output, {value: x}) for x in curve.xs]
        assert curve.ys == pytest.approx(scalars, rel=1e-12, abs=1e-12, nan_ok=True)


def test_a_repeated_operand_moves_as_one() -> None:
    """The curve of a*a + a is a parabola, not a line."""
    curve = probe_of("a = 3.0\no = a*a + a", "a")
    assert curve.ys == pytest.approx([x * x + x for x in curve.xs], rel=1e-12, abs=1e-12)
    assert curve.slope == 7.0


def test_what_the_output_does_not_depend_on_is_flat() -> None:
    """The curve of a value beside the output's graph is level, and its slope is 0 by both ways."""
    curve = probe_of("a = 1.0\nq = a * 5\no = a + 2", "q")
    assert set(curve.ys) == {3.0}
    assert (curve.slope, curve.difference, curve.verdict) == (0.0, 0.0, "agree")


def test_slopes_agree_with_differences_wherever_a_graph_is_smooth() -> None:
    """backward() and the central difference agree at every node of a program with all kinds of operations."""
    source = "a = 1.3\nb = 0.7\nc = (a*b).exp() + (a/b).sin()\nd = c.sqrt() * (a**3).log()\no = d.sigmoid() + abs(b)"
    resolved = resolve(Document(source))
    assert resolved.snapshot is not None
    grads = moment_at(resolved.timeline, len(resolved.timeline)).grads
    for i in range(len(resolved.snapshot.nodes)):
        found = probe(resolved.snapshot, i, 3)
        assert found.slope == pytest.approx(grads[i], rel=1e-12)
        assert found.verdict == "agree", found.comment


def test_a_wrong_gradient_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slope that is off by a thousandth does not agree."""
    tanh = replace(OPS["tanh"], partials=(lambda _x, out: 1.0 - out * out + 0.001,))
    monkeypatch.setitem(OPS, "tanh", tanh)
    found = probe_of(NEURON, "n")
    assert found.slope == pytest.approx(0.501)
    assert found.verdict == "differ"
    assert found.slope - found.difference == pytest.approx(0.001, rel=1e-3)


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("a = 0.0\no = a.relu()", "differ", "the slope jumps here, from 0 to 1; backward() takes 1"),
        ("a = 0.0\no = a.sqrt()", "undefined", "infinitely steep"),
        ("a = 0.0\nb = 2.0\no = (a - b).log()", "undefined", "no slope|not finite on either side"),
        ("a = 1000000.0\no = a.sin()", "differ", "bends too much"),
        ("a = 0.0\no = (a * 1e5).exp()", "differ", "bends too much"),
        ("a = 1.0\no = a*1e-8 + 1e8", "agree", "agree to"),
        ("a = 1000.0\no = a*a*a*a", "agree", "of their size"),
        ("a = 2.0\no = a + a", "agree", "agree to"),
        ("a = 1e308\no = a*10", "undefined", "not finite on either side"),
        ("a = 1e308\no = a*a", "undefined", "backward() gives inf: o is inf here"),
    ],
)
def test_the_comparison_is_put_in_words(source: str, verdict: str, words: str) -> None:
    """Where the two slopes differ, the reason is told: a kink, a pole, a bend, or only rounding."""
    found = probe_of(source, "a")
    assert found.verdict == verdict
    assert any(word in found.comment for word in words.split("|")), found.comment


CURVES = ("a * a", "a * {c}", "a * {c} + 1", "(a * {c}).tanh()", "(a * {c}).exp() + a", "a**3 * {c}")
CLAIM = re.compile(r"agree to (?:(\d)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)( of their size)?")
SIZES = st.one_of(st.sampled_from(FINITE), st.floats(allow_nan=False, allow_infinity=False))


@given(x=SIZES, c=SIZES, curve=st.sampled_from(CURVES))
@example(x=-5e-324, c=1.0, curve="a * a")
def test_an_agreement_is_no_closer_than_floats_can_tell(x: float, c: float, curve: str) -> None:
    """It is what the two differ by, but no number among the smallest, which have no digits to agree in."""
    found = probe_of(f"a = {x!r}\no = {curve.format(c=f'({c!r})')}", "a", points=3)
    claim = CLAIM.match(found.comment)
    if found.verdict == "agree" and claim is not None:
        digit, exponent, of_their_size = claim.groups()
        size = abs(found.slope) if of_their_size else 1.0
        told = float(f"{digit or 1}e{exponent.translate(PLAIN)}")
        least = sys.float_info.min
        assert told == pytest.approx(max(abs(found.slope - found.difference) / size, least), rel=0.5)
        assert told > 0.89 * least


def test_a_value_that_is_not_finite_has_no_curve() -> None:
    """Around inf and nan nothing is drawn, and nothing raises."""
    for start in ("1e999", "1e999 - 1e999"):
        found = probe_of(f"a = {start}\nb = a * 1\no = b.tanh()", "b")
        assert found.xs == found.ys == ()
        assert "no curve" in describe_curve(found)


def test_a_probe_goes_through_a_pipe() -> None:
    """It survives pickling, nan and inf included."""
    found = probe_of("a = 0.5\no = a.log()", "a")
    back = pickle.loads(pickle.dumps(found))
    assert back.xs == found.xs
    assert repr(back.ys) == repr(found.ys)


def test_the_curve_is_described_in_words() -> None:
    """The sentences tell the curve's ends, the point and the slope."""
    text = describe_curve(probe_of(NEURON, "n"))
    assert text == (
        "o goes from −0.8071 to 0.9937 while n goes from −1.119 to 2.881. At n = 0.8814, o is 0.7071 with slope 0.5."
    )


def test_the_range_shows_all_of_a_tame_curve() -> None:
    """The vertical range holds every value with a little room."""
    low, high = value_range([0.0, 1.0, 2.0], 1.0)
    assert low < 0.0
    assert high > 2.0
    assert high - low < 3.0


def test_the_range_does_not_follow_an_explosion() -> None:
    """A pole does not flatten the rest of the curve."""
    ys = [1.0 / x if x else math.inf for x in (k / 50 for k in range(-50, 51))]
    low, high = value_range(ys, 2.0)
    assert -60.0 < low < high < 60.0


def test_the_range_of_enormous_curves_holds_them() -> None:
    """It is finite, and the point is in it, though its length may be beyond the numbers."""
    for one, other, y in latin_triples():
        low, high = value_range([one, other] * 20, y)
        assert -LARGEST <= low < high <= LARGEST
        assert all(low <= value <= high for value in (one, other, y) if math.isfinite(value))


@pytest.mark.parametrize("x", FINITE)
def test_the_places_of_a_curve_go_no_further_than_numbers(x: float) -> None:
    """They ascend around ``x``, which is the middle one, and all are finite."""
    curve = probe_of(f"a = {x!r}\no = a * 0.5", "a", points=11)
    assert curve.xs[5] == x
    assert list(curve.xs) == sorted(curve.xs)
    assert all(map(math.isfinite, curve.xs))
    assert curve.xs[0] < curve.xs[-1]


@pytest.mark.parametrize(
    "ys", [[], [math.nan], [5.0, 5.0], [0.0], [1e308, -1e308], [math.inf, 1.0], [1e-320]]
)
def test_the_range_is_never_empty(ys: list[float]) -> None:
    """Flat, missing and enormous curves have a finite range too."""
    low, high = value_range(ys, ys[0] if ys else math.nan)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
