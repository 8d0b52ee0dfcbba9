"""Warnings about gradients: what is named, where PyTorch differs, and what leaves the graph."""

import re

import pytest

from micrograd_core.language import run
from micrograd_core.ops import OPS, EdgeCase, Operation

CASES = [
    pytest.param(row, case, id=f"{row.name}-{case.operands}")
    for row in OPS.values()
    for case in row.edge_cases
]


def applied(row: Operation, case: EdgeCase) -> tuple[str, str]:
    """Return lines that make the operands, and the operation on them, as a program has it."""
    numbers = [
        repr(number).replace("inf", "1e999").replace("nan", "(1e999 - 1e999)") for number in case.operands
    ]
    lines = "".join(f"{name} = Value({number})\n" for name, number in zip("xy", numbers, strict=False))
    if row.is_function:
        return lines, f"{row.symbol}(x)"
    if row.constant:
        return lines, f"x ** {numbers[1]}"
    return lines, f"x {row.symbol} y"


def gradient_warnings(source: str) -> list[str]:
    return [found.message for found in run(source).warnings if "gradient" in found.message]


@pytest.mark.parametrize(("row", "case"), CASES)
def test_where_pytorch_passes_another_slope_it_is_said(row: Operation, case: EdgeCase) -> None:
    """At exactly the edge cases whose slopes differ there, at the place of the operation, in the words of its row."""
    lines, expression = applied(row, case)
    differs = bool(case.pytorch) and case.pytorch[1:] != case.slopes
    warnings = run(f"{lines}o = 2 * ({expression})\no.backward()").warnings
    found = [warning for warning in warnings if "flows through" in warning.message]
    assert len(found) == differs
    for warning in found:
        assert warning.message.startswith(f"A gradient flows through {expression} at ")
        assert warning.message.endswith(row.note)
        assert (warning.line, warning.column) == (lines.count("\n") + 1, 10)


def test_relu_at_zero_is_told_once_and_only_where_a_gradient_flows() -> None:
    """A gradient of 0, a relu beside 0 and a program without backward() are no reason; later ones are not repeated."""
    assert gradient_warnings("x = Value(0.0)\ny = x.relu() * 0\ny.backward()") == []
    assert gradient_warnings("x = Value(5e-324)\ny = x.relu()\ny.backward()") == []
    assert gradient_warnings("x = Value(0.0)\ny = x.relu()") == []
    (found,) = run("x = Value(0.0)\nfor k in range(3):\n  y = relu(x*1)\n  y.backward()").warnings
    assert (found.line, found.column) == (3, 7)
    assert found.message == (
        "A gradient flows through relu(x*1) at 0. At exactly 0 the slope is 1, as in the blog post; "
        "it is 0 in Karpathy's micrograd and PyTorch."
    )


def test_the_neuron_whose_relu_is_at_zero_is_named() -> None:
    """Its place is the call of the network."""
    (found,) = run(
        "m = MLP(1, [2, 1])\nfor p in m.parameters(): p.data = 0.0\nm.layers[1].neurons[0].w[1].data = 1.0\n"
        "y = m([1.0])\ny.backward()"
    ).warnings
    assert found.message.startswith("A gradient flows through m[0][1](x) at 0. ")
    assert (found.line, found.column) == (4, 5)


OUTER = ("{}", "-{}", "1 - {}", "3.0 / {}", "2*{} + 1", "({} - 1)**2", "sum([{}, 4])", "exp({}) % 7")


@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize(("row", "case"), CASES)
def test_what_is_warned_of_stands_in_the_text(row: Operation, case: EdgeCase, outer: str) -> None:
    """A gradient that is not finite has a name that was typed, and not a number beside other operands."""
    lines, expression = applied(row, case)
    source = f"{lines}o = {outer.format(f'({expression})')}\no.backward()"
    for message in gradient_warnings(source):
        found = re.fullmatch(r"The gradient of (.+) becomes (?:inf|-inf|nan) here\.", message)
        if found is None:
            assert "flows through" in message
            continue
        name = found[1].replace("**-1", "")
        assert name in source or f"({name})" in source
        assert not re.fullmatch(r"-?[\d.]+", name)


