"""The editor: typing, keys, marks and what it reports."""

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.editor.completion_popup import CompletionPopup
from micrograd_gui.editor.highlighter import tokenize, utf16_length
from micrograd_gui.model.theme import DARK, LIGHT, Theme

CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def editor(qtbot: QtBot) -> CodeEditor:
    """An empty editor with the focus."""
    editor = CodeEditor()
    qtbot.addWidget(editor)
    editor.resize(400, 300)
    editor.show()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    return editor


def recorded(editor: CodeEditor) -> list[str]:
    told: list[str] = []
    editor.source_edited.connect(told.append)
    return told


def popup(editor: CodeEditor) -> CompletionPopup:
    found = editor.window().findChild(CompletionPopup)
    assert isinstance(found, CompletionPopup)
    return found


def offered(editor: CodeEditor) -> list[str]:
    """The words in the list of completions; empty if it is not shown."""
    found = popup(editor)
    return [word.name for word in found.words.rows] if found.isVisible() else []


def put_caret(editor: CodeEditor, position: int, anchor: int | None = None) -> None:
    """Place the caret (in Qt's positions), with a selection from ``anchor``."""
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def caret(editor: CodeEditor) -> int:
    return editor.textCursor().position()


def color_count(image: QImage, color: str) -> int:
    wanted = QColor(color).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


# What is reported


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
    """What the user typed is not replaced behind their back."""
    editor.show_source("# a\u00a0b")
    told = recorded(editor)
    put_caret(editor, 0)
    qtbot.keyClick(editor, Key.Key_Delete)
    assert told == [" a\u00a0b"]


# Undo


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


# Paste


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


# Keys


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


# Completion


def test_typing_offers_words(editor: CodeEditor, qtbot: QtBot) -> None:
    """From two letters on: names of the program first, then the language's."""
    editor.show_source("table = 1.0\n")
    put_caret(editor, 12)
    qtbot.keyClicks(editor, "t")
    assert offered(editor) == []
    qtbot.keyClicks(editor, "a")
    assert offered(editor) == ["table", "tanh"]


def test_tab_takes_the_first_word(editor: CodeEditor, qtbot: QtBot) -> None:
    """What was typed of it is replaced."""
    qtbot.keyClicks(editor, "b = ta")
    qtbot.keyClick(editor, Key.Key_Tab)
    assert editor.source == "b = tanh"
    assert offered(editor) == []


def test_enter_takes_a_word_only_if_it_was_chosen(editor: CodeEditor, qtbot: QtBot) -> None:
    """A line that ends in the beginning of a function's name is left as typed."""
    qtbot.keyClicks(editor, "b = si")
    qtbot.keyClick(editor, Key.Key_Return)
    assert editor.source == "b = si\n"
    qtbot.keyClicks(editor, "b = si")
    qtbot.keyClick(editor, Key.Key_Down)
    qtbot.keyClick(editor, Key.Key_Return)
    assert editor.source == "b = si\nb = sin"


def test_a_point_offers_members(editor: CodeEditor, qtbot: QtBot) -> None:
    """After a name, not after a number."""
    qtbot.keyClicks(editor, "2.")
    assert offered(editor) == []
    qtbot.keyClicks(editor, "0*a.")
    assert {"tanh", "backward", "grad"} <= set(offered(editor))
    assert "Neuron" not in offered(editor)


@pytest.mark.parametrize("text", ["# ta", "print('ta", "x = 2ta", "tanh"])
def test_nothing_is_offered_where_nothing_helps(editor: CodeEditor, qtbot: QtBot, text: str) -> None:
    """In comments and texts, in numbers, and when the word is complete."""
    qtbot.keyClicks(editor, text)
    assert offered(editor) == []


def test_control_space_asks_for_words(editor: CodeEditor, qtbot: QtBot) -> None:
    """Without a letter typed, everything there is."""
    qtbot.keyClick(editor, Key.Key_Space, CONTROL)
    assert {"MLP", "tanh"} <= set(offered(editor))


@pytest.mark.parametrize("way", ["escape", "space", "click", "focus"])
def test_the_list_goes_away(editor: CodeEditor, qtbot: QtBot, way: str) -> None:
    """By Escape, by going on, by a click, and with the focus."""
    qtbot.keyClicks(editor, "ta")
    assert offered(editor)
    ways: dict[str, Callable[[], object]] = {
        "escape": lambda: qtbot.keyClick(editor, Key.Key_Escape),
        "space": lambda: qtbot.keyClick(editor, Key.Key_Space),
        "click": lambda: qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 100)),
        "focus": editor.clearFocus,
    }
    ways[way]()
    assert offered(editor) == []
    assert editor.source.strip() == "ta"


def test_a_word_can_be_clicked(editor: CodeEditor, qtbot: QtBot) -> None:
    """The mouse takes a word too."""
    qtbot.keyClicks(editor, "si")
    found = popup(editor)
    row = offered(editor).index("sin")
    place = found.visualRect(found.model().index(row, 0)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: editor.source == "sin")


