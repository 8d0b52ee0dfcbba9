"""The main window: who is connected to whom, and nothing else."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from micrograd_gui.export.formats import formats_of, write_picture
from micrograd_gui.export.graph_picture import GraphSubject
from micrograd_gui.export.options import Options, RenderError
from micrograd_gui.graph.graph_tab import GraphTab
from micrograd_gui.graph.session import Session
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.examples import examples
from micrograd_gui.model.file_names import menu_text, shown_name, title_text
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.playback import Playback
from micrograd_gui.model.resources import resource_path
from micrograd_gui.model.settings import Geometry, Settings, add_recent
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.solve_state import SolveState
from micrograd_gui.model.theme import THEMES, ThemeName
from micrograd_gui.shell.actions import ACTIONS, key_sequences, keys_table
from micrograd_gui.shell.command_palette import CommandPalette
from micrograd_gui.shell.document_files import Draft
from micrograd_gui.shell.documents import Documents
from micrograd_gui.shell.file_dialog import For, choose_file
from micrograd_gui.shell.message_bar import Kind, MessageBar
from micrograd_gui.shell.settings_store import SMALLEST_WINDOW
from micrograd_gui.training.tab import TrainingTab
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.own_keys import keep_own_key
from micrograd_gui.widgets.style import apply_theme, icon, restyle

_MENUS = ("File", "Edit", "View", "Run", "Examples", "Help")
_HEADER_BUTTONS = (("arrays", "Arrays"), ("find", "Find card"), ("fit", "Fit"), ("export", "Export"))
_SIDES = ("left_side", "right_side")
_THEME_CHOICES: tuple[ThemeName, ...] = ("system", "light", "dark")
_ZOOM_NOTCH = 1.25
_DRAFT_LENGTH = 40
"""Letters of a text that tell which one it is."""

_ABOUT = """∂ micrograd

Type an expression, step through its graph forward and backward, and watch a network learn.

After the blog post "More Autograd" and Andrej Karpathy's micrograd. MIT licence."""


