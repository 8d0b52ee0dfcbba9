"""The picture that ``micrograd-gui train`` writes: the plane as the network sees it, and the points."""

import io
from pathlib import Path

from micrograd_core.datasets import moons
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training import TrainingConfig, TrainingFrame, look_at_plane, plane_extent

_CLASSES = ((-1.0, "o", "negative", "class −1"), (1.0, "^", "positive", "class +1"))
"""(label, marker, the theme's colour, name)"""


def write_boundary(config: TrainingConfig, frame: TrainingFrame, theme: Theme, path: Path) -> None:
    """Draw boundary, margins and points into a file, in the format of its suffix. Raises OSError."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    data = moons(config)
    extent = plane_extent(data)
    plane = look_at_plane(config, frame.parameters, extent)
    figure = Figure(figsize=(8, 6), dpi=150, layout="constrained", facecolor=theme.window)
    axes = figure.add_subplot(facecolor=theme.canvas)
    sides = LinearSegmentedColormap.from_list("sides", [theme.negative, theme.canvas, theme.positive])
    axes.imshow(
        plane.scores,
        extent=extent,
        origin="lower",
        cmap=sides,
        vmin=-2,
        vmax=2,
        alpha=0.8,
        aspect="auto",
        interpolation="bilinear",
    )
    for lines, colour, style, width, name in (
        (plane.boundary, theme.text, "-", 2.4, "decision boundary"),
        (plane.lower_margin, theme.negative, "--", 1.2, "margin −1"),
        (plane.upper_margin, theme.positive, "--", 1.2, "margin +1"),
    ):
        for i, line in enumerate(lines):
            axes.plot(*line.T, style, color=colour, linewidth=width, label=None if i else name)
    for inputs, labels, hollow, kind in (
        (data.train_inputs, data.train_labels, False, "train"),
        (data.test_inputs, data.test_labels, True, "test"),
    ):
        for label, marker, colour, name in _CLASSES:
            points = inputs[labels == label]
            if len(points):
                tint = getattr(theme, colour)
                axes.scatter(
                    points[:, 0],
                    points[:, 1],
                    s=30,
                    marker=marker,
                    facecolors="none" if hollow else tint,
                    edgecolors=theme.text if hollow else theme.canvas,
                    label=f"{name}, {kind}",
                )
    tested = "" if frame.test_accuracy is None else f" · test accuracy {frame.test_accuracy:.1%}"
    axes.set_title(
        f"step {frame.step} · loss {frame.loss:.4f} · train accuracy {frame.train_accuracy:.1%}{tested}",
        color=theme.text,
        fontsize=11,
    )
    axes.set_xlim(extent[:2])
    axes.set_ylim(extent[2:])
    axes.tick_params(colors=theme.muted_text)
    axes.spines[:].set_color(theme.border)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, labelcolor=theme.muted_text, fontsize=9)
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix.removeprefix(".").lower())
    path.write_bytes(picture.getvalue())
