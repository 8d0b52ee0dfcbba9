"""A training loop in the window: rounds, the line of the step, what was printed so far, old numbers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.editor.expression_panel import ExpressionPanel
from micrograd_gui.graph.player import Player
from micrograd_gui.graph.round_strip import RoundStrip
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.rounds import round_rows
from micrograd_gui.model.settings import Settings
from micrograd_gui.model.theme import DARK, LIGHT
from micrograd_gui.model.timeline import progress_at
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow

LOOP = """\
w = Value(0.5)
for k in range(6):
    loss = (w*2.0 - 3.0)**2
    w.grad = 0.0
    loss.backward()
    w.data -= 0.1 * w.grad
    print(k, loss.data)
"""


def player_of(source: str) -> Player:
    player = Player()
    player.show_timeline(resolve(Document(source)).timeline)
    return player


@pytest.fixture
def strip(qtbot: QtBot) -> RoundStrip:
    strip = RoundStrip()
    qtbot.addWidget(strip)
    strip.resize(600, strip.sizeHint().height())
    player = player_of(LOOP)
    player.jump(3)
    strip.show_row(player.rounds[0])
    strip.show()
    return strip


def test_a_click_on_a_round_asks_for_it(qtbot: QtBot, strip: RoundStrip) -> None:
    """Each cell is a round; beyond the last one it is the last."""
    asked: list[int] = []
    strip.round_requested.connect(asked.append)
    for x in (120, 200, 599):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
    assert asked[0] < asked[1] < asked[2] == 5


def test_the_strip_is_told_in_words(strip: RoundStrip) -> None:
    """Its name is the loop's, its description the present round with the number on the curve."""
    assert strip.accessibleName() == "Rounds of k"
    assert strip.accessibleDescription() == "Round 0 of k: loss = 4"


def test_the_present_round_is_seen(strip: RoundStrip) -> None:
    """The cell of the present round has another ground, and in another round it is another cell."""
    before = strip.grab().toImage()
    player = player_of(LOOP)
    player.jump(len(player.timeline))
    strip.show_row(player.rounds[0])
    assert strip.grab().toImage() != before


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("rounds", [2, 40, 400])
def test_any_number_of_rounds_has_room(qtbot: QtBot, rounds: int, theme) -> None:
    """Cells become narrower, and texts fewer; the last round can still be clicked."""
    strip = RoundStrip()
    qtbot.addWidget(strip)
    strip.show_theme(theme)
    strip.resize(420, strip.sizeHint().height())
    player = player_of(LOOP.replace("range(6)", f"range({rounds})"))
    player.jump(1)
    strip.show_row(player.rounds[0])
    strip.show()
    assert not strip.grab().isNull()
    asked: list[int] = []
    strip.round_requested.connect(asked.append)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(419, 30))
    assert asked[0] >= rounds - 2


def test_a_program_without_rounds_has_no_strip() -> None:
    """Nor has a loop whose rounds make one graph together."""
    assert player_of("a = 2.0\nb = a * a").rounds == ()
    assert player_of("t = Value(0.0)\nfor x in [1.0, 2.0]: t = t + x").rounds == ()


def test_a_round_further_is_the_same_step_there() -> None:
    """PgUp and PgDn keep the place within the round, and stop at the ends."""
    player = player_of(LOOP)
    size = len(player.timeline) // 6
    player.jump(2 * size + 4)
    for rounds, expected in ((1, 3), (1, 4), (-3, 1), (-1, 0), (-1, 0)):
        player.step_rounds(rounds)
        assert player.playback.position == expected * size + 4


def test_rounds_within_rounds_have_a_row_each() -> None:
    """The outer loop comes first; both know their present round."""
    source = (
        "w = Value(0.1)\nfor e in range(3):\n  for x in [1.0, 2.0]:\n    l = (w*x - 1.0)**2\n"
        "    l.backward()\n    w.data -= 0.01*w.grad\n    w.grad = 0.0"
    )
    player = player_of(source)
    player.jump(player.timeline.starts[3] + 1)
    outer, inner = player.rounds
    assert (outer.name, outer.current, len(outer.marks)) == ("e", 1, 3)
    assert (inner.name, inner.current, len(inner.marks)) == ("x", 1, 2)


def test_the_curve_has_what_the_rounds_differentiate() -> None:
    """Or else the last number that they print; a label chooses another number."""
    timeline = player_of(LOOP).timeline
    (row,) = round_rows(timeline, 2)
    assert row.series == "loss"
    assert [mark.value for mark in row.marks][:2] == [4.0, pytest.approx(0.16)]
    (chosen,) = round_rows(timeline, 2, "w")
    assert (chosen.series, chosen.marks[0].value) == ("w", pytest.approx(1.3))
    printing = player_of("a = Value(2.0)\nfor k in range(3): print(k, (a*k).data)").timeline
    (row,) = round_rows(printing, 0)
    assert (row.series, [mark.value for mark in row.marks]) == ("printed", [0.0, 2.0, 4.0])


@pytest.fixture
def panel(qtbot: QtBot) -> ExpressionPanel:
    panel = ExpressionPanel()
    qtbot.addWidget(panel)
    panel.resize(360, 500)
    panel.show()
    panel.show_source(LOOP)
    panel.show_resolved(resolve(Document(LOOP)))
    return panel


def editor_of(panel: ExpressionPanel) -> CodeEditor:
    editor = panel.findChild(CodeEditor, "editor")
    assert isinstance(editor, CodeEditor)
    return editor


