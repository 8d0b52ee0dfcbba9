"""Value: the blog's snippets, its operators, and both passes."""

import math

import pytest

from micrograd_core.engine import Value, backward_steps


def close(number: float) -> object:
    """Equal to 14 significant digits: the blog's own tanh rounds differently in the last ones."""
    return pytest.approx(number, rel=1e-14, abs=0.0)


BLOG = [
    ("-a", lambda: -Value(2.0, label="a"), -2.0),
    ("a - b", lambda: Value(2.0, label="a") - Value(3.0, label="b"), -1.0),
    ("a - 3.0", lambda: Value(2.0, label="a") - 3.0, -1.0),
    ("a**2.0", lambda: Value(2.0, label="a") ** 2.0, 4.0),
    ("a / b", lambda: Value(2.0, label="a") / Value(4.0, label="b"), 0.5),
    ("a.tanh()", lambda: Value(2.0, label="a").tanh(), 0.964027580075817),
    ("a.relu()", lambda: Value(2.0, label="a").relu(), 2.0),
]


@pytest.mark.parametrize(("make", "expected"), [row[1:] for row in BLOG], ids=[row[0] for row in BLOG])
def test_the_blogs_snippets(make, expected: float) -> None:
    """Each expression of the blog post gives the number printed there."""
    assert make().data == close(expected)


def test_the_blogs_gradient_of_tanh() -> None:
    """a.grad is 0.0706508248531642 for tanh at 2."""
    a = Value(2.0, label="a")
    a.tanh().backward()
    assert a.grad == pytest.approx(0.0706508248531642, rel=1e-13)


def test_the_blogs_gradient_of_relu() -> None:
    """a.grad is 1 for relu at 2."""
    a = Value(2.0, label="a")
    a.relu().backward()
    assert a.grad == 1.0


def test_repr_is_the_blogs() -> None:
    """A Value shows its data."""
    assert repr(Value(0.5)) == "Value(data=0.5)"


def test_a_leaf_has_label_gradient_and_no_operands() -> None:
    """A new Value is a float without history."""
    a = Value(3, label="a")
    assert (a.data, a.grad, a.label, a._prev, a._op) == (3.0, 0.0, "a", (), "")
    assert type(a.data) is float


def test_a_plus_a_has_two_operands() -> None:
    """Operands are ordered and kept twice when used twice, and both add to the gradient."""
    a = Value(3.0)
    b = a + a
    b.backward()
    assert b._prev == (a, a)
    assert a.grad == 2.0


REFLECTED = [
    (lambda a: 3 + a, 5.0, 1.0),
    (lambda a: 3 - a, 1.0, -1.0),
    (lambda a: 3 * a, 6.0, 3.0),
    (lambda a: 3 / a, 1.5, -0.75),
    (lambda a: 3**a, 9.0, 9 * math.log(3)),
]


@pytest.mark.parametrize(("make", "data", "grad"), REFLECTED, ids=["+", "-", "*", "/", "**"])
def test_reflected_operators(make, data: float, grad: float) -> None:
    """A number may stand on the left of every operator."""
    a = Value(2.0)
    result = make(a)
    result.backward()
    assert result.data == close(data)
    assert a.grad == close(grad)


def test_difference_and_quotient_are_composed_as_in_the_blog() -> None:
    """a - b is a + b * -1, and a / b is a * b**-1."""
    a, b = Value(2.0), Value(4.0)
    difference, quotient = a - b, a / b
    assert (difference._op, difference._prev[1]._op, difference._prev[1]._prev[1].data) == ("+", "*", -1.0)
    assert (quotient._op, quotient._prev[1]._op, quotient._prev[1]._prev) == ("*", "**-1", (b,))


def test_power_of_values() -> None:
    """An exponent that is a Value has a gradient too."""
    a, b = Value(2.0), Value(3.0)
    c = a**b
    c.backward()
    assert (c.data, a.grad) == (8.0, 12.0)
    assert b.grad == close(8 * math.log(2))


def test_the_lectures_neuron() -> None:
    """x1*w1 + x2*w2 + b through tanh has the numbers of the lecture."""
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.backward()
    assert o.data == close(0.7071067811865476)
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0], rel=1e-13)


