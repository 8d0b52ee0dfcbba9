"""Writes the map of the code in docs/architecture.md from the first sentence of each file: ``make map``."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
ROOMS = (
    "micrograd_core",
    "micrograd_core/language",
    "micrograd_core/training",
    "micrograd_core/vectorize",
    "micrograd_gui",
    "micrograd_gui/commands",
    "micrograd_gui/model",
    "micrograd_gui/widgets",
    "micrograd_gui/background",
    "micrograd_gui/canvas",
    "micrograd_gui/editor",
    "micrograd_gui/training",
    "micrograd_gui/graph",
    "micrograd_gui/export",
    "micrograd_gui/shell",
)


def code_map() -> str:
    """The map, a table for each room, as Markdown."""
    tables = []
    for room in ROOMS:
        rows = [
            f"| `{path.name}` | {first_paragraph(path)} |"
            for path in sorted((ROOT / room).glob("*.py"))
            if path.name != "__init__.py"
        ]
        about = first_paragraph(ROOT / room / "__init__.py")
        tables.append("\n".join([f"### `{room}/`\n\n{about}\n\n| file | what |\n|---|---|", *rows, ""]))
    return "\n".join(tables)


def first_paragraph(path: Path) -> str:
    """Of a file's docstring, in one line."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said, f"{path.relative_to(ROOT)} does not say what it is"
    return " ".join(said.partition("\n\n")[0].split()).replace("``", "`")


if __name__ == "__main__":
    between = re.compile(r"(?<=<!-- map -->\n).*(?=<!-- end of map -->)", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: code_map(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