def test_the_first_gradient_is_named_that_someone_would_look_at() -> None:
    """If there are numbers alone, the number is."""
    assert gradient_warnings("y = sqrt(0)\ny.backward()") == ["The gradient of 0 becomes inf here."]


LEAVING = ("round({})", "round({}, 1)", "int({})", "float({})", "{} // 2", "9 // {}", "Value({})")
PLAIN = {
    "a typed number": ("h = 2.5", "h"),
    "a typed number in another graph": ("h = 2.5\nif h*2 > 1: pass", "h"),
    "a whole number of the graph": ("h = 2\nu = Value(1.0) * h", "h"),
    "a size": ("h = 2.5\nn = h / 2", "len([h]) + 1"),
    "a counter": ("for h in range(3): pass", "h"),
    "data": ("h = Value(2.5)", "h.data"),
    "a gradient": ("h = Value(2.5)", "(h.grad + 1)"),
    "a comparison": ("h = Value(2.5)", "(h > 1)"),
}
WITH_GRADIENT = {
    "a Value": ("h = Value(2.5)", "h"),
    "a typed number of the graph": ("h = 2.5\nu = h * 2", "h"),
    "what is computed of typed numbers": ("h = 2.5\nu = h * 2\nv = u * u", "u"),
    "a weight": ("n = Neuron(1)", "n.w[0]"),
}


@pytest.mark.parametrize("leaving", LEAVING)
@pytest.mark.parametrize(("before", "number"), WITH_GRADIENT.values(), ids=WITH_GRADIENT)
def test_what_leaves_the_graph_is_told(before: str, number: str, leaving: str) -> None:
    """The warning names the place and what was written, once for a whole loop."""
    expression = leaving.format(number)
    program = run(f"{before}\nfor k in range(3):\n  r = {expression}")
    line = before.count("\n") + 3
    message = f"{expression} leaves the graph: no gradient flows through it."
    assert program.warnings == ((message, line, 7),)


@pytest.mark.parametrize("leaving", LEAVING)
@pytest.mark.parametrize(("before", "number"), PLAIN.values(), ids=PLAIN)
def test_settings_and_plain_numbers_leave_nothing(before: str, number: str, leaving: str) -> None:
    """They are no part of a graph, or were taken out of it in so many words."""
    assert run(f"{before}\nr = {leaving.format(number)}\no = Value(2.0) * 3").warnings == ()


@pytest.mark.parametrize("leaving", LEAVING)
def test_what_is_only_printed_may_leave(leaving: str) -> None:
    """So may the value of a line that states it."""
    shown = leaving.format("h")
    assert run(f"h = Value(2.5)\nprint({shown}, [{shown}])\ntext = f'{{{shown}}}'\n{shown}").warnings == ()


def test_an_augmented_floor_division_is_told_as_it_is_written() -> None:
    """At most three such places are told."""
    assert run("h = Value(7.5)\nh //= 2").warnings[0].message.startswith("h //= 2 leaves the graph")
    many = "h = Value(7.5)\n" + "".join(f"r = h // {number}\n" for number in range(1, 10))
    assert [found.line for found in run(many).warnings] == [2, 3, 4]


@pytest.mark.parametrize("leaving", LEAVING)
def test_a_computed_value_is_refused_as_before(leaving: str) -> None:
    """It needs .data, which is explicit."""
    with pytest.raises(Exception, match="must be a plain number, not a computed Value"):
        run(f"h = Value(2.5)\nr = {leaving.format('(h*h)')}")
    assert run(f"h = Value(2.5)\nr = {leaving.format('(h*h).data')}").warnings == ()


def test_a_long_expression_is_named_by_its_beginning() -> None:
    """It is shortened like every label."""
    terms = " + ".join(f"x{i}*x{i}" for i in range(60))
    lines = "; ".join(f"x{i} = Value(0.0)" for i in range(60))
    (message,) = gradient_warnings(f"{lines}\nn = ({terms}).sqrt()\nn.backward()")
    assert len(message) < 150
