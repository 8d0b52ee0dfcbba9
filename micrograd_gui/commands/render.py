"""The command ``micrograd-gui render``: the graph of a program as a picture, without a window."""

import os
from functools import partial
from pathlib import Path

from micrograd_core.texts import tr, tr_count
from micrograd_gui.background.files import in_thread, write_whole
from micrograd_gui.commands.console import fail, print_out, tell
from micrograd_gui.commands.options import Parser, count
from micrograd_gui.commands.picture_options import add_output, add_theme
from micrograd_gui.commands.program_texts import CODE, problem_text, warning_texts
from micrograd_gui.export.formats import draw_picture
from micrograd_gui.export.graph_picture import GraphSubject
from micrograd_gui.export.options import Options
from micrograd_gui.model.arrays import derive_arrays
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import graphviz_problem
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.theme import THEMES
from micrograd_gui.shell.document_files import read_document
from micrograd_gui.startup import make_application
from micrograd_gui.widgets.style import load_fonts


def render(arguments: list[str]) -> int:
    """Draw the graph of a program into a file and return the exit code."""
    parser = Parser(
        prog="micrograd-gui render",
        description=tr("Draw the graph of a program as the window does, without one."),
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", nargs="?", type=Path, help=tr("program to draw"))
    what.add_argument("-c", dest="code", metavar="CODE", help=tr("the program itself"))
    add_output(parser, "graph", required=True)
    parser.add_argument(
        "--step",
        type=_step,
        default="last",
        metavar="N",
        help=tr("draw the moment after N steps of both passes, 0 to 'last' (default: %(default)s)"),
    )
    parser.add_argument(
        "--arrays",
        action="store_true",
        help=tr("draw a box around the cards that numpy would compute in one operation"),
    )
    add_theme(parser)
    options = parser.parse_args(arguments)

    name = CODE if options.file is None else str(options.file)
    resolved = resolve(Document(options.code) if options.file is None else read_document(options.file))
    for printed in resolved.printed:
        print_out(f"{printed.text}\n")
    for text in warning_texts(resolved.warnings, name):
        tell(text)
    if resolved.problem:
        tell(problem_text(resolved.problem, name))
        return 1
    if resolved.snapshot is None:
        example = "a = 2.0; b = a * a"
        return fail(tr("{file} has no value to draw. Write for example: {code}", file=name, code=example))
    last = len(resolved.timeline)
    if options.step is not None and options.step > last:
        parser.error(
            tr_count(
                "argument --step: {given} is too many, the program has {n} step",
                "argument --step: {given} is too many, the program has {n} steps",
                last,
                given=options.step,
            )
        )
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _application = make_application()
    load_fonts()
    position = last if options.step is None else options.step
    arrays = derive_arrays(resolved.graph_at(position)) if options.arrays else None
    wanted = Options(THEMES[options.theme], options.step)
    picture = draw_picture("graph", GraphSubject(resolved, arrays), wanted, options.output)
    # In a thread, which just waits for a slow disk; on this one a dialog would open that nobody sees.
    in_thread(partial(write_whole, options.output, picture)).result()
    if problem := graphviz_problem():
        said = tr("The layout is the simple one. {problem}", problem=problem)
        tell(f"micrograd-gui: {said}\n")
    return 0


def _step(text: str) -> int | None:
    return None if text == "last" else count(text)
