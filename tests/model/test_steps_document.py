"""The recording as data for other tools: the format that docs/steps.md describes."""

import json
from typing import Any

import pytest

from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.steps_document import VERSION, step_lines, steps_json

LOOP = """\
w = Value(0.5)
for k in range(2):
    l = (w*2.0 - 3.0)**2
    l.backward()
    w.data -= 0.1 * w.grad
    print(k, l.data)
w.grad = 0.0
"""
COMMON = {"kind", "line", "rounds", "by"}
KEYS = {
    "leaf": {"node", "data"},
    "forward": {"node", "operands", "data"},
    "set_data": {"node", "old", "new"},
    "set_grad": {"node", "old", "new"},
    "seed": {"node", "total"},
    "backward": {
        "node", "through", "operand_index", "local", "upstream", "contribution", "total",
    },
    "print": {"text"},
}  # fmt: skip


def document_of(source: str) -> Any:
    """The document, read."""
    return json.loads("".join(steps_json(resolve(Document(source)))))


def test_the_document_has_its_keys() -> None:
    """Version 1 has these keys, and nodes and steps have theirs."""
    found = document_of(LOOP)
    assert VERSION == 1
    assert list(found) == ["version", "nodes", "steps", "final", "printed", "warnings"]
    assert found["version"] == 1
    for node in found["nodes"]:
        assert set(node) - {"exponent"} == {"id", "label", "op", "operands", "line", "column"}
    for step in found["steps"]:
        assert set(step) == COMMON | KEYS[step["kind"]]
    assert {step["kind"] for step in found["steps"]} == set(KEYS)


def test_steps_have_the_numbers_of_their_moment() -> None:
    """An update, the contribution before it, and the forward step that follows with the new number."""
    steps = document_of(LOOP)["steps"]
    update = next(i for i, step in enumerate(steps) if step["kind"] == "set_data")
    assert (steps[update]["old"], steps[update]["new"], steps[update]["line"]) == (0.5, 1.3, 5)
    received = [step for step in steps[:update] if step["kind"] == "backward" and step["node"] == 0]
    assert [(step["local"], step["upstream"], step["contribution"], step["total"]) for step in received] == [
        (2.0, -4.0, -8.0, -8.0)
    ]
    following = next(step for step in steps[update:] if step["kind"] == "forward")
    assert (following["operands"], following["data"]) == ([1.3, 2.0], 2.6)
    assert following["rounds"] == [["k", 1]]


def test_cards_are_the_same_in_all_rounds() -> None:
    """Nodes that stand for each other have one id; w is the same node throughout."""
    nodes = document_of(LOOP)["nodes"]
    losses = [node for node in nodes if node["label"] == "l"]
    assert [node["id"] for node in losses] == ["l#0", "l#0"]
    assert losses[0]["exponent"] == 2.0
    assert [node["op"] for node in losses] == ["**2", "**2"]


def test_a_node_on_no_card_has_no_id() -> None:
    """What no name holds at the end is recorded, but not shown."""
    nodes = document_of("a = Value(2.0)\nb = a * 3.0\nb = a * 4.0")["nodes"]
    assert [node["id"] for node in nodes if node["label"] == "b"] == [None, "b#0"]


def test_the_windows_steps_are_told_apart() -> None:
    """A program that makes no gradient is differentiated by the window; one that does is not."""
    by = [(step["kind"], step["by"], step["line"]) for step in document_of("a = 2.0\nb = a * a")["steps"]]
    assert by[-3:] == [("seed", "window", None), ("backward", "window", None), ("backward", "window", None)]
    assert {step["by"] for step in document_of(LOOP)["steps"]} == {"program"}
    assert {step["by"] for step in document_of("a = Value(2.0)\na.grad = 3.0")["steps"]} == {"program"}


@pytest.mark.parametrize(
    ("source", "expected"), [("1e999", "inf"), ("-1e999", "-inf"), ("float('nan')", "nan")]
)
def test_numbers_that_json_lacks_are_texts(source: str, expected: str) -> None:
    """inf, -inf and nan stand as strings in every place."""
    found = document_of(f"a = Value({source})\nb = a * 1.0")
    assert found["final"][0]["data"] == expected
    assert next(step for step in found["steps"] if step["kind"] == "forward")["operands"][0] == expected


def test_warnings_and_prints_are_there() -> None:
    """Each warning has its place; prints are listed, and are steps."""
    found = document_of("a = Value(0.0)\nb = 1 / a\nprint('hello')")
    assert found["warnings"][0]["line"] == 2
    assert found["printed"] == ["hello"]
    assert [step["text"] for step in found["steps"] if step["kind"] == "print"] == ["hello"]


@pytest.mark.parametrize("source", ["", "print('no value')", "# nothing"])
def test_a_program_without_values_has_a_document(source: str) -> None:
    """It has no nodes, and only what it prints as steps."""
    found = document_of(source)
    assert (found["nodes"], found["final"]) == ([], [])
    assert [step["kind"] for step in found["steps"]] == ["print"] * len(found["printed"])


def test_lines_of_text_name_each_step() -> None:
    """One line a step, under the rounds around it, with the line of the program first."""
    lines = list(step_lines(resolve(Document(LOOP)).timeline))
    assert "k 1" in lines
    assert "    5  set_data  w: 0.5 → 1.3" in lines
    assert "    6  print     0 4.0" in lines
