"""Formulas with texts in place of operands."""

import pytest

from micrograd_core.ops import OPS
from micrograd_gui.model.formula import bracketed, write_formula


@pytest.mark.parametrize("label", ["n", "x1", "2.0", "xs[0]", "m[0][1].w[0]", "n.tanh()", "tanh(a + b)"])
def test_simple_labels_stay_bare(label: str) -> None:
    """Labels that bind tighter than any operator need no brackets."""
    assert bracketed(label) == label


@pytest.mark.parametrize(
    "label", ["a + b", "a*b", "-2.0", "−2", "(a + b)*(c + d)", "tanh(a) + tanh(b)", "n sum 1"]
)
def test_compound_labels_are_bracketed(label: str) -> None:
    """An operator outside brackets could be misread."""
    assert bracketed(label) == f"({label})"


@pytest.mark.parametrize(
    ("symbol", "operands", "text"),
    [
        ("+", ["−2", "−3"], "−2 + (−3)"),
        ("*", ["−2", "−3"], "−2 × (−3)"),
        ("**", ["−2", "3"], "(−2) ** 3"),
        ("tanh", ["−2"], "tanh(−2)"),
        ("relu", ["a + b"], "max(0, a + b)"),
        ("abs", ["−2"], "|−2|"),
        ("exp", ["−2"], "e^(−2)"),
        ("sqrt", ["a*b"], "√(a*b)"),
        ("*", ["a + b", "c"], "(a + b) × c"),
        ("*", ["-a + b", "c"], "(-a + b) × c"),
    ],
)
def test_brackets_stand_where_mathematics_asks_for_them(symbol: str, operands: list[str], text: str) -> None:
    """Not at the beginning of a sum, not inside brackets that are there anyway."""
    assert write_formula(OPS[symbol], operands) == text


@pytest.mark.parametrize("operation", OPS.values(), ids=lambda operation: operation.name)
def test_every_operation_can_be_written(operation) -> None:
    """Every row's formula names all its operands."""
    text = write_formula(operation, ["left", "right"][: operation.arity], 3.0, "out")
    assert "left" in text
    assert ("right" in text) == (operation.arity == 2)
