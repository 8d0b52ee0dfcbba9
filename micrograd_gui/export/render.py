"""A picture file of a graph, drawn by the canvas itself."""

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from micrograd_core.errors import MicrogradError
from micrograd_gui.background.files import FileError, write_whole
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.model.arrays import Arrays, groups
from micrograd_gui.model.group_layout import lay_out_groups
from micrograd_gui.model.layout import lay_out
from micrograd_gui.model.resolve import Resolved
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.timeline import moment_at

_MARGIN = 32.0
_SCALE = 2.0
_MOST_PIXELS = 64e6
"""A quarter of a gigabyte while drawing."""
_LONGEST_SIDE = 32_000
"""Qt draws on images up to 32,767 pixels wide and high."""


class RenderError(MicrogradError):
    """No picture was made; the message is a sentence for the user."""


def render_graph(
    resolved: Resolved, position: int | None, theme: Theme, path: Path, *, arrays: Arrays | None = None
) -> None:
    """Write the graph after ``position`` steps of both passes (None: after the last) as .png or .svg.

    With ``arrays`` the cards that are one array operation share a group.
    PNG has twice the canvas's pixels, fewer where it would grow beyond 64 million; in SVG text stays text. The file
    is written whole or not at all. Needs a QApplication. Raises RenderError.
    """
    assert isinstance(QApplication.instance(), QApplication), "graphics scenes crash without a QApplication"
    draw = _FORMATS.get(path.suffix.lower())
    if draw is None:
        raise RenderError(
            f"{path.name} is no picture the program can write: end the name in {' or '.join(_FORMATS)}."
        )
    snapshot = resolved.snapshot
    if snapshot is None:
        raise RenderError("There is no graph to draw: the program has no value, or an error.")
    scene = GraphScene(cached=False)
    scene.set_reduced_motion(True)
    scene.show_theme(theme)
    placement = lay_out(snapshot) if arrays is None else lay_out_groups(snapshot, groups(arrays))
    scene.show_graph(snapshot, placement, arrays)
    scene.show_moment(moment_at(resolved.timeline, math.inf if position is None else position))
    data = draw(scene, scene.content.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
    try:
        write_whole(path, data)
    except FileError as error:
        raise RenderError(str(error)) from error


def _draw_png(scene: GraphScene, area: QRectF) -> bytes:
    scale = min(
        _SCALE,
        math.sqrt(_MOST_PIXELS / (area.width() * area.height())),
        _LONGEST_SIDE / max(area.width(), area.height()),
    )
    size = QSize(math.ceil(area.width() * scale), math.ceil(area.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    if image.isNull():
        raise RenderError(f"There is not enough memory for a picture of {size.width()} × {size.height()}.")
    with QPainter(image) as painter:
        scene.render(painter, QRectF(image.rect()), area)
    return _written(lambda buffer: QImageWriter(buffer, QByteArray(b"png")).write(image))


def _draw_svg(scene: GraphScene, area: QRectF) -> bytes:
    def draw(buffer: QBuffer) -> None:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(area.size().toSize())
        generator.setViewBox(QRectF(0.0, 0.0, area.width(), area.height()))
        generator.setResolution(96)  # a pixel of the canvas is a pixel of SVG
        generator.setTitle("Computation graph")
        with QPainter(generator) as painter:
            scene.render(painter, QRectF(0.0, 0.0, area.width(), area.height()), area)

    return _written(draw)


def _written(write: Callable[[QBuffer], object]) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    return bytes(buffer.data().data())


_FORMATS: dict[str, Callable[[GraphScene, QRectF], bytes]] = {".png": _draw_png, ".svg": _draw_svg}
