"""The command line: open the window, or draw a graph and train a network without one."""

import argparse
import io
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from micrograd_core.datasets import moons
from micrograd_core.training import RANGES, TrainingConfig, TrainingFrame, train
from micrograd_gui import app
from micrograd_gui.background.files import FileError, reason, write_whole
from micrograd_gui.export.render import RenderError, render_graph
from micrograd_gui.model.arrays import derive_arrays
from micrograd_gui.model.document import Document
from micrograd_gui.model.examples import examples
from micrograd_gui.model.layout import graphviz_problem
from micrograd_gui.model.resolve import Problem, resolve
from micrograd_gui.model.resources import resource_path
from micrograd_gui.model.theme import THEMES, Theme
from micrograd_gui.model.training import look_at_plane, plane_extent
from micrograd_gui.shell.document_files import read_document
from micrograd_gui.startup import make_application
from micrograd_gui.training.boundary_figure import BoundaryFigure
from micrograd_gui.widgets.style import load_fonts

_CODE = "<code>"
"""What stands for the file's name where the program came with -c."""
_NO_OUTPUT = "Standard output is closed; let it go to a terminal, a file or a pipe."


class _Parser(argparse.ArgumentParser):
    """Tells when what --help and --version say cannot be written, which argparse keeps to itself."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout:
            _print(message)
        else:
            super()._print_message(message, file)


def main(arguments: list[str]) -> int:
    """The exit code: 0, or 1 for what could not be done. Wrong options leave through argparse, with 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    command = _COMMANDS.get(arguments[0]) if arguments else None
    try:
        return command(arguments[1:]) if command else _open(arguments)
    except (FileError, RenderError) as error:
        return _cannot(str(error))


