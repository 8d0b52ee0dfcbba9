"""What the canvas tests look at: solved programs, shown in a scene and a view."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.edge_item import EdgeItem
from micrograd_gui.canvas.node_item import NodeItem
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import GraphView
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import lay_out
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.timeline import moment_at

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432\nn = x1*w1 + x2*w2 + b\no = n.tanh()"


@dataclass
class Canvas:
    """A program on a canvas."""

    scene: GraphScene
    view: GraphView
    resolved: Resolved

    @property
    def snapshot(self) -> GraphSnapshot:
        assert self.resolved.snapshot is not None
        return self.resolved.snapshot

    def show(self, source: str, target: str = "") -> None:
        self.resolved = resolve(Document(source, target=target))
        self.scene.show_graph(self.snapshot, lay_out(self.snapshot))

    def move_to(self, position: float) -> None:
        self.scene.show_moment(moment_at(self.resolved.timeline, position))

    def card(self, node_id: str) -> NodeItem:
        return next(
            i for i in self.scene.items() if isinstance(i, NodeItem) and i.node_id == self.full(node_id)
        )

    def full(self, label: str) -> str:
        return label if "#" in label else f"{label}#0"

    def cards(self) -> list[NodeItem]:
        return [item for item in self.scene.items() if isinstance(item, NodeItem)]

    def edges(self) -> list[EdgeItem]:
        return [item for item in self.scene.items() if isinstance(item, EdgeItem)]

    def edge(self, operand: str, node: str, index: int = 0) -> EdgeItem:
        """The edge that ends at the operand's right side and the node's left side."""
        return self.scene._edges[self.full(operand), self.full(node), index]

    def rect(self, label: str) -> QRect:
        """A card's place in the viewport."""
        card = self.scene.card_rect(self.full(label))
        return self.view.viewportTransform().mapRect(card).toRect()

    def at(self, label: str) -> QPoint:
        return self.rect(label).center()

    def picture(self) -> QImage:
        return self.view.viewport().grab().toImage()

    def has_color(self, area: QRect, color: str, tolerance: int = 12) -> bool:
        """Whether some pixel of the viewport in ``area`` has nearly this colour."""
        return count_color(self.picture().copy(area), color, tolerance) > 0

    def click(self, qtbot: QtBot, label: str) -> None:
        qtbot.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=self.at(label))


def count_color(image: QImage, color: str, tolerance: int = 12) -> int:
    """Number of pixels of which no channel is further than ``tolerance`` from a colour's."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    channels = pixels[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]
    distance = np.abs(channels.astype(int) - QColor(color).getRgb()[:3]).max(axis=2)
    return int((distance <= tolerance).sum())


def background_at(canvas: Canvas) -> QPoint:
    """A point of the viewport with no card under it."""
    corner = QPointF(canvas.view.viewport().rect().bottomRight() - QPoint(5, 5))
    inverse, _ = canvas.view.viewportTransform().inverted()
    assert canvas.scene.node_at(inverse.map(corner)) == ""
    return corner.toPoint()


def make_canvas(qtbot: QtBot, source: str = "", parent: QWidget | None = None) -> Canvas:
    """A canvas of 900 × 600 pixels, with both passes of ``source`` done; shown, unless it has a parent."""
    scene = GraphScene()
    view = GraphView(scene, parent)
    scene.setParent(view)
    view.resize(900, 600)
    if parent is None:
        qtbot.addWidget(view)
        with qtbot.waitExposed(view):
            view.show()
    canvas = Canvas(scene, view, Resolved(Document()))
    if source:
        canvas.show(source)
        canvas.move_to(float(len(canvas.resolved.timeline)))
    return canvas
