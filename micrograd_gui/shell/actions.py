"""The table of all commands, from which menus, keys, tooltips and the command palette are made."""

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from micrograd_core.texts import tr

Key = QKeySequence.StandardKey | str


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action of the window, which has a handler for every row that is a command.

    ``text`` is its label with the mnemonic; ``keys`` are all its shortcuts, of which the first is shown. The id "-"
    is a separator in the menu.
    """

    id: str
    menu: str
    text: str = ""
    keys: tuple[Key, ...] = ()
    icon: str = ""
    checkable: bool = False
    graph_only: bool = False
    """True for an action of the graph tab alone."""
    submenu: bool = False
    """True for an entry that opens a menu of its own."""

    @property
    def is_command(self) -> bool:
        """False for a separator and a submenu."""
        return self.id != "-" and not self.submenu

    @property
    def plain_text(self) -> str:
        """The label without its mnemonic and its dots."""
        return self.text.replace("&", "").removesuffix("…")


def _separator(menu: str) -> ActionRow:
    return ActionRow("-", menu)


_K = QKeySequence.StandardKey

ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("new", "File", tr("&New"), (_K.New,), "file-plus"),
    ActionRow("open", "File", tr("&Open…"), (_K.Open,), "folder-open"),
    ActionRow("recent", "File", tr("Open &recent"), submenu=True),
    ActionRow("recovered", "File", tr("Re&covered"), submenu=True),
    _separator("File"),
    ActionRow("save", "File", tr("&Save"), (_K.Save,), "save"),
    ActionRow("save_as", "File", tr("Save &as…"), ("Ctrl+Shift+S",)),
    _separator("File"),
    ActionRow("export", "File", tr("&Export picture…"), ("Ctrl+E",), "download", graph_only=True),
    _separator("File"),
    ActionRow("quit", "File", tr("&Quit"), ("Ctrl+Q",)),
    ActionRow("undo", "Edit", tr("&Undo"), (_K.Undo,), "undo-2"),
    ActionRow("redo", "Edit", tr("&Redo"), (_K.Redo, "Ctrl+Y"), "redo-2"),
    _separator("Edit"),
    ActionRow("find", "Edit", tr("&Find card…"), (_K.Find,), "search", graph_only=True),
    ActionRow("edit_text", "Edit", tr("&Go to the editor"), ("Ctrl+L",), graph_only=True),
    ActionRow("edit_leaf", "Edit", tr("Edit the &value of the selected leaf…"), ("F2",), graph_only=True),
    ActionRow("draw_weights", "Edit", tr("Draw new &weights"), ("Ctrl+Shift+D",), "dice-5"),
    _separator("Edit"),
    ActionRow("palette", "Edit", tr("&Commands…"), ("Ctrl+Shift+P",), "keyboard"),
    ActionRow("fit", "View", tr("&Fit the graph"), ("F",), "maximize", graph_only=True),
    ActionRow("zoom_in", "View", tr("Zoom &in"), (_K.ZoomIn, "Ctrl+="), "zoom-in", graph_only=True),
    ActionRow("zoom_out", "View", tr("Zoom &out"), (_K.ZoomOut,), "zoom-out", graph_only=True),
    ActionRow("zoom_actual", "View", tr("&100 %"), ("Ctrl+0",), graph_only=True),
    _separator("View"),
    ActionRow("arrays", "View", tr("&Scalars → arrays"), ("A",), "grid-3x3", checkable=True, graph_only=True),
    _separator("View"),
    ActionRow("show_graph_tab", "View", tr("&Graph"), ("Ctrl+1",)),
    ActionRow("show_training_tab", "View", tr("&Training"), ("Ctrl+2",)),
    _separator("View"),
    ActionRow("left_side", "View", tr("&Left panel"), ("Ctrl+B",), "panel-left", checkable=True),
    ActionRow("right_side", "View", tr("&Right panel"), ("Ctrl+Shift+B",), "panel-right", checkable=True),
    _separator("View"),
    ActionRow("theme_system", "View", tr("System t&heme"), checkable=True),
    ActionRow("theme_light", "View", tr("Li&ght theme"), icon="sun", checkable=True),
    ActionRow("theme_dark", "View", tr("&Dark theme"), icon="moon", checkable=True),
    ActionRow("reduced_motion", "View", tr("Reduce &motion"), checkable=True),
    ActionRow("play", "Run", tr("&Play or pause"), ("Space",), "play", graph_only=True),
    ActionRow("step_forward", "Run", tr("Step &forward"), ("Right",), "step-forward", graph_only=True),
    ActionRow("step_back", "Run", tr("Step &back"), ("Left",), "step-back", graph_only=True),
    ActionRow("first", "Run", tr("Go to the be&ginning"), ("Home",), "skip-back", graph_only=True),
    ActionRow("last", "Run", tr("Go to the &end"), ("End",), "skip-forward", graph_only=True),
    ActionRow("round_back", "Run", tr("Pre&vious round"), ("PgUp",), graph_only=True),
    ActionRow("round_forward", "Run", tr("&Next round"), ("PgDown",), graph_only=True),
    ActionRow("slower", "Run", tr("&Slower"), ("[",)),
    ActionRow("faster", "Run", tr("F&aster"), ("]",)),
    _separator("Run"),
    ActionRow(
        "differentiate", "Run", tr("&Differentiate the selected card"), ("T",), "target", graph_only=True
    ),
    ActionRow("differentiate_output", "Run", tr("Differentiate the program's &output"), graph_only=True),
    _separator("Run"),
    ActionRow("train", "Run", tr("&Train or pause training"), ("Ctrl+R",)),
    ActionRow("train_step", "Run", tr("Train &one step"), ("Ctrl+T",)),
    ActionRow("train_reset", "Run", tr("Reset t&raining"), ("Ctrl+Shift+R",), "rotate-ccw"),
    ActionRow("keys", "Help", tr("&Keys"), ("F1",), "keyboard"),
    ActionRow("about", "Help", tr("&About"), (), "info"),
)


def key_sequences(row: ActionRow) -> list[QKeySequence]:
    """Return the keys of a row, standard keys as the platform has them."""
    found: list[QKeySequence] = []
    for key in row.keys:
        bound = [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
        found.extend(sequence for sequence in bound if sequence not in found)
    return found


def keys_table() -> list[tuple[str, str]]:
    """Return (keys, label) of every action with keys; of a standard key only the platform's first one."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (", ".join(QKeySequence(key).toString(native) for key in row.keys), row.plain_text)
        for row in ACTIONS
        if row.keys
    ]
