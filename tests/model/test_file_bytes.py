"""Unedited lines of a file stay as they were, byte by byte."""

import codecs
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.file_bytes import from_bytes, to_bytes
from tests.seeds import seeds

ENDS = ("\n", "\r\n", "\r")
LINES = st.text(
    st.one_of(st.sampled_from("ab \t\f\v\x1c\x85\u2028\u2029\ufeff\ufdd0\0"), st.characters(codec="utf-8")),
    max_size=4,
).filter(lambda text: not set(text) & set("\r\n"))
OWN_LINES = st.sampled_from(
    [
        '#! micrograd {"target": "a#0"}',
        '#! micrograd  {"target":"a#0", "colour": 1}',
        "#! micrograd {}",
        "#! micrograd",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Programs with a byte order mark or not, line ends of one kind or mixed, and a last line of ours or not."""
    kinds = draw(st.sampled_from([("\n",), ("\r\n",), ("\r",), ENDS]))
    lines = draw(st.lists(LINES, max_size=8)) + draw(st.lists(OWN_LINES, max_size=2))
    text = "".join(line + draw(st.sampled_from(kinds)) for line in lines) + draw(st.one_of(LINES, OWN_LINES))
    return draw(st.sampled_from([b"", codecs.BOM_UTF8])) + text.encode()


@given(st.one_of(files(), st.binary()))
@settings(max_examples=200, deadline=None)
def test_a_file_that_is_opened_and_saved_is_the_same(data: bytes) -> None:
    """Every byte stays: byte order mark, line ends, separators, our own last line however it is written."""
    try:
        document = from_bytes(data)
    except UnicodeDecodeError:
        return
    assert to_bytes(document, data) == data


@given(files())
@settings(max_examples=100, deadline=None)
def test_what_is_saved_is_what_was_edited(data: bytes) -> None:
    """The file is read as the edited document afterwards, whatever it held before."""
    edited = type_source(from_bytes(data), "x = 1\n\n" + from_bytes(data).source.replace("a", "b"))
    written = to_bytes(edited, data)
    again = from_bytes(written)
    added = "\n" if edited.target and not edited.source.endswith("\n") else ""
    assert (again.source, again.target) == (edited.source + added, edited.target)
    assert written.startswith(codecs.BOM_UTF8) == data.startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize("seed", seeds(few=5))
def test_an_edit_changes_the_edited_lines_alone(seed: int) -> None:
    """Lines are changed, inserted and removed in several places of files with mixed line ends."""
    chance = random.Random(seed)
    for _ in range(50):
        ends = ENDS[: chance.randint(1, 3)]
        words = (f"line {i}" if chance.random() < 0.7 else "" for i in range(30))
        before = "".join(word + chance.choice(ends) for word in words)
        kept: list[tuple[str, str]] = re.findall(r"([^\r\n]*)(\r\n|\r|\n)", before)
        lines = [word for word, _end in kept]
        for _edit in range(3):
            word, end = chance.choice([pair for pair in kept if pair[0]])
            kept.remove((word, end))
            place = lines.index(word)
            lines[place : place + 1] = chance.choice([[], ["new"], ["new", "newer"]])
        edited = type_source(Document(), "\n".join(lines) + "\n")
        written = to_bytes(edited, before.encode())
        assert re.findall(r"(line \d+)(\r\n|\r|\n)", written.decode()) == [pair for pair in kept if pair[0]]
        assert from_bytes(written).source == edited.source


def test_new_lines_end_as_most_lines_do() -> None:
    """Line ends stay if they are mixed, or if the last line has none."""
    document = type_source(Document(), "a\nb\nc\nd")
    assert to_bytes(document, b"a\r\nb\r\nc\n") == b"a\r\nb\r\nc\nd"
    assert to_bytes(document, b"a\rb") == b"a\rb\rc\rd"
    assert to_bytes(document, b"x") == b"a\nb\nc\nd"


def test_large_files_of_equal_lines_are_saved_at_once() -> None:
    """Looking for what stayed ends where it would take long; what stands before and after the edits keeps its ends."""
    lines = [b"a\r\n" if i % 2 else b"a\n" for i in range(100_000)]
    before = b"first\r\n" + b"".join(lines) + b"last\r\n"
    source = from_bytes(before).source
    middle = len(source) // 2
    edited = type_source(Document(), f"{source[:9]}\nb\n{source[9:middle]}\nb\n{source[middle:]}")
    start = time.process_time()
    written = to_bytes(edited, before)
    assert time.process_time() - start < 1.0
    assert written.startswith(b"first\r\na\n")
    assert written.endswith(b"last\r\n")
    assert from_bytes(written).source == edited.source