def _open(arguments: list[str]) -> int:
    names = [example.name for example in examples(resource_path("examples"))]
    parser = _Parser(
        prog="micrograd-gui",
        description="See backpropagation happen: type an expression, step through its graph, train a network.",
        epilog="Without a window: 'micrograd-gui render --help' and 'micrograd-gui train --help'. "
        "A file of the name render or train is opened as ./render or ./train.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("file", metavar="FILE", nargs="?", type=Path, help="program to open")
    what.add_argument("--example", choices=names, metavar="NAME", help=f"open an example: {', '.join(names)}")
    parser.add_argument("--version", action="version", version=f"micrograd-gui {version('micrograd-gui')}")
    options = parser.parse_args(arguments)
    if options.file is None:
        return app.run(None, options.example)
    read_document(options.file)
    # Unlike resolve() this keeps a link's own name.
    return app.run(Path(os.path.abspath(options.file)))  # noqa: PTH100


def _render(arguments: list[str]) -> int:
    parser = _Parser(
        prog="micrograd-gui render",
        description="Draw the graph of a program as the window does, without one.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", nargs="?", type=Path, help="program to draw")
    what.add_argument("-c", dest="code", metavar="CODE", help="the program itself")
    _add_output(parser, (".png", ".svg"), required=True)
    parser.add_argument(
        "--step",
        type=_step,
        default="last",
        metavar="N",
        help="draw the moment after N steps of both passes, 0 to 'last' (default: %(default)s)",
    )
    parser.add_argument(
        "--arrays", action="store_true", help="frame the cards that numpy would compute in one operation"
    )
    _add_theme(parser)
    options = parser.parse_args(arguments)

    name = _CODE if options.file is None else str(options.file)
    resolved = resolve(Document(options.code) if options.file is None else read_document(options.file))
    for printed in resolved.printed:
        _print(f"{printed.text}\n")
    for warning in resolved.warnings:
        _tell(f"{name}:{warning.line}:{warning.column}: warning: {warning.message}\n")
    if resolved.problem:
        _tell(_problem_text(resolved.problem, name))
        return 1
    if resolved.snapshot is None:
        return _cannot(f"{name} has no value to draw; write for instance: a = 2.0; b = a * a")
    last = len(resolved.timeline)
    if options.step is not None and options.step > last:
        parser.error(f"argument --step: {options.step} is too many, the program has {last} steps")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _application = make_application()
    load_fonts()
    arrays = derive_arrays(resolved.snapshot) if options.arrays else None
    render_graph(resolved, options.step, THEMES[options.theme], options.output, arrays=arrays)
    if problem := graphviz_problem():
        _tell(f"micrograd-gui: The layout is a simple one: {problem}\n")
    return 0


def _train(arguments: list[str]) -> int:
    parser = _Parser(
        prog="micrograd-gui train",
        description="Train the network of the training tab on the moons and say how well it does.",
    )
    parser.add_argument(
        "--steps", type=_count, default=100, metavar="N", help="steps to train (default: %(default)s)"
    )
    seeds = RANGES["seed"]
    parser.add_argument(
        "--seed",
        type=_count,
        default=0,
        metavar="N",
        help=f"of points and weights, {seeds.low} to {seeds.high} (default: %(default)s)",
    )
    _add_output(parser, (".png",), required=False)
    _add_theme(parser)
    options = parser.parse_args(arguments)

    try:
        config = TrainingConfig(seed=options.seed)
    except ValueError as error:
        parser.error(str(error))
    if sys.stdout is None:
        return _cannot(_NO_OUTPUT)
    if options.output:
        _check_folder(options.output)
        _check_drawing()
    frame = _last_frame(config, options.steps)
    tested = "" if frame.test_accuracy is None else f", test accuracy {frame.test_accuracy:.1%}"
    _print(f"step {frame.step}: loss {frame.loss:.4f}, train accuracy {frame.train_accuracy:.1%}{tested}\n")
    if options.output:
        write_whole(options.output, _boundary_picture(config, frame, THEMES[options.theme]))
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {"render": _render, "train": _train}


def _last_frame(config: TrainingConfig, steps: int) -> TrainingFrame:
    from tqdm import tqdm

    frames = train(config)
    frame = next(frames)
    with tqdm(
        islice(frames, steps), total=steps, unit="step", desc="training", disable=sys.stderr is None
    ) as bar:
        for frame in bar:
            bar.set_postfix(loss=f"{frame.loss:.4f}", refresh=False)
    return frame


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


def _boundary_picture(config: TrainingConfig, frame: TrainingFrame, theme: Theme) -> bytes:
    """The plane as the training tab draws it, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    picture = BoundaryFigure(FigureCanvasAgg(Figure(figsize=(9, 7), dpi=100)), theme)
    dataset = moons(config)
    picture.show_dataset(dataset)
    picture.show_plane(look_at_plane(config, frame.parameters, plane_extent(dataset)))
    return picture.png()


def _problem_text(problem: Problem, name: str) -> str:
    hint = f"{problem.hint}\n" if problem.hint else ""
    return f"{name}:{problem.line}:{problem.column}: {problem.message}\n{hint}"


def _cannot(sentence: str) -> int:
    _tell(f"micrograd-gui: {sentence}\n")
    return 1


def _tell(text: str) -> None:
    """To standard error, which may have been closed."""
    if sys.stderr is not None:
        sys.stderr.write(text)


def _print(text: str) -> None:
    """To standard output, at once. Raises FileError where that cannot take it."""
    if sys.stdout is None:
        if text:
            raise FileError(_NO_OUTPUT)
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still buffered goes nowhere instead of into a second error at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FileError(f"Standard output could not be written: {reason(error)}.") from error


def _add_theme(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", choices=THEMES, default="dark", help="colours (default: %(default)s)")


def _add_output(parser: argparse.ArgumentParser, suffixes: tuple[str, ...], *, required: bool) -> None:
    def path(text: str) -> Path:
        found = Path(text)
        if found.suffix.lower() not in suffixes:
            raise argparse.ArgumentTypeError(f"{text!r} should end in {' or '.join(suffixes)}")
        return found

    parser.add_argument(
        "-o",
        dest="output",
        metavar="OUT",
        type=path,
        required=required,
        help=f"picture to write, ending in {' or '.join(suffixes)}",
    )


def _step(text: str) -> int | None:
    return None if text == "last" else _count(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)
