"""Sentences can be translated: they are found, whole, and looked up when they are shown."""

import gettext
import string

import pytest

from micrograd_core import texts
from micrograd_core.texts import tr, tr_count
from tests.texts.collect import TEMPLATE, collect, template


class German(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return {"Open {name}?": "{name} öffnen?", "Ready": "Bereit"}[message]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        assert (msgid1, msgid2) == ("{n:,} card in {name}", "{n:,} cards in {name}")
        return "{n:,} Karte in {name}" if n == 1 else "{n:,} Karten in {name}"


def test_a_sentence_is_that_of_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its fields where the language has them, and in the form for the number."""
    assert tr("Open {name}?", name="a.py") == "Open a.py?"
    monkeypatch.setattr(texts, "catalogue", German())
    assert (tr("Open {name}?", name="{a}.py"), tr("Ready")) == ("{a}.py öffnen?", "Bereit")
    assert tr_count("{n:,} card in {name}", "{n:,} cards in {name}", 1, name="g") == "1 Karte in g"
    assert tr_count("{n:,} card in {name}", "{n:,} cards in {name}", 2000, name="g") == "2,000 Karten in g"


def test_the_template_is_written() -> None:
    """``make texts`` was run after the last change of a sentence."""
    assert TEMPLATE.read_text(encoding="utf-8") == template()


def test_fields_have_names() -> None:
    """A field's name tells the translator what stands there, and both forms of a count have the same fields."""
    for message in collect():
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(form) if name is not None} for form in forms
        ]
        assert all(name.isidentifier() for names in fields for name in names), message.id
        assert fields[0] - {"n"} == fields[-1] - {"n"}, message.id
