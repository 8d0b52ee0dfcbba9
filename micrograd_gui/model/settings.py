"""The settings that the program keeps between runs, as plain numbers and words.

A settings file may come from another version, be cut short or be edited by hand: each field is checked by its row
of a table, and one that is wrong falls back to its default without taking the others with it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal, get_args

from micrograd_gui.model import playback, training_speed
from micrograd_gui.model.theme import ThemeName

ReducedMotion = Literal["system", "on", "off"]
Engine = Literal["arrays", "values"]
"""Names of the training engines, repeated here because importing them would import numpy."""

RECENT_FILES = 10
"""Upper limit of recent files."""
_TEXT_LENGTH = 4096
"""Upper limit for the characters of a path or name."""
_ITEMS = 64
"""Upper limit for the items of a list in the file."""
_FAR = 100_000
"""Upper limit for coordinates in pixels; no desktop is larger."""
_TITLE_BAR, _BORDERS = 40, 16
"""Pixels reserved above a window and at its sides for a frame whose size is not known yet."""
_TALLEST_BAR = 200
"""Upper limit in pixels for the height of a title bar."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Position and size of a window without its frame, in pixels of the desktop."""

    x: int
    y: int
    width: int
    height: int
    maximized: bool = False
    title_bar: int = 0
    """Height of the frame above the window, in pixels."""


@dataclass(frozen=True, slots=True)
class Settings:
    theme: ThemeName = "system"
    reduced_motion: ReducedMotion = "system"
    speed: float = 1.0
    """Speed of the animation, one of ``playback.SPEEDS``."""
    training_speed: float = training_speed.DEFAULT_SPEED
    """Steps per second, one of ``training_speed.SPEEDS``. The file has Infinity for inf, as Python's json does."""
    engine: Engine = "arrays"
    """The chosen training engine."""
    tab: int = 0
    recent_files: tuple[str, ...] = ()
    """Absolute paths, newest first, at most ``RECENT_FILES``."""
    geometry: Geometry | None = None
    """None in the first run."""
    splitters: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Sizes in pixels, by the object name of the splitter."""
    hidden_panels: tuple[str, ...] = ()
    """Object names of hidden panels."""
    arrays: bool = False
    """True if the graph is shown with its array operations."""


def add_recent(recent_files: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Return the recent files with ``path`` as the newest."""
    others = tuple(known for known in recent_files if known != path)
    return (path, *others)[:RECENT_FILES]


def merge(before: Settings, mine: Settings, theirs: Settings) -> Settings:
    """Return ``theirs`` with the changes from ``before`` to ``mine`` of one window. Recent files of both are kept."""
    changed = {
        known.name: getattr(mine, known.name)
        for known in fields(Settings)
        if getattr(mine, known.name) != getattr(before, known.name)
    }
    merged = replace(theirs, **changed)
    if "recent_files" in changed:
        recent = theirs.recent_files
        for path in reversed(_added(before.recent_files, mine.recent_files)):
            recent = add_recent(recent, path)
        merged = replace(merged, recent_files=recent)
    return merged


