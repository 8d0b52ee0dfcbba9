"""The location of icons, fonts and examples."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_ROOTS = (_PACKAGE / "resources", _PACKAGE.parent / "resources")
_ROOT = next(root for root in _ROOTS if root.is_dir())
"""The folder inside the package in a wheel, or beside it in a checkout."""


def resource_path(*parts: str) -> Path:
    """Return the path of a file under ``resources/``, as in ``resource_path("icons", "play.svg")``."""
    return _ROOT.joinpath(*parts)
