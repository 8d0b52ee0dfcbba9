"""The expression panel: good news at once, problems after a pause, warnings and output."""

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.editor.expression_panel import PAUSE_MS, ExpressionPanel
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.theme import DARK, LIGHT

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432; o=(x1*w1+x2*w2+b).tanh()"


@pytest.fixture
def panel(qtbot: QtBot) -> ExpressionPanel:
    """A panel that shows nothing yet, with the focus in its editor."""
    panel = ExpressionPanel()
    qtbot.addWidget(panel)
    panel.resize(280, 420)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.focus_editor()
    return panel


def editor(panel: ExpressionPanel) -> CodeEditor:
    found = panel.findChild(CodeEditor, "editor")
    assert isinstance(found, CodeEditor)
    return found


def label(panel: ExpressionPanel, name: str) -> QLabel:
    found = panel.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found


def output(panel: ExpressionPanel) -> QPlainTextEdit:
    found = panel.findChild(QPlainTextEdit, "output")
    assert isinstance(found, QPlainTextEdit)
    return found


def resolved(source: str, target: str = "") -> Resolved:
    return resolve(Document(source, source, (), target))


def show(panel: ExpressionPanel, source: str) -> None:
    """As after opening a file: the source, then what came of it."""
    panel.show_source(source)
    panel.show_resolved(resolve(type_source(Document(), source)))


def follow(panel: ExpressionPanel) -> None:
    """Resolve each edit at once, as the session does."""
    panel.source_edited.connect(lambda source: panel.show_resolved(resolved(source)))


def test_a_good_program_is_summed_up(panel: ExpressionPanel) -> None:
    """Number of nodes, output and its data, behind a tick."""
    show(panel, NEURON)
    assert label(panel, "status_label").text() == "✓ 10 nodes · output o = 0.7071"
    assert label(panel, "status_label").isVisible()
    assert not label(panel, "problem_label").isVisible()


def test_one_node_is_one_node(panel: ExpressionPanel) -> None:
    """The status is grammatical."""
    show(panel, "a = 2.0")
    assert label(panel, "status_label").text() == "✓ 1 node · output a = 2.0000"


def test_a_chosen_target_is_no_output(panel: ExpressionPanel) -> None:
    """Another card than the program's output may be differentiated; the status says which."""
    panel.show_source(NEURON)
    panel.show_resolved(resolved(NEURON, "x1*w1#0"))
    assert label(panel, "status_label").text() == "✓ 10 nodes · target x1*w1 = −6.0000"


def test_an_empty_program_has_no_status(panel: ExpressionPanel) -> None:
    """Neither good nor bad; the placeholder says what to do."""
    show(panel, NEURON)
    show(panel, "")
    assert label(panel, "status_label").text() == ""
    assert not label(panel, "problem_label").isVisible()
    assert "Type an expression" in editor(panel).placeholderText()