def test_a_click_is_over_before_its_word_is_written(editor: CodeEditor, qtbot: QtBot) -> None:
    """What follows from the word, as other words in the list, does not happen while the list handles its click."""
    qtbot.keyClicks(editor, "si")
    found = popup(editor)
    written = recorded(editor)
    chosen: list[tuple[str, int]] = []
    found.word_chosen.connect(lambda word: chosen.append((word, len(written))))
    found.clicked.connect(lambda _index: (found.words.show_rows(found.words.rows[:1]), gc.collect()))
    place = found.visualRect(found.model().index(offered(editor).index("sin"), 0)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (chosen, written) == ([("sin", 0)], [])
    qtbot.waitUntil(lambda: written == ["sin"])


# Marks


def formats(editor: CodeEditor, line: int) -> dict[str, str]:
    """Colour by coloured text of a line."""
    block = editor.document().findBlockByNumber(line)
    units = block.text().encode("utf-16-le")
    return {
        units[2 * r.start : 2 * (r.start + r.length)].decode("utf-16-le"): r.format.foreground()
        .color()
        .name()
        for r in block.layout().formats()
    }


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_code_is_coloured(editor: CodeEditor, theme: Theme) -> None:
    """Numbers, known functions and methods, keywords, strings and comments, in the theme's colours."""
    editor.show_source("for i in range(3): # 🎉\nprint('🎉', 2.5e-3, x.tanh(), tanhx, x.foo)")
    editor.show_theme(theme)
    assert formats(editor, 0) == {
        "for": theme.syntax_keyword,
        "in": theme.syntax_keyword,
        "range": theme.syntax_function,
        "3": theme.syntax_number,
        "# 🎉": theme.syntax_comment,
    }
    assert formats(editor, 1) == {
        "print": theme.syntax_function,
        "'🎉'": theme.syntax_string,
        "2.5e-3": theme.syntax_number,
        "tanh": theme.syntax_function,
    }


def test_long_strings_go_over_lines(editor: CodeEditor) -> None:
    """Between triple quotes everything is text, and only there."""
    editor.show_source('"""one\n2 + 2\nend""" + 3')
    assert formats(editor, 1) == {"2 + 2": DARK.syntax_string}
    assert formats(editor, 2) == {'end"""': DARK.syntax_string, "3": DARK.syntax_number}
    editor.show_source('#"""one\n2 + 2\nend')
    assert formats(editor, 1) == {"2": DARK.syntax_number}


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("a.q", ["name", "sign", "name"]),
        ("f'{x}' 1", ["string", "number"]),
        ("'a\\'b' 1", ["string", "number"]),
        ("'open", ["string"]),
        ("''''", ["string"]),
        ("'' 1", ["string", "number"]),
        (".5+1e5-1_000", ["number", "sign", "number", "sign", "number"]),
        ("x2", ["name"]),
        ("", []),
    ],
)
def test_lines_are_taken_apart(line: str, kinds: list[str]) -> None:
    """Tokens cover everything but blanks, in order."""
    tokens, _state = tokenize(line)
    assert [token.kind for token in tokens] == kinds
    covered = "".join(line[token.start : token.end] for token in tokens)
    assert covered.replace(" ", "") == line.replace(" ", "")


@pytest.mark.parametrize("text", ["", "abc", "é", "🎉", "a🎉b🎉"])
def test_qt_counts_some_characters_twice(text: str) -> None:
    """As many units as UTF-16 has."""
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


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


def changed(before: QImage, after: QImage) -> list[tuple[int, int]]:
    """The places where two pictures differ."""
    return [
        (x, y)
        for x in range(before.width())
        for y in range(before.height())
        if before.pixel(x, y) != after.pixel(x, y)
    ]


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


def selections(editor: CodeEditor) -> list[str]:
    return [mark.cursor.selectedText() for mark in editor.extraSelections() if mark.cursor.hasSelection()]


def test_a_span_is_marked_softly(editor: CodeEditor) -> None:
    """The source of the selected card, over several lines and beside characters of two units."""
    editor.show_source("# 🎉 (a +\n  b)*c")
    editor.mark_span((1, 5, 2, 5))
    assert selections(editor) == ["(a +\u2029  b)"]
    editor.mark_span(None)
    assert selections(editor) == []


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


def test_lines_are_numbered(editor: CodeEditor) -> None:
    """The margin grows with the number of lines and never covers the text."""
    narrow = editor.gutter_width()
    editor.show_source("\n" * 2000)
    assert editor.gutter_width() > narrow
    assert editor.viewport().geometry().left() >= editor.gutter_width()


def test_the_placeholder_is_not_covered(editor: CodeEditor) -> None:
    """An empty editor says what to do, in readable letters, with the focus in it too."""
    empty = editor.viewport().grab().toImage()
    editor.setPlaceholderText("Type an expression")
    assert editor.viewport().grab().toImage() != empty


def test_a_popup_in_a_small_window_stays_inside(qtbot: QtBot) -> None:
    """Near the bottom the words are listed above the line."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(420, 260)
    editor = CodeEditor(window)
    editor.resize(420, 260)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    editor.setFocus()
    editor.show_source("\n" * 13)
    put_caret(editor, 13)
    qtbot.keyClicks(editor, "ta")
    assert offered(editor)
    assert window.rect().contains(popup(editor).geometry())