def _added(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the shortest beginning of ``after`` whose rest is ``before`` without it, in order."""
    for count in range(len(after)):
        rest = [path for path in before if path not in after[:count]]
        if list(after[count:]) == rest[: len(after) - count]:
            return after[:count]
    return after


def to_json(settings: Settings) -> str:
    return json.dumps(asdict(settings), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Settings:
    """Return the settings in ``text``; missing or wrong fields have their defaults. Raises nothing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Settings()
    if not isinstance(found, dict):
        return Settings()
    fields: dict[str, object] = {}
    for name, check in _CHECKS.items():
        value = check(found.get(name))
        if value is not None:
            fields[name] = value
    return Settings(**fields)  # type: ignore[arg-type] # each check returns what its field takes


def fitting_size(width: int, height: int, screens: Sequence[Geometry]) -> tuple[int, int]:
    """Return the largest size up to the wanted one at which a window with its frame fits on each screen."""
    return (
        min([width, *(screen.width - _BORDERS for screen in screens)]),
        min([height, *(screen.height - _TITLE_BAR for screen in screens)]),
    )


def clamp_geometry(geometry: Geometry, screens: Sequence[Geometry], smallest: tuple[int, int]) -> Geometry:
    """Return the geometry moved onto the present screens: onto the one it overlaps most, else centred on the first.

    ``screens`` are their available areas; ``smallest`` is the window's minimum (width, height). The title bar stays
    visible.
    """
    if not screens:
        return geometry
    bar = geometry.title_bar
    screens = [replace(screen, y=screen.y + bar, height=screen.height - bar) for screen in screens]
    screen = max(screens, key=lambda area: _overlap(area, geometry))
    width = min(max(geometry.width, smallest[0]), screen.width)
    height = min(max(geometry.height, smallest[1]), screen.height)
    right, bottom = screen.x + screen.width - width, screen.y + screen.height - height
    if _overlap(screen, geometry) == 0:
        screen = screens[0]
        width, height = min(width, screen.width), min(height, screen.height)
        x, y = screen.x + (screen.width - width) // 2, screen.y + (screen.height - height) // 2
    else:
        x, y = min(max(geometry.x, screen.x), right), min(max(geometry.y, screen.y), bottom)
    return replace(geometry, x=x, y=y, width=width, height=height)


def _overlap(first: Geometry, second: Geometry) -> int:
    """Return the area of the intersection, in square pixels."""
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    return max(width, 0) * max(height, 0)


def _whole(value: object, low: int, high: int) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    return None


def _one_of(*allowed: object) -> Callable[[object], object | None]:
    return lambda value: next((a for a in allowed if type(a) is type(value) and a == value), None)


def _number_of(allowed: Sequence[float]) -> Callable[[object], float | None]:
    def check(value: object) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and value in allowed:
            return float(value)
        return None

    return check


def _texts(length: int) -> Callable[[object], tuple[str, ...] | None]:
    """Check a list of texts: wrong ones, repetitions and those beyond ``length`` are dropped."""

    def check(value: object) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            return None
        good = (text for text in value if isinstance(text, str) and _is_plain(text))
        return tuple(dict.fromkeys(good))[:length]

    return check


def _is_plain(text: str) -> bool:
    """Return whether a text can be a path or a name: its length, no NUL, no half of a surrogate pair."""
    return 0 < len(text) <= _TEXT_LENGTH and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


def _geometry(value: object) -> Geometry | None:
    if not isinstance(value, dict):
        return None
    x, y = (_whole(value.get(name), -_FAR, _FAR) for name in ("x", "y"))
    width, height = (_whole(value.get(name), 1, _FAR) for name in ("width", "height"))
    maximized, title_bar = value.get("maximized", False), _whole(value.get("title_bar", 0), 0, _TALLEST_BAR)
    if x is None or y is None or width is None or height is None or title_bar is None:
        return None
    return Geometry(x, y, width, height, maximized, title_bar) if isinstance(maximized, bool) else None


def _splitters(value: object) -> dict[str, tuple[int, ...]] | None:
    if not isinstance(value, dict):
        return None
    found = {}
    for name, sizes in list(value.items())[:_ITEMS]:
        if not isinstance(sizes, list) or not _is_plain(name) or not 0 < len(sizes) <= _ITEMS:
            continue
        good = [_whole(size, 0, _FAR) for size in sizes]
        whole = tuple(size for size in good if size is not None)
        if len(whole) == len(sizes) and sum(whole) > 0:
            found[name] = whole
    return found


_CHECKS: dict[str, Callable[[object], object | None]] = {
    "theme": _one_of(*get_args(ThemeName)),
    "reduced_motion": _one_of(*get_args(ReducedMotion)),
    "speed": _number_of(playback.SPEEDS),
    "training_speed": _number_of(training_speed.SPEEDS),
    "engine": _one_of(*get_args(Engine)),
    "tab": lambda value: _whole(value, 0, 1),
    "recent_files": _texts(RECENT_FILES),
    "geometry": _geometry,
    "splitters": _splitters,
    "hidden_panels": _texts(_ITEMS),
    "arrays": _one_of(True, False),
}
"""Checks by field: each returns the value as ``Settings`` holds it, or None if it is wrong."""