def test_every_keystroke_is_reported(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """At once, as typed."""
    told: list[str] = []
    panel.source_edited.connect(told.append)
    qtbot.keyClicks(editor(panel), "a=1")
    assert told == ["a", "a=", "a=1"]


def test_showing_reports_nothing(panel: ExpressionPanel) -> None:
    """Signals say what the user did."""
    told: list[object] = []
    panel.source_edited.connect(told.append)
    show(panel, "a = bb")
    show(panel, NEURON)
    panel.highlight_span(None)
    panel.show_theme(LIGHT)
    assert told == []


def test_a_problem_in_an_opened_file_is_shown_at_once(panel: ExpressionPanel) -> None:
    """Nobody is typing: sentence, hint, and the line marked."""
    show(panel, "a = 2.0\nb = aa + 1")
    assert label(panel, "problem_label").isVisible()
    assert label(panel, "problem_label").text() == "Line 2: aa is not known."
    assert label(panel, "hint_label").text() == "Did you mean a?"
    assert editor(panel).marked_line == 2
    assert not label(panel, "status_label").isVisible()


def test_a_problem_waits_for_a_pause_in_typing(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """Not after 600 ms since it began, but since the last keystroke."""
    follow(panel)
    clock = QElapsedTimer()
    for letter in "a = bb":
        clock.start()
        qtbot.keyClicks(editor(panel), letter)
        assert not label(panel, "problem_label").isVisible()
        assert editor(panel).marked_line == 0
    qtbot.waitUntil(label(panel, "problem_label").isVisible, timeout=5000)
    assert clock.elapsed() >= PAUSE_MS - 1
    assert editor(panel).marked_line == 1


def test_while_typing_the_last_good_status_stays_without_its_tick(
    panel: ExpressionPanel, qtbot: QtBot
) -> None:
    """The graph shown is the last good one, dimmed; so is its status."""
    show(panel, "a = 2.0")
    follow(panel)
    editor(panel).moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(editor(panel), " +")
    status = label(panel, "status_label")
    assert status.text() == "1 node · output a = 2.0000"
    assert status.property("role") == "faint"


def test_a_correct_program_clears_a_problem_at_once(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """Good news do not wait."""
    follow(panel)
    show(panel, "a = 2.0 +")
    assert label(panel, "problem_label").isVisible()
    editor(panel).moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor(panel), Qt.Key.Key_1)
    assert not label(panel, "problem_label").isVisible()
    assert editor(panel).marked_line == 0
    assert label(panel, "status_label").text().startswith("✓")


def test_a_corrected_program_has_no_late_problem(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """An error that lasts a moment while typing is never mentioned."""
    follow(panel)
    qtbot.keyClicks(editor(panel), "a = 2.0 + 1")
    pause = panel.findChild(QTimer)
    assert isinstance(pause, QTimer)
    assert not pause.isActive()
    assert not label(panel, "problem_label").isVisible()
    assert label(panel, "status_label").text().startswith("✓")


def test_an_old_problem_fades_while_one_types_on(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """Its underline goes, its sentence stays readable without shouting, until the new one is due."""
    show(panel, "b = aa")
    follow(panel)
    editor(panel).moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(editor(panel), "x")
    assert editor(panel).marked_line == 0
    assert label(panel, "problem_label").property("role") == "faint"
    qtbot.waitUntil(lambda: label(panel, "problem_label").property("role") == "problem", timeout=5000)
    assert "aax" in label(panel, "problem_label").text()
    assert editor(panel).marked_line == 1


def test_a_problem_of_an_older_text_is_not_shown(panel: ExpressionPanel) -> None:
    """A late answer would underline the wrong place."""
    panel.show_source("a = 2.0")
    panel.show_resolved(resolved("xyz"))
    assert not label(panel, "problem_label").isVisible()


def test_windows_line_ends_do_not_hide_a_problem(panel: ExpressionPanel) -> None:
    """The editor holds the same text with other line ends."""
    show(panel, "a = 1\r\nb = xyz\r\n")
    assert label(panel, "problem_label").text().startswith("Line 2:")


@pytest.mark.parametrize("kept", ["a = 1\r\nb = 2\r\n", "# \r\n\r\n", "# \u2028\u2029\r", "# \ufdd0🎉\r\n"])
def test_what_is_not_edited_stays_as_it_is(panel: ExpressionPanel, qtbot: QtBot, kept: str) -> None:
    """Also what the editor shows otherwise, before and after the place that is typed at."""
    panel.show_source(f"{kept}c{kept}")
    editor(panel).setTextCursor(editor(panel).document().find("c"))
    with qtbot.waitSignal(panel.source_edited) as edited:
        qtbot.keyClick(editor(panel), Qt.Key.Key_Q)
    assert edited.args == [f"{kept}q{kept}"]


def test_warnings_name_their_line(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """An inf is no error: the graph is there, and so is a warning, until it is gone."""
    show(panel, "a = 0.0\nb = a.log()")
    assert label(panel, "warning_label").isVisible()
    assert label(panel, "warning_label").text().startswith("⚠ line 2: ")
    assert label(panel, "status_label").text() == "✓ 2 nodes · output b = −inf"
    show(panel, "a = 1.0\nb = a.log()")
    assert not label(panel, "warning_label").isVisible()


def test_output_is_shown_with_its_lines(panel: ExpressionPanel) -> None:
    """The pane is there when something was printed; a printed line break keeps the number at its first line."""
    show(panel, "a = 2.0")
    assert not output(panel).isVisible()
    show(panel, "a = 2.0\nprint(f'{a.data:.4f}')\n\nprint('one\\ntwo')")
    assert output(panel).isVisible()
    assert output(panel).toPlainText() == "2.0000\none\ntwo"
    pane = output(panel)
    gutter = pane.grab(pane.rect().adjusted(0, 0, pane.viewport().x() - pane.width(), 0)).toImage()
    show(panel, "a = 2.0\n\nprint(f'{a.data:.4f}')\nprint('one\\ntwo')")
    assert pane.grab(pane.rect().adjusted(0, 0, pane.viewport().x() - pane.width(), 0)).toImage() != gutter
    show(panel, "a = 2.0")
    assert not output(panel).isVisible()


def test_the_value_of_the_last_line_follows_what_is_printed(panel: ExpressionPanel) -> None:
    """As in a notebook; a call of print has no value."""
    show(panel, "a = 2.0\nprint(a)\n'<b>' 'c'")
    assert output(panel).toPlainText() == "2.0\n'<b>c'"
    show(panel, "a = Value(2.0)\nb = a * a\nb")
    assert output(panel).toPlainText() == "Value(data=4.0)"
    show(panel, "a = 2.0\nprint(a)")
    assert output(panel).toPlainText() == "2.0"


def test_output_of_a_program_with_a_problem_stays(panel: ExpressionPanel, qtbot: QtBot) -> None:
    """As the last good graph stays, so does what it printed."""
    show(panel, "print('hello')")
    show(panel, "print('hello') +")
    assert output(panel).isVisible()


def test_printed_text_is_never_markup(panel: ExpressionPanel) -> None:
    """Tags are characters, in the output and in sentences."""
    show(panel, "print('<b>bold</b>')")
    assert output(panel).toPlainText() == "<b>bold</b>"
    for name in ("problem_label", "hint_label", "warning_label", "status_label"):
        assert label(panel, name).textFormat() == Qt.TextFormat.PlainText


def test_much_output_scrolls(panel: ExpressionPanel) -> None:
    """A thousand lines take no more room than six."""
    show(panel, "for i in range(6):\n    print(i)")
    height = output(panel).height()
    show(panel, "for i in range(1000):\n    print(i)")
    assert output(panel).blockCount() == 1000
    assert output(panel).height() == height


def test_long_words_do_not_widen_the_panel(panel: ExpressionPanel) -> None:
    """A name of a hundred letters is wrapped or cut; the panel stays as narrow as it is."""
    narrow = panel.minimumSizeHint().width()
    show(panel, "x" * 100)
    show(panel, "x" * 100 + " = 0.0\ny = log(" + "x" * 100 + ")")
    assert panel.minimumSizeHint().width() <= max(narrow, 150)


def test_the_selected_cards_source_is_marked(panel: ExpressionPanel) -> None:
    """Softly, in place, and no longer when nothing is selected."""
    show(panel, NEURON)
    found = resolved(NEURON).snapshot
    assert found is not None
    panel.highlight_span(found.nodes[found.index["x1*w1#0"]].span)
    marks = [mark.cursor.selectedText() for mark in editor(panel).extraSelections()]
    assert "x1*w1" in marks
    panel.highlight_span(None)
    assert "x1*w1" not in [mark.cursor.selectedText() for mark in editor(panel).extraSelections()]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_a_theme_can_change_at_any_time(panel: ExpressionPanel, theme: object) -> None:
    """With a problem, a warning or output on show."""
    for source in ("a = bb", "a = 0.0\nb = log(a)\nprint('x')", ""):
        show(panel, source)
        panel.show_theme(LIGHT if theme is DARK else DARK)
        before = panel.grab().toImage()
        panel.show_theme(DARK if theme is DARK else LIGHT)
        if source:
            assert panel.grab().toImage() != before
