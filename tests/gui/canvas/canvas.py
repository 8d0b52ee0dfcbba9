"""Helpers of the canvas tests: solved programs, shown in a scene and a view."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas import scene as scene_module
from micrograd_gui.canvas.edge_item import EdgeItem
from micrograd_gui.canvas.node_item import NodeItem
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import GraphView
from micrograd_gui.model.arrays import derive_arrays, groups
from micrograd_gui.model.document import Document
from micrograd_gui.model.group_layout import lay_out_groups
from micrograd_gui.model.layout import Placement, lay_out
from micrograd_gui.model.looks import edge_looks, node_looks
from micrograd_gui.model.picture import Picture, Shown
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.scene_graph import one_card_each
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.timeline import Moment, moment_at

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

    def show(self, source: str, target: str = "", *, grouped: bool = False) -> None:
        """Show a program after both passes; ``grouped`` puts the cards of one array operation into a group."""
        self.resolved = resolve(Document(source, target=target))
        self.change(shown=shown(self.resolved, grouped=grouped))

    def move_to(self, position: float) -> None:
        moment = moment_at(self.resolved.timeline, position)
        self.change(shown=replace(self.scene.picture.shown, moment=moment))

    def change(self, **changes: Any) -> None:
        """Change these fields of the picture."""
        self.scene.show(replace(self.scene.picture, **changes))

    def select(self, node_id: str) -> None:
        self.change(selected=node_id)

    @property
    def selected(self) -> str:
        return self.scene.picture.selected

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
        key = self.full(operand), self.full(node), index
        return next(edge for edge in self.edges() if edge.key == key)

    def rect(self, label: str) -> QRect:
        """A card's place in the viewport."""
        card = self.scene.card_rect(self.full(label))
        return self.view.viewportTransform().mapRect(card).toRect()

    def at(self, label: str) -> QPoint:
        return self.rect(label).center()

    def picture(self) -> QImage:
        return self.view.viewport().grab().toImage()

    def has_color(self, area: QRect, color: str, tolerance: int = 12) -> bool:
        """Say whether some pixel of the viewport in ``area`` has nearly this colour."""
        return count_color(self.picture().copy(area), color, tolerance) > 0

    def click(self, qtbot: QtBot, label: str) -> None:
        qtbot.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=self.at(label))


class LooksMade:
    """Count the looks that were made, and those that were given to cards and edges."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nodes = self.edges = self.given = 0
        monkeypatch.setattr(scene_module, "node_looks", self._counted("nodes", node_looks))
        monkeypatch.setattr(scene_module, "edge_looks", self._counted("edges", edge_looks))
        for item in (NodeItem, EdgeItem):
            monkeypatch.setattr(item, "set_look", self._given(item.set_look))

    def _counted(self, name: str, make: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def counted(picture: Picture, which: Iterable[Any]) -> Iterator[Any]:
            for look in make(picture, which):
                setattr(self, name, getattr(self, name) + 1)
                yield look

        return counted

    def _given(self, set_look: Callable[..., None]) -> Callable[..., None]:
        def given(item: NodeItem | EdgeItem, look: Any) -> None:
            self.given += 1
            set_look(item, look)

        return given

    def take(self) -> tuple[int, int, int]:
        """Looks of nodes, of edges, and looks given to existing items, counted from here on."""
        counts = self.nodes, self.edges, self.given
        self.nodes = self.edges = self.given = 0
        return counts


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
    assert canvas.scene.hit(inverse.map(corner)).card == ""
    return corner.toPoint()


def open_menu(canvas: Canvas, at: QPoint) -> None:
    viewport = canvas.view.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)


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
    return canvas


def shown(resolved: Resolved, position: float = math.inf, *, grouped: bool = False) -> Shown:
    """A graph with a card for each node, after ``position`` steps."""
    snapshot = resolved.snapshot
    assert snapshot is not None
    arrays = derive_arrays(snapshot) if grouped else None
    placement = lay_out(snapshot) if arrays is None else lay_out_groups(snapshot, groups(arrays))
    return Shown(one_card_each(snapshot), placement, moment_at(resolved.timeline, position), arrays)


def before_all_steps(snapshot: GraphSnapshot, placement: Placement) -> Shown:
    """A graph of which no program is known: nothing is computed."""
    count = len(snapshot.nodes)
    return Shown(
        one_card_each(snapshot), placement, Moment(0.0, 0, (None,) * count, (None,) * count, None, 1.0)
    )
