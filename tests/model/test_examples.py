"""The programs of the examples menu."""

import pytest

from micrograd_core.language import run
from micrograd_gui.model.examples import Example, examples
from micrograd_gui.model.resources import resource_path

EXAMPLES = examples(resource_path("examples"))
PRINTED = {
    "readme": [24.7041, 138.8338, 645.5773],
    "tanh": [0.0706508248531642],
    "relu": [1.0],
    "used_twice": [2.0],
    "backward_twice": [36.0, 72.0],
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_runs(example: Example) -> None:
    """Each example makes a graph, says what it is in its first line, and has no infinite or undefined number."""
    program = run(example.source)
    assert program.output is not None
    assert program.output.operands
    assert not program.warnings
    assert example.title
    assert example.source.startswith("# ")


def test_names_and_titles_are_unique() -> None:
    """Menu and command line can tell the examples apart."""
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES) >= 14
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("name", PRINTED)
def test_examples_print_what_their_sources_say(name: str) -> None:
    """The blog's and micrograd's programs print the numbers that are published with them, to 14 digits."""
    example = next(example for example in EXAMPLES if example.name == name)
    printed = [float(line.text) for line in run(example.source).printed]
    assert printed == pytest.approx(PRINTED[name], rel=1e-14)
