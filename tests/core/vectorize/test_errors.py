"""Errors of derivation and use are sentences, and the origin of inf or nan is found."""

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.errors import MicrogradError
from micrograd_core.vectorize import ArrayProgram, Batch, NonFiniteError, vectorize


def line() -> tuple[ArrayProgram, Value, Value, Value]:
    """w · x + b with its leaves."""
    x, w, b = Value(1.0, label="x"), Value(2.0, label="w"), Value(3.0, label="b")
    return vectorize(w * x + b, [x], [w, b]), x, w, b


def test_a_leaf_named_twice() -> None:
    """A leaf twice as input, twice as parameter, or as both; the error has its name and its first position."""
    x, w = Value(1.0, label="x"), Value(2.0)
    out = w * x
    cases: list[tuple[Sequence[Value], Sequence[Value], str]] = [
        ([x, x], [w], r"^input 1 \(x\) is named twice: it is input 0 \(x\) already$"),
        ([x], [w, w], "^parameter 1 is named twice: it is parameter 0 already$"),
        ([x], [w, x], r"^parameter 1 \(x\) is named twice: it is input 0 \(x\) already$"),
    ]
    for inputs, parameters, sentence in cases:
        with pytest.raises(ValueError, match=sentence):
            vectorize(out, inputs, parameters)


def test_what_is_no_value() -> None:
    """An object that is no Value, in each argument; the error shows it."""
    x = Value(1.0)
    for arguments in ((3.0, [x], []), (x, [2.0], []), (x, [], ["w"]), (x, [], [], [None])):
        with pytest.raises(
            TypeError, match=r"^an array program is derived from Values, not from (3\.0|2\.0|'w'|None)$"
        ):
            vectorize(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["inputs", "parameters", "watch"])
@pytest.mark.parametrize("kind", [set, frozenset, dict.fromkeys])
def test_leaves_have_an_order(place: str, kind: Callable[[list[Value]], Any]) -> None:
    """A set has none, and a dictionary's keys are not what its user has in mind."""
    x = Value(1.0)
    given = kind([x])
    sentence = f"{place} must be a list of Values: a {type(given).__name__} does not say in which order"
    with pytest.raises(TypeError, match=f"^{sentence}$"):
        vectorize(x * 2.0, **{"inputs": [], "parameters": []} | {place: given})


@pytest.mark.parametrize("place", ["inputs", "parameters", "watch"])
@pytest.mark.parametrize("given", [Value(1.0), None, 2.0], ids=repr)
def test_leaves_come_in_a_list(place: str, given: Any) -> None:
    """One Value is no list of Values, and neither is None."""
    x = Value(1.0)
    sentence = f"{place} must be a list of Values, [] for none, not {given!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        vectorize(x * 2.0, **{"inputs": [x], "parameters": []} | {place: given})


def test_leaves_may_come_one_after_the_other() -> None:
    """An iterator is as good as a list."""
    x, w = Value(1.0), Value(2.0)
    program = vectorize(x * w, iter([x]), (leaf for leaf in [w]), iter([w]))
    assert (program.inputs, program.parameters, program.watch) == ((x,), (w,), (w,))


def every_way_in(program: ArrayProgram) -> dict[str, Sequence[Callable[[Any], object]]]:
    """Return all methods that take inputs and all that take parameters, of w · x + b."""
    batch = program.bind([[1.0]])
    return {
        "inputs": [
            program.bind,
            batch.load,
            *[
                partial(lambda way, inputs: way(inputs, [1.0, 2.0]), way)
                for way in (program.forward, program.evaluate, program.value_and_grad)
            ],
        ],
        "parameters": [
            *[
                partial(lambda way, parameters: way([[1.0]], parameters), way)
                for way in (program.forward, program.evaluate, program.value_and_grad)
            ],
            batch.value,
            batch.value_and_grad,
            batch.forward,
        ],
    }


NO_NUMBERS: list[tuple[Any, str]] = [
    ([[1.0, 2.0], [1.0]], "an array of numbers, not rows of different lengths"),
    ([np.zeros(2), np.zeros(3)], "an array of numbers, not rows of different lengths"),
    (Value(1.0), "numbers, not Values: give their .data"),
    ([[Value(1.0)]], "numbers, not Values: give their .data"),
    ([1.0, Value(1.0)], "numbers, not Values: give their .data"),
    (np.array([Value(1.0), Value(2.0)]), "numbers, not Values: give their .data"),
    ([["1", "2"]], "numbers, not str"),
    ([1.0, "2"], "numbers, not str"),
    ("12", "numbers, not str"),
    ([b"1"], "numbers, not bytes"),
    ([1j, 2.0], "numbers, not complex128"),
    (np.array(["2026-01-01"], dtype="datetime64[ns]"), "numbers, not datetime64"),
    (None, "numbers: a Value holds one real number, not None"),
    ([1.0, None], "numbers: a Value holds one real number, not None"),
    (np.array([["1"]], dtype=object), "numbers: a Value holds one real number, not '1'"),
    ({1: 2.0}, "numbers: a Value holds one real number, not {1: 2.0}"),
    ([[10**400]], "numbers: a Value holds a 64-bit float; this whole number is too large for one"),
]


