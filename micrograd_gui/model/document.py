"""What the user makes: a typed program, and what was changed on the graph beyond its text."""

import json
from dataclasses import dataclass, replace

_MARK = "#! micrograd "


@dataclass(frozen=True, slots=True)
class Document:
    """All that is saved and all that undo brings back; everything else is derived from it."""

    source: str = ""
    typed: str = ""
    """The source as last typed or opened: what Reset goes back to after values were changed on the graph."""
    leaf_values: tuple[tuple[str, float], ...] = ()
    """(node id, data) of leaves that were changed and have no number in the source, such as random weights."""
    target: str = ""
    """Id of the node to differentiate; "" is the program's output."""
    typed_leaf_values: tuple[tuple[str, float], ...] = ()
    """The leaf values at that time, such as a trained network's."""


def type_source(document: Document, source: str) -> Document:
    return replace(document, source=source, typed=source, typed_leaf_values=document.leaf_values)


def reset_leaves(document: Document) -> Document:
    return replace(document, source=document.typed, leaf_values=document.typed_leaf_values)


def is_same(document: Document, other: Document) -> bool:
    """Whether both are saved as the same text. There nan is nan, and -0.0 is not 0.0, as ``==`` has it."""
    return to_text(document) == to_text(other)


def to_text(document: Document) -> str:
    """The document as a plain program; what its text cannot say follows in one comment line.

    A source that needs this line and does not end with a line break gets one.
    """
    extra: dict[str, object] = {}
    if document.leaf_values:
        extra["leaf_values"] = dict(document.leaf_values)
    if document.target:
        extra["target"] = document.target
    # A last line that only looks like ours must not be taken for it.
    if not extra and _split(document.source) is None:
        return document.source
    separator = "" if document.source.endswith("\n") or not document.source else "\n"
    return f"{document.source}{separator}{_MARK}{json.dumps(extra)}\n"


def from_text(text: str) -> Document:
    """The document of a program file; a comment line that is not one of ours stays a comment."""
    parts = _split(text)
    if parts is None:
        return Document(source=text, typed=text)
    source, leaf_values, target = parts
    return Document(source, source, leaf_values, target, typed_leaf_values=leaf_values)


def _split(text: str) -> tuple[str, tuple[tuple[str, float], ...], str] | None:
    """Program, leaf values and target, if the last line is one of ours."""
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
