"""What the program remembers between runs, as plain numbers and words.

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
"""The names of those that train, which would bring numpy with them."""

RECENT_FILES = 10
_TEXT_LENGTH = 4096
_ITEMS = 64
_FAR = 100_000
"""Pixels; no desktop is larger."""
_TITLE_BAR, _BORDERS = 40, 16
"""Pixels that the frame of a window may take above it and at its sides, as long as its own is not known."""
_TALLEST_BAR = 200
"""Pixels; no window's title bar is higher."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """A window's place without its frame, in pixels of the desktop."""

    x: int
    y: int
    width: int
    height: int
    maximized: bool = False
    title_bar: int = 0
    """Height of the frame above it."""


@dataclass(frozen=True, slots=True)
class Settings:
    theme: ThemeName = "system"
    reduced_motion: ReducedMotion = "system"
    speed: float = 1.0
    """Of the animation: one of ``playback.SPEEDS``."""
    training_speed: float = training_speed.DEFAULT_SPEED
    """Steps a second: one of ``training_speed.SPEEDS``. In the file inf is Infinity, as Python's json has it."""
    engine: Engine = "arrays"
    """The one that was chosen to train."""
    tab: int = 0
    recent_files: tuple[str, ...] = ()
    """Absolute paths, newest first, at most ``RECENT_FILES``."""
    geometry: Geometry | None = None
    """None before the first run has ended."""
    splitters: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Sizes in pixels by the splitter's object name."""
    hidden_panels: tuple[str, ...] = ()
    """Object names."""
    arrays: bool = False
    """Whether the graph is shown with the array operations that its cards became."""


def add_recent(recent_files: tuple[str, ...], path: str) -> tuple[str, ...]:
    """``path`` becomes the newest of the recent files."""
    others = tuple(known for known in recent_files if known != path)
    return (path, *others)[:RECENT_FILES]


def merge(before: Settings, mine: Settings, theirs: Settings) -> Settings:
    """``theirs`` with what one window changed from ``before`` to ``mine``; of recent files all that were added."""
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
    """The shortest beginning of ``after`` behind which nothing but what was there before is left, in its order."""
    for count in range(len(after)):
        rest = [path for path in before if path not in after[:count]]
        if list(after[count:]) == rest[: len(after) - count]:
            return after[:count]
    return after


def to_json(settings: Settings) -> str:
    return json.dumps(asdict(settings), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Settings:
    """The settings in ``text``; whatever is missing or wrong in it has its default. Raises nothing."""
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
    """The size of a window that is whole, with its frame, on each of the screens; at most as it was wanted."""
    return (
        min([width, *(screen.width - _BORDERS for screen in screens)]),
        min([height, *(screen.height - _TITLE_BAR for screen in screens)]),
    )


def clamp_geometry(geometry: Geometry, screens: Sequence[Geometry], smallest: tuple[int, int]) -> Geometry:
    """The geometry on the screens that there are: whole on the one it overlaps most, else in the middle of the first.

    ``screens`` are their available areas; ``smallest`` is the window's minimum width and height. Its title bar is seen.
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
    """Area of the intersection."""
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
    """A list of texts without repetition; the wrong ones among them are left out, as are those beyond ``length``."""

    def check(value: object) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            return None
        good = (text for text in value if isinstance(text, str) and _is_plain(text))
        return tuple(dict.fromkeys(good))[:length]

    return check


def _is_plain(text: str) -> bool:
    """Whether a text can be a path or a name: not empty nor endless, no NUL, no half of a surrogate pair."""
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
"""Field by field: the value as ``Settings`` holds it, or None if it is wrong."""