@pytest.mark.parametrize("what", ["inputs", "parameters"])
@pytest.mark.parametrize(("given", "told"), NO_NUMBERS, ids=[repr(given)[:30] for given, _ in NO_NUMBERS])
def test_what_is_no_array_of_numbers(what: str, given: Any, told: str) -> None:
    """Every way in has the same sentence for it, before anything is said of its shape."""
    for way in every_way_in(line()[0])[what]:
        with pytest.raises((TypeError, ValueError), match=f"^{re.escape(f'{what} must be {told}')}$"):
            way(given)


@pytest.mark.parametrize(
    "kind", [int, bool, Fraction, Decimal, np.int8, np.float32, np.uint64, np.bool_, ">f8"]
)
def test_whatever_is_a_number_may_be_given(kind: Any) -> None:
    """They are floats, as the data of a Value are."""
    program, *_ = line()
    inputs, parameters = [[1.0], [0.0]], [1.0, 0.0]
    if isinstance(kind, str):
        given: Any = np.array(inputs, dtype=kind), np.array(parameters, dtype=kind)
    else:
        given = [[kind(int(x))] for [x] in inputs], [kind(int(w)) for w in parameters]
    assert program.forward(*given, strict=True).tolist() == [1.0, 0.0]
    assert program.value_and_grad(*given)[1].tolist() == [0.5, 1.0]
    assert program.forward([[2**70]], [1, 2**70], strict=True).tolist() == [2.0**71]


def test_a_list_is_loaded_as_an_array_is() -> None:
    """Other inputs come as the first ones did."""
    program, *_ = line()
    batch = program.bind([[1.0], [2.0]])
    batch.load([[3.0], [4.0]])
    assert batch.forward([2.0, 1.0]).tolist() == [7.0, 9.0]


@pytest.mark.parametrize("first", [Batch.value, Batch.value_and_grad, Batch.forward])
@pytest.mark.parametrize(
    "ask",
    [
        Batch.gradient,
        Batch.input_gradients,
        Batch.watched,
        lambda batch: batch.copy_watched(np.empty((2, 1))),
    ],
)
def test_before_the_first_pass_there_are_no_results(
    ask: Callable[[Batch], object], first: Callable[[Batch, list[float]], object]
) -> None:
    """Neither of the inputs that were bound nor of others: the sentence says what to do first."""
    x, w = Value(1.0), Value(2.0)
    batch = vectorize(w * x, [x], [w], [x, w]).bind([[1.0]])
    sentence = r"^no pass was made over these inputs yet: compute value\(\) or forward\(\) first$"
    for inputs in ([[3.0]], [[4.0]]):
        with pytest.raises(RuntimeError, match=sentence):
            ask(batch)
        with pytest.raises(ValueError, match="parameters must have the shape"):
            first(batch, [])
        with pytest.raises(RuntimeError, match=sentence):
            ask(batch)
        first(batch, [2.0])
        ask(batch)
        ask(batch)
        batch.load(inputs)
    batch.value([2.0])
    assert (batch.gradient().tolist(), batch.input_gradients().tolist()) == ([4.0], [[2.0]])


def test_leaves_with_equal_numbers_are_not_the_same_leaf() -> None:
    """They are told apart as objects."""
    x, y = Value(1.0), Value(1.0)
    assert vectorize(x * y, [x], [y]).value_and_grad([[3.0]], [5.0])[1].tolist() == [3.0]


@pytest.mark.parametrize("role", [0, 1])
def test_a_computed_node_is_neither_input_nor_parameter(role: int) -> None:
    """The sentence has its place and its name."""
    x = Value(1.0)
    node = x * 2.0
    node.label = "node"
    leaves: list[list[Value]] = [[], []]
    leaves[role] = [x, node]
    what = ("input", "parameter")[role]
    with pytest.raises(ValueError, match=rf"^{what} 1 \(node\) is computed from others"):
        vectorize(node * x, *leaves)


