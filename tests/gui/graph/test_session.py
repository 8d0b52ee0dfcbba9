"""A session follows every edit, undoes all of them, and keeps the last good graph while the text has an error."""

import gc
import math
import multiprocessing
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.editing import first_changed_line
from micrograd_gui.graph.session import Session
from micrograd_gui.model.document import Document, from_text, type_source

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432\no=(x1*w1+x2*w2+b).tanh()\n"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.close()


def open_source(qtbot: QtBot, session: Session, source: str) -> None:
    session.open(type_source(Document(), source))
    settle(qtbot, session)


def settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.is_busy, timeout=20_000)


def grad(session: Session, label: str) -> float | None:
    snapshot = session.shown.snapshot
    assert snapshot is not None
    return session.shown.timeline.final_grads[snapshot.index[f"{label}#0"]]


def data(session: Session, label: str) -> float:
    snapshot = session.shown.snapshot
    assert snapshot is not None
    return snapshot.nodes[snapshot.index[f"{label}#0"]].data


def test_opening_shows_the_graph_with_both_passes_done(qtbot: QtBot, session: Session) -> None:
    """A program that is opened stands at the end of its backward pass."""
    open_source(qtbot, session, NEURON)
    assert session.player.playback.position == session.player.last == 15
    assert grad(session, "w1") == pytest.approx(1.0)


def test_every_edit_can_be_undone_and_redone(qtbot: QtBot, session: Session) -> None:
    """Typing, dragging a leaf, choosing an output and descending come back one by one."""
    open_source(qtbot, session, NEURON)
    documents = [session.editing.document]
    for change in (
        lambda: session.editing.type_source(NEURON + "p = o * 2\n"),
        lambda: session.set_leaf("x1#0", 2.5),
        lambda: session.set_target("x1*w1#0"),
        lambda: session.descend(0.05),
        session.editing.reset_leaves,
    ):
        change()
        settle(qtbot, session)
        documents.append(session.editing.document)
    assert len(set(documents)) == len(documents)
    for document in reversed(documents[:-1]):
        session.editing.undo()
        assert session.editing.document == document
    for document in documents[1:]:
        session.editing.redo()
        assert session.editing.document == document


def test_typing_in_one_line_is_one_undo_step_and_the_next_line_another(
    qtbot: QtBot, session: Session
) -> None:
    """Undo takes back a line's worth of typing, not a letter and not everything."""
    for source in ("a", "a ", "a =", "a = 1", "a = 1\n", "a = 1\nb", "a = 1\nb = 2"):
        session.editing.type_source(source)
    session.editing.undo()
    assert session.editing.document.source == "a = 1"
    session.editing.undo()
    assert session.editing.document.source == ""


def test_one_drag_is_one_undo_step(qtbot: QtBot, session: Session) -> None:
    """All values a drag passes through are taken back together; the next drag is a step of its own."""
    open_source(qtbot, session, "a = 1.0\nb = a * 3\n")
    for drag in ((1.5, 2.0, 2.5), (3.0, 3.5)):
        for data in drag:
            session.set_leaf("a#0", data)
            settle(qtbot, session)
        session.finish_gesture()
    assert session.editing.document.source == "a = 3.5\nb = a * 3\n"
    session.editing.undo()
    assert session.editing.document.source == "a = 2.5\nb = a * 3\n"
    session.editing.undo()
    assert session.editing.document.source == "a = 1.0\nb = a * 3\n"


def test_values_that_arrive_while_the_graph_is_solved_end_with_the_newest(
    qtbot: QtBot, session: Session
) -> None:
    """A drag faster than the solving loses nothing of where it ends, and never corrupts the text."""
    open_source(qtbot, session, "a = 1.0\nb = a * 3\n")
    for hundredth in range(100):
        session.set_leaf("a#0", 1.0 + hundredth / 100)
    qtbot.waitUntil(lambda: session.editing.document.source == "a = 1.99\nb = a * 3\n", timeout=20_000)


def test_a_drag_that_ends_while_the_graph_is_solved_is_still_one_undo_step(
    qtbot: QtBot, session: Session
) -> None:
    """The last value of a fast drag arrives after the hand let go, and belongs to it all the same."""
    open_source(qtbot, session, "a = 1.0\nb = a * 3\n")
    session.set_leaf("a#0", 2.0)
    session.set_leaf("a#0", 3.0)
    session.finish_gesture()
    qtbot.waitUntil(lambda: session.editing.document.source == "a = 3.0\nb = a * 3\n", timeout=20_000)
    session.editing.undo()
    assert session.editing.document.source == "a = 1.0\nb = a * 3\n"


