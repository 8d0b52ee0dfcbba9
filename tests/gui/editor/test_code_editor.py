"""The editor: typing, keys, marks and what it reports."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeySequence,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from tests.gui.editor.editors import changed, color_count, put_caret, recorded, selections

CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def test_every_keystroke_is_reported(editor: CodeEditor, qtbot: QtBot) -> None:
    """At once and with the whole text; nobody waits for a pause."""
    told = recorded(editor)
    qtbot.keyClicks(editor, "a=1")
    assert told == ["a", "a=", "a=1"]


def test_showing_a_source_reports_nothing(editor: CodeEditor) -> None:
    """The user did nothing."""
    told = recorded(editor)
    editor.show_source("a = 2.0\nb = a*a")
    editor.show_source("a = 2.0")
    editor.show_theme(LIGHT)
    assert editor.toPlainText() == "a = 2.0"
    assert told == []


def test_only_the_changed_characters_are_replaced(editor: CodeEditor) -> None:
    """A dragged number leaves caret, selection and scroll position where they are."""
    lines = [f"x{i} = {i}.0" for i in range(200)]
    editor.show_source("\n".join(lines))
    put_caret(editor, editor.document().findBlockByNumber(150).position() + 4)
    editor.centerCursor()
    scroll = editor.verticalScrollBar().value()
    before = editor.textCursor()
    line_before = before.block().text()
    changes: list[tuple[int, int, int]] = []
    editor.document().contentsChange.connect(lambda at, gone, come: changes.append((at, gone, come)))
    editor.show_source("\n".join(["x0 = 37.25", *lines[1:]]))
    assert editor.textCursor().block().text() == line_before
    assert editor.textCursor().positionInBlock() == 4
    assert editor.verticalScrollBar().value() == scroll
    assert (5, 3, 5) in changes


def test_an_equal_source_is_not_touched(editor: CodeEditor) -> None:
    """Not even the selection goes."""
    editor.show_source("a = 2.0\nb = 3.0")
    put_caret(editor, 5, 2)
    changes: list[int] = []
    editor.document().contentsChange.connect(lambda at, _gone, _come: changes.append(at))
    editor.show_source("a = 2.0\nb = 3.0")
    assert changes == []
    assert editor.textCursor().selectionStart() == 2


@pytest.mark.parametrize(
    "source",
    [
        "a = 1\r\nb = 2\r",
        "é🎉\nb",
        "a\u00a0=\u00a01",
        "a\x00b",
        "a\u2028b\u2029c",
        "\ud800x\udc00",
        "\ufdd0\ufdd1",
    ],
)
def test_any_text_can_be_shown_and_typed_on(editor: CodeEditor, qtbot: QtBot, source: str) -> None:
    """Foreign line ends, characters of two units, NUL and halves of characters: no crash, no echo."""
    told = recorded(editor)
    editor.show_source(source)
    editor.show_source(source)
    assert told == []
    assert editor.source == editor.document().toRawText().replace("\u2029", "\n")
    put_caret(editor, editor.document().characterCount() - 1)
    qtbot.keyClick(editor, Key.Key_Q)
    assert told == [editor.source]
    assert editor.source.endswith("q")
    editor.show_source(editor.source.replace("q", "r"))
    assert editor.source.endswith("r")
    assert "\r" not in editor.source


def test_a_no_break_space_is_kept(editor: CodeEditor, qtbot: QtBot) -> None:
    """The user's text is not replaced behind their back."""
    editor.show_source("# a\u00a0b")
    told = recorded(editor)
    put_caret(editor, 0)
    qtbot.keyClick(editor, Key.Key_Delete)
    assert told == [" a\u00a0b"]


