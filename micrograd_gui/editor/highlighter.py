"""Syntax colours of the program."""

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from micrograd_gui.editor.text_cursor import utf16_length
from micrograd_gui.editor.tokens import Kind, tokenize
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.style import color

_MOST_CHARACTERS = 100_000
"""Longest program that is coloured, in characters; pasting a longer one would stop the window."""


class Highlighter(QSyntaxHighlighter):
    """Colours each line as it changes."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[Kind, QTextCharFormat] = {}
        self.show_theme(DARK)

    def show_theme(self, theme: Theme) -> None:
        tints: dict[Kind, str] = {
            "number": theme.syntax_number,
            "function": theme.syntax_function,
            "keyword": theme.syntax_keyword,
            "comment": theme.syntax_comment,
            "string": theme.syntax_string,
        }
        self._formats = {kind: _format(tint, kind == "keyword") for kind, tint in tints.items()}
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self.document().characterCount() > _MOST_CHARACTERS:
            return
        tokens, state = tokenize(text, max(self.previousBlockState(), 0))
        self.setCurrentBlockState(state)
        for start, end, kind in tokens:
            if kind in self._formats:
                first = utf16_length(text[:start])
                self.setFormat(first, utf16_length(text[start:end]), self._formats[kind])


def _format(tint: str, bold: bool) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setForeground(color(tint))
    if bold:
        result.setFontWeight(QFont.Weight.DemiBold)
    return result
