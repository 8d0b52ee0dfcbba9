"""A picture of a training run: the plane with its points and the decision boundary."""

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_core.training.run import Run
from micrograd_gui.export.options import Options
from micrograd_gui.model.plane import look_at_plane, plane_extent
from micrograd_gui.training.boundary_figure import BoundaryFigure


@dataclass(frozen=True, slots=True)
class TrainingSubject:
    """A run, and the parameters at one of its steps."""

    run: Run
    parameters: Sequence[float]


def draw_png(subject: TrainingSubject, options: Options) -> bytes:
    """Draw a PNG of the plane as the training tab shows it, 900 × 700 pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    picture = BoundaryFigure(FigureCanvasAgg(Figure(figsize=(9, 7), dpi=100)), options.theme)
    run = subject.run
    picture.show_points(run.points)
    picture.show_plane(look_at_plane(run.config, subject.parameters, plane_extent(run.points)))
    return picture.png()
