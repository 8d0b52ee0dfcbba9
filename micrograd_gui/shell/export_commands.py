"""The command that exports a picture: it asks for a file and reports the result."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from micrograd_core.texts import tr
from micrograd_gui.export.formats import formats_of, write_picture
from micrograd_gui.export.graph_picture import GraphSubject
from micrograd_gui.export.options import Options, RenderError
from micrograd_gui.model.file_names import shown_name
from micrograd_gui.shell.file_dialog import For, choose_file
from micrograd_gui.shell.message_bar import MessageBar


def export_graph(graph: GraphSubject, options: Options, folder: Path | None, messages: MessageBar) -> None:
    """Ask for a file, beginning in ``folder``, and write a picture of the graph into it."""
    path = ask_path(messages.window(), folder)
    if path is None:
        return
    try:
        write_picture("graph", graph, options, path)
    except RenderError as error:
        messages.show_message("problem", str(error))
    else:
        messages.show_message("info", tr("Picture saved as {file}.", file=shown_name(str(path))))


def ask_path(window: QWidget, folder: Path | None) -> Path | None:
    """Ask for the file of a picture; return None if the user cancels."""
    filters = {f"{row.title} (*{suffix})": suffix for suffix, row in formats_of("graph").items()}
    suggested = f"graph{next(iter(filters.values()))}"
    return choose_file(window, For.SAVING, tr("Export the picture"), filters, suggested, folder=folder)
