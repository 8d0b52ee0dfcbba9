"""The command ``micrograd-gui steps``: the recording of a program, as lines of text or as JSON."""

from itertools import islice
from pathlib import Path

from micrograd_core.texts import tr
from micrograd_gui.commands.console import print_out, tell
from micrograd_gui.commands.options import Parser
from micrograd_gui.commands.program_texts import CODE, problem_text, warning_texts
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.steps_document import step_lines, steps_json
from micrograd_gui.shell.document_files import read_document

_PIECES_AT_ONCE = 1000


def steps(arguments: list[str]) -> int:
    """Print the recording of a program and return the exit code."""
    parser = Parser(
        prog="micrograd-gui steps",
        description=tr(
            "Print every step of a program: what it computes, differentiates, changes and prints."
        ),
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", nargs="?", type=Path, help=tr("program to run"))
    what.add_argument("-c", dest="code", metavar="CODE", help=tr("the program itself"))
    parser.add_argument(
        "--json", action="store_true", help=tr("print a JSON document, which docs/steps.md describes")
    )
    options = parser.parse_args(arguments)
    name = CODE if options.file is None else str(options.file)
    resolved = resolve(Document(options.code) if options.file is None else read_document(options.file))
    for text in warning_texts(resolved.warnings, name):
        tell(text)
    if resolved.problem:
        tell(problem_text(resolved.problem, name))
        return 1
    lines = (f"{line}\n" for line in step_lines(resolved.timeline))
    pieces = steps_json(resolved) if options.json else lines
    while some := "".join(islice(pieces, _PIECES_AT_ONCE)):
        print_out(some)
    return 0
