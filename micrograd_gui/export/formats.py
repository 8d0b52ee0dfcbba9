"""The table of picture formats, which the command line and the window read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from micrograd_core.texts import tr, tr_count
from micrograd_gui.background.files import FileError, write_whole
from micrograd_gui.export.graph_picture import draw_png, draw_svg
from micrograd_gui.export.options import Options, RenderError

Needs: TypeAlias = Literal["graph", "training"]
"""The kind of subject that is drawn: a ``GraphSubject`` or a ``TrainingSubject``."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for one kind of subject."""

    suffix: str
    title: str
    needs: Needs
    write: Callable[[Any, Options], bytes]
    """Returns the bytes of the file for a subject. Raises RenderError."""


def _draw_training(run: Any, options: Options) -> bytes:
    # Not at the top: it imports numpy and matplotlib, which no export of the window needs.
    from micrograd_gui.export import training_picture

    return training_picture.draw_png(run, options)


FORMATS = (
    Format(".png", tr("PNG picture"), "graph", draw_png),
    Format(".svg", tr("SVG drawing"), "graph", draw_svg),
    Format(".png", tr("PNG picture"), "training", _draw_training),
)
"""For each kind of subject the first format is suggested."""


def formats_of(needs: Needs) -> dict[str, Format]:
    """Return the formats for a kind of subject, by suffix."""
    return {row.suffix: row for row in FORMATS if row.needs == needs}


def draw_picture(needs: Needs, subject: object, options: Options, path: Path) -> bytes:
    """Return the file of a picture in the format of the path's suffix.

    A picture of a graph needs a QApplication. Raises RenderError.
    """
    known = formats_of(needs)
    row = known.get(path.suffix.lower())
    if row is None:
        raise RenderError(
            tr_count(
                "{file} has no known picture format. End the name in {suffixes}.",
                "{file} has no known picture format. End the name in one of {suffixes}.",
                len(known),
                file=path.name,
                suffixes=", ".join(known),
            )
        )
    return row.write(subject, options)


def write_picture(needs: Needs, subject: object, options: Options, path: Path) -> None:
    """Write a picture as ``draw_picture`` returns it, whole or not at all. Raises RenderError."""
    data = draw_picture(needs, subject, options, path)
    try:
        write_whole(path, data)
    except FileError as error:
        raise RenderError(str(error)) from error
