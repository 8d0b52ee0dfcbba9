"""Fonts, palette and style sheet, made from a theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from micrograd_gui.model.resources import resource_path
from micrograd_gui.model.theme import DARK, MONO, SANS, THEMES, Theme

_CLASSES_WITH_OWN_FONT = (
    "QMenuBar",
    "QMenu",
    "QStatusBar",
    "QToolButton",
    "QTabBar",
    "QTipLabel",
    "QMessageBox",
)
"""Classes with fonts of their own on some platforms, which precede the application's."""
_ICON_SIZES = (16, 32)
_VEIL = 128
"""Opacity of the veil over an older graph, 0 to 255."""


def load_fonts() -> None:
    """Set the bundled fonts for the application, so that it looks the same everywhere.

    Call it before the first widget: a style sheet does not follow a later change of the application's font.
    """
    for path in sorted(resource_path("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))
    for widget_class in _CLASSES_WITH_OWN_FONT:
        QApplication.setFont(sans(13), widget_class)  # type: ignore[arg-type] # PySide takes str, its stubs say bytes
    QApplication.setFont(sans(13))


def sans(pixel_size: float, bold: bool = False) -> QFont:
    return _font(SANS, pixel_size, bold, QFont.StyleHint.SansSerif)


def mono(pixel_size: float, bold: bool = False) -> QFont:
    """Return the font of numbers and code; its digits are of equal width."""
    return _font(MONO, pixel_size, bold, QFont.StyleHint.Monospace)


def _font(family: str, pixel_size: float, bold: bool, hint: QFont.StyleHint) -> QFont:
    font = QFont(family)
    font.setStyleHint(hint)
    font.setPixelSize(round(pixel_size))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if family == MONO:
        # Code is shown as typed: no arrows out of ->, no joined ** .
        font.setFeature(QFont.Tag("calt"), 0)
    return font


def color(text: str, alpha: int = 255) -> QColor:
    """Return ``#rrggbb`` as a colour with an opacity of 0 to 255."""
    found = QColor(text)
    found.setAlpha(alpha)
    return found


def mix(first: str, second: str, share: float) -> QColor:
    """Return the colour ``share`` of the way from the first to the second."""
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


def stale_veil(ground: str) -> QColor:
    """Return the colour of the veil over an older text's parts, on a ground of this colour."""
    return color(ground, _VEIL)


@lru_cache(maxsize=256)
def icon(name: str, theme: Theme, color: str = "") -> QIcon:
    """Return ``resources/icons/NAME.svg`` in the theme's text colour or in ``color``, muted when disabled."""
    svg = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    result = QIcon()
    for mode, tint in (
        (QIcon.Mode.Normal, color or theme.text),
        (QIcon.Mode.Disabled, theme.strong_border),
    ):
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", tint).encode()))
        for size in _ICON_SIZES:
            pixmap = QPixmap(QSize(size, size))
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                renderer.render(painter, QRectF(0, 0, size, size))
            result.addPixmap(pixmap, mode)
    return result


def apply_theme(theme: Theme) -> None:
    """Give the whole application the theme's palette and style sheet."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))


def theme_in_force() -> Theme:
    """Return the theme applied last."""
    text = QApplication.palette().color(QPalette.ColorRole.WindowText)
    return next((theme for theme in THEMES.values() if QColor(theme.text) == text), DARK)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet reads, such as ``role``, and apply the sheet again if it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for part, tint in (
        (role.Window, theme.panel),
        (role.WindowText, theme.text),
        (role.Base, theme.field),
        (role.AlternateBase, theme.raised),
        (role.Text, theme.text),
        (role.PlaceholderText, theme.faint_text),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.selected),
        (role.HighlightedText, theme.text),
        (role.Link, theme.data),
    ):
        palette.setColor(part, QColor(tint))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(theme.faint_text))
    return palette


def _style_sheet(theme: Theme) -> str:
    values = {name: getattr(theme, name) for name in type(theme).__slots__}
    return _SHEET.replace("{", "{{").replace("}", "}}").replace("<<", "{").replace(">>", "}").format(**values)


_SHEET = """
QWidget { color: <<text>>; }
QMainWindow, QMenuBar, QStatusBar { background: <<window>>; }
#graph_center { background: <<canvas>>; }
GraphView { border: 1px solid <<canvas>>; background: <<canvas>>; }
GraphView:focus { border-color: <<focus>>; }
#left_side { background: <<panel>>; }
#right_side { background: <<border>>; }
#left_side::handle { background: transparent; }
QMenuBar { padding: 2px 6px; border: 0; }
QMenuBar::item { padding: 5px 10px; border-radius: 6px; background: transparent; color: <<muted_text>>; }
QMenuBar::item:selected { background: <<selected>>; color: <<text>>; }
QMenu { background: <<raised>>; border: 1px solid <<border>>; border-radius: 8px; padding: 5px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: <<hover>>; }
QMenu::item:disabled { color: <<faint_text>>; }
QMenu::separator { height: 1px; background: <<border>>; margin: 5px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::icon:checked { background: <<selected>>; border: 1px solid <<focus>>; border-radius: 5px; }
QStatusBar { border-top: 1px solid <<border>>; color: <<muted_text>>; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: <<muted_text>>; font-size: 12px; padding: 3px 8px; }
QStatusBar QLabel[role="good"] { color: <<good>>; }
QStatusBar QLabel[role="problem"] { color: <<problem>>; }
QToolTip { background: <<raised>>; color: <<text>>; border: 1px solid <<strong_border>>; padding: 5px 7px; }

QSplitter::handle { background: <<border>>; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QFrame[role="panel"], QScrollArea[role="panel"], QWidget[role="panel"] { background: <<panel>>; border: 0; }
QFrame[role="bar"] { background: <<window>>; border: 0; border-bottom: 1px solid <<border>>; }
QFrame[role="tile"] { background: <<card>>; border: 1px solid <<border>>; border-radius: 8px; }
QFrame[role="floating"] { background: <<card>>; border: 1px solid <<border>>; border-radius: 10px; }

QLabel { background: transparent; }
QLabel[role="brand"] { font-weight: 600; padding: 0 6px 0 14px; }
QLabel[role="section"] { color: <<faint_text>>; font-size: 11px; font-weight: 600; letter-spacing: 1px; }
QLabel[role="title"] { font-size: 16px; font-weight: 600; }
QLabel[role="muted"] { color: <<muted_text>>; font-size: 12px; }
QLabel[role="faint"] { color: <<faint_text>>; font-size: 12px; }
QLabel[role="mono"] { font-family: "JetBrains Mono"; }
QLabel[role="data"] { font-family: "JetBrains Mono"; color: <<data>>; }
QLabel[role="grad"] { font-family: "JetBrains Mono"; color: <<grad>>; }
QLabel[role="problem"] { color: <<problem>>; }
QLabel[role="warning"] { color: <<warning>>; }
QLabel[role="good"] { color: <<good>>; }

QPushButton, QToolButton {
    background: <<raised>>; border: 1px solid <<border>>; border-radius: 7px; padding: 5px 10px; min-height: 16px;
}
QPushButton { qproperty-focusPolicy: "TabFocus"; }
QPushButton:hover, QToolButton:hover { background: <<hover>>; border-color: <<strong_border>>; }
QPushButton:pressed, QToolButton:pressed { background: <<selected>>; }
QPushButton:checked, QToolButton:checked { background: <<selected>>; border-color: <<focus>>; }
QPushButton:disabled, QToolButton:disabled { color: <<faint_text>>; }
QPushButton:focus, QToolButton:focus { border: 1px solid <<focus>>; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; }
QToolButton[role="header"] { padding: 5px 3px 5px 10px; }
QToolButton[role="round"] {
    border-radius: 16px; min-width: 30px; max-width: 30px; min-height: 30px; max-height: 30px; padding: 0;
}
QToolButton[role="primary"] {
    background: <<grad_fill>>; border: 1px solid <<grad_fill>>; border-radius: 19px; padding: 0;
    min-width: 36px; max-width: 36px; min-height: 36px; max-height: 36px;
}
QToolButton[role="primary"]:disabled {
    background: <<raised>>; border-color: <<border>>;
}
QToolButton[role="primary"]:hover { border-color: <<text>>; }
QToolButton[role="primary"]:focus { border: 2px solid <<text>>; }
QPushButton[role="plain"], QToolButton[role="plain"] { background: transparent; border: 1px solid transparent; }
QPushButton[role="plain"]:hover, QToolButton[role="plain"]:hover { background: <<hover>>; }
QPushButton[role="plain"]:focus, QToolButton[role="plain"]:focus { border-color: <<focus>>; }

QTabBar { background: <<window>>; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: <<muted_text>>; padding: 6px 16px; min-width: 54px; margin: 0 6px 0 0;
    border: 1px solid transparent; border-radius: 8px;
}
QTabBar::tab:selected { background: <<selected>>; color: <<text>>; font-weight: 600; }
QTabBar::tab:hover:!selected { background: <<hover>>; }
QTabBar::tab:focus { border-color: <<focus>>; }

QPlainTextEdit {
    background: <<field>>; border: 1px solid <<border>>; border-radius: 8px;
    selection-background-color: <<hover>>; selection-color: <<text>>; placeholder-text-color: <<faint_text>>;
}
QPlainTextEdit:focus { border-color: <<strong_border>>; }
QLineEdit, QComboBox {
    background: <<raised>>; border: 1px solid <<border>>; border-radius: 7px; padding: 4px 8px; min-height: 18px;
    selection-background-color: <<strong_border>>; selection-color: <<text>>; placeholder-text-color: <<faint_text>>;
}
QLineEdit:focus, QComboBox:focus { border-color: <<focus>>; }
QLineEdit[invalid="true"] { border-color: <<problem>>; }
QComboBox::drop-down { border: 0; width: 18px; }
QComboBox QAbstractItemView {
    background: <<raised>>; border: 1px solid <<border>>; selection-background-color: <<hover>>; outline: 0;
}

QTableView, QTreeView, QListView {
    background: transparent; border: 0; outline: 0; gridline-color: <<border>>;
    selection-background-color: <<selected>>; selection-color: <<text>>;
}
QHeaderView { background: transparent; border: 0; }
QHeaderView::section {
    background: transparent; border: 0; border-bottom: 1px solid <<border>>; color: <<faint_text>>;
    padding: 4px; font-size: 12px;
}
QScrollArea { background: transparent; border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar { background: transparent; border: 0; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: <<strong_border>>; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QDialog, QMessageBox { background: <<panel>>; }
QFileDialog QToolButton { padding: 3px; }
"""