def test_an_error_keeps_the_last_good_graph_and_says_so(qtbot: QtBot, session: Session) -> None:
    """The graph stays, marked as stale, until the text is right again."""
    open_source(qtbot, session, NEURON)
    stale: list[bool] = []
    session.state_changed.connect(lambda state: stale.append(state.is_stale))
    session.editing.type_source(NEURON + "q = o *")
    settle(qtbot, session)
    assert session.state.is_stale
    assert session.shown.snapshot is not None
    session.editing.type_source(NEURON + "q = o * 2")
    settle(qtbot, session)
    assert stale[-2:] == [True, False]
    assert "q#0" in session.shown.snapshot.index


def test_a_value_half_retyped_keeps_the_last_graph(qtbot: QtBot, session: Session) -> None:
    """A program that runs but has no value yet is on its way to one; an empty text is an empty canvas."""
    open_source(qtbot, session, "a = 2.0")
    session.editing.type_source("a = Value")
    settle(qtbot, session)
    assert session.state.is_stale
    assert session.shown.snapshot is not None
    session.editing.type_source("")
    settle(qtbot, session)
    assert not session.state.is_stale
    assert session.shown.snapshot is None


def test_opening_another_program_takes_the_old_graph_away(qtbot: QtBot, session: Session) -> None:
    """Also when the new one has an error, so that no graph stands under a name it does not belong to."""
    open_source(qtbot, session, NEURON)
    graphs: list[object] = []
    session.graph_changed.connect(lambda snapshot, _placement: graphs.append(snapshot))
    open_source(qtbot, session, "a = (")
    assert graphs == [None]
    assert session.shown.snapshot is None


def test_a_value_for_a_leaf_of_an_older_text_is_not_written_into_this_one(
    qtbot: QtBot, session: Session
) -> None:
    """While the text has an error its numbers may stand elsewhere; nothing is rewritten then."""
    open_source(qtbot, session, "a = 2.0\nb = a * 3")
    session.editing.type_source("xx = 5\na = 2.0\nb = a *")
    session.set_leaf("a#0", 9.0)
    settle(qtbot, session)
    session.set_leaf("a#0", 9.0)
    session.editing.type_source("xx = 5\na = 2.0\nb = a * 4")
    settle(qtbot, session)
    assert session.editing.document.source == "xx = 5\na = 2.0\nb = a * 4"


def test_a_random_weight_can_be_set_and_stays_set(qtbot: QtBot, session: Session) -> None:
    """A leaf without a number in the text keeps its value through later edits."""
    open_source(qtbot, session, "n = Neuron(2)\no = n([1.0, 2.0])\n")
    session.set_leaf("n.w[0]#0", 0.25)
    settle(qtbot, session)
    session.editing.type_source("n = Neuron(2)\no = n([1.0, 2.0]) * 2\n")
    settle(qtbot, session)
    snapshot = session.shown.snapshot
    assert snapshot is not None
    assert snapshot.nodes[snapshot.index["n.w[0]#0"]].data == 0.25


def test_selecting_a_card_brings_its_inspection_and_its_probe(qtbot: QtBot, session: Session) -> None:
    """The ledger is there at once, the slope as soon as it is computed, and it is the gradient."""
    open_source(qtbot, session, NEURON)
    with qtbot.waitSignal(session.selection.inspection_changed) as inspected:
        session.selection.select("w1#0")
    assert inspected.args is not None
    assert inspected.args[0].grad == pytest.approx(1.0)
    with qtbot.waitSignal(session.selection.probe_changed, timeout=10_000) as probed:
        pass
    assert probed.args is not None
    assert probed.args[0].difference == pytest.approx(1.0, abs=1e-6)


def test_descending_lowers_the_output(qtbot: QtBot, session: Session) -> None:
    """Each named leaf moves against its gradient, in the text."""
    open_source(qtbot, session, "a = 3.0\nL = a * a\n")
    session.descend(0.1)
    settle(qtbot, session)
    assert session.editing.document.source == f"a = {3.0 - 0.1 * 6.0}\nL = a * a\n"


