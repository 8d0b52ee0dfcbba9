"""The menus that open something: recent files, recovered drafts and examples."""

from collections.abc import Mapping

from PySide6.QtWidgets import QMenu

from micrograd_core.texts import tr
from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path
from micrograd_gui.shell.document_files import Draft
from micrograd_gui.shell.documents import Documents
from micrograd_gui.shell.menus import show_choices

_DRAFT_LENGTH = 40
"""Upper limit for the characters of a draft in the menu."""


def connect_menus(menus: Mapping[str, QMenu], documents: Documents) -> None:
    """Let the menus show and open recent files and drafts."""
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
    """Add an entry for each example, with its program as data."""
    for example in examples(resource_path("examples")):
        action = menu.addAction(example.title.replace("&", "&&"))
        action.setData(example.source)


def _draft_text(draft: Draft) -> str:
    first = draft.document.source.strip().partition("\n")[0]
    name = tr("untitled") if draft.path is None else str(draft.path)
    return f"{name}: {first[:_DRAFT_LENGTH]}"
