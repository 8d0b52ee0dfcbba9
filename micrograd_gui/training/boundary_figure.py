"""The plane with its points and the decision boundary, drawn by matplotlib for the window and for files."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from micrograd_core.training.points import Array, Points
from micrograd_gui.model.heat_map import FULL_SCORE, paint_grid
from micrograd_gui.model.numbers import MINUS
from micrograd_gui.model.plane import Plane, PlanePoint
from micrograd_gui.model.resources import resource_path
from micrograd_gui.model.theme import Theme

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.backends.backend_agg import FigureCanvasAgg

LEFT, RIGHT, TOP, BOTTOM = 44.0, 14.0, 12.0, 30.0
"""Pixels between the axes and the edges of the canvas."""

POINT_EDGE = "#10141c"


class BoundaryFigure:
    """A figure whose axes are drawn once; ``update`` draws the rest on top, which takes a few milliseconds."""

    def __init__(self, canvas: FigureCanvasAgg, theme: Theme) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.font_manager import FontProperties
        from matplotlib.lines import Line2D

        self._canvas = canvas
        self._figure = canvas.figure
        self._theme = theme
        self._plane: Plane | None = None
        self._background: object = None
        self.axes = self._figure.add_axes((0.1, 0.1, 0.8, 0.8))
        self._font = FontProperties(fname=str(resource_path("fonts", "Inter-Regular.otf")), size=8.5)
        dashes = (0, (4.0, 2.5))
        self._lower = LineCollection([], linewidths=1.4, linestyles=[dashes], animated=True)
        self._upper = LineCollection([], linewidths=1.4, linestyles=[dashes], animated=True)
        self._boundary = LineCollection([], linewidths=2.4, animated=True)
        for lines in (self._lower, self._upper, self._boundary):
            self.axes.add_collection(lines, autolim=False)
        self._points = {
            (is_test, label): Line2D(
                [], [], linestyle="", marker=marker, markersize=6.0, markeredgewidth=1.2, animated=True
            )
            for is_test in (True, False)
            for label, marker in ((-1.0, "o"), (1.0, "^"))
        }
        self._ring = Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=16.0,
            markeredgewidth=2.4,
            fillstyle="none",
            animated=True,
        )
        self._crosshair = Line2D(
            [], [], linestyle="", marker="+", markersize=26.0, markeredgewidth=1.6, animated=True
        )
        for artist in (*self._points.values(), self._ring, self._crosshair):
            self.axes.add_line(artist)
        canvas.mpl_connect("resize_event", self._fit_axes)
        canvas.mpl_connect("draw_event", self._take_background)
        self._fit_axes()
        self.show_theme(theme)

    @property
    def _moving(self) -> list[Artist]:
        """The artists that ``update`` draws, from the lowest to the topmost."""
        return [
            self._lower,
            self._upper,
            self._boundary,
            *self._points.values(),
            self._ring,
            self._crosshair,
        ]

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._figure.set_facecolor(theme.canvas)
        self.axes.set_facecolor(theme.canvas)
        for spine in self.axes.spines.values():
            spine.set_color(theme.strong_border)
        self.axes.tick_params(colors=theme.faint_text, color=theme.strong_border, length=4.0)
        self._lower.set_color(theme.negative)
        self._upper.set_color(theme.positive)
        self._boundary.set_color(theme.text)
        for (is_test, label), points in self._points.items():
            color = theme.positive if label > 0 else theme.negative
            points.set_markerfacecolor("none" if is_test else color)
            points.set_markeredgecolor(theme.text if is_test else POINT_EDGE)
        self._ring.set_markeredgecolor(theme.text)
        self._crosshair.set_markeredgecolor(theme.text)
        self._background = None

    def show_points(self, points: Points) -> None:
        for is_test, inputs, labels in (
            (False, points.train_inputs, points.train_labels),
            (True, points.test_inputs, points.test_labels),
        ):
            for label in (-1.0, 1.0):
                self._points[is_test, label].set_data(*inputs[labels == label].T)

    def show_plane(self, plane: Plane) -> None:
        if self._plane is None or plane.extent != self._plane.extent:
            self.axes.set_xlim(*plane.extent[:2])
            self.axes.set_ylim(*plane.extent[2:])
            self._background = None
        self._plane = plane
        self._lower.set_segments(plane.lower_margin)
        self._upper.set_segments(plane.upper_margin)
        self._boundary.set_segments(plane.boundary)

    def show_selected(self, point: PlanePoint | None) -> None:
        self._ring.set_data(*(([point.x], [point.y]) if point else ([], [])))

    def show_crosshair(self, point: PlanePoint | None) -> None:
        self._crosshair.set_data(*(([point.x], [point.y]) if point else ([], [])))

    def update(self) -> None:
        """Draw into the canvas' pixels; the caller repaints the canvas."""
        if self._background is None:
            self._canvas.draw()  # type: ignore[no-untyped-call]
        else:
            self._canvas.restore_region(self._background)  # type: ignore[no-untyped-call]
            self._draw_moving()

    def to_plane(self, pixel: tuple[float, float]) -> tuple[float, float] | None:
        """Return the coordinates in the plane at a pixel, counted from the top left; None outside of the axes."""
        if self._plane is None:
            return None
        width, height = self._canvas.get_width_height()
        left, right, bottom, top = self._plane.extent
        across = (pixel[0] - LEFT) / max(width - LEFT - RIGHT, 1.0)
        up = (height - BOTTOM - pixel[1]) / max(height - TOP - BOTTOM, 1.0)
        if not (0.0 <= across <= 1.0 and 0.0 <= up <= 1.0):
            return None
        return left + across * (right - left), bottom + up * (top - bottom)

    def to_pixels(self, points: Array) -> Array:
        """Return the pixels (n, 2), counted from the top left, of points (n, 2) in the plane."""
        assert self._plane is not None, "pixels are known once a plane is shown"
        width, height = self._canvas.get_width_height()
        left, right, bottom, top = self._plane.extent
        share = (points - [left, bottom]) / [right - left, top - bottom]
        return np.asarray(share * [width - LEFT - RIGHT, TOP + BOTTOM - height] + [LEFT, height - BOTTOM])

    def png(self) -> bytes:
        """Return the canvas' pixels as a PNG file."""
        from matplotlib.image import imsave

        self.update()
        file = BytesIO()
        imsave(file, np.asarray(self._canvas.buffer_rgba()), format="png")  # type: ignore[no-untyped-call]
        return file.getvalue()

    def _fit_axes(self, _event: object = None) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        width, height = self._canvas.get_width_height()
        across = max(width - LEFT - RIGHT, 1.0)
        up = max(height - TOP - BOTTOM, 1.0)
        self.axes.set_position((LEFT / width, BOTTOM / height, across / width, up / height))
        for axis, length in ((self.axes.xaxis, across), (self.axes.yaxis, up)):
            axis.set_major_locator(MaxNLocator(max(round(length / 70), 2), steps=[1, 2, 5, 10]))
            axis.set_major_formatter(FuncFormatter(_tick_text))
            for label in axis.get_ticklabels():
                label.set_fontproperties(self._font)

    def _take_background(self, _event: object) -> None:
        self._background = self._canvas.copy_from_bbox(self._figure.bbox)  # type: ignore[no-untyped-call]
        self._draw_moving()

    def _draw_moving(self) -> None:
        if self._plane is None:
            return
        self._paint_heat(self._plane)
        for artist in self._moving:
            self.axes.draw_artist(artist)

    def _paint_heat(self, plane: Plane) -> None:
        """Write the heat map into the canvas' pixels, which is three times as fast as an image of matplotlib."""
        pixels = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        box = self.axes.bbox
        left, right = round(box.x0), round(box.x1)
        top, bottom = pixels.shape[0] - round(box.y1), pixels.shape[0] - round(box.y0)
        heat = paint_grid(plane.scores, FULL_SCORE, self._theme, (bottom - top, right - left))
        pixels[top:bottom, left:right] = heat[::-1]


def _tick_text(x: float, _position: object) -> str:
    return f"{x:.1f}".replace("-", MINUS)
