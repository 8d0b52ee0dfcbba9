"""Everything one can ask of the program, as one table: menus, keys, tooltips and the command palette read it."""

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

Key = QKeySequence.StandardKey | str


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action. ``keys`` are all its shortcuts, the first one shown.

    A row "-" is a separator in its menu; the window has a handler for every row that is a command.
    """

    id: str
    menu: str
    text: str = ""
    keys: tuple[Key, ...] = ()
    icon: str = ""
    checkable: bool = False
    graph_only: bool = False
    """Whether its keys belong to the graph tab."""
    submenu: bool = False
    """Whether it only opens a menu of its own."""

    @property
    def is_command(self) -> bool:
        """Whether it does something, other than a separator or a menu."""
        return self.id != "-" and not self.submenu

    @property
    def plain_text(self) -> str:
        return self.text.replace("&", "").removesuffix("…")


def _separator(menu: str) -> ActionRow:
    return ActionRow("-", menu)


_K = QKeySequence.StandardKey

ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("new", "File", "&New", (_K.New,), "file-plus"),
    ActionRow("open", "File", "&Open…", (_K.Open,), "folder-open"),
    ActionRow("recent", "File", "Open &recent", submenu=True),
    ActionRow("recovered", "File", "Re&covered", submenu=True),
    _separator("File"),
    ActionRow("save", "File", "&Save", (_K.Save,), "save"),
    ActionRow("save_as", "File", "Save &as…", ("Ctrl+Shift+S",)),
    _separator("File"),
    ActionRow("export", "File", "&Export picture…", ("Ctrl+E",), "download", graph_only=True),
    _separator("File"),
    ActionRow("quit", "File", "&Quit", ("Ctrl+Q",)),
    ActionRow("undo", "Edit", "&Undo", (_K.Undo,), "undo-2"),
    ActionRow("redo", "Edit", "&Redo", (_K.Redo, "Ctrl+Y"), "redo-2"),
    _separator("Edit"),
    ActionRow("find", "Edit", "&Find card…", (_K.Find,), "search", graph_only=True),
    ActionRow("edit_text", "Edit", "&Go to the editor", ("Ctrl+L",), graph_only=True),
    ActionRow("edit_leaf", "Edit", "Type the &value of the selected leaf…", ("F2",), graph_only=True),
    _separator("Edit"),
    ActionRow("palette", "Edit", "&Commands…", ("Ctrl+Shift+P",), "keyboard"),
    ActionRow("fit", "View", "&Fit the graph", ("F",), "maximize", graph_only=True),
    ActionRow("zoom_in", "View", "Zoom &in", (_K.ZoomIn, "Ctrl+="), "zoom-in", graph_only=True),
    ActionRow("zoom_out", "View", "Zoom &out", (_K.ZoomOut,), "zoom-out", graph_only=True),
    ActionRow("zoom_actual", "View", "&100 %", ("Ctrl+0",), graph_only=True),
    _separator("View"),
    ActionRow("arrays", "View", "&Scalars → arrays", ("A",), "grid-3x3", checkable=True, graph_only=True),
    _separator("View"),
    ActionRow("show_graph_tab", "View", "&Graph", ("Ctrl+1",)),
    ActionRow("show_training_tab", "View", "&Training", ("Ctrl+2",)),
    _separator("View"),
    ActionRow("left_side", "View", "&Left side", ("Ctrl+B",), "panel-left", checkable=True),
    ActionRow("right_side", "View", "&Right side", ("Ctrl+Shift+B",), "panel-right", checkable=True),
    _separator("View"),
    ActionRow("theme_system", "View", "Theme as the &system", checkable=True),
    ActionRow("theme_light", "View", "Li&ght theme", icon="sun", checkable=True),
    ActionRow("theme_dark", "View", "&Dark theme", icon="moon", checkable=True),
    ActionRow("reduced_motion", "View", "Reduce &motion", checkable=True),
    ActionRow("play", "Run", "&Play or pause", ("Space",), "play", graph_only=True),
    ActionRow("step_forward", "Run", "Step &forward", ("Right",), "step-forward", graph_only=True),
    ActionRow("step_back", "Run", "Step &back", ("Left",), "step-back", graph_only=True),
    ActionRow("first", "Run", "To the be&ginning", ("Home",), "skip-back", graph_only=True),
    ActionRow("last", "Run", "To the &end", ("End",), "skip-forward", graph_only=True),
    ActionRow("slower", "Run", "&Slower", ("[",)),
    ActionRow("faster", "Run", "F&aster", ("]",)),
    _separator("Run"),
    ActionRow("differentiate", "Run", "&Differentiate the selected card", ("T",), "target", graph_only=True),
    ActionRow("differentiate_output", "Run", "Differentiate the program's &output", graph_only=True),
    _separator("Run"),
    ActionRow("train", "Run", "&Train or pause training", ("Ctrl+R",)),
    ActionRow("train_step", "Run", "Train &one step", ("Ctrl+T",)),
    ActionRow("train_reset", "Run", "Reset t&raining", ("Ctrl+Shift+R",), "rotate-ccw"),
    ActionRow("keys", "Help", "&Keys", ("F1",), "keyboard"),
    ActionRow("about", "Help", "&About", (), "info"),
)


def key_sequences(row: ActionRow) -> list[QKeySequence]:
    """The keys of a row, its StandardKeys as the platform has them."""
    found: list[QKeySequence] = []
    for key in row.keys:
        bound = [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
        found.extend(sequence for sequence in bound if sequence not in found)
    return found


def keys_table() -> list[tuple[str, str]]:
    """(keys, what they do) of every action that has any; of a platform's keys for one thing, the first."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (", ".join(QKeySequence(key).toString(native) for key in row.keys), row.plain_text)
        for row in ACTIONS
        if row.keys
    ]