def test_the_editor_points_to_the_line_of_the_step(panel: ExpressionPanel) -> None:
    """A solid arrow at the line of the step, an outlined one at the line before; none at the end."""
    timeline = resolve(Document(LOOP)).timeline
    editor = editor_of(panel)
    plain = editor.grab().toImage()
    panel.show_progress(progress_at(timeline, timeline.starts[1] + 5))
    assert (editor.step_line, editor.line_before) == (4, 3)
    assert editor.grab().toImage() != plain
    panel.show_progress(progress_at(timeline, len(timeline)))
    assert (editor.step_line, editor.line_before) == (0, 0)


def test_the_output_shows_what_was_printed_so_far(panel: ExpressionPanel) -> None:
    """The rest is counted below, and comes at the end."""
    timeline = resolve(Document(LOOP)).timeline
    output, later = panel.findChild(object, "output"), panel.findChild(object, "later_output")
    panel.show_progress(progress_at(timeline, timeline.starts[2] + 1))
    assert output.toPlainText() == "0 4.0\n1 0.15999999999999992"
    assert later.isVisible()
    assert later.text() == "4 more lines later in the run"
    panel.show_progress(progress_at(timeline, len(timeline)))
    assert len(output.toPlainText().split("\n")) == 6
    assert not later.isVisible()


def test_the_keys_of_the_strip_go_from_round_to_round(qtbot: QtBot, strip: RoundStrip) -> None:
    """Left, right, Home and End, within the rounds that there are."""
    asked: list[int] = []
    strip.round_requested.connect(asked.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(strip, key)
    assert asked == [1, 0, 5, 0]


def test_any_named_or_printed_number_can_be_on_the_curve() -> None:
    """The choices are the named cards and the numbers of the printed line; what is chosen stays over the rounds."""
    player = player_of(LOOP)
    player.jump(3)
    assert player.rounds[0].choices == ("w", "loss", "printed 1", "printed 2")
    player.show_series("printed 1")
    assert [mark.value for mark in player.rounds[0].marks] == [0, 1, 2, 3, 4, 5]
    player.step_rounds(2)
    assert (player.rounds[0].series, player.rounds[0].current) == ("printed 1", 2)
    player.show_series("w")
    assert player.rounds[0].marks[0].value == pytest.approx(1.3)
    player.show_series("no such card")
    assert player.rounds[0].series == "loss"


def test_a_round_of_another_length_is_entered_at_the_same_step() -> None:
    """Where a round has more steps, PgUp and PgDn find the step that does the same to the same card."""
    source = LOOP.replace("    w.grad = 0.0\n", "    w.grad = 0.0\n    if k == 1: w.grad = 0.0\n")
    player = player_of(source)
    starts = player.timeline.starts
    player.jump(starts[1])
    for rounds, expected in ((1, starts[2]), (1, starts[3]), (-2, starts[1])):
        player.step_rounds(rounds)
        assert player.playback.position == expected


def test_after_opening_the_first_round_can_be_reached(qtbot: QtBot, tmp_path: Path) -> None:
    """Also if its graph is another than that of the end, which is shown first."""
    window = MainWindow(Frame(Settings()), tmp_path / "config")
    qtbot.addWidget(window.frame)
    window.frame.show()
    source = (
        "w = Value(0.1)\ndata = [1.0, 2.0, 3.0]\nfor x in data:\n  l = (w*x - 1.0)**2\n  l.backward()\n"
        "  w.data -= 0.1*w.grad"
    )
    window.session.open(type_source(Document(), source))
    qtbot.waitUntil(lambda: bool(window.session.shown.graphs) and not window.session.is_busy, timeout=30_000)
    session = window.session
    assert len(session.shown.graphs) > 1
    last = session.graph
    session.player.jump(1)
    qtbot.waitUntil(lambda: session.graph != last, timeout=30_000)
    assert session.graph == session.player.timeline.sections[0].graph
    session.player.jump_to_end()
    qtbot.waitUntil(lambda: session.graph == last, timeout=30_000)
    session.player.jump(0)
    qtbot.waitUntil(lambda: session.graph != last, timeout=30_000)
    window.session.editing.mark_saved()
    window.frame.close()


def test_a_leaf_of_a_round_is_set_in_the_text(qtbot: QtBot, tmp_path: Path) -> None:
    """A number typed on a round's card is that of the round's leaf, not of one with the same id at the end."""
    window = MainWindow(Frame(Settings()), tmp_path / "config")
    qtbot.addWidget(window.frame)
    window.frame.show()
    source = (
        "x = 1.0\nfor k in range(2):\n  y = x*2.0\n  z = y*y\n  z.backward()\n"
        "y = 0.0; z = 0.0; x = 5.0\nw = x*3.0\nw.backward()"
    )
    session = window.session
    session.open(type_source(Document(), source))
    qtbot.waitUntil(lambda: bool(session.shown.graphs) and not session.is_busy, timeout=30_000)
    session.player.jump(2)
    qtbot.waitUntil(lambda: session.graph == session.player.timeline.sections[0].graph, timeout=30_000)
    assert session.snapshot is not None
    shown = {record.label: record.id for record in session.snapshot.nodes}
    session.type_leaf(shown["x"], 9.0)
    assert "x = 5.0" in session.editing.document.source
    window.session.editing.mark_saved()
    window.frame.close()


def test_a_bare_last_line_is_told_at_the_end(panel: ExpressionPanel) -> None:
    """Its value stands under the printed lines, and nothing is said to come later."""
    resolved = resolve(Document(f"{LOOP}w.data"))
    panel.show_resolved(resolved)
    panel.show_progress(progress_at(resolved.timeline, len(resolved.timeline)))
    output, later = panel.findChild(object, "output"), panel.findChild(object, "later_output")
    assert len(output.toPlainText().split("\n")) == 7
    assert not later.isVisible()
