"""The user's document: a typed program, and changes on the graph beyond its text."""

import json
from dataclasses import dataclass, replace

from micrograd_gui.model.text_change import changed_range

_MARK = "#! micrograd "


@dataclass(frozen=True, slots=True)
class Document:
    """The data that is saved and that undo restores; everything else is derived from it."""

    source: str = ""
    typed: str = ""
    """The source as last typed or opened, which Reset restores after changes on the graph."""
    leaf_values: tuple[tuple[str, float], ...] = ()
    """(node id, data) of changed leaves that have no number in the source, such as random weights."""
    target: str = ""
    """Id of the root; "" is the program's output."""
    typed_leaf_values: tuple[tuple[str, float], ...] = ()
    """Leaf values that the document was opened with, such as a trained network's, which Reset restores."""


def type_source(document: Document, source: str) -> Document:
    """The document with another text. If nothing remains of the old one it is another program, with its own values."""
    change = changed_range(document.source, source)
    remains = document.source[: change.start] + document.source[change.end :]
    if document.source.strip() and not remains.strip():
        return Document(source, source)
    return replace(document, source=source, typed=source)


def reset_leaves(document: Document) -> Document:
    return replace(document, source=document.typed, leaf_values=document.typed_leaf_values)


def is_same(document: Document, other: Document) -> bool:
    """Return whether both are saved as the same text. Unlike with ``==``, nan equals nan and -0.0 differs from 0.0."""
    return to_text(document) == to_text(other)


def to_text(document: Document) -> str:
    """Return the document as a plain program, with leaf values and root in a comment line at its end.

    A source that needs this line and does not end with a line break gets one.
    """
    extra: dict[str, object] = {}
    if document.leaf_values:
        extra["leaf_values"] = dict(document.leaf_values)
    if document.target:
        extra["target"] = document.target
    # A last line that only looks like ours needs ours after it.
    if not extra and _split(document.source) is None:
        return document.source
    separator = "" if document.source.endswith("\n") or not document.source else "\n"
    return f"{document.source}{separator}{_MARK}{json.dumps(extra)}\n"


def from_text(text: str) -> Document:
    """Return the document of a program file. A comment line that is not ours stays a comment."""
    parts = _split(text)
    if parts is None:
        return Document(source=text, typed=text)
    source, leaf_values, target = parts
    return Document(source, source, leaf_values, target, typed_leaf_values=leaf_values)


def _split(text: str) -> tuple[str, tuple[tuple[str, float], ...], str] | None:
    """Return program, leaf values and root if the last line is ours, else None."""
    body, line_break, last = text.removesuffix("\n").rpartition("\n")
    if not last.startswith(_MARK):
        return None
    try:
        extra = json.loads(last.removeprefix(_MARK), parse_int=float)
    except (ValueError, RecursionError):
        return None
    if not isinstance(extra, dict):
        return None
    values, target = extra.get("leaf_values", {}), extra.get("target", "")
    if not isinstance(values, dict) or not isinstance(target, str):
        return None
    if not all(isinstance(value, float) for value in values.values()):
        return None
    return body + line_break, tuple(values.items()), target
