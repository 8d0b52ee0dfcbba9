"""Which networks are too large to be trained scalar by scalar."""

from itertools import pairwise

from micrograd_core.training.config import TrainingConfig

MOST_VALUES = 1_000_000
"""``Value``s in the graphs of one step; it takes a few seconds then."""


def values_per_step(config: TrainingConfig) -> int:
    """About how many ``Value``s the graphs of one step have."""
    per_point = sum(width * (2 * inputs + 1) for inputs, width in pairwise(config.widths))
    return config.samples * per_point


def why_not_scalars(config: TrainingConfig) -> str:
    """Why a step cannot be computed Value by Value, in a sentence without its end; "" where it can."""
    values = values_per_step(config)
    if values <= MOST_VALUES:
        return ""
    return f"a step would need {values:,} Values, more than {MOST_VALUES:,}: take fewer points or neurons"