class MainWindow(QMainWindow):
    """One document, one training run, and everything that can be asked of them."""

    def __init__(self, settings: Settings, config_folder: Path) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setMinimumSize(*SMALLEST_WINDOW)
        self.settings = settings
        self._splitter_sizes = settings.splitters
        self.session = Session(self)
        self.documents = Documents(self.session, config_folder / "recovery", self)
        self.graph_tab = GraphTab(self.session)
        self.training_tab = TrainingTab()
        self.message_bar = MessageBar()
        self.palette_dialog = CommandPalette(self)
        self.theme = THEMES["dark"]
        self.actions_by_id: dict[str, QAction] = {}
        self.handled: set[str] = set()
        """Ids of the actions that have a handler."""
        self._make_actions()
        self._make_menus()
        self._lay_out()
        self._make_status_bar()
        self._connect_files()
        self._connect_failures()
        self._connect_edit()
        self._connect_view()
        self._connect_run()
        self._connect_help()
        self._connect_status()
        self._apply_settings()

    # What there is

    def _make_actions(self) -> None:
        for row in ACTIONS:
            if row.is_command:
                action = QAction(row.text, self, checkable=row.checkable)
                action.setShortcuts(key_sequences(row))
                action.setObjectName(row.id)
                self.addAction(action)
                self.actions_by_id[row.id] = action

    def _make_menus(self) -> None:
        brand = make_label("brand", "∂ micrograd", parent=self)
        self.menuBar().setCornerWidget(brand, Qt.Corner.TopLeftCorner)
        self.menus = {name: self.menuBar().addMenu(f"&{name}") for name in _MENUS}
        submenus = {row.id: QMenu(row.text, self) for row in ACTIONS if row.submenu}
        self.recent_menu, self.recovered_menu = submenus["recent"], submenus["recovered"]
        for row in ACTIONS:
            menu = self.menus[row.menu]
            if row.id == "-":
                menu.addSeparator()
            elif row.id in submenus:
                menu.addMenu(submenus[row.id])
            else:
                menu.addAction(self.actions_by_id[row.id])
        for example in examples(resource_path("examples")):
            action = self.menus["Examples"].addAction(example.title.replace("&", "&&"))
            action.setData(example.source)
        themes = QActionGroup(self)
        for name in _THEME_CHOICES:
            themes.addAction(self.actions_by_id[f"theme_{name}"])

    def _lay_out(self) -> None:
        self.tab_bar = QTabBar()
        self.tab_bar.setAccessibleName("Tabs")
        self.tab_bar.setUsesScrollButtons(False)
        self.tab_bar.setExpanding(False)
        self.tab_bar.addTab("Graph")
        self.tab_bar.addTab("Training")
        self.header = QFrame()
        self.header.setProperty("role", "bar")
        row = QHBoxLayout(self.header)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(8)
        row.addWidget(self.tab_bar)
        row.addStretch(1)
        self.header_buttons = [self._header_button(*row) for row in _HEADER_BUTTONS]
        for button in self.header_buttons:
            row.addWidget(button)
        self.theme_button = QToolButton()
        self.theme_button.setAccessibleName("Switch between the light and the dark theme")
        self.theme_button.setToolTip("Switch between the light and the dark theme")
        self.theme_button.setObjectName("theme_button")
        row.addWidget(self.theme_button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.graph_tab)
        self.stack.addWidget(self.training_tab)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.message_bar):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(central)

    def _header_button(self, action_id: str, text: str) -> QToolButton:
        self.actions_by_id[action_id].setIconText(text)
        button = QToolButton()
        button.setDefaultAction(self.actions_by_id[action_id])
        button.setProperty("role", "header")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(15, 15))
        return button

    def _make_status_bar(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.state_label, self.graph_label, self.training_label = QLabel(), QLabel(), QLabel()
        self.layout_label, self.zoom_label = QLabel(), QLabel()
        for label in (self.state_label, self.graph_label, self.training_label):
            bar.addWidget(label)
        for label in (self.layout_label, self.zoom_label):
            bar.addPermanentWidget(label)

    # Who is connected to whom

    def _connect(self, action_id: str, slot: Callable[[], object]) -> None:
        self.actions_by_id[action_id].triggered.connect(lambda _checked=False: slot())
        self.handled.add(action_id)

    def _connect_choice(
        self, action_id: str, slot: Callable[[bool], object], *, only_by_hand: bool = False
    ) -> None:
        """Of a checkable action, with what it is now; ``only_by_hand`` leaves out what the program itself checks."""
        action = self.actions_by_id[action_id]
        (action.triggered if only_by_hand else action.toggled).connect(slot)
        self.handled.add(action_id)

    def _connect_files(self) -> None:
        documents = self.documents
        self._connect("new", self._new)
        self._connect("open", documents.open)
        self._connect("save", documents.save)
        self._connect("save_as", documents.save_as)
        self._connect("export", self._export)
        self._connect("quit", self.close)
        documents.title_changed.connect(self._show_title)
        documents.recent_added.connect(self._add_recent)
        documents.reported.connect(partial(self._report, "file"))
        documents.recovery_failed.connect(partial(self.show_state_of, "recovery"))
        documents.drafts_changed.connect(self._show_recovered)
        self.recent_menu.triggered.connect(self._open_recent)
        self.recovered_menu.triggered.connect(self._open_draft)
        self.menus["Examples"].triggered.connect(self._open_example)
        self._show_recovered()
        documents.succeeded.connect(partial(self.message_bar.withdraw, "file"))

    def _connect_failures(self) -> None:
        self.session.failed.connect(self._show_failure)
        self.session.resolved_changed.connect(self._withdraw_failure)
        self.training_tab.failed.connect(self._show_training_failure)
        self.training_tab.training_run.state_changed.connect(self._withdraw_training_failure)

    def _connect_edit(self) -> None:
        self._connect("undo", self.session.editing.undo)
        self._connect("redo", self.session.editing.redo)
        self.session.editing.history_changed.connect(self._show_history)
        self._show_history()
        self._connect("find", self.graph_tab.open_find_bar)
        self._connect("edit_text", self.graph_tab.expression.focus_editor)
        self._connect("edit_leaf", self.graph_tab.edit_selected_leaf)
        self._connect("palette", self._open_palette)
        # After the key or the click in the palette is over: a command may open dialogs and close the window.
        self.palette_dialog.command_chosen.connect(self._run_command, Qt.ConnectionType.QueuedConnection)

    def _connect_view(self) -> None:
        camera = self.graph_tab.view.camera
        self._connect("fit", camera.fit)
        self._connect("zoom_in", partial(camera.zoom_by, _ZOOM_NOTCH))
        self._connect("zoom_out", partial(camera.zoom_by, 1 / _ZOOM_NOTCH))
        self._connect("zoom_actual", partial(camera.zoom_to, 1.0))
        self._connect_choice("arrays", self._show_arrays)
        self._connect("show_graph_tab", self.show_graph_tab)
        self._connect("show_training_tab", self.show_training_tab)
        self.tab_bar.currentChanged.connect(self._show_tab)
        self._connect_choice("left_side", self._show_left_side)
        self._connect_choice("right_side", self._show_right_side)
        for name in _THEME_CHOICES:
            self._connect(f"theme_{name}", partial(self._choose_theme, name))
        self.theme_button.clicked.connect(self._switch_theme)
        self._connect_choice("reduced_motion", self._choose_reduced_motion, only_by_hand=True)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._show_theme)

    def _connect_run(self) -> None:
        session = self.session
        self._connect("play", session.player.toggle_play)
        self._connect("step_forward", partial(session.player.step, 1))
        self._connect("step_back", partial(session.player.step, -1))
        self._connect("first", partial(session.player.jump, 0))
        self._connect("last", session.player.jump_to_end)
        self._connect("slower", partial(self._change_speed, -1))
        self._connect("faster", partial(self._change_speed, 1))
        self._connect("differentiate", session.differentiate_selected)
        self._connect("differentiate_output", partial(session.set_target, ""))
        self._connect("train", self.training_tab.toggle_run)
        self._connect("train_step", self.training_tab.train_step)
        self._connect("train_reset", self.training_tab.reset)
        self.training_tab.graph_requested.connect(self._open_graph)

    def _connect_help(self) -> None:
        self._connect("keys", self._show_keys)
        self._connect("about", self._show_about)

    def _connect_status(self) -> None:
        self.session.state_changed.connect(self._show_state)
        self.session.graph_changed.connect(self._show_graph_status)
        self.session.player.playback_changed.connect(self._remember_speed)
        self.graph_tab.zoom_changed.connect(self._show_zoom)
        self._show_zoom(self.graph_tab.view.camera.zoom)
        self.training_tab.status_changed.connect(self.training_label.setText)

    # What happens

    def show_graph_tab(self) -> None:
        self.tab_bar.setCurrentIndex(0)

    def show_training_tab(self) -> None:
        self.tab_bar.setCurrentIndex(1)
        self.training_tab.setFocus()

    def event(self, event: QEvent) -> bool:
        """A focused control keeps its own keys; those of the playback are for everywhere else."""
        return keep_own_key(QApplication.focusWidget(), event) or super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, give splitters the sizes they had; sizes given before would be scaled with the window."""
        super().showEvent(event)
        sizes, self._splitter_sizes = self._splitter_sizes, {}
        if not sizes:
            self.graph_tab.share_width(self.width())
        for splitter in self.findChildren(QSplitter):
            remembered = sizes.get(splitter.objectName(), ())
            if len(remembered) == splitter.count():
                splitter.setSizes(list(remembered))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.documents.may_lose_changes():
            event.ignore()
            return
        self.remember_window()
        self.documents.close()
        self.training_tab.close_run()
        self.session.close()
        super().closeEvent(event)

    def _show_tab(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        for row in ACTIONS:
            if row.graph_only:
                self.actions_by_id[row.id].setEnabled(index == 0)
        for widget in (
            *self.header_buttons,
            self.state_label,
            self.graph_label,
            self.layout_label,
            self.zoom_label,
        ):
            widget.setVisible(index == 0)
        self.training_label.setVisible(index == 1)
        if index == 1 and not self.tab_bar.hasFocus():
            self.training_tab.setFocus()

    def _change_speed(self, notches: int) -> None:
        """Of what is shown."""
        shown = self.session.player if self.stack.currentWidget() is self.graph_tab else self.training_tab
        shown.change_speed(notches)

    def _show_history(self) -> None:
        self.actions_by_id["undo"].setEnabled(self.session.editing.can_undo)
        self.actions_by_id["redo"].setEnabled(self.session.editing.can_redo)

    def _show_title(self, name: str, unsaved: bool) -> None:
        self.setWindowTitle(f"{title_text(name)}[*] — micrograd")
        self.setWindowModified(unsaved)

    def _new(self) -> None:
        """What is typed next is the new text."""
        if self.documents.new():
            self.show_graph_tab()
            self.graph_tab.expression.focus_editor()

    def _open_example(self, action: QAction) -> None:
        self._open_graph(type_source(Document(), action.data()))

    def _open_graph(self, document: Document) -> None:
        self.documents.open_untitled(document)
        self.show_graph_tab()

    def _add_recent(self, path: str) -> None:
        self.settings = add_recent(self.settings, path)
        self._show_recent()

    def _show_recent(self) -> None:
        _show_choices(self.recent_menu, [(path, path) for path in self.settings.recent_files])

    def _open_recent(self, action: QAction) -> None:
        path = Path(action.data())
        if self.documents.may_lose_changes():
            self.documents.open_path(path)

    def _show_recovered(self) -> None:
        drafts = self.documents.drafts
        _show_choices(self.recovered_menu, [(_draft_text(draft), copy) for copy, draft in drafts.items()])
        self.recovered_menu.menuAction().setVisible(bool(drafts))

    def _open_draft(self, action: QAction) -> None:
        self.documents.open_draft(action.data())

    def _export(self) -> None:
        path = self.ask_export_path(self)
        if path is None:
            return
        try:
            subject = GraphSubject(self.session.shown, self.session.arrays)
            wanted = Options(self.theme, round(self.session.player.playback.position))
            write_picture("graph", subject, wanted, path)
        except RenderError as error:
            self.message_bar.show_message("problem", str(error))
        else:
            self.message_bar.show_message("info", f"The picture is in {shown_name(str(path))}.")

    @classmethod
    def ask_export_path(cls, window: QWidget) -> Path | None:
        filters = {f"{row.title} (*{suffix})": suffix for suffix, row in formats_of("graph").items()}
        return choose_file(window, For.SAVING, "Export the picture", filters, "graph.png")

    def show_state_of(self, topic: str, problem: str) -> None:
        """Tell the problem in force; "" for none."""
        self.message_bar.withdraw(topic)
        if problem:
            self.message_bar.show_message("problem", problem, topic=topic)

    def _report(self, topic: str, kind: Kind, sentence: str) -> None:
        self.message_bar.show_message(kind, sentence, topic=topic)

    def _show_failure(self, sentence: str, details: str) -> None:
        text = f"{sentence}\nThe next edit tries again."
        self.message_bar.show_message("problem", text, details, topic="solving")

    def _withdraw_failure(self) -> None:
        self.message_bar.withdraw("solving")

    def _show_training_failure(self, sentence: str, details: str) -> None:
        text = f"{sentence}\nReset begins the training anew."
        self.message_bar.show_message("problem", text, details, topic="training")

    def _withdraw_training_failure(self, state: str) -> None:
        if state != "failed":
            self.message_bar.withdraw("training")

    def _open_palette(self) -> None:
        self.palette_dialog.show_commands(
            [
                (row.id, row.plain_text, self.actions_by_id[row.id].shortcut().toString())
                for row in ACTIONS
                if row.is_command and row.id != "palette" and self.actions_by_id[row.id].isEnabled()
            ]
        )

    def _run_command(self, action_id: str) -> None:
        self.actions_by_id[action_id].trigger()

    def _show_keys(self) -> None:
        rows = "".join(
            f"<tr><td align=right><b>{escape(keys)}</b></td><td width=16></td><td>{escape(text)}</td></tr>"
            for keys, text in keys_table()
        )
        self._show_text("Keys", f"<table cellpadding=1>{rows}</table>")

    def _show_about(self) -> None:
        self._show_text("About micrograd", _ABOUT)

    def _show_text(self, title: str, text: str) -> None:
        box = QMessageBox(self)
        box.setWindowTitle(title)
        box.setText(text)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    # How it looks

    def _apply_settings(self) -> None:
        settings = self.settings
        self.actions_by_id[f"theme_{settings.theme}"].setChecked(True)
        self._show_reduced_motion()
        for side in _SIDES:
            self.actions_by_id[side].setChecked(True)
            self.actions_by_id[side].setChecked(side not in settings.hidden_panels)
        self.actions_by_id["arrays"].setChecked(settings.arrays)
        self.session.player.set_speed(settings.speed)
        self.training_tab.set_speed(settings.training_speed)
        self.training_tab.set_engine(settings.engine)
        self._show_recent()
        self._show_theme()
        self._show_tab(settings.tab)
        self.graph_tab.expression.focus_editor()
        self.tab_bar.setCurrentIndex(settings.tab)
        if settings.geometry is None:
            self.resize(1440, 900)
        else:
            place = settings.geometry
            self.setGeometry(place.x, place.y, place.width, place.height)
            if place.maximized:
                self.setWindowState(Qt.WindowState.WindowMaximized)

    def _show_reduced_motion(self) -> None:
        choice = self.settings.reduced_motion
        # Of the platforms' settings Qt knows that of Windows alone.
        by_system = sys.platform == "win32" and not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
        reduced = by_system if choice == "system" else choice == "on"
        self.actions_by_id["reduced_motion"].setChecked(reduced)
        self.graph_tab.set_reduced_motion(reduced)
        self.training_tab.set_reduced_motion(reduced)

    def _choose_theme(self, name: ThemeName) -> None:
        self.settings = replace(self.settings, theme=name)
        self._show_theme()

    def _switch_theme(self) -> None:
        other = "light" if self.theme.name == "dark" else "dark"
        self.actions_by_id[f"theme_{other}"].trigger()

    def _show_theme(self) -> None:
        name = self.settings.theme
        if name == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            name = "light" if scheme == Qt.ColorScheme.Light else "dark"
        theme = self.theme = THEMES[name]
        apply_theme(theme)
        self.graph_tab.show_theme(theme)
        self.training_tab.show_theme(theme)
        self.message_bar.show_theme(theme)
        for row in ACTIONS:
            if row.icon:
                self.actions_by_id[row.id].setIcon(icon(row.icon, theme))
        self.theme_button.setIcon(icon("sun" if theme.name == "dark" else "moon", theme))

    def _show_left_side(self, visible: bool) -> None:
        self.graph_tab.left.setVisible(visible)

    def _show_right_side(self, visible: bool) -> None:
        self.graph_tab.right.setVisible(visible)

    def _show_arrays(self, shown: bool) -> None:
        self.settings = replace(self.settings, arrays=shown)
        self.graph_tab.show_arrays(shown)

    def _choose_reduced_motion(self, reduced: bool) -> None:
        self.settings = replace(self.settings, reduced_motion="on" if reduced else "off")
        self._show_reduced_motion()

    def _remember_speed(self, playback: Playback) -> None:
        self.settings = replace(self.settings, speed=playback.speed)

    def remember_window(self) -> None:
        """Take into the settings what is only seen at the window: its place, sizes, what is shown."""
        place, title_bar = self.normalGeometry(), max(self.geometry().y() - self.pos().y(), 0)
        self.settings = replace(
            self.settings,
            geometry=Geometry(
                place.x(), place.y(), place.width(), place.height(), self.isMaximized(), title_bar
            ),
            splitters={**self.settings.splitters, **dict(self._sizes_of_splitters())},
            hidden_panels=tuple(side for side in _SIDES if not self.actions_by_id[side].isChecked()),
            tab=self.tab_bar.currentIndex(),
            training_speed=self.training_tab.speed,
            engine=self.training_tab.engine,
        )

    def _sizes_of_splitters(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """By name; what was never shown has no sizes of its own yet."""
        for splitter in self.findChildren(QSplitter):
            if any(splitter.sizes()) and splitter.testAttribute(Qt.WidgetAttribute.WA_WState_Created):
                yield splitter.objectName(), tuple(splitter.sizes())

    # What the status bar says

    def _show_state(self, state: SolveState) -> None:
        text, role = (f"▲ {state.reason}", "problem") if state.reason else ("● ready", "good")
        if state.is_working:
            text, role = "◌ working…", "muted"
        self.state_label.setText(text)
        restyle(self.state_label, "role", role)

    def _show_graph_status(self, snapshot: GraphSnapshot | None, placement: Placement | None) -> None:
        if snapshot is None or placement is None:
            self.graph_label.setText("no graph yet")
            self.layout_label.setText("")
            return
        edges = len(snapshot.edges)
        nodes = len(snapshot.nodes)
        self.graph_label.setText(
            f"{nodes:,} node{'s' * (nodes != 1)} · {edges:,} edge{'s' * (edges != 1)} · depth {snapshot.depth():,}"
        )
        note, what_to_do = _layout_note(placement)
        self.layout_label.setText(note)
        self.layout_label.setToolTip(what_to_do)

    def _show_zoom(self, factor: float) -> None:
        self.zoom_label.setText("zoom < 1 %" if factor < 0.01 else f"zoom {factor:.0%}".replace("%", " %"))


def _show_choices(menu: QMenu, choices: Sequence[tuple[str, object]]) -> None:
    """(text, data) of each entry. Entries stay and change: the one that was chosen may be at work still."""
    while len(menu.actions()) < len(choices):
        menu.addAction("")
    for place, action in enumerate(menu.actions()):
        text, data = choices[place] if place < len(choices) else ("", None)
        action.setText(menu_text(text))
        action.setData(data)
        action.setVisible(bool(text))
    menu.setEnabled(bool(choices))


def _draft_text(draft: Draft) -> str:
    first = draft.document.source.strip().partition("\n")[0]
    return f"{draft.path or 'untitled'}: {first[:_DRAFT_LENGTH]}"


def _layout_note(placement: Placement) -> tuple[str, str]:
    """Why the layout is a plain one, if it is, and what helps."""
    if placement.engine == "graphviz":
        return "", ""
    problem = placement.graphviz_problem
    why = "pygraphviz cannot be imported" if problem else "the graph is too large for Graphviz"
    return f"simple layout: {why}", problem
