"""A packed recording is shown as a whole one: the same sections, graphs, steps and numbers at every position."""

import json
from random import Random

import pytest

from micrograd_core.language import Limits
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.rounds import round_rows
from micrograd_gui.model.steps_document import step_lines, steps_json
from micrograd_gui.model.timeline import moment_at
from tests.core.language.runs import random_training

_OFTEN = Limits(unpacked=100)


def moments(resolved: Resolved) -> list[object]:
    """All that is shown at every position."""
    timeline = resolved.timeline
    return [
        (
            moment_at(timeline, position),
            timeline.printed(position),
            (cause := timeline.cause(position)) and cause.place,
            timeline.numbers_of(timeline.section_at(position)),
            [(record.id, record.data) for record in resolved.graph_at(position).nodes],
        )
        for position in range(len(timeline) + 1)
    ]


def cards(resolved: Resolved) -> list[list[str]]:
    """The cards of each section's graph."""
    graphs = [resolved.graphs[section.graph] for section in resolved.timeline.sections]
    return [[record.id for record in graph.nodes] for graph in graphs]


@pytest.mark.parametrize("seed", range(4))
def test_packed_rounds_are_shown_as_whole_ones(seed: int) -> None:
    """Cards, gradients, steps, places, prints, rounds and curves are those of the run that is not packed."""
    stream, packed = Random(seed), 0
    for _ in range(25):
        document = Document(random_training(stream))
        whole, part = resolve(document), resolve(document, limits=_OFTEN)
        assert list(step_lines(part.timeline)) == list(step_lines(whole.timeline)), document.source
        parts = [json.loads("".join(steps_json(each))) for each in (whole, part)]
        ids = [[node.pop("id") for node in each["nodes"]] for each in parts]
        assert parts[0] == parts[1], document.source
        # Packed rounds of another loop may share cards with others than whole ones do.
        if cards(whole) != cards(part):
            continue
        packed += bool(part.timeline.recording.packed)
        assert ids[0] == ids[1], document.source
        assert repr(moments(part)) == repr(moments(whole)), document.source
        for section in range(len(whole.timeline.sections)):
            rows = [round_rows(each.timeline, section) for each in (whole, part)]
            assert repr(rows[0]) == repr(rows[1]), document.source
            for choice in rows[0][-1].choices if rows[0] else ():
                curves = [round_rows(each.timeline, section, choice) for each in (whole, part)]
                assert repr(curves[0]) == repr(curves[1]), document.source
    assert packed > 8
