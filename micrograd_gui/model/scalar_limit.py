"""The limit of networks that can be trained with scalars."""

from itertools import pairwise

from micrograd_core.texts import tr
from micrograd_core.training.config import TrainingConfig

MOST_VALUES = 1_000_000
"""Limit of ``Value``s in the graphs of one step, which then takes a few seconds."""


def values_per_step(config: TrainingConfig) -> int:
    """Approximate number of ``Value``s in the graphs of one step."""
    per_point = sum(width * (2 * inputs + 1) for inputs, width in pairwise(config.widths))
    return config.samples * per_point


def why_not_scalars(config: TrainingConfig) -> str:
    """The sentences that say why no step can be computed Value by Value, and the remedy; "" where one can."""
    values = values_per_step(config)
    if values <= MOST_VALUES:
        return ""
    return tr(
        "A step would need {values:,} Values, more than {most:,}. Use fewer points or neurons.",
        values=values,
        most=MOST_VALUES,
    )
