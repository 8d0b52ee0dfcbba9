"""Sentences that people read: each is looked up in the catalogue of their language and its fields are filled in.

English is the language of the source, so there is no catalogue yet. ``make texts`` collects all sentences in
``resources/texts/micrograd-gui.pot``, from which one is made.
"""

import gettext

catalogue = gettext.NullTranslations()
"""What is looked up in. It is chosen before other modules are imported, for tables translate their texts once."""


def tr(sentence: str, /, **fields: object) -> str:
    """``sentence`` in the reader's language, with its fields filled in: ``tr("Open {name}?", name=name)``.

    It is a whole sentence or a whole label, written out in the call: tools find it there, and no translator can
    put pieces of sentences together.
    """
    found = catalogue.gettext(sentence)
    return found.format(**fields) if fields else found


def tr_count(one: str, many: str, n: int, /, **fields: object) -> str:
    """The sentence for ``n`` things, which is the field ``n``: ``tr_count("{n:,} card", "{n:,} cards", n)``."""
    return catalogue.ngettext(one, many, n).format(n=n, **fields)
