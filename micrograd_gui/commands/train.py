"""The command ``micrograd-gui train``: the training tab's network, trained without a window."""

import sys
from itertools import islice
from pathlib import Path

from micrograd_core.texts import tr
from micrograd_core.training.config import LIMITS, TrainingConfig
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.run import Metrics, Progress, Run
from micrograd_gui.background.files import FileError
from micrograd_gui.commands.console import NO_OUTPUT, fail, print_out
from micrograd_gui.commands.options import Parser, count
from micrograd_gui.commands.picture_options import add_output, add_theme
from micrograd_gui.export.formats import write_picture
from micrograd_gui.export.options import Options
from micrograd_gui.export.training_picture import TrainingSubject
from micrograd_gui.model.theme import THEMES


def train(arguments: list[str]) -> int:
    """Train the network of the training tab and return the exit code."""
    parser = Parser(
        prog="micrograd-gui train",
        description=tr(
            "Train the network of the training tab on the data set {dataset}, and print its loss and accuracy.",
            dataset=DATASETS[TrainingConfig().dataset].title,
        ),
    )
    parser.add_argument(
        "--steps", type=count, default=100, metavar="N", help=tr("steps to train (default: %(default)s)")
    )
    seeds = LIMITS["seed"]
    parser.add_argument(
        "--seed",
        type=count,
        default=0,
        metavar="N",
        help=tr(
            "seed of points and weights, {low} to {high} (default: %(default)s)",
            low=seeds.low,
            high=seeds.high,
        ),
    )
    add_output(parser, "training", required=False)
    add_theme(parser)
    options = parser.parse_args(arguments)

    try:
        config = TrainingConfig(seed=options.seed)
    except ValueError as error:
        parser.error(str(error))
    if sys.stdout is None:
        return fail(NO_OUTPUT)
    if options.output:
        _check_folder(options.output)
        _check_drawing()
    run = Run(config)
    state, metrics = _train_steps(run, options.steps)
    print_out(f"{_result(state.step, metrics)}\n")
    if options.output:
        subject = TrainingSubject(run, state.parameters)
        write_picture("training", subject, Options(THEMES[options.theme]), options.output)
    return 0


def _result(step: int, metrics: Metrics) -> str:
    fields = {
        "step": step,
        "loss": metrics.loss,
        "train": metrics.train_accuracy,
        "test": metrics.test_accuracy,
    }
    if metrics.test_accuracy is None:
        return tr("step {step}: loss {loss:.4f}, train accuracy {train:.1%}", **fields)
    return tr("step {step}: loss {loss:.4f}, train accuracy {train:.1%}, test accuracy {test:.1%}", **fields)


def _train_steps(run: Run, steps: int) -> Progress:
    from tqdm import tqdm

    progressing = run.train()
    progress = next(progressing)
    with tqdm(
        islice(progressing, min(steps, sys.maxsize)),
        total=steps,
        unit=tr("step"),
        desc=tr("training"),
        disable=sys.stderr is None,
    ) as bar:
        for progress in bar:
            bar.set_postfix(loss=f"{progress.metrics.loss:.4f}", refresh=False)
    return progress


def _check_folder(path: Path) -> None:
    """Check before a long training that its picture can be written. Raises FileError."""
    if not path.parent.is_dir():
        reason = tr("There is no folder {folder}.", folder=path.parent)
        raise FileError(tr("{file} could not be written. {reason}", file=path, reason=reason))
    if path.exists() and not path.is_file():
        raise FileError(tr("{file} could not be written. It is not a file.", file=path))


def _check_drawing() -> None:
    """Import the packages that draw, so that a broken one is reported before the training."""
    from contourpy import contour_generator  # noqa: F401
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: F401
    from matplotlib.figure import Figure  # noqa: F401