def test_a_second_backward_adds_to_leaves_and_starts_inner_nodes_afresh() -> None:
    """(3c)**2 at 2 gives 36, then 72; the blog's engine gives 108."""
    c = Value(2.0)
    square = (3 * c) ** 2
    square.backward()
    assert c.grad == 36.0
    square.backward()
    assert c.grad == 72.0


def test_backward_from_a_leaf_is_1() -> None:
    """The derivative of a leaf by itself."""
    a = Value(5.0)
    a.backward()
    assert a.grad == 1.0


def test_backward_leaves_what_is_not_below_alone() -> None:
    """Only what the root was computed from gets a gradient."""
    a, b = Value(2.0), Value(3.0)
    above = (a * b).exp()
    (a * b).backward()
    assert above.grad == 0.0
    assert (a.grad, b.grad) == (3.0, 2.0)


def test_the_steps_of_the_backward_pass_say_all() -> None:
    """Each grad += comes with operand, local slope, upstream gradient, contribution and running sum, in order."""
    a, b = Value(2.0), Value(3.0)
    product = a * b
    total = product + a
    steps = list(backward_steps(total))
    assert [(s.node, s.operand_index, s.operand) for s in steps] == [
        (total, 0, product),
        (total, 1, a),
        (product, 0, a),
        (product, 1, b),
    ]
    assert [(s.local, s.upstream, s.contribution, s.total) for s in steps] == [
        (1.0, 1.0, 1.0, 1.0),
        (1.0, 1.0, 1.0, 1.0),
        (3.0, 1.0, 3.0, 4.0),
        (2.0, 1.0, 2.0, 2.0),
    ]


def test_the_steps_are_what_backward_does() -> None:
    """Exhausting the steps leaves the same gradients as backward()."""

    def build() -> tuple[Value, list[Value]]:
        leaves = [Value(0.3), Value(-1.2), Value(2.0)]
        x, y, z = leaves
        return ((x * y + z).tanh() * x - y / z).exp(), leaves

    first, leaves = build()
    for _ in backward_steps(first):
        pass
    second, others = build()
    second.backward()
    assert [v.grad for v in leaves] == [v.grad for v in others]


def test_a_chain_of_100000_additions_is_differentiated() -> None:
    """Neither pass recurses, and freeing the chain does not either."""
    a = Value(1.0)
    value = a
    for _ in range(100_000):
        value = value + a
    value.backward()
    assert value.data == 100_001.0
    assert a.grad == 100_001.0


def test_tanh_does_not_overflow() -> None:
    """The blog's formula fails beyond 354; at ±1000 tanh is ±1 with slope 0."""
    for x, expected in ((1000.0, 1.0), (-1000.0, -1.0)):
        a = Value(x)
        b = a.tanh()
        b.backward()
        assert (b.data, a.grad) == (expected, 0.0)


def test_division_by_zero_is_inf_or_nan() -> None:
    """1/0 is inf, -1/0 is -inf, 0/0 is nan, as in IEEE 754."""
    assert (Value(1.0) / 0.0).data == math.inf
    assert (Value(-1.0) / 0.0).data == -math.inf
    assert math.isnan((Value(0.0) / 0.0).data)


def test_relu_passes_1_at_exactly_zero() -> None:
    """As in the blog."""
    a = Value(0.0)
    a.relu().backward()
    assert a.grad == 1.0


@pytest.mark.parametrize("data", ["2.0", b"2", 1j, Value(1.0), None, [1.0]])
def test_only_real_numbers_are_data(data: object) -> None:
    """Anything else is refused in a sentence."""
    with pytest.raises(TypeError, match="one real number"):
        Value(data)  # type: ignore[arg-type]


def test_too_large_a_whole_number_is_refused() -> None:
    """An int that no float can hold is an error of use, not an OverflowError."""
    with pytest.raises(TypeError, match="64-bit float"):
        Value(10**400)


def test_abs_is_a_function_and_a_method() -> None:
    """abs(a) is a.abs()."""
    a = Value(-2.0)
    b = abs(a)
    b.backward()
    assert (b.data, a.grad, b._op) == (2.0, -1.0, "abs")
