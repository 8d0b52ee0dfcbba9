"""Value: the blog's snippets, its operators, and both passes."""

import copy
import gc
import math
import pickle
import sys
import tracemalloc
import weakref
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from micrograd_core.engine import (
    MinusOne,
    Value,
    backward_steps,
    first_non_finite,
    is_negation,
    local_derivative,
    local_derivatives,
)
from micrograd_core.graph import topological_sort
from micrograd_core.nn import MLP, Neuron
from micrograd_core.ops import OPS


def close(number: float) -> object:
    """Compare to 14 significant digits: the blog's own tanh rounds differently in the last ones."""
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
    assert (a.data, a.grad, a.label, a.operands, a.op) == (3.0, 0.0, "a", (), "")
    assert type(a.data) is float
    assert (Value(3).label, Value(3).operation) == ("", None)


def test_a_plus_a_has_two_operands() -> None:
    """Operands are ordered and kept twice when used twice, and both add to the gradient."""
    a = Value(3.0)
    b = a + a
    b.backward()
    assert b.operands == (a, a)
    assert a.grad == 2.0


REFLECTED = [
    (lambda a: 3 + a, 5.0, 1.0),
    (lambda a: 3 - a, 1.0, -1.0),
    (lambda a: 3 * a, 6.0, 3.0),
    (lambda a: 3 / a, 1.5, -0.75),
    (lambda a: 3**a, 9.0, 9 * math.log(3)),
    (lambda a: 7 % a, 1.0, -3.0),
]


@pytest.mark.parametrize(("make", "data", "grad"), REFLECTED, ids=["+", "-", "*", "/", "**", "%"])
def test_reflected_operators(make, data: float, grad: float) -> None:
    """A number may stand on the left of every operator."""
    a = Value(2.0)
    result = make(a)
    result.backward()
    assert result.data == close(data)
    assert a.grad == close(grad)


def test_difference_and_quotient_are_composed_as_in_the_blog() -> None:
    """-a is a * -1, a - b is a + b * -1, and a / b is a * b**-1."""
    a, b = Value(2.0), Value(4.0)
    assert ((-a).op, (-a).operands[0], (-a).operands[1].data, (-a).operands[1].operands) == ("*", a, -1.0, ())
    difference, quotient = a - b, a / b
    assert (difference.op, difference.operands[1].op, difference.operands[1].operands[1].data) == (
        "+",
        "*",
        -1.0,
    )
    assert (quotient.op, quotient.operands[1].op, quotient.operands[1].operands) == ("*", "**-1", (b,))


def test_a_minus_sign_is_told_from_a_product_by_minus_one() -> None:
    """Both are the same graph; the class of the −1 tells them apart, in copies too."""
    a, b = Value(2.0), Value(3.0)
    signs = [-a, (a - b).operands[1], (1 - a).operands[1]]
    products = [a * -1, -1 * a, a * Value(-1.0), a * -b, a + -1.0]
    assert [is_negation(node) for node in (*signs, *products)] == [True] * 3 + [False] * 5
    assert [(node.op, node.operands[0], node.operands[1].data) for node in (signs[0], products[0])] == [
        ("*", a, -1.0)
    ] * 2
    assert is_negation(copy.copy(-a))
    assert is_negation(copy.deepcopy(-a))
    sign = (-a).operands[1]
    assert isinstance(sign, MinusOne)
    assert repr(sign) == "Value(data=-1.0)"
    assert sys.getsizeof(sign) == sys.getsizeof(a)


def test_power_of_values() -> None:
    """An exponent that is a Value gets a gradient."""
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
    """The derivative of a leaf with respect to itself is 1, and leaves accumulate."""
    a = Value(5.0)
    a.backward()
    assert a.grad == 1.0
    a.backward()
    assert a.grad == 2.0


def test_backward_leaves_what_is_not_below_alone() -> None:
    """Only Values below the root get a gradient."""
    a, b = Value(2.0), Value(3.0)
    above = (a * b).exp()
    (a * b).backward()
    assert above.grad == 0.0
    assert (a.grad, b.grad) == (3.0, 2.0)


