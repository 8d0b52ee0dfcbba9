"""Drawing new weights: where the seed is written, and when there is anything to draw."""

import pytest

from micrograd_core.language import run
from micrograd_gui.model.document import Document, reset_leaves
from micrograd_gui.model.new_weights import draw_new_weights, draws_numbers, with_seed

SEEDED = [
    ("random.seed(1337)\nn = Neuron(2)", "random.seed(7)\nn = Neuron(2)"),
    ("import random\nrandom . seed( 1 )\nn = Neuron(2)", "import random\nrandom . seed(7)\nn = Neuron(2)"),
    ("from random import seed\nseed(-1); n = Neuron(2)", "from random import seed\nseed(7); n = Neuron(2)"),
    ("s = 3\nrandom.seed(s)\nn = Neuron(2)", "s = 3\nrandom.seed(7)\nn = Neuron(2)"),
    ("random.seed(1)\na = Neuron(1)\nrandom.seed(2)", "random.seed(7)\na = Neuron(1)\nrandom.seed(2)"),
    ("np.random.seed(1)\nrandom.seed(2)\nn = Neuron(2)", "np.random.seed(1)\nrandom.seed(7)\nn = Neuron(2)"),
    ("# random.seed(1)\nrandom.seed(2)", "# random.seed(1)\nrandom.seed(7)"),
    ("print('random.seed(1)')\nrandom.seed(2)", "print('random.seed(1)')\nrandom.seed(7)"),
    ("n = Neuron(2)", "random.seed(7)\nn = Neuron(2)"),
    ("", "random.seed(7)\n"),
    ("# A title\n\nn = Neuron(2)\n", "# A title\n\nrandom.seed(7)\nn = Neuron(2)\n"),
    ('"""What it does,\nand why."""\nn = Neuron(2)', '"""What it does,\nand why."""\nrandom.seed(7)\nn = Neuron(2)'),
    ("from a import (b,\n  c)\nimport d  # e\nb()", "from a import (b,\n  c)\nimport d  # e\nrandom.seed(7)\nb()"),
    ("import random; n = Neuron(2)", "random.seed(7)\nimport random; n = Neuron(2)"),
    ("# A title\r\nn = Neuron(2)\r\n", "# A title\r\nrandom.seed(7)\nn = Neuron(2)\r\n"),
    ("importance = 2.0\nn = Neuron(2)", "random.seed(7)\nimportance = 2.0\nn = Neuron(2)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), SEEDED)
def test_the_first_seed_is_replaced_or_one_is_inserted(source: str, expected: str) -> None:
    """It is the call's own number, not one in a comment or a text; a new line follows comments and imports."""
    assert with_seed(source, 7) == expected
    assert with_seed(expected, 8) == expected.replace("seed(7)", "seed(8)")


DRAWING = [
    "n = Neuron(2)",
    "l = nn.Layer(2, 1)",
    "m = MLP (2, [1])",
    "w = random.uniform(-1, 1)",
    "from random import gauss\nw = gauss(0, 1)",
    "w = random.random()",
]
NOT_DRAWING = [
    "",
    "a = 2.0",
    "# n = Neuron(2)",
    "print('MLP(2, [1])')",
    "random.seed(3)",
    "Neuronal(2)",
    "a = '''\nn = Neuron(2)\n'''",
]


@pytest.mark.parametrize("source", [*DRAWING, *NOT_DRAWING])
def test_a_program_that_draws_is_known(source: str) -> None:
    """By the calls that draw, wherever they stand, but not in comments and texts."""
    assert draws_numbers(source) is (source in DRAWING)
    assert draws_numbers(f"{source}\nrandom.seed(1)") is (source in DRAWING)


def test_new_weights_are_drawn_for_the_typed_text_too() -> None:
    """What was changed on the graph and its Reset do not bring the old weights back."""
    source = "n = Neuron(2)\no = n([1.0, 2.5])"
    document = Document(source, "n = Neuron(2)\no = n([1.0, 2.0])", (("n.w[0]#0", 9.0),))
    drawn = draw_new_weights(document)
    assert drawn.leaf_values == ()
    assert drawn.source.endswith(source)
    assert drawn.typed == drawn.source.replace("2.5", "2.0")
    assert reset_leaves(drawn).source == drawn.typed
    weights = {next(iter(run(text).leaves)).data for text in (source, drawn.source)}
    assert len(weights) == 2


def test_each_time_the_weights_are_others() -> None:
    """The same seed is never drawn twice in a row."""
    document = Document("random.seed(1)\nn = Neuron(2)", "random.seed(1)\nn = Neuron(2)")
    for _ in range(20):
        before, document = document, draw_new_weights(document)
        assert document.source != before.source
        assert document.source.count("seed") == 1


def test_a_long_text_is_read_at_once() -> None:
    """Quotes without an end cost no more than their line or the rest of the text, once."""
    for piece in ("'", '"', "'''", '"""', "random.seed(", "(", "import ", "from a import (", "# \n"):
        text = piece * 20_000
        draws_numbers(text)
        assert "seed(7)" in with_seed(text, 7)
