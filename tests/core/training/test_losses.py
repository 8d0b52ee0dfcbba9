import ast
import math

import pytest

from micrograd_core.engine import Value
from micrograd_core.training.losses import LOSSES, Loss, l2_penalty
from tests.training_rows import EVERY_LOSS, add_rows

max_margin = LOSSES["max-margin"].mean


def test_max_margin_is_the_mean_shortfall_from_a_margin_of_one() -> None:
    """Scores 0.5 for +1, −3 for −1 and 2 for −1 fall short by 0.5, 0 and 3."""
    loss = max_margin([Value(0.5), Value(-3.0), Value(2.0)], [1.0, -1.0, -1.0])
    assert loss.data == pytest.approx(3.5 / 3)


def test_max_margin_pulls_only_on_scores_inside_the_margin() -> None:
    """A score gets the gradient −label/n when it falls short, and none when it does not."""
    scores = [Value(0.5), Value(-3.0), Value(2.0)]
    max_margin(scores, [1.0, -1.0, -1.0]).backward()
    assert [score.grad for score in scores] == pytest.approx([-1 / 3, 0.0, 1 / 3])


def test_a_score_exactly_on_the_margin_still_gets_a_gradient() -> None:
    """The loss goes through relu, whose slope at exactly 0 is 1 here."""
    score = Value(1.0)
    max_margin([score], [1.0]).backward()
    assert score.grad == -1.0


def test_max_margin_of_nan_is_nan() -> None:
    """A diverged score is not mistaken for one beyond the margin."""
    assert math.isnan(max_margin([Value(math.nan), Value(5.0)], [1.0, 1.0]).data)


def test_max_margin_without_scores_is_an_error() -> None:
    """The mean of nothing is refused with a sentence."""
    with pytest.raises(ValueError, match="at least one score"):
        max_margin([], [])


def test_max_margin_needs_a_label_for_each_score() -> None:
    """A missing label is refused with both counts."""
    with pytest.raises(ValueError, match="one label for each score, not 1 for 2"):
        max_margin([Value(1.0), Value(2.0)], [1.0])


def test_l2_penalty_is_alpha_times_the_sum_of_squares() -> None:
    """Its gradient by a parameter is 2 × alpha × parameter."""
    parameters = [Value(3.0), Value(-4.0)]
    penalty = l2_penalty(parameters, 0.1)
    penalty.backward()
    assert penalty.data == pytest.approx(2.5)
    assert [parameter.grad for parameter in parameters] == pytest.approx([0.6, -0.8])


def test_l2_penalty_of_no_parameters_is_zero() -> None:
    """A model without parameters is not punished."""
    assert l2_penalty([], 0.1).data == 0.0


@pytest.mark.parametrize("name", EVERY_LOSS)
@pytest.mark.parametrize("label", [-1.0, 1.0])
def test_a_losss_source_is_its_formula_at_a_label(
    name: str, label: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only name in the text is the score; its value and slope are those of the loss to the bit."""
    add_rows(monkeypatch)
    source = LOSSES[name].source(label)
    assert {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)} == {"score"}
    for data in (-2.5, -1.0, 0.0, 0.3, 1.0, math.inf, math.nan):
        typed, computed = Value(data), Value(data)
        losses = eval(source, {"score": typed}), LOSSES[name](computed, label)
        for loss in losses:
            loss.backward()
        assert repr(losses[0].data) == repr(losses[1].data), "as texts, for nan is not itself"
        assert repr(typed.grad) == repr(computed.grad)


def test_a_losss_source_is_as_one_would_type_it() -> None:
    """The signs of the formula and of the label become one, also where a power binds closer than a sign."""
    assert [LOSSES["max-margin"].source(label) for label in (1.0, -1.0)] == [
        "(1 + -1.0 * score).relu()",
        "(1 + 1.0 * score).relu()",
    ]
    assert Loss("", "", "label ** 2 - score").source(-1.0) == "(-1.0) ** 2 - score"
