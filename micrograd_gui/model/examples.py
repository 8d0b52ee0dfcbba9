"""The programs of the examples menu."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    """Entry in the menu: the first line of the file without its ``#``."""
    name: str
    """Name on the command line: the file's name without number and suffix."""
    source: str


def examples(folder: Path) -> list[Example]:
    """Return the examples in the ``NN_name.py`` files of a folder, in the order of their numbers."""
    return [_example(path) for path in sorted(folder.glob("[0-9][0-9]_*.py"))]


def _example(path: Path) -> Example:
    source = path.read_text(encoding="utf-8")
    return Example(
        title=source.partition("\n")[0].removeprefix("#").strip(),
        name=path.stem.partition("_")[2],
        source=source,
    )
