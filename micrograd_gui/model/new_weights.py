"""Other random weights for a program: the number of its first ``random.seed(…)`` is replaced, or the line inserted."""

import random
import re
from dataclasses import replace
from functools import partial

from micrograd_gui.model.document import Document

_TEXT = r"""'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\\r\n])*'|"(?:\\.|[^"\\\r\n])*\""""
_COMMENT = r"#[^\r\n]*"
_END = r"(?:\r\n?|\n)"
_CALL = re.compile(
    rf"{_TEXT}|{_COMMENT}"
    r"|(?P<draw>\b(?:Neuron|Layer|MLP|uniform|gauss|random)\s*\()"
    r"|(?P<before>(?<![\w.])(?:random\s*\.\s*)?seed\s*\()(?P<seed>[^()\r\n]*)\)",
    re.DOTALL,
)
_HEAD = re.compile(
    rf"(?:[ \t]*(?:(?:{_COMMENT})?|(?:{_TEXT})[ \t]*|(?:import|from)\b[^;(\r\n]*(?:\([^)]*\)[ \t]*)?){_END})*",
    re.DOTALL,
)
"""Comments, imports and the text that describes the program."""
_SEEDS = 10_000


def draws_numbers(source: str) -> bool:
    """Return whether a program seems to draw random numbers; it is not parsed, for it may be half typed."""
    return any(found["draw"] for found in _CALL.finditer(source))


def with_seed(source: str, seed: int) -> str:
    """Return the program with another number in its first ``random.seed(…)``, or with that line before all else."""
    for found in _CALL.finditer(source):
        if found["before"]:
            start, end = found.span("seed")
            return f"{source[:start]}{seed}{source[end:]}"
    head = _HEAD.match(source)
    assert head is not None, "it matches nothing, too"
    return f"{source[: head.end()]}random.seed({seed})\n{source[head.end() :]}"


def draw_new_weights(document: Document) -> Document:
    """Return the document with other random numbers; leaves that were changed on the graph are drawn anew, too."""
    seeded = partial(with_seed, seed=random.randrange(_SEEDS))
    if seeded(document.source) == document.source:
        return draw_new_weights(document)
    return replace(
        document,
        source=seeded(document.source),
        typed=seeded(document.typed),
        leaf_values=(),
        typed_leaf_values=(),
    )