@pytest.mark.parametrize("inputs", [[], [[]], [1.0], [[1.0, 2.0]], [[[1.0]]], 5.0, np.zeros((0, 1))], ids=str)
def test_inputs_of_a_wrong_shape(inputs: Any) -> None:
    """Every way in says what shape it must be and what it is."""
    program, *_ = line()
    sentence = r"inputs must have the shape \(examples, 1\), at least one example, not \("
    for way in (program.forward, program.evaluate, program.value_and_grad):
        with pytest.raises(ValueError, match=sentence):
            way(inputs, [1.0, 2.0])
    with pytest.raises(ValueError, match=sentence):
        program.bind(inputs)


@pytest.mark.parametrize("parameters", [[], [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], 1.0], ids=str)
def test_parameters_of_a_wrong_shape(parameters: Any) -> None:
    """Every way in says what shape they must have and have."""
    program, *_ = line()
    batch = program.bind([[1.0]])
    sentence = r"parameters must have the shape \(2,\), not \("
    for strict in (False, True):
        for way in (program.forward, program.value_and_grad):
            with pytest.raises(ValueError, match=sentence):
                way([[1.0]], parameters, strict=strict)
    for again in (batch.value, batch.value_and_grad, batch.forward):
        with pytest.raises(ValueError, match=sentence):
            again(parameters)


@pytest.mark.parametrize(
    "inputs", [np.zeros((1, 1)), np.zeros((3, 1)), np.zeros((2, 2)), np.zeros(2)], ids=np.shape
)
def test_other_inputs_must_be_as_many(inputs: Any) -> None:
    """load() takes no fewer and no more examples than were bound, and spreads none over all of them."""
    program, *_ = line()
    batch = program.bind([[1.0], [2.0]])
    with pytest.raises(ValueError, match=r"inputs must have the shape \(2, 1\), not \("):
        batch.load(inputs)
    assert batch.value([1.0, 0.0]) == 1.5


def test_strict_says_nothing_while_all_is_finite() -> None:
    """The same numbers come out."""
    program, *_ = line()
    assert program.forward([[1.0], [2.0]], [2.0, 1.0], strict=True).tolist() == [3.0, 5.0]
    assert program.value_and_grad([[1.0], [2.0]], [2.0, 1.0], strict=True)[0] == 4.0


def test_without_strict_inf_and_nan_come_out_in_silence() -> None:
    """No error and no warning, whatever is asked for."""
    x, w = Value(1.0), Value(1.0)
    program = vectorize((w * x).log(), [x], [w])
    data = [[0.0], [-1.0], [math.inf], [1e308], [1e308]]
    outputs = program.forward(data, [1.0])
    assert outputs[0] == -math.inf
    assert math.isnan(outputs[1])
    value, gradient = program.value_and_grad(data, [1.0])
    assert math.isnan(value)
    assert math.isnan(gradient[0])
    huge = vectorize(w * x * 1e308, [x], [w]).bind(data)
    assert huge.value([1.0]) == math.inf or math.isnan(huge.value([1.0]))
    assert huge.input_gradients().tolist() == [[1e308]] * 5


def test_strict_finds_the_node_and_the_example_where_the_values_left_the_numbers() -> None:
    """Forwards and with the gradient; the first example that has one, and in it the first node."""
    x, w = Value(1.0), Value(2.0)
    inner = w * x
    root = inner.log()
    root.label = "the log"
    program = vectorize(root + inner, [x], [w], [inner])
    data = [[1.0], [2.0], [-3.0], [0.0]]
    for way in (program.forward, program.value_and_grad):
        with pytest.raises(NonFiniteError) as caught:
            way(data, [2.0], strict=True)
        assert caught.value.node is root
        assert caught.value.example == 2
        assert str(caught.value) == "Example 2: the value of the log is the first that is not finite."
        assert isinstance(caught.value, MicrogradError)
        assert (w.data, x.data, inner.data) == (2.0, 1.0, 2.0), "the graph is left as it was"


def test_strict_blames_the_number_that_was_given() -> None:
    """An input or a parameter that is nan itself, in the example in which it is."""
    program, x, w, _b = line()
    with pytest.raises(NonFiniteError, match="Example 1: the value of x is") as caught:
        program.forward([[1.0], [math.nan]], [1.0, 1.0], strict=True)
    assert caught.value.node is x
    with pytest.raises(NonFiniteError, match="Example 0: the value of w is") as caught:
        program.value_and_grad([[1.0], [1.0]], [math.inf, 1.0], strict=True)
    assert caught.value.node is w


def test_strict_finds_where_the_gradient_left_the_numbers() -> None:
    """All values are finite; √ at 0 has the slope inf, which the node under it is the first to receive."""
    x, w = Value(1.0), Value(2.0)
    inner = w * x
    program = vectorize(inner.sqrt(), [x], [w])
    data = [[1.0], [4.0], [0.0]]
    assert program.forward(data, [1.0], strict=True).tolist() == [1.0, 2.0, 0.0]
    with pytest.raises(NonFiniteError) as caught:
        program.value_and_grad(data, [1.0], strict=True)
    assert caught.value.node is inner
    assert caught.value.example == 2
    assert str(caught.value) == "Example 2: the gradient of 1.0 * 0.0 is the first that is not finite."
    assert (w.grad, x.grad, inner.grad) == (0.0, 0.0, 0.0), "the graph is left as it was"


