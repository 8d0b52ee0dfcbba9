"""Nodes to which nothing leads any more but the record of the run."""

import sys
from collections.abc import Callable, Container, Iterable, Sequence

from micrograd_core.engine import Value


def forget_unreachable(
    nodes: Iterable[Value], holders: Sequence[Container[Value]], forget: Callable[[Value], None]
) -> None:
    """Call ``forget`` with each of ``nodes`` that only the ``holders`` and other such nodes refer to.

    ``nodes`` come in order of creation; ``forget`` takes one out of all holders, so that its operands lose a reference.
    References are counted, which CPython does exactly.
    """
    # Results come before their operands. The last one is in no holder: its count is that of this loop alone.
    waiting = [*nodes, Value(0.0)]
    own = 0
    while waiting:
        value = waiting.pop()
        others = sys.getrefcount(value) - sum(value in holder for holder in holders)
        if not own:
            own = others
        elif others == own:
            forget(value)
