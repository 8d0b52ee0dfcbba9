"""Where icons, fonts and examples lie."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_ROOTS = (_PACKAGE / "resources", _PACKAGE.parent / "resources")
_ROOT = next(root for root in _ROOTS if root.is_dir())
"""In a wheel they lie inside the package, in the checkout beside it."""


def resource_path(*parts: str) -> Path:
    """The path of a file under ``resources/``, as in ``resource_path("icons", "play.svg")``."""
    return _ROOT.joinpath(*parts)
