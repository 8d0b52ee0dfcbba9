"""The formats of pictures, as one table that the command line and the window read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from micrograd_gui.background.files import FileError, write_whole
from micrograd_gui.export.graph_picture import draw_png, draw_svg
from micrograd_gui.export.options import Options, RenderError

Needs: TypeAlias = Literal["graph", "training"]
"""What is drawn: a ``GraphSubject``, or a ``TrainingSubject``."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    suffix: str
    title: str
    needs: Needs
    write: Callable[[Any, Options], bytes]
    """The file of what it needs. Raises RenderError."""


def _draw_training(run: Any, options: Options) -> bytes:
    # Not at the top: it brings numpy and matplotlib, which the window needs for nothing that it exports.
    from micrograd_gui.export import training_picture

    return training_picture.draw_png(run, options)


FORMATS = (
    Format(".png", "PNG picture", "graph", draw_png),
    Format(".svg", "SVG drawing", "graph", draw_svg),
    Format(".png", "PNG picture", "training", _draw_training),
)
"""Of those that need the same, the first is suggested."""


def formats_of(needs: Needs) -> dict[str, Format]:
    """By suffix, all formats of what is drawn."""
    return {row.suffix: row for row in FORMATS if row.needs == needs}


def write_picture(needs: Needs, subject: object, options: Options, path: Path) -> None:
    """Write a picture in the format that the path's suffix names, whole or not at all.

    A picture of a graph needs a QApplication. Raises RenderError.
    """
    known = formats_of(needs)
    row = known.get(path.suffix.lower())
    if row is None:
        raise RenderError(
            f"{path.name} is no picture the program can write: end the name in {' or '.join(known)}."
        )
    data = row.write(subject, options)
    try:
        write_whole(path, data)
    except FileError as error:
        raise RenderError(str(error)) from error
