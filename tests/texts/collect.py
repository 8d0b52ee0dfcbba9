"""Collects the sentences of both packages as a gettext template: ``make texts``.

Babel finds them, as it does for other programs; ``python -m tests.texts.collect`` writes the file.
"""

from contextlib import redirect_stderr
from io import BytesIO, StringIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from tests.code_map import ROOT

TEMPLATE = ROOT / "resources" / "texts" / "micrograd-gui.pot"
KEYWORDS = {"tr": None, "tr_count": (1, 2)}
PACKAGES = ("micrograd_core", "micrograd_gui")


def collect() -> Catalog:
    """Every sentence, with the files that it is in."""
    catalog = Catalog(project="micrograd-gui", charset="utf-8", fuzzy=False)
    for package in PACKAGES:
        with redirect_stderr(StringIO()):  # Babel tells of f-strings, which may well be fields of sentences.
            found = list(
                extract_from_dir(ROOT / package, method_map=[("**.py", "python")], keywords=KEYWORDS)
            )
        for file, _line, message, comments, context in found:
            catalog.add(
                message, locations=[(f"{package}/{file}", None)], auto_comments=comments, context=context
            )
    return catalog


def template() -> str:
    """The template's text; without dates and line numbers it changes only when a sentence does."""
    written = BytesIO()
    write_po(written, collect(), omit_header=True, sort_output=True, width=120)
    return written.getvalue().decode("utf-8")


if __name__ == "__main__":
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_text(template(), encoding="utf-8")