def test_playback_keeps_its_place_when_a_leaf_changes_midway(qtbot: QtBot, session: Session) -> None:
    """Dragging while the passes rest at a step shows that step with the new numbers."""
    open_source(qtbot, session, NEURON)
    session.player.jump(7)
    session.set_leaf("x1#0", 1.0)
    settle(qtbot, session)
    assert session.player.playback.position == 7


def test_a_crash_of_the_solving_process_is_told_and_the_next_edit_works(
    qtbot: QtBot, session: Session
) -> None:
    """Killing the process loses neither the text nor the program."""
    open_source(qtbot, session, "a = 1.0\n")
    (process,) = multiprocessing.active_children()
    with qtbot.waitSignal(session.failed, timeout=10_000):
        process.kill()
    session.editing.type_source("a = 1.0\nb = a + 1\n")
    settle(qtbot, session)
    assert session.shown.snapshot is not None
    assert "b#0" in session.shown.snapshot.index


@pytest.mark.parametrize(
    ("before", "after", "line"), [("", "a", 1), ("a\nb", "a\nc", 2), ("a", "a\n", 2), ("a", "a", 0)]
)
def test_the_first_changed_line_is_found(before: str, after: str, line: int) -> None:
    """Lines count from 1; equal texts have none."""
    assert first_changed_line(before, after) == line


MLP = "model = MLP(2, [4, 4, 1])\nx = 1.0\ny = -2.0\nscore = model([x, y])\n"


def test_the_array_program_comes_when_it_is_asked_for(qtbot: QtBot, session: Session) -> None:
    """Off at first; switched on and off without a change of the text, the graph is laid out anew each time."""
    open_source(qtbot, session, MLP)
    assert session.arrays is None
    boxes: list[int] = []
    session.graph_changed.connect(lambda _snapshot, placement: boxes.append(len(placement.groups)))
    session.show_arrays(True)
    settle(qtbot, session)
    assert session.arrays is not None
    session.show_arrays(False)
    settle(qtbot, session)
    assert boxes == [3, 0]
    assert session.arrays is None


def test_a_card_selects_its_operation_and_an_operation_no_card(qtbot: QtBot, session: Session) -> None:
    """The group is marked either way; a leaf outside of all groups belongs to none."""
    session.show_arrays(True)
    open_source(qtbot, session, MLP)
    names: list[str] = []
    session.selection.operation_changed.connect(names.append)
    session.selection.select("model[1][0](x)#0")
    session.selection.select("model[0][2].w[1]#0")
    session.selection.select("x#0")
    session.selection.select_operation("h3")
    assert (session.selection.node, session.selection.operation) == ("", "h3")
    session.selection.select("model[2][0].b#0")
    session.selection.select_operation("h9")
    assert session.selection.node == "model[2][0].b#0"
    assert names == ["h2", "h1", "", "h3"]


def test_an_operation_stays_selected_while_a_leaf_is_dragged(qtbot: QtBot, session: Session) -> None:
    """And goes with its group, when the text no longer makes it."""
    session.show_arrays(True)
    open_source(qtbot, session, MLP)
    session.selection.select_operation("h2")
    session.set_leaf("x#0", 3.0)
    settle(qtbot, session)
    assert session.selection.operation == "h2"
    session.editing.type_source("a = 2.0; b = a * 3.0")
    settle(qtbot, session)
    assert session.selection.operation == ""


def test_an_operation_of_one_card_is_that_card(qtbot: QtBot, session: Session) -> None:
    """Where nothing was grouped, choosing a line of the array program selects the card."""
    session.show_arrays(True)
    open_source(qtbot, session, "a = 2.0; b = -3.0; c = 10.0; e = a*b; d = e + c")
    session.selection.select_operation("h2")
    assert (session.selection.node, session.selection.operation) == ("d#0", "h2")


def test_typing_leaves_one_document_for_each_step(qtbot: QtBot, session: Session) -> None:
    """However many letters a step is made of, nothing else of them stays in memory."""
    open_source(qtbot, session, "a = 1.0\n")

    def documents() -> int:
        gc.collect()
        return sum(isinstance(thing, Document) for thing in gc.get_objects())

    before = documents()
    for count in range(200):
        session.editing.type_source("a = 1.0\nb" + "b" * count)
    settle(qtbot, session)
    # What undo leads to, what is shown, and what was asked for.
    assert documents() - before <= 3