def test_the_steps_of_the_backward_pass_say_all() -> None:
    """Each grad += has its operand, local derivative, upstream gradient, contribution and running sum, in order."""
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


MILLION = 1_000_000


def test_a_chain_of_a_million_nodes() -> None:
    """It is built, sorted, differentiated, printed, copied and freed without recursion."""
    a = Value(1.0)
    chain = a
    for _ in range(MILLION):
        chain = chain + a
    assert len(topological_sort(chain)) == MILLION + 1
    chain.backward()
    assert repr(chain) == "Value(data=1000001.0)"
    assert a.grad == MILLION + 1
    shallow, deep = copy.copy(chain), copy.deepcopy(chain)
    del chain
    deep.backward()
    assert (shallow.data, deep.data, a.grad) == (MILLION + 1, MILLION + 1, MILLION + 1)


def test_a_tree_of_a_million_nodes() -> None:
    """Half a million leaves are added in pairs."""
    leaves = [Value(1.0) for _ in range(MILLION // 2)]
    level = leaves
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [x + y for x, y in pairs] + ([level[-1]] if len(level) % 2 else [])
    (root,) = level
    assert len(topological_sort(root)) == MILLION - 1
    root.backward()
    assert root.data == MILLION // 2
    assert {leaf.grad for leaf in leaves} == {1.0}


def test_one_node_with_many_uses() -> None:
    """Thirty thousand products share one leaf."""
    a = Value(2.0)
    total = sum((a * k for k in range(30_000)), start=Value(0.0))
    total.backward()
    assert a.grad == sum(range(30_000))


def test_the_memory_of_a_node_is_as_stated() -> None:
    """A sum takes at most the 168 bytes of the module's docstring, a leaf 112; from Python 3.12 on 8 more."""
    more = 8 if sys.version_info >= (3, 12) else 0
    one = Value(1.0)
    leaves = [one] * 10_000
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        chain = one
        for _ in range(10_000):
            chain = chain + one
        between = tracemalloc.get_traced_memory()[0]
        for index in range(10_000):
            leaves[index] = Value(index + 0.5)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert (between - before) / 10_000 <= 169 + more
    assert (after - between) / 10_000 <= 113 + more
    assert chain.data == 10_001.0


def test_a_graph_is_freed_without_the_garbage_collector() -> None:
    """There are no reference cycles, so memory comes back with the last reference."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        a = Value(2.0)
        root = (a * 3 + 1).tanh()
        root.backward()
        inner = weakref.ref(root.operands[0])
        del root
        assert inner() is None
    finally:
        if enabled:
            gc.enable()


def test_a_copy_is_another_node_on_the_same_operands() -> None:
    """The copy has data and gradient of its own."""
    a = Value(3.0, label="a")
    b = a**2
    b.backward()
    b.label = "b"
    copied = copy.copy(b)
    assert copied is not b
    assert (copied.data, copied.grad, copied.label, copied.op) == (9.0, 1.0, "b", "**2")
    assert (copied.operands, copied.operation, copied.constant) == ((a,), OPS["**n"], 2.0)
    copied.data = 0.0
    assert b.data == 9.0


def test_a_deep_copy_shares_no_node_and_keeps_what_was_shared() -> None:
    """The copy of a graph has the original's shape: a node used twice is one node in the copy too."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    root = (a + a * b) ** 2
    root.backward()
    copied = copy.deepcopy(root)
    before, after = topological_sort(root), topological_sort(copied)
    assert [(v.data, v.grad, v.label, v.op, v.constant) for v in before] == [
        (v.data, v.grad, v.label, v.op, v.constant) for v in after
    ]
    assert [[before.index(o) for o in v.operands] for v in before] == [
        [after.index(o) for o in v.operands] for v in after
    ]
    assert not set(before) & set(after)
    copied.backward()
    assert (a.grad, after[before.index(a)].grad) == (6.0, 12.0)


def test_a_deep_copy_keeps_what_several_results_share() -> None:
    """A network and a loss that are copied together still belong together."""
    neuron = Neuron(2, "tanh")
    loss = neuron([0.5, -1.0]) ** 2
    copied_neuron, copied_loss = copy.deepcopy((neuron, loss))
    copied_loss.backward()
    assert all(parameter.grad == 0.0 for parameter in neuron.parameters())
    assert all(parameter.grad != 0.0 for parameter in copied_neuron.parameters())


def test_a_subclass_is_copied_as_itself() -> None:
    """Deep copies have the nodes' own classes."""

    class Named(Value):
        pass

    copied = copy.deepcopy(Named(1.0) + Named(2.0))
    assert [type(operand) for operand in copied.operands] == [Named, Named]


def test_leaves_can_be_pickled_and_results_say_why_not() -> None:
    """A network's parameters can be stored; a graph has to be computed again."""
    a = Value(1.5, label="a")
    a.grad = 2.0
    again = pickle.loads(pickle.dumps(a))
    assert (again.data, again.grad, again.label, again.operands, again.op) == (1.5, 2.0, "a", (), "")
    network = MLP(2, [3, 1])
    assert [p.data for p in pickle.loads(pickle.dumps(network)).parameters()] == [
        p.data for p in network.parameters()
    ]
    with pytest.raises(
        TypeError, match=r"^a computed Value cannot be pickled: pickle its leaves and compute it again$"
    ):
        pickle.dumps(a * 2)


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
    """The slope at 0 is 1, as in the blog."""
    a = Value(0.0)
    a.relu().backward()
    assert a.grad == 1.0


NOT_REAL = ["2.0", b"2", bytearray(b"2"), 1j, Value(1.0), None, [1.0]]
NOT_REAL += [np.array([1.0, 2.0]), np.str_("2.0"), np.complex64(1), np.complex128(1)]


@pytest.mark.parametrize("data", NOT_REAL)
def test_only_real_numbers_are_data(data: object) -> None:
    """Other data are refused with a sentence."""
    with pytest.raises(TypeError, match=r"^a Value holds one real number, not ") as caught:
        Value(data)  # type: ignore[arg-type]
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


REAL = [2, True, Fraction(1, 4), Decimal("0.5"), np.float32(0.5), np.int64(-3), np.array(0.5)]


@pytest.mark.parametrize("data", REAL)
def test_every_kind_of_real_number_becomes_a_float(data) -> None:
    """Numbers of numpy are converted too, since their arithmetic would warn."""
    value = Value(data)
    assert type(value.data) is float
    assert value.data == float(data)


MISUSES = [
    lambda a: a + "2",
    lambda a: "2" + a,
    lambda a: a - "2",
    lambda a: "2" - a,
    lambda a: a * None,
    lambda a: [1] * a,
    lambda a: a / "2",
    lambda a: None / a,
    lambda a: a ** "2",
    lambda a: "2" ** a,
]


@pytest.mark.parametrize("misuse", MISUSES)
def test_operators_refuse_what_is_no_number(misuse) -> None:
    """The sentence is the constructor's, on either side of every operator."""
    with pytest.raises(TypeError, match=r"^a Value holds one real number, not "):
        misuse(Value(1.0))


def test_an_operation_that_is_not_in_the_table_is_named() -> None:
    """Differentiating a node made by hand names its unknown operation."""
    sentence = r"^no operation is called 'cube'; a new one is a row of micrograd_core/ops\.py$"
    with pytest.raises(TypeError, match=sentence) as caught:
        Value(8.0, (Value(2.0),), "cube").backward()
    assert caught.value.__suppress_context__


def test_a_node_made_by_hand_is_differentiated() -> None:
    """The constructor takes operands in any sequence, and an operation, as micrograd's."""
    a, b = Value(2.0), Value(5.0)
    product = Value(10.0, [a, b], "*", "p")  # type: ignore[arg-type]
    product.backward()
    assert product.operands == (a, b)
    assert (a.grad, b.grad, product.label) == (5.0, 2.0, "p")


def test_numpys_numbers_and_arrays_may_stand_on_the_left() -> None:
    """The notebooks write -y * score, with y from an array."""
    a = Value(2.0)
    for left in (np.float64(3.0), np.int64(3)):
        result = -left * a
        assert isinstance(result, Value)
        assert result.data == -6.0
    assert [value.data for value in np.array([1.0, 2.0]) * a] == [2.0, 4.0]


def test_a_local_derivative_is_that_of_one_operand() -> None:
    """The operand is given by its index, from the left."""
    a, b = Value(2.0), Value(5.0)
    assert [local_derivative(a * b, index) for index in (0, 1)] == [5.0, 2.0]
    assert local_derivative(a**3, 0) == 12.0
    assert [local_derivatives(node) for node in (a, a**3, a * b)] == [(), (12.0,), (5.0, 2.0)]
    assert local_derivative(a.tanh(), 0) == close(1 - math.tanh(2.0) ** 2)


def test_the_node_where_nan_began_is_named() -> None:
    """The node is the first one, not one that only passes nan on; a leaf if it was given; None if all are finite."""
    a = Value(0.0, label="a")
    began = a.log()
    root = (began * 2 + a).exp() - began
    assert first_non_finite(root) is began
    assert first_non_finite(a + 1) is None
    bad = Value(math.nan)
    assert first_non_finite((a + 1) * bad) is bad


def test_a_small_divisor_has_an_infinite_reciprocal() -> None:
    """a / b is a * b**-1, which differs from IEEE's quotient if 1/b overflows; the docstring names the limit."""
    assert (Value(1.0) / 5e-309).data == math.inf
    assert math.isfinite((Value(1.0) / 5.7e-309).data)
    assert "5.6e-309" in (Value.__truediv__.__doc__ or "")


def test_micrograds_own_tests() -> None:
    """test_sanity_check and test_more_ops of karpathy/micrograd, with the numbers PyTorch gives there."""
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)

    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert [f"{number:.4f}" for number in (g.data, a.grad, b.grad)] == ["24.7041", "138.8338", "645.5773"]


def test_the_notebooks_way_of_drawing() -> None:
    """trace and draw_dot of micrograd's notebook find the nodes, edges and operations, with Graphviz left out."""

    def trace(root):
        nodes, edges = set(), set()

        def build(v):
            if v not in nodes:
                nodes.add(v)
                for child in v._prev:
                    edges.add((child, v))
                    build(child)

        build(root)
        return nodes, edges

    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    e = a * b
    e.label = "e"
    e.backward()
    lines = set()
    nodes, edges = trace(e)
    for n in nodes:
        lines.add(f"{{ {n.label} | data {n.data:.4f} | grad {n.grad:.4f} }}")
        if n._op:
            lines.add(n._op)
    assert lines == {
        "{ a | data 2.0000 | grad -3.0000 }",
        "{ b | data -3.0000 | grad 2.0000 }",
        "{ e | data -6.0000 | grad 1.0000 }",
        "*",
    }
    assert edges == {(a, e), (b, e)}


def test_the_lectures_backpropagation_by_hand() -> None:
    """o.grad = 1.0 and _backward() node by node give the lecture's gradients; on a leaf it does nothing."""
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    x1w1, x2w2 = x1 * w1, x2 * w2
    x1w1x2w2 = x1w1 + x2w2
    n = x1w1x2w2 + b
    o = n.tanh()
    o.grad = 1.0
    o._backward()
    n._backward()
    b._backward()
    x1w1x2w2._backward()
    x2w2._backward()
    x1w1._backward()
    assert [v.grad for v in (x1, w1, x2, w2, b)] == pytest.approx([-1.5, 1.0, 0.5, 0.0, 0.5], rel=1e-13)


def test_too_large_a_whole_number_is_refused() -> None:
    """An int that no float can hold is an error of use, not an OverflowError."""
    sentence = r"^a Value holds a 64-bit float; this whole number is too large for one$"
    with pytest.raises(TypeError, match=sentence) as caught:
        Value(10**400)
    assert caught.value.__suppress_context__


def test_abs_is_a_function_and_a_method() -> None:
    """abs(a) is a.abs()."""
    a = Value(-2.0)
    b = abs(a)
    b.backward()
    assert (b.data, a.grad, b.op) == (2.0, -1.0, "abs")
