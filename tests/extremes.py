"""Numbers at the ends of the range, from which tests draw every picture."""

import math

from micrograd_gui.model.numbers import LARGEST

FINITE = (0.0, -0.0, 5e-324, -5e-324, 1e-310, -1e-310, 1e308, -1e308, LARGEST, -LARGEST)
EXTREMES = (*FINITE, math.inf, -math.inf, math.nan)


def latin_triples() -> list[tuple[float, float, float]]:
    """Three extremes each, so that every two of them meet in every two places."""
    count = len(EXTREMES)
    return [(EXTREMES[i], EXTREMES[j], EXTREMES[(i + j) % count]) for i in range(count) for j in range(count)]
