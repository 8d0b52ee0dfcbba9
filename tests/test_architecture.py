"""The rings of the program: who may import whom. Every import counts, those inside functions too."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.code_map import PAGE, ROOMS, ROOT, code_map

PACKAGES = ("micrograd_core", "micrograd_gui")
RINGS = (
    ("micrograd_core",),
    ("micrograd_gui.model",),
    ("micrograd_gui.widgets", "micrograd_gui.background"),
    ("micrograd_gui.canvas", "micrograd_gui.editor", "micrograd_gui.training"),
    ("micrograd_gui.graph", "micrograd_gui.export"),
    ("micrograd_gui.shell",),
    ("micrograd_gui",),  # the package's own files start the program
    ("micrograd_gui.cli",),
    ("micrograd_gui.__main__",),
)
"""From the innermost outwards; a module imports from its own ring and from those within."""
WALLS = {
    "micrograd_gui.widgets": ("model",),
    "micrograd_gui.background": ("model",),
    "micrograd_gui.canvas": ("model", "widgets"),
    "micrograd_gui.editor": ("model", "widgets"),
    "micrograd_gui.training": ("model", "widgets", "background"),
    "micrograd_gui.graph": ("model", "widgets", "background", "canvas", "editor"),
    "micrograd_gui.export": ("model", "background", "canvas", "training"),
    "micrograd_gui.commands": ("model", "widgets", "background", "export", "shell", "startup"),
}
"""Of the other rooms of ``micrograd_gui``, a room imports these alone."""
NEVER = {
    "micrograd_core": ("PySide6", "shiboken6", "matplotlib", "networkx", "pygraphviz"),
    "micrograd_gui.model": ("PySide6", "shiboken6", "matplotlib"),
}
NUMPY_IN_CORE = (
    "micrograd_core.vectorize",
    "micrograd_core.training",
    "micrograd_core.language.columns",
    "micrograd_core.language.packing",
    "micrograd_core.language.unpacking",
)
HEAVY = ("sklearn", "scipy", "matplotlib", "networkx", "pygraphviz", "pandas")
LATE = {
    (
        "micrograd_gui.__main__",
        "micrograd_gui.cli",
    ): "child processes import __main__ again and need no window",
    ("micrograd_gui.cli", "micrograd_gui.app"): "the frame of the window is painted first",
    ("micrograd_gui.cli", "micrograd_gui.commands.window_options"): "most often there are none",
    ("micrograd_gui.cli", "micrograd_gui.commands.render"): "no window needs it",
    ("micrograd_gui.cli", "micrograd_gui.commands.steps"): "no window needs it",
    ("micrograd_gui.cli", "micrograd_gui.commands.train"): "no window needs it",
    ("micrograd_gui.export.formats", "micrograd_gui.export.training_picture"): "no window needs it",
    (
        "micrograd_gui.shell.window",
        "micrograd_gui.training.tab",
    ): "it is made when it is first opened",
}
"""The imports of our own in a function, and why they are there."""

WITH_ITEMS = {"QListWidget", "QTableWidget", "QTreeWidget", "QStandardItemModel"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}


def imports(module: str) -> Iterator[tuple[str, bool]]:
    """(what is imported, whether at the top of the file)"""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    top = set(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} has a relative import"
            assert node.module is not None
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else node.module, node in top


def is_in(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def ring(module: str) -> int:
    """The ring that names the module or the innermost room around it."""
    named = {room: i for i, rooms in enumerate(RINGS) for room in rooms}
    return named[max((room for room in named if is_in(module, room)), key=len)]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_inward(module: str) -> None:
    """A module imports only what its room may know, and our own only at the top of the file."""
    for imported, at_top in imports(module):
        arrow = f"{module} imports {imported}"
        if is_in(imported, *PACKAGES):
            assert ring(imported) <= ring(module), f"{arrow}, which lies further out"
            assert at_top or (module, imported) in LATE, f"{arrow} inside a function or a condition"
        for room, others in WALLS.items():
            if is_in(module, room) and is_in(imported, "micrograd_gui"):
                allowed = (room, *(f"micrograd_gui.{other}" for other in others))
                assert is_in(imported, *allowed), f"{arrow}, of which {room} knows nothing"
        for room, forbidden in NEVER.items():
            assert not (is_in(module, room) and is_in(imported, *forbidden)), arrow
        if is_in(module, "micrograd_core") and is_in(imported, "numpy"):
            assert is_in(module, *NUMPY_IN_CORE), arrow
        if imported.startswith("micrograd_core.vectorize."):
            assert is_in(module, "micrograd_core.vectorize"), f"{arrow}, past what the package exports"
        if imported == "micrograd_gui.shell.window":
            assert module == "micrograd_gui.app", arrow


def test_every_room_has_its_walls() -> None:
    """A new room of ``micrograd_gui`` says what it imports; for the model and the shell the rings say it."""
    gui = ROOT / "micrograd_gui"
    rooms = {module_name(path.parent) for path in MODULES.values() if path.parent.parent == gui}
    assert rooms - {"micrograd_gui.model", "micrograd_gui.shell"} == set(WALLS)


@pytest.mark.parametrize(("module", "imported"), LATE)
def test_late_imports_are_there(module: str, imported: str) -> None:
    """The table of the imports in functions names none that is gone."""
    assert (imported, False) in imports(module)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_lists_have_no_item_objects(module: str) -> None:
    """What Qt frees with its list while Python still holds it can crash: lists and tables show models of plain rows."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    named = {name.name for name in ast.walk(tree) if isinstance(name, ast.alias)}
    assert not named & WITH_ITEMS


MOST_LINES, MOST_METHODS, MOST_PUBLIC = 400, 25, 15
"""What a file or a class has at most, unless its docstring says why: "It is large because …"."""


@pytest.mark.parametrize("module", sorted(MODULES))
def test_what_is_large_says_why(module: str) -> None:
    """A file or class that cannot be taken in at a glance gives the reason in its first lines."""
    text = MODULES[module].read_text(encoding="utf-8")
    tree = ast.parse(text)
    large: list[ast.Module | ast.ClassDef] = [tree] if len(text.splitlines()) > MOST_LINES else []
    for found in ast.walk(tree):
        if isinstance(found, ast.ClassDef):
            methods = [part.name for part in found.body if isinstance(part, ast.FunctionDef)]
            public = [name for name in methods if not name.startswith("_")]
            if len(methods) > MOST_METHODS or len(public) > MOST_PUBLIC:
                large.append(found)
    for found in large:
        name = found.name if isinstance(found, ast.ClassDef) else module
        assert "is large because" in (ast.get_docstring(found) or ""), f"{name} does not say why it is large"


def test_no_cycles() -> None:
    """Modules can be put in an order in which each comes after all that it imports."""
    graph = {module: {name for name, _ in imports(module) if name in MODULES} for module in MODULES}
    TopologicalSorter(graph).prepare()


def test_the_map_has_every_file() -> None:
    """The map of the code has a row for every file, which says what the file says of itself: ``make map`` writes it."""
    packages = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("micrograd_*/**/__init__.py")}
    assert packages == set(ROOMS)
    assert code_map() in PAGE.read_text(encoding="utf-8"), "run `make map`"


def test_heavy_packages_wait() -> None:
    """The window can be imported without any package that takes long to import."""
    code = f"import sys, micrograd_gui.app; print(*(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
