"""Pictures of a graph, drawn by the canvas."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from micrograd_core.texts import tr
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.export.options import Options, RenderError
from micrograd_gui.model.arrays import Arrays, groups
from micrograd_gui.model.group_layout import lay_out_groups
from micrograd_gui.model.layout import lay_out
from micrograd_gui.model.picture import Picture, Shown
from micrograd_gui.model.resolve import Resolved
from micrograd_gui.model.scene_graph import one_card_each
from micrograd_gui.model.timeline import moment_at

_MARGIN = 32.0
_SCALE = 2.0
_MOST_PIXELS = 64e6
"""Upper limit of pixels; drawing them takes a quarter of a gigabyte."""
_LONGEST_SIDE = 32_000
"""Upper limit in pixels; Qt draws on images up to 32,767 pixels wide and high."""


@dataclass(frozen=True, slots=True)
class GraphSubject:
    """A resolved graph; with ``arrays``, cards of one array operation are in one box."""

    resolved: Resolved
    arrays: Arrays | None = None


def draw_png(graph: GraphSubject, options: Options) -> bytes:
    """Draw a PNG with twice the canvas's width and height, or less within 64 million pixels. Raises RenderError."""
    scene, area = _drawn(graph, options)
    scale = min(
        _SCALE,
        math.sqrt(_MOST_PIXELS / (area.width() * area.height())),
        _LONGEST_SIDE / max(area.width(), area.height()),
    )
    size = QSize(math.ceil(area.width() * scale), math.ceil(area.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    if image.isNull():
        raise RenderError(
            tr(
                "There is not enough memory for a picture of {width} × {height} pixels.",
                width=size.width(),
                height=size.height(),
            )
        )
    with QPainter(image) as painter:
        scene.render(painter, QRectF(image.rect()), area)
    return _written(lambda buffer: QImageWriter(buffer, QByteArray(b"png")).write(image))


def draw_svg(graph: GraphSubject, options: Options) -> bytes:
    """Draw an SVG in which text stays text. Raises RenderError."""
    scene, area = _drawn(graph, options)

    def draw(buffer: QBuffer) -> None:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(area.size().toSize())
        generator.setViewBox(QRectF(0.0, 0.0, area.width(), area.height()))
        generator.setResolution(96)  # a pixel of the canvas is a pixel of SVG
        generator.setTitle(tr("Computation graph"))
        with QPainter(generator) as painter:
            scene.render(painter, QRectF(0.0, 0.0, area.width(), area.height()), area)

    return _written(draw)


def _drawn(graph: GraphSubject, options: Options) -> tuple[GraphScene, QRectF]:
    """Return a scene with the graph at its moment, and the area of the picture in it."""
    assert isinstance(QApplication.instance(), QApplication), "graphics scenes crash without a QApplication"
    if not graph.resolved.graphs:
        raise RenderError(tr("There is no graph to draw. The program has no value or an error."))
    last = len(graph.resolved.timeline)
    position = last if options.position is None else options.position
    snapshot, arrays = graph.resolved.graph_at(position), graph.arrays
    if arrays is not None and len(arrays.card_entries) != len(snapshot.nodes):
        arrays = None  # They are of another round's graph.
    placement = lay_out(snapshot) if arrays is None else lay_out_groups(snapshot, groups(arrays))
    moment = moment_at(graph.resolved.timeline, position)
    scene = GraphScene(cached=False)
    shown = Shown(one_card_each(snapshot), placement, moment, arrays)
    scene.show(Picture(options.theme, shown, reduced_motion=True))
    return scene, scene.content.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)


def _written(write: Callable[[QBuffer], object]) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    return bytes(buffer.data().data())
