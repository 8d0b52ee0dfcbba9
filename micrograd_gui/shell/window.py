"""The connections between the open program, its files, both tabs and the frame around them; nothing else."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction

from micrograd_core.texts import tr
from micrograd_gui.export.graph_picture import GraphSubject
from micrograd_gui.export.options import Options
from micrograd_gui.graph.graph_tab import GraphTab
from micrograd_gui.graph.session import Session
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.new_weights import draws_numbers
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.actions import ACTIONS
from micrograd_gui.shell.command_palette import CommandPalette
from micrograd_gui.shell.document_menus import connect_menus, fill_examples
from micrograd_gui.shell.documents import Documents
from micrograd_gui.shell.export_commands import export_graph
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.help_boxes import show_about, show_keys
from micrograd_gui.shell.menus import possible_commands, show_icons
from micrograd_gui.shell.status import StatusBar
from micrograd_gui.shell.window_settings import frame_settings, restore_splitters, show_switches

if TYPE_CHECKING:
    from micrograd_gui.training.tab import TrainingTab

_GRAPH, _TRAINING = 0, 1
"""Indices of the tabs."""
_ZOOM_NOTCH = 1.25


class MainWindow(QObject):
    """One document, one training run, and all commands on them."""

    def __init__(self, frame: Frame, config_folder: Path) -> None:
        super().__init__(frame)
        self.frame = frame
        self._settings = frame.settings
        self._sizes = dict(frame.settings.splitters)
        """Sizes of the splitters that were not shown yet, by name."""
        self.session = Session(self)
        recent = self._settings.recent_files
        self.documents = Documents(self.session, recent, config_folder / "recovery", frame)
        self.graph_tab = GraphTab(self.session)
        self._training_tab: TrainingTab | None = None
        self.palette = CommandPalette(frame)
        self.status = StatusBar()
        frame.stack.addWidget(self.graph_tab)
        frame.setStatusBar(self.status)
        self._connect_commands()
        self._connect_documents()
        self._connect_session()
        self._connect_appearance()
        frame.header.tab_bar.currentChanged.connect(self._show_tab)
        frame.shown.connect(partial(restore_splitters, frame, self._sizes))
        frame.may_close = self._close
        self._show_settings()

    @property
    def training_tab(self) -> "TrainingTab":
        """The training tab, which is made on first use."""
        if self._training_tab is None:
            self._training_tab = self._make_training_tab()
        return self._training_tab

    @property
    def settings(self) -> Settings:
        """The present settings; those of what was never shown are as they were loaded."""
        settings = replace(
            frame_settings(self.frame, self._settings),
            speed=self.session.player.playback.speed,
            recent_files=self.documents.recent,
        )
        if self._training_tab is not None:
            tab = self._training_tab
            settings = replace(settings, training_speed=tab.speed, engine=tab.engine)
        return settings

    def _close(self) -> bool:
        """End everything; return False if the user wants to keep unsaved changes."""
        if not self.documents.may_lose_changes():
            return False
        self._settings = self.settings  # A hidden window has no geometry.
        self.documents.recovery.close()
        self.end_processes()
        return True

    def end_processes(self) -> None:
        """End both child processes at once."""
        if self._training_tab is not None:
            self._training_tab.close_run()
        self.session.close()

    # Commands

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return the handlers of actions that are triggered, by id."""
        frame, session, tab, view = self.frame, self.session, self.graph_tab, self.graph_tab.view
        appearance, actions = frame.appearance, frame.actions_by_id
        return {
            "new": self._new,
            "open": self.documents.open,
            "save": self.documents.save,
            "save_as": self.documents.save_as,
            "export": self._export,
            "quit": frame.close,
            "undo": session.editing.undo,
            "redo": session.editing.redo,
            "find": tab.open_find_bar,
            "edit_text": tab.expression.focus_editor,
            "edit_leaf": tab.edit_selected_leaf,
            "draw_weights": session.editing.draw_new_weights,
            "palette": lambda: self.palette.show_commands(possible_commands(actions)),
            "fit": view.camera.fit,
            "zoom_in": partial(view.camera.zoom_by, _ZOOM_NOTCH),
            "zoom_out": partial(view.camera.zoom_by, 1 / _ZOOM_NOTCH),
            "zoom_actual": partial(view.camera.zoom_to, 1.0),
            "show_graph_tab": self.show_graph_tab,
            "show_training_tab": self.show_training_tab,
            "theme_system": partial(appearance.choose_theme, "system"),
            "theme_light": partial(appearance.choose_theme, "light"),
            "theme_dark": partial(appearance.choose_theme, "dark"),
            "reduced_motion": lambda: appearance.choose_reduced_motion(actions["reduced_motion"].isChecked()),
            "play": session.player.toggle_play,
            "step_forward": partial(session.player.step, 1),
            "step_back": partial(session.player.step, -1),
            "round_back": partial(session.player.step_rounds, -1),
            "round_forward": partial(session.player.step_rounds, 1),
            "first": partial(session.player.jump, 0),
            "last": session.player.jump_to_end,
            "slower": partial(self._change_speed, -1),
            "faster": partial(self._change_speed, 1),
            "differentiate": session.differentiate_selected,
            "differentiate_output": partial(session.set_target, ""),
            "train": lambda: self.training_tab.toggle_run(),
            "train_step": lambda: self.training_tab.train_step(),
            "train_reset": lambda: self.training_tab.reset(),
            "keys": partial(show_keys, frame),
            "about": partial(show_about, frame),
        }

    def switches(self) -> dict[str, Callable[[bool], object]]:
        """Return the handlers of actions that are checked, by id."""
        return {
            "arrays": self.graph_tab.show_arrays,
            "left_side": self.graph_tab.left.setVisible,
            "right_side": self.graph_tab.right.setVisible,
        }

    def _connect_commands(self) -> None:
        actions = self.frame.actions_by_id
        for name, command in self.commands().items():
            actions[name].triggered.connect(_without_argument(command))
        for name, switch in self.switches().items():
            actions[name].toggled.connect(switch)
        # Queued until the event in the palette is over: a command may open dialogs and close the window.
        queued = Qt.ConnectionType.QueuedConnection
        self.palette.command_chosen.connect(lambda name: actions[name].trigger(), queued)

    # Files

    def _connect_documents(self) -> None:
        documents, messages, menus = self.documents, self.frame.message_bar, self.frame.menus
        documents.title_changed.connect(self.frame.show_title)
        documents.reported.connect(lambda kind, sentence: messages.show_message(kind, sentence, topic="file"))
        documents.succeeded.connect(partial(messages.withdraw, "file"))
        documents.recovery.failed.connect(partial(messages.show_state_of, "recovery"))
        connect_menus(menus, documents)
        fill_examples(menus["Examples"])
        menus["Examples"].triggered.connect(self._open_example)

    def _new(self) -> None:
        """Begin a new text, with the cursor in the editor."""
        if self.documents.new():
            self.show_graph_tab()
            self.graph_tab.expression.focus_editor()

    def _open_example(self, action: QAction) -> None:
        self._open_graph(type_source(Document(), action.data()))

    def _open_graph(self, document: Document) -> None:
        self.documents.open_untitled(document)
        self.show_graph_tab()

    def _export(self) -> None:
        session = self.session
        export_graph(
            GraphSubject(session.shown, session.arrays),
            Options(self.frame.theme, round(session.player.playback.position)),
            self.documents.folder,
            self.frame.message_bar,
        )

    # The open program

    def _connect_session(self) -> None:
        session, status, messages = self.session, self.status, self.frame.message_bar
        session.editing.history_changed.connect(self._show_history)
        session.state_changed.connect(status.show_state)
        session.graph_changed.connect(status.show_graph)
        session.resolved_changed.connect(lambda _resolved: messages.withdraw("solving"))
        session.failed.connect(partial(self._show_failure, "solving", tr("The next edit tries again.")))
        self.graph_tab.zoom_changed.connect(status.show_zoom)
        status.show_zoom(self.graph_tab.view.camera.zoom)
        self._show_history()

    def _show_history(self) -> None:
        actions, editing = self.frame.actions_by_id, self.session.editing
        actions["undo"].setEnabled(editing.can_undo)
        actions["redo"].setEnabled(editing.can_redo)
        is_graph = self.frame.stack.currentWidget() is self.graph_tab
        actions["draw_weights"].setEnabled(is_graph and draws_numbers(editing.document.source))

    def _show_failure(self, topic: str, remedy: str, sentence: str, details: str) -> None:
        """Report that a child process ended."""
        self.frame.message_bar.show_state_of(topic, f"{sentence}\n{remedy}", details)

    # Training

    def _make_training_tab(self) -> "TrainingTab":
        # Not at the top: it takes long to import, and many windows never train.
        from micrograd_gui.training.tab import TrainingTab

        tab = TrainingTab()
        tab.graph_requested.connect(self._open_graph)
        tab.failed.connect(partial(self._show_failure, "training", tr("Reset starts the training again.")))
        tab.training_run.state_changed.connect(self._withdraw_failure)
        tab.status_changed.connect(self.status.show_training)
        tab.set_speed(self._settings.training_speed)
        tab.set_engine(self._settings.engine)
        appearance = self.frame.appearance
        appearance.theme_changed.connect(tab.show_theme)
        appearance.motion_changed.connect(tab.set_reduced_motion)
        tab.show_theme(appearance.theme)
        tab.set_reduced_motion(appearance.is_motion_reduced)
        self.frame.stack.addWidget(tab)
        return tab

    def _withdraw_failure(self, state: str) -> None:
        if state != "failed":
            self.frame.message_bar.withdraw("training")

    # Settings, tabs and looks

    def _show_settings(self) -> None:
        """Apply the settings that the frame has not applied."""
        show_switches(self.frame.actions_by_id, self._settings)
        self.session.player.set_speed(self._settings.speed)
        self.graph_tab.expression.focus_editor()
        self._show_tab(self.frame.header.tab_bar.currentIndex())

    def show_graph_tab(self) -> None:
        self.frame.header.tab_bar.setCurrentIndex(_GRAPH)

    def show_training_tab(self) -> None:
        self.frame.header.tab_bar.setCurrentIndex(_TRAINING)
        self.training_tab.setFocus()

    def _show_tab(self, index: int) -> None:
        frame = self.frame
        frame.stack.setCurrentWidget(self.graph_tab if index == _GRAPH else self.training_tab)
        frame.header.show_tab(index)
        self.status.show_tab(index)
        for row in ACTIONS:
            if row.graph_only:
                frame.actions_by_id[row.id].setEnabled(index == _GRAPH)
        self._show_history()
        if index == _TRAINING and not frame.header.tab_bar.hasFocus():
            self.training_tab.setFocus()
        restore_splitters(frame, self._sizes)

    def _change_speed(self, notches: int) -> None:
        """Change the speed of the tab that is shown."""
        is_graph = self.frame.stack.currentWidget() is self.graph_tab
        (self.session.player if is_graph else self.training_tab).change_speed(notches)

    def _connect_appearance(self) -> None:
        appearance = self.frame.appearance
        appearance.theme_changed.connect(partial(show_icons, self.frame.actions_by_id))
        show_icons(self.frame.actions_by_id, appearance.theme)
        appearance.theme_changed.connect(self.graph_tab.show_theme)
        appearance.motion_changed.connect(self._show_motion)
        self.graph_tab.show_theme(appearance.theme)
        self._show_motion(appearance.is_motion_reduced)

    def _show_motion(self, reduced: bool) -> None:
        self.frame.actions_by_id["reduced_motion"].setChecked(reduced)
        self.graph_tab.set_reduced_motion(reduced)


def _without_argument(command: Callable[[], object]) -> Callable[[bool], None]:
    """Return a slot that ignores the argument of the signal."""

    def slot(_checked: bool) -> None:
        command()

    return slot