NAMELESS: list[tuple[Callable[[Value], Value], str]] = [
    (lambda x: (x - 2.0).log(), "log(-1.5)"),
    (lambda x: (x - 0.5) ** -1, "0.0 ** -1"),
    (lambda x: (x * -2.0) ** 0.5, "(-1.0) ** 0.5"),
    (lambda x: (x * -2.0) ** (x + Value(0.0, label="e")), "(-1.0) ** 0.5"),
    (lambda x: (x + 709.283).exp(), "exp(709.783)"),
    (lambda x: x * 1.6e308 + Value(1e308, label="huge"), "8e+307 + huge"),
    (lambda x: Value(2.0, label="a.b[0]") ** (x * Value(1e4, label="c")), "a.b[0] ** 5000.0"),
    (lambda x: called("a + b", x - 2.0).log(), "log(a + b)"),
    (lambda x: called("a + b", x * 1e200) * called("tanh(c)", x * 1e200), "(a + b) * tanh(c)"),
    (lambda x: called("-a", x - 2.0) ** 0.5, "(-a) ** 0.5"),
    (lambda x: x * math.inf, "the constant inf"),
    (lambda x: called("this", x * 1e308 * 1e308), "this"),
]


def called(label: str, node: Value) -> Value:
    node.label = label
    return node


@pytest.mark.parametrize(("graph", "name"), NAMELESS, ids=[name for _, name in NAMELESS])
def test_a_node_without_a_label_is_told_by_what_it_is(graph: Callable[[Value], Value], name: str) -> None:
    """The operation with its operands' labels, or else their numbers in the example that is meant."""
    x = Value(1.0)
    program = vectorize(graph(x), [x], [])
    with pytest.raises(NonFiniteError) as caught:
        program.forward([[0.5]], [], strict=True)
    assert str(caught.value) == f"Example 0: the value of {name} is the first that is not finite."


def test_a_leaf_without_a_label_is_told_by_its_place() -> None:
    """The name of a leaf without a label is its position, as in the errors of leaves named twice."""
    x, w = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    program = vectorize(x[0] * w[0] + x[1] * w[1], x, w)
    with pytest.raises(NonFiniteError, match=r"^Example 1: the value of input 1 is the first"):
        program.forward([[1.0, 1.0], [1.0, math.nan]], [1.0, 1.0], strict=True)
    with pytest.raises(NonFiniteError, match=r"^Example 0: the value of parameter 1 is the first"):
        program.forward([[1.0, 1.0]], [1.0, math.inf], strict=True)


def test_strict_says_when_only_the_sum_overflows() -> None:
    """Each example is finite, their sum is not; no node is to blame, watched ones that are inf neither."""
    x, w = Value(1.0), Value(1.0)
    program = vectorize(w * x, [x], [w], [(x * 1e308).exp()])
    data = [[1.5e308], [1.5e308]]
    assert program.forward(data, [1.0], strict=True).tolist() == [1.5e308, 1.5e308]
    with pytest.raises(NonFiniteError) as caught:
        program.value_and_grad(data, [1.0], strict=True)
    assert caught.value.example is None
    assert str(caught.value) == "The sum over all examples is not finite, though each of them is."


def test_strict_looks_at_the_output_alone() -> None:
    """A watched node that is inf or nan is no error, if the output is not made of it."""
    x, w = Value(1.0), Value(1.0, label="w")
    program = vectorize(w * x, [x], [w], [(x * 1e308).exp()])
    assert program.forward([[1.0]], [1.0], strict=True).tolist() == [1.0]
    assert program.value_and_grad([[1.0]], [1.0], strict=True)[0] == 1.0
    with pytest.raises(NonFiniteError, match="of w is the first"):
        program.forward([[1.0]], [math.inf], strict=True)


@pytest.mark.parametrize("operands", [1, 2])
@pytest.mark.parametrize("made_of_inputs", [True, False])
def test_an_operation_that_is_not_in_the_table(made_of_inputs: bool, operands: int) -> None:
    """The engine's own sentence, when the program is derived."""
    x, w = Value(1.0), Value(2.0)
    leaf = x if made_of_inputs else w
    unknown = Value(3.0, (leaf,) * operands, "no_such_operation")
    with pytest.raises(TypeError, match="no operation is called 'no_such_operation'; a new one is a row of"):
        vectorize(unknown * w + x, [x], [w])
