"""A picture of a training run: the plane with its points and the decision boundary."""

from dataclasses import dataclass

from micrograd_core.datasets import moons
from micrograd_core.training import TrainingConfig, TrainingFrame
from micrograd_gui.export.options import Options
from micrograd_gui.model.training import look_at_plane, plane_extent
from micrograd_gui.training.boundary_figure import BoundaryFigure


@dataclass(frozen=True, slots=True)
class TrainingSubject:
    """A run at one of its steps."""

    config: TrainingConfig
    frame: TrainingFrame


def draw_png(run: TrainingSubject, options: Options) -> bytes:
    """The plane as the training tab draws it, 900 × 700 pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    picture = BoundaryFigure(FigureCanvasAgg(Figure(figsize=(9, 7), dpi=100)), options.theme)
    dataset = moons(run.config)
    picture.show_dataset(dataset)
    picture.show_plane(look_at_plane(run.config, run.frame.parameters, plane_extent(dataset)))
    return picture.png()
