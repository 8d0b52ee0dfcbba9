"""What training makes small, over ``Value``s: the blog's max-margin loss and its L2 penalty."""

from collections.abc import Iterable, Sequence

from micrograd_core.engine import Value


def margin_loss(score: Value, label: Value | float) -> Value:
    """relu(1 − label × score), the label being ±1: 0 where the score is on its side by at least 1."""
    return (1 + -label * score).relu()


def max_margin(scores: Sequence[Value], labels: Sequence[float]) -> Value:
    """The mean of the ``margin_loss`` of each score.

    Raises ValueError when there is no score, or not one label for each.
    """
    if not scores:
        raise ValueError("max_margin needs at least one score")
    if len(scores) != len(labels):
        raise ValueError(f"max_margin needs one label for each score, not {len(labels)} for {len(scores)}")
    losses = [margin_loss(score, label) for label, score in zip(labels, scores, strict=True)]
    return sum(losses, start=Value(0.0)) * (1.0 / len(losses))


def l2_penalty(parameters: Iterable[Value], alpha: float) -> Value:
    """alpha × the sum of the squared parameters, biases included, as in the blog."""
    return alpha * sum((parameter * parameter for parameter in parameters), start=Value(0.0))