def test_undo_belongs_to_the_window(qtbot: QtBot) -> None:
    """The window's actions get Ctrl+Z and redo; the editor has no history of its own."""
    window, taken = QWidget(), []
    qtbot.addWidget(window)
    for name, key in (("undo", QKeySequence.StandardKey.Undo), ("redo", QKeySequence.StandardKey.Redo)):
        action = QAction(name, window)
        action.setShortcuts(QKeySequence.keyBindings(key))
        action.triggered.connect(lambda _checked=False, name=name: taken.append(name))
        window.addAction(action)
    editor = CodeEditor(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    editor.setFocus()
    qtbot.keyClicks(editor, "ab")
    told = recorded(editor)
    qtbot.keyClick(editor, Key.Key_Z, CONTROL)
    qtbot.keyClick(editor, Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert taken == ["undo", "redo"]
    assert editor.toPlainText() == "ab"
    assert told == []


def test_keys_of_a_text_field_are_not_the_windows(qtbot: QtBot) -> None:
    """Letters, Space and arrows that are shortcuts of the window move and type here all the same."""
    window, taken = QWidget(), []
    qtbot.addWidget(window)
    for key in ("Left", "Right", "Home", "End", "Space", "F", "[", "Escape", "Ctrl+/"):
        action = QAction(key, window)
        action.setShortcut(key)
        action.triggered.connect(lambda _checked=False, key=key: taken.append(key))
        window.addAction(action)
    editor = CodeEditor(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    editor.setFocus()
    qtbot.keyClicks(editor, "f [")
    for key in (Key.Key_Left, Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End, Key.Key_Escape):
        qtbot.keyClick(editor, key)
    qtbot.keyClick(editor, Key.Key_Slash, CONTROL)
    assert taken == []
    assert editor.toPlainText() == "# f ["


def test_the_context_menu_offers_no_undo(editor: CodeEditor, qtbot: QtBot) -> None:
    """Undo in the menu would be the editor's own, which does not exist."""
    qtbot.keyClicks(editor, "ab")
    names = menu_names(editor)
    assert "edit-paste" in names
    assert not {"edit-undo", "edit-redo"} & names


def menu_names(editor: CodeEditor) -> set[str]:
    QApplication.sendEvent(
        editor.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), editor.mapToGlobal(QPoint(5, 5))),
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = {action.objectName() for action in menu.actions()}
    menu.close()
    return names


def paste(editor: CodeEditor, data: QMimeData) -> None:
    editor.insertFromMimeData(data)


def test_only_the_text_of_rich_text_is_pasted(editor: CodeEditor) -> None:
    """From a web page or a word processor come the characters, not their looks."""
    data = QMimeData()
    data.setHtml("<b>a</b> = <font color='red'>2.0</font>")
    data.setText("a = 2.0")
    told = recorded(editor)
    paste(editor, data)
    assert told == ["a = 2.0"]


def test_pasting_by_key(editor: CodeEditor, qtbot: QtBot) -> None:
    """Ctrl+V replaces the selection."""
    QGuiApplication.clipboard().setText("b\r\nc")
    editor.show_source("a = 1")
    put_caret(editor, 5, 4)
    qtbot.keyClick(editor, Key.Key_V, CONTROL)
    assert editor.source == "a = b\nc"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udfff", "a\u2029b\u2028c", "\x1b[31m", "🎉" * 3])
def test_pasting_anything_is_survived(editor: CodeEditor, qtbot: QtBot, text: str) -> None:
    """NUL, halves of characters, separators, escapes: the text can be read, drawn and typed on."""
    data = QMimeData()
    data.setText(text)
    told = recorded(editor)
    paste(editor, data)
    editor.grab()
    qtbot.keyClick(editor, Key.Key_X)
    assert told[-1].endswith("x")
    told[-1].encode()


def test_a_megabyte_can_be_pasted_and_typed_on(editor: CodeEditor, qtbot: QtBot) -> None:
    """It arrives whole, uncoloured, and the next keystroke is reported with it."""
    data = QMimeData()
    data.setText("x1 = 2.0 * w1 + tanh(y)\n" * 42_000)
    told = recorded(editor)
    paste(editor, data)
    qtbot.keyClick(editor, Key.Key_A)
    assert len(told[-1]) == 42_000 * 24 + 1
    assert editor.document().firstBlock().layout().formats() == []


def test_tab_goes_to_the_next_stop(editor: CodeEditor, qtbot: QtBot) -> None:
    """Spaces, never tab characters."""
    qtbot.keyClicks(editor, "a=")
    qtbot.keyClick(editor, Key.Key_Tab)
    assert editor.source == "a=  "


def test_tab_indents_and_dedents_selected_lines(editor: CodeEditor, qtbot: QtBot) -> None:
    """All of them in one change; blank lines stay blank; Shift+Tab takes it back."""
    source = "a = 1\n\nb = 2\nc = 3"
    editor.show_source(source)
    put_caret(editor, len("a = 1\n\nb = 2"), 0)
    told = recorded(editor)
    qtbot.keyClick(editor, Key.Key_Tab)
    assert told == ["    a = 1\n\n    b = 2\nc = 3"]
    qtbot.keyClick(editor, Key.Key_Backtab)
    assert told[1:] == [source]


def test_escape_then_tab_leaves_the_editor(qtbot: QtBot) -> None:
    """The keyboard gets out again."""
    window = QWidget()
    qtbot.addWidget(window)
    editor, other = CodeEditor(window), CodeEditor(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    editor.setFocus()
    qtbot.keyClick(editor, Key.Key_Escape)
    qtbot.keyClick(editor, Key.Key_Tab)
    assert other.hasFocus()
    assert editor.source == ""


def test_enter_keeps_the_indentation(editor: CodeEditor, qtbot: QtBot) -> None:
    """And adds to it after a colon."""
    qtbot.keyClicks(editor, "for i in q:")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.keyClicks(editor, "a=i")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.keyClicks(editor, "b=i")
    assert editor.source == "for i in q:\n    a=i\n    b=i"


def test_backspace_goes_back_an_indentation(editor: CodeEditor, qtbot: QtBot) -> None:
    """In the margin four spaces at once, elsewhere one character."""
    editor.show_source("        a  b")
    put_caret(editor, 8)
    qtbot.keyClick(editor, Key.Key_Backspace)
    assert editor.source == "    a  b"
    put_caret(editor, 7)
    qtbot.keyClick(editor, Key.Key_Backspace)
    assert editor.source == "    a b"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1\nb = 2", "# a = 1\n# b = 2"),
        ("    a = 1\n  b = 2", "  #   a = 1\n  # b = 2"),
        ("# a = 1\nb = 2", "# # a = 1\n# b = 2"),
        ("# a = 1\n#b = 2", "a = 1\nb = 2"),
        ("a = 1\n\nb = 2", "# a = 1\n\n# b = 2"),
    ],
)
def test_control_slash_toggles_comments(editor: CodeEditor, qtbot: QtBot, before: str, after: str) -> None:
    """Over all selected lines at once: comments, or code again where all were comments."""
    editor.show_source(before)
    editor.selectAll()
    told = recorded(editor)
    qtbot.keyClick(editor, Key.Key_Slash, CONTROL)
    assert told == [after]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_a_problem_is_underlined_where_it_is(editor: CodeEditor, theme: Theme) -> None:
    """In the problem's colour, under the text meant, and with a mark beside the line's number."""
    editor.show_theme(theme)
    editor.show_source("a = 1\n# 🎉\nb = 2 + aaaa")
    editor.clearFocus()
    before = editor.viewport().grab().toImage()
    editor.mark_problem((3, 9, 3, 13))
    after = editor.viewport().grab().toImage()
    places = changed(before, after)
    start = QTextCursor(editor.document().findBlockByNumber(2))
    start.setPosition(start.position() + 8)
    first = editor.cursorRect(start)
    assert first.left() - 1 <= min(x for x, _y in places) <= first.left() + 3
    assert all(first.top() <= y <= first.bottom() + 2 for _x, y in places)
    problem = QColor(theme.problem)
    assert any(abs(after.pixelColor(*place).hue() - problem.hue()) <= 10 for place in places)
    assert color_count(editor.grab().toImage(), theme.problem) > 0
    assert editor.marked_line == 3


def test_a_problem_at_the_end_of_a_line_is_seen(editor: CodeEditor) -> None:
    """A place without a character underlines the one before it."""
    editor.show_source("b = 2 +")
    editor.clearFocus()
    before = editor.viewport().grab().toImage()
    editor.mark_problem((1, 8, 1, 8))
    assert changed(before, editor.viewport().grab().toImage())


@pytest.mark.parametrize("span", [(1, 1, 1, 1), (99, 99, 99, 99), (1, 500, 2, 1), (2, 1, 1, 1)])
def test_a_problem_outside_the_text_does_no_harm(editor: CodeEditor, span: tuple[int, int, int, int]) -> None:
    """Places that the text no longer has are taken into it."""
    editor.show_source("a")
    editor.mark_problem(span)
    editor.mark_span(span)
    editor.grab()
    editor.show_source("")
    editor.grab()


def test_typing_takes_the_underline_away(editor: CodeEditor, qtbot: QtBot) -> None:
    """It belongs to the text as it was."""
    editor.show_source("b = aa")
    editor.mark_problem((1, 5, 1, 7))
    put_caret(editor, 6)
    qtbot.keyClicks(editor, "x")
    assert editor.marked_line == 0
    assert color_count(editor.grab().toImage(), DARK.problem) == 0


def test_a_span_is_marked_softly(editor: CodeEditor) -> None:
    """The source of the selected card, over several lines and beside characters of two units."""
    editor.show_source("# 🎉 (a +\n  b)*c")
    editor.mark_span((1, 5, 2, 5))
    assert selections(editor) == ["(a +\u2029  b)"]
    editor.mark_span(None)
    assert selections(editor) == []


def test_a_mark_goes_with_its_text(editor: CodeEditor, qtbot: QtBot) -> None:
    """This holds when the user types before it and when a number in it is rewritten from elsewhere."""
    editor.show_source("a = 1.7e308\nb = a*c")
    editor.mark_span((2, 5, 2, 8))
    put_caret(editor, 0)
    qtbot.keyClicks(editor, "xy")
    qtbot.keyClick(editor, Key.Key_Return)
    assert "a*c" in selections(editor)
    editor.show_source("a = 2.0\nb = a*c")
    assert "a*c" in selections(editor)
    put_caret(editor, editor.document().characterCount() - 1)
    qtbot.keyClicks(editor, " + d")
    assert "a*c" in selections(editor)


@pytest.mark.parametrize(
    ("source", "position", "found"),
    [
        ("f(a)", 1, [1, 3]),
        ("f(a)", 2, [1, 3]),
        ("f(a)", 4, [3, 1]),
        ("((a)", 0, []),
        ("(')', a)", 0, [0, 7]),
        ("(a # )\n)", 0, [0, 7]),
        ("[(])", 0, [0, 2]),
        ("# (a)", 2, []),
        ("a", 0, []),
    ],
)
def test_brackets_are_matched(editor: CodeEditor, source: str, position: int, found: list[int]) -> None:
    """The bracket at the caret and its partner; those in texts and comments do not count."""
    editor.show_source(source)
    put_caret(editor, position)
    marked = [
        mark.cursor.selectionStart()
        for mark in editor.extraSelections()
        if mark.cursor.selectedText() in tuple("()[]")
    ]
    assert marked == found


def test_the_placeholder_is_not_covered(editor: CodeEditor) -> None:
    """An empty editor says what to do, in readable letters, with the focus in it too."""
    empty = editor.viewport().grab().toImage()
    editor.setPlaceholderText("Type an expression")
    assert editor.viewport().grab().toImage() != empty
