"""The menus that open something: recent files, what was recovered, and examples."""

from collections.abc import Mapping

from PySide6.QtWidgets import QMenu

from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path
from micrograd_gui.shell.document_files import Draft
from micrograd_gui.shell.documents import Documents
from micrograd_gui.shell.menus import show_choices

_DRAFT_LENGTH = 40
"""Letters of a text that tell which one it is."""


def connect_menus(menus: Mapping[str, QMenu], documents: Documents) -> None:
    """Let the menus show and open what there is."""
    recent, recovered = menus["recent"], menus["recovered"]

    def show_recent() -> None:
        show_choices(recent, [(path, path) for path in documents.recent])

    def show_drafts() -> None:
        drafts = documents.recovery.drafts
        show_choices(recovered, [(_draft_text(draft), copy) for copy, draft in drafts.items()])
        recovered.menuAction().setVisible(bool(drafts))

    documents.recent_changed.connect(show_recent)
    documents.drafts_changed.connect(show_drafts)
    recent.triggered.connect(lambda action: documents.open_recent(action.data()))
    recovered.triggered.connect(lambda action: documents.open_draft(action.data()))
    show_recent()
    show_drafts()


def fill_examples(menu: QMenu) -> None:
    """An entry for each example, whose data is its text."""
    for example in examples(resource_path("examples")):
        action = menu.addAction(example.title.replace("&", "&&"))
        action.setData(example.source)


def _draft_text(draft: Draft) -> str:
    first = draft.document.source.strip().partition("\n")[0]
    return f"{draft.path or 'untitled'}: {first[:_DRAFT_LENGTH]}"
