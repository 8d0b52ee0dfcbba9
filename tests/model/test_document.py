"""Documents as text files."""

import math
from dataclasses import replace

import pytest

from micrograd_gui.model.document import Document, from_text, reset_leaves, to_text, type_source

_WEIGHTS = (("n.w[0]#0", 0.1), ("n.b#0", -1e-300))
_INFINITE = (("a#0", math.inf),)


@pytest.mark.parametrize(
    "document",
    [
        Document("", ""),
        Document("a = 2.0", "a = 2.0"),
        Document("a = 2.0\n\n\n", "a = 2.0\n\n\n"),
        Document("n = Neuron(2)\n", "n = Neuron(2)\n", _WEIGHTS, "n.b#0", _WEIGHTS),
        Document("x = 1\n", "x = 1\n", (), "x#0"),
        Document("", "", (("a#0", 1.0),), "", (("a#0", 1.0),)),
        Document("\n", "\n", (), "a#0"),
        Document("a = 1\n\n\n", "a = 1\n\n\n", (), "a#0"),
        Document('a = 1\n#! micrograd {"target": "a#0"}\n', 'a = 1\n#! micrograd {"target": "a#0"}\n'),
        Document("#! micrograd {}\n", "#! micrograd {}\n", _INFINITE, "a#0", _INFINITE),
        Document("a = 1 # π 🎉\n", "a = 1 # π 🎉\n", (), "a = 'é'#0"),
    ],
)
def test_a_document_comes_back_from_its_file(document: Document) -> None:
    """A saved document is opened as it was, down to the last line break."""
    assert from_text(to_text(document)) == document


def test_a_document_without_extras_is_saved_as_typed() -> None:
    """The file of a typed program is the program and nothing else."""
    assert to_text(Document("a = 2.0", "a = 2.0")) == "a = 2.0"


def test_the_saved_line_is_a_comment() -> None:
    """A file with extras is still a program in which every line but the last is as typed."""
    text = to_text(Document("a = 1\n", "a = 1\n", (), "a#0"))
    first, last = text.splitlines()
    assert first == "a = 1"
    assert last.startswith("#")


@pytest.mark.parametrize(
    "line",
    [
        "#! micrograd",
        "#! micrograd not json",
        "#! micrograd []",
        "#! micrograd 7",
        "#! micrograd null",
        '#! micrograd {"leaf_values": [1, 2]}',
        '#! micrograd {"leaf_values": {"a#0": "2"}}',
        '#! micrograd {"leaf_values": {"a#0": null}}',
        '#! micrograd {"leaf_values": {"a#0": true}}',
        '#! micrograd {"target": 3}',
        '#! micrograd {"target": ["a"]}',
        "#! micrograd " + "[" * 100_000,
        "# a comment",
    ],
)
def test_a_foreign_comment_line_stays_a_comment(line: str) -> None:
    """A last line that we did not write is part of the program, whatever it looks like."""
    text = f"a = 1\n{line}\n"
    assert from_text(text) == Document(text, text)


def test_a_huge_number_opens_as_infinity() -> None:
    """A hand-edited file with a number beyond 64-bit floats opens."""
    document = from_text(f'a = 1\n#! micrograd {{"leaf_values": {{"a#0": 1{"0" * 5000}}}}}\n')
    assert document.leaf_values == (("a#0", math.inf),)


def test_a_mark_in_the_middle_stays_a_comment() -> None:
    """A comment like ours stays a comment unless it is the last line."""
    text = '#! micrograd {"target": "a#0"}\na = 1\n'
    assert from_text(text) == Document(text, text)


def test_unknown_extras_are_left_out() -> None:
    """A file of a later version opens with what is known of it."""
    document = from_text('a = 1\n#! micrograd {"target": "a#0", "colour": "red"}\n')
    assert document == Document("a = 1\n", "a = 1\n", (), "a#0")


def test_reset_brings_back_what_was_typed() -> None:
    """Dragging changes the source and leaf values; Reset takes both back and keeps the target."""
    typed = type_source(Document(target="a#0"), "a = 2.0")
    dragged = Document("a = 3.7", typed.typed, (("n.b#0", 1.0),), "a#0")
    assert reset_leaves(dragged) == Document("a = 2.0", "a = 2.0", (), "a#0")


def test_reset_brings_back_the_weights_a_program_came_with() -> None:
    """A trained network's weights, or those of a file, are where Reset goes back to, not the random ones."""
    opened = from_text('n = Neuron(1)\n#! micrograd {"leaf_values": {"n.b#0": 0.5}}\n')
    dragged = replace(opened, leaf_values=(("n.b#0", 1.5),))
    assert reset_leaves(dragged) == opened
