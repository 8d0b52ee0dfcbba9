"""Texts that a random user types: examples, mutations of them, and pieces of programs right and wrong."""

import random
import re

from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path

EXAMPLES = tuple(example.source for example in examples(resource_path("examples")))
NUMBERS = (
    "0.0",
    "-0.0",
    "1.0",
    "-2.5",
    "7",
    "1e308",
    "-1e308",
    "5e-324",
    "1e-310",
    "9" * 30,
    "1e400",
    "-8.32e+307",
)
PIECES = (
    *(
        "a = ",
        "b",
        "x1",
        "Value(",
        "Value(2.0)",
        ")",
        "(",
        "[",
        "]",
        "{",
        ":",
        ",",
        ".",
        " + ",
        "**",
        " % ",
        "*",
        "/",
        "-",
    ),
    *(
        "tanh",
        "relu()",
        ".data",
        ".grad",
        ".backward()",
        "exp(",
        "log(",
        "sqrt(-1)",
        "sum(",
        "MLP(2, [3, 1])",
    ),
    *(
        "Neuron(2)",
        "print(",
        "f'{a",
        "'",
        '"',
        '"""',
        "#",
        "\n",
        "\n    ",
        "\t",
        "lambda x: x",
        "def f(x):\n    ",
    ),
    *(
        "for i in range(9):\n    a = a * 1.1\n",
        "while True:\n    pass\n",
        "if a:\n",
        "assert ",
        "import os\n",
    ),
    *(
        "∂",
        "ｅｘｐ",
        "é",
        "🎉",
        "\u2028",
        "\u2029",
        "\x00",
        "\ud83d",
        "\ufdd0",
        "\r\n",
        "<b>",
        "&",
        "%s",
        "_",
        "if",
    ),
    *(
        "9**9**9",
        "c = [a, b]",
        "[x for x in range(40)]",
        "range(10**9)",
        "'a' * 10**8",
        "inf",
        "nan",
        "math.inf",
    ),
)
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:e[+-]?\d+)?")


def piece(chance: random.Random) -> str:
    return chance.choice(chance.choice((PIECES, NUMBERS)))


def program(chance: random.Random) -> str:
    """An example, and mostly some mutations of it."""
    text = chance.choice(EXAMPLES)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4, 9))):
        text = chance.choice(_MUTATIONS)(text, chance)
    return text


def _cut(text: str, chance: random.Random) -> str:
    start, end = _range(text, chance)
    return text[:start] + text[end:]


def _double(text: str, chance: random.Random) -> str:
    start, end = _range(text, chance)
    return text[:end] + text[start:]


def _insert(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + piece(chance) + text[place:]


def _change_number(text: str, chance: random.Random) -> str:
    found = list(_NUMBER.finditer(text))
    if not found:
        return text
    number = chance.choice(found)
    return text[: number.start()] + chance.choice(NUMBERS) + text[number.end() :]


def _append(text: str, chance: random.Random) -> str:
    return f"{text}\n{chance.choice(EXAMPLES)}"[:4000]


def _shuffle_lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join(lines)


_MUTATIONS = (_cut, _double, _insert, _insert, _change_number, _change_number, _append, _shuffle_lines)


def _range(text: str, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(text))
    return start, min(start + chance.choice((1, 1, 2, 5, 20, 80)), len(text))