NAN_LEAF = '#! micrograd {"leaf_values": {"n.b#0": NaN}}\n'


def test_a_leaf_that_is_nan_is_solved_and_can_be_edited(qtbot: QtBot, session: Session) -> None:
    """nan is not equal to itself, but a document with it is the one that was asked about."""
    session.open(from_text("n = Neuron(2)\no = n([1.0, 2.0])\n" + NAN_LEAF))
    settle(qtbot, session)
    assert math.isnan(data(session, "n.b"))
    session.selection.select("n.b#0")
    with qtbot.waitSignal(
        session.selection.probe_changed, timeout=10_000, check_params_cb=lambda found: found is not None
    ):
        pass
    session.set_leaf("n.w[0]#0", 0.5)
    settle(qtbot, session)
    assert data(session, "n.w[0]") == 0.5
    session.editing.type_source("n = Neuron(2)\no = n([1.0, 2.0]) * 2\n")
    settle(qtbot, session)
    assert math.isnan(data(session, "o"))


def test_descending_with_a_gradient_of_nan_goes_on(qtbot: QtBot, session: Session) -> None:
    """The leaves become nan, which is shown, and undo brings their numbers back."""
    open_source(qtbot, session, "m = Neuron(2)\ny = m([1.0, 2.0])\nloss = (y - y).log() * 0.0\n")
    before = data(session, "m.w[0]")
    session.descend(0.1)
    settle(qtbot, session)
    assert math.isnan(data(session, "m.w[0]"))
    session.editing.undo()
    settle(qtbot, session)
    assert data(session, "m.w[0]") == before


def test_minus_zero_is_another_number_than_zero(qtbot: QtBot, session: Session) -> None:
    """They are equal, but 1 / 0 is not 1 / -0."""
    open_source(qtbot, session, "n = Neuron(1)\no = n([1.0])\n")
    session.set_leaf("n.b#0", 0.0)
    settle(qtbot, session)
    session.set_leaf("n.b#0", -0.0)
    settle(qtbot, session)
    assert math.copysign(1.0, data(session, "n.b")) == -1.0


ENDLESS = "i = 0\nwhile i >= 0:\n    i = i + 1\n"


def test_a_cancelled_program_stays_cancelled_until_the_next_edit(qtbot: QtBot, session: Session) -> None:
    """Selecting a card of the graph before, or asking for arrays, does not start it again."""
    open_source(qtbot, session, NEURON)
    session.editing.type_source(ENDLESS)
    session.cancel()
    session.selection.select("x1#0")
    session.show_arrays(True)
    assert not session.is_busy
    assert session.state.is_stale
    session.editing.type_source(NEURON)
    settle(qtbot, session)
    assert session.state.shows_present


def test_a_card_selected_meanwhile_is_probed_when_the_program_is_computed(
    qtbot: QtBot, session: Session
) -> None:
    """The selection does not interrupt the run, whose graph then comes with the probe."""
    open_source(qtbot, session, NEURON)
    session.editing.type_source(f"{NEURON}p = o * 2\n")
    session.selection.select("x1#0")
    with qtbot.waitSignal(
        session.selection.probe_changed, timeout=20_000, check_params_cb=lambda probe: probe is not None
    ):
        pass
    assert session.state.shows_present


def test_another_text_ends_what_was_set_on_the_graph(qtbot: QtBot, session: Session) -> None:
    """A weight set on the graph is marked, comes back with Reset, and is not another program's."""
    source = "n = Neuron(1)\ny = n([1.0])\n"
    open_source(qtbot, session, source)
    drawn = data(session, "n.w[0]")
    session.set_leaf("n.w[0]#0", 5.0)
    settle(qtbot, session)
    snapshot = session.shown.snapshot
    assert snapshot is not None
    assert [record.label for record in snapshot.nodes if record.changed] == ["n.w[0]"]
    session.editing.type_source(f"{source}z = y * 2\n")
    settle(qtbot, session)
    assert data(session, "n.w[0]") == 5.0
    session.editing.reset_leaves()
    settle(qtbot, session)
    assert data(session, "n.w[0]") == drawn
    session.set_leaf("n.w[0]#0", 5.0)
    settle(qtbot, session)
    session.editing.type_source("")
    session.editing.type_source("n = Neuron(1)\nw = n([2.0])\n")
    settle(qtbot, session)
    assert data(session, "n.w[0]") == drawn
