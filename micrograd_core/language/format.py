"""Objects as text, as Python prints and formats them, within the limits of a run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from micrograd_core.engine import Value
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.source import Located
from micrograd_core.language.values import (
    LARGEST_WHOLE,
    BoundMethod,
    Builtin,
    Function,
    Namespace,
    Number,
    describe,
    whole_or_float,
)
from micrograd_core.texts import tr

_WIDEST = 200
_SPEC = re.compile(
    r"(?:.?[<>=^])?[-+ ]?z?#?0?(?P<width>\d{0,9})(?P<group>[,_]?)(?:\.(?P<precision>\d{1,9}))?(?P<type>[a-zA-Z%]?)",
    re.DOTALL,
)
_FLOAT_TYPES, _WHOLE_TYPES = "eEfFgG%", "bdoxX"


def show(recorder: Recorder, thing: object, node: Located) -> str:
    """Return ``thing`` as ``print`` shows it. Raises LanguageError if the text is too long."""
    if isinstance(thing, str):
        return thing
    pieces: list[str] = []
    room = recorder.limits.output
    for piece in _pieces(recorder, thing, node, recorder.limits.depth):
        room -= len(piece)
        if room < 0:
            raise recorder.error(
                node,
                tr("This text is longer than {limit:,} characters.", limit=recorder.limits.output),
                tr("Print a part of it."),
            )
        pieces.append(piece)
    return "".join(pieces)


def _pieces(recorder: Recorder, thing: object, node: Located, depth: int) -> Iterator[str]:
    """Yield the text of ``thing`` in pieces, as an element of a list is shown."""
    if not isinstance(thing, list | tuple):
        yield _single(recorder, thing)
        return
    if depth == 0:
        raise recorder.error(
            node,
            tr("This list is nested more than {limit} levels deep.", limit=recorder.limits.depth),
            tr("Print a part of it."),
        )
    yield "[" if isinstance(thing, list) else "("
    for index, element in enumerate(thing):
        if index:
            yield ", "
        yield from _pieces(recorder, element, node, depth - 1)
    yield "]" if isinstance(thing, list) else ",)" if len(thing) == 1 else ")"


def _single(recorder: Recorder, thing: object) -> str:
    match thing:
        case Value() if thing in recorder.from_numbers:
            return repr(whole_or_float(thing.data) if thing in recorder.whole_numbers else thing.data)
        case Number():
            return repr(thing.present)
        case Builtin() | Function():
            return f"<function {thing.name}>"
        case BoundMethod():
            return f"<method {thing.builtin.name}>"
        case Namespace():
            return f"<module {thing.name}>"
    return repr(thing)


def format_text(recorder: Recorder, thing: object, spec: str, node: ast.expr) -> str:
    """Compute ``format(thing, spec)`` of a number or a text. Raises LanguageError if the format does not fit."""
    if not spec:
        return show(recorder, thing, node)
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise recorder.error(
            node,
            tr("{format} is not a format.", format=spec),
            tr("Write for example {number} or {text}.", number="{name:.4f}", text="{name:>8}"),
        )
    if max(int(match["width"] or 0), int(match["precision"] or 0)) > _WIDEST:
        raise recorder.error(
            node,
            tr("The format {format} is too wide.", format=spec),
            tr("Use at most {limit} characters.", limit=_WIDEST),
        )
    if isinstance(thing, Number) or (isinstance(thing, Value) and thing in recorder.from_numbers):
        thing = recorder.plain(thing)
    if isinstance(thing, Value):
        raise recorder.error(
            node,
            tr("The format {format} does not fit {kind}.", format=spec, kind=describe(thing)),
            tr("Format its number: {code}.", code=f"{{….data:{spec}}}"),
        )
    if not isinstance(thing, bool | int | float | str):
        raise recorder.error(
            node,
            tr("The format {format} does not fit {kind}.", format=spec, kind=describe(thing)),
            tr("Format single numbers."),
        )
    if isinstance(thing, str):
        fits = match["type"] in ("", "s")
    elif match["type"] in _WHOLE_TYPES and match["type"]:
        if isinstance(thing, float) and thing.is_integer() and abs(thing) <= LARGEST_WHOLE:
            thing = int(thing)
        fits = isinstance(thing, int)
    else:
        fits = not match["type"] or match["type"] in _FLOAT_TYPES
    try:
        text = format(thing, spec) if fits else None
    except ValueError:
        text = None
    if text is None:
        raise recorder.error(
            node,
            tr("The format {format} does not fit {kind}.", format=spec, kind=describe(thing)),
            tr("Write {number} for a number, {text} for a text.", number=".4f", text=">8"),
        )
    recorder.spend_items(len(text), node)
    return text
