"""Sentences can be translated: they are found, whole, and looked up when they are shown."""

import ast
import gettext
import string

import pytest

from micrograd_core import texts
from micrograd_core.texts import tr, tr_count
from tests.code_map import ROOT
from tests.texts.collect import KEYWORDS, PACKAGES, TEMPLATE, collect, template


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


def test_sentences_are_written_out() -> None:
    """Each is a literal in its call: what is put together while the program runs cannot be collected."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and call.func.id in KEYWORDS
                ):
                    written = call.args[: 1 if call.func.id == "tr" else 2]
                    assert all(isinstance(argument, ast.Constant) for argument in written), (
                        f"{path.relative_to(ROOT)}:{call.lineno}"
                    )


def test_no_sentence_stands_in_an_f_string() -> None:
    """Before Python 3.12, tools cannot see into f-strings."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for text in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(text, ast.JoinedStr):
                    names = {found.id for found in ast.walk(text) if isinstance(found, ast.Name)}
                    assert not names & {*KEYWORDS}, f"{path.relative_to(ROOT)}:{text.lineno}"


def test_fields_have_names() -> None:
    """A field's name tells the translator what stands there, and both forms of a count have the same fields."""
    for message in collect():
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(form) if name is not None} for form in forms
        ]
        assert all(name.isidentifier() for names in fields for name in names), message.id
        assert fields[0] - {"n"} == fields[-1] - {"n"}, message.id
