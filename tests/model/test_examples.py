"""The programs of the examples menu."""

import json
import re
from itertools import pairwise

import pytest

from micrograd_core.language import run
from micrograd_gui.model.document import Document
from micrograd_gui.model.examples import Example, examples
from micrograd_gui.model.new_weights import draws_numbers
from micrograd_gui.model.resolve import descend, resolve
from micrograd_gui.model.resources import resource_path
from micrograd_gui.model.timeline import moment_at

EXAMPLES = examples(resource_path("examples"))
PRINTED = {
    "random_neuron": [[1.0, 2.0, 3.0, 4.0, 1.0]],
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
    printed = [json.loads(line.text) for line in run(example.source).printed]
    assert printed == [pytest.approx(number, rel=1e-14) for number in PRINTED[name]]


@pytest.mark.parametrize(
    "example", [found for found in EXAMPLES if draws_numbers(found.source)], ids=lambda example: example.name
)
def test_examples_that_draw_name_their_seed(example: Example) -> None:
    """It can be seen and changed, and the network that it makes is alive."""
    assert re.search(r"^random\.seed\(\d+\)$", example.source, re.MULTILINE)
    resolved = resolve(Document(example.source))
    assert resolved.snapshot is not None
    grads = moment_at(resolved.timeline, len(resolved.timeline)).grads
    parameters = [i for i, node in enumerate(resolved.snapshot.nodes) if node.parameter]
    assert sum(grads[i] != 0.0 for i in parameters) > len(parameters) / 3


def test_each_step_of_gradient_descent_on_four_examples_goes_down() -> None:
    """With the rate that the window offers, for many clicks on Descend."""
    example = next(example for example in EXAMPLES if example.name == "four_examples")
    document, losses = Document(example.source), []
    for _ in range(21):
        resolved = resolve(document)
        assert resolved.snapshot is not None
        losses.append(resolved.snapshot.nodes[resolved.snapshot.target].data)
        grads = moment_at(resolved.timeline, len(resolved.timeline)).grads
        document = descend(document, resolved.snapshot, grads, 0.05)
    assert all(later < earlier for earlier, later in pairwise(losses))
    assert losses[-1] < 0.05 * losses[0]
