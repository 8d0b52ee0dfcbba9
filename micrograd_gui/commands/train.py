"""The command ``micrograd-gui train``: the training tab's network, trained without a window."""

import sys
from itertools import islice
from pathlib import Path

from micrograd_core.training.config import LIMITS, TrainingConfig
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.run import Progress, Run
from micrograd_gui.background.files import FileError
from micrograd_gui.commands.console import NO_OUTPUT, cannot, print_out
from micrograd_gui.commands.options import Parser, count
from micrograd_gui.commands.picture_options import add_output, add_theme
from micrograd_gui.export.formats import write_picture
from micrograd_gui.export.options import Options
from micrograd_gui.export.training_picture import TrainingSubject
from micrograd_gui.model.theme import THEMES


def train(arguments: list[str]) -> int:
    """Train the network of the training tab; the exit code."""
    parser = Parser(
        prog="micrograd-gui train",
        description=f"Train the network of the training tab on the {DATASETS[TrainingConfig().dataset].title} "
        "and say how well it does.",
    )
    parser.add_argument(
        "--steps", type=count, default=100, metavar="N", help="steps to train (default: %(default)s)"
    )
    seeds = LIMITS["seed"]
    parser.add_argument(
        "--seed",
        type=count,
        default=0,
        metavar="N",
        help=f"of points and weights, {seeds.low} to {seeds.high} (default: %(default)s)",
    )
    add_output(parser, "training", required=False)
    add_theme(parser)
    options = parser.parse_args(arguments)

    try:
        config = TrainingConfig(seed=options.seed)
    except ValueError as error:
        parser.error(str(error))
    if sys.stdout is None:
        return cannot(NO_OUTPUT)
    if options.output:
        _check_folder(options.output)
        _check_drawing()
    run = Run(config)
    state, metrics = _train_steps(run, options.steps)
    tested = "" if metrics.test_accuracy is None else f", test accuracy {metrics.test_accuracy:.1%}"
    print_out(
        f"step {state.step}: loss {metrics.loss:.4f}, train accuracy {metrics.train_accuracy:.1%}{tested}\n"
    )
    if options.output:
        subject = TrainingSubject(run, state.parameters)
        write_picture("training", subject, Options(THEMES[options.theme]), options.output)
    return 0


def _train_steps(run: Run, steps: int) -> Progress:
    from tqdm import tqdm

    progressing = run.train()
    progress = next(progressing)
    with tqdm(
        islice(progressing, steps), total=steps, unit="step", desc="training", disable=sys.stderr is None
    ) as bar:
        for progress in bar:
            bar.set_postfix(loss=f"{progress.metrics.loss:.4f}", refresh=False)
    return progress


def _check_folder(path: Path) -> None:
    """Training may take long; that its picture cannot be written is told before. Raises FileError."""
    if not path.parent.is_dir():
        raise FileError(f"{path} could not be written: there is no folder {path.parent}.")
    if path.exists() and not path.is_file():
        raise FileError(f"{path} could not be written: it is not a file.")


def _check_drawing() -> None:
    """That a package cannot draw is told before the training, too."""
    from contourpy import contour_generator  # noqa: F401
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: F401
    from matplotlib.figure import Figure  # noqa: F401
