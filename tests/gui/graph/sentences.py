"""Sentences of steps, for the tests of what shows them."""

from micrograd_gui.model.sentence import Sentence

STEP = Sentence(
    (("Backward 4 of 9 — ", "plain"), ("+", "strong"), (" passes the gradient on:", "plain")),
    (
        ("∂o/∂x1w1", "grad"),
        (" += ", "plain"),
        ("∂s/∂x1w1", "data"),
        (" = ", "plain"),
        ("1 × 0.5 = ", "plain"),
        ("0.5", "grad"),
    ),
    ((("∂o/∂x1w1", "grad"), (" += ", "plain"), ("1 × 0.5 = ", "plain"), ("0.5", "grad")),),
)
