"""Settings survive what happens to files."""

import json
import math
import random
from dataclasses import replace
from typing import get_args

import pytest

from micrograd_core.training.engines import ENGINES
from micrograd_gui.model.settings import (
    RECENT_FILES,
    Engine,
    Geometry,
    Settings,
    add_recent,
    clamp_geometry,
    fitting_size,
    from_json,
    merge,
    to_json,
)
from tests.seeds import seeded, seeds

FULL = Settings(
    theme="light",
    reduced_motion="on",
    speed=2.0,
    training_speed=math.inf,
    engine="values",
    tab=1,
    recent_files=("/a/b.py", "/ä/ö.py"),
    geometry=Geometry(10, -20, 1440, 900, True, 31),
    splitters={"graph_splitter": (300, 820, 320)},
    hidden_panels=("left_side",),
    arrays=True,
)
SCREEN = Geometry(0, 0, 1920, 1080)


def test_settings_come_back_as_they_were() -> None:
    """Every field survives the way through JSON."""
    assert from_json(to_json(FULL)) == FULL
    assert from_json(to_json(Settings())) == Settings()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("theme", "pink"),
        ("theme", 3),
        ("reduced_motion", None),
        ("reduced_motion", True),
        ("speed", 3.0),
        ("speed", "fast"),
        ("speed", True),
        ("speed", 10**400),
        ("speed", float("nan")),
        ("training_speed", 2.0),
        ("training_speed", -math.inf),
        ("training_speed", "Infinity"),
        ("training_speed", False),
        ("engine", "gpu"),
        ("engine", ["values"]),
        ("engine", 0),
        ("tab", 7),
        ("tab", -1),
        ("tab", True),
        ("recent_files", "a.py"),
        ("geometry", [1, 2, 3, 4]),
        ("geometry", {"x": 0, "y": 0, "width": 0, "height": 5}),
        ("geometry", {"x": 1e3, "y": 0, "width": 10, "height": 5}),
        ("geometry", {"x": 0, "y": 0, "width": 10**30, "height": 5}),
        ("geometry", {"x": 0, "y": 0, "width": 10}),
        ("geometry", {"x": 0, "y": 0, "width": 10, "height": 5, "title_bar": -1}),
        ("splitters", []),
        ("hidden_panels", {}),
        ("arrays", 1),
        ("arrays", "yes"),
    ],
)
def test_a_wrong_field_has_its_default_and_the_others_stay(field: str, value: object) -> None:
    """One bad field does not take the rest of the settings with it."""
    stored = json.loads(to_json(FULL))
    stored[field] = value
    found = from_json(json.dumps(stored))
    for name in Settings.__slots__:
        expected = getattr(Settings() if name == field else FULL, name)
        assert getattr(found, name) == expected


def test_wrong_entries_of_lists_are_left_out() -> None:
    """Good recent files and splitters stay when others beside them are wrong."""
    stored = json.loads(to_json(FULL))
    stored["recent_files"] = ["/a.py", 5, "", "/a.py", "nul\0", "\ud800", None, "/b.py"]
    stored["splitters"] = {"a": [1, 2], "b": [1, "2"], "c": [-1, 5], "d": [0, 0], "e": []}
    found = from_json(json.dumps(stored))
    assert found.recent_files == ("/a.py", "/b.py")
    assert found.splitters == {"a": (1, 2)}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "5", "[" * 100_000, '{"speed": 1' + "0" * 5000 + "}"]
)
def test_what_is_no_settings_file_means_the_defaults(text: str) -> None:
    """Empty, cut, nested and foreign files are as good as none."""
    assert from_json(text) == Settings()


@pytest.mark.parametrize(("seed", "count"), seeded(1_000, 25_000))
def test_damaged_files_never_raise(seed: int, count: int) -> None:
    """Files with a few characters changed all give settings that can be written again."""
    stream = random.Random(seed)
    text = to_json(FULL)
    for _ in range(count):
        letters = list(text)
        for _ in range(stream.randint(1, 4)):
            letters[stream.randrange(len(letters))] = chr(stream.randint(1, 255))
        found = from_json("".join(letters))
        assert from_json(to_json(found)) == found


@pytest.mark.parametrize(
    ("screens", "size"),
    [
        ([], (1440, 900)),
        ([SCREEN], (1440, 900)),
        ([Geometry(0, 0, 1366, 768)], (1350, 728)),
        ([SCREEN, Geometry(1920, 0, 1024, 600)], (1008, 560)),
    ],
)
def test_a_window_is_no_larger_than_there_is_room_for(screens: list[Geometry], size: tuple[int, int]) -> None:
    """A window of that size and its frame fit on each screen."""
    assert fitting_size(1440, 900, screens) == size


def test_every_engine_can_be_remembered() -> None:
    """The settings know them by name, without importing what computes."""
    assert get_args(Engine) == tuple(ENGINES)


def test_the_newest_recent_file_comes_first_and_once() -> None:
    """Opening a known file again moves it up; only ten are kept."""
    recent: tuple[str, ...] = ()
    for k in range(15):
        recent = add_recent(recent, f"/{k}.py")
    recent = add_recent(recent, "/9.py")
    assert recent[:3] == ("/9.py", "/14.py", "/13.py")
    assert len(recent) == RECENT_FILES


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (Geometry(100, 100, 800, 600), Geometry(100, 100, 800, 600)),
        (Geometry(1800, 1000, 800, 600, True), Geometry(1120, 480, 800, 600, True)),
        (Geometry(-50, -30, 800, 600), Geometry(0, 0, 800, 600)),
        (Geometry(0, 0, 5000, 4000), Geometry(0, 0, 1920, 1080)),
        (Geometry(0, 0, 10, 10), Geometry(0, 0, 480, 360)),
        (Geometry(5000, 5000, 800, 600), Geometry(560, 240, 800, 600)),
        (Geometry(7, 20, 800, 600, False, 20), Geometry(7, 20, 800, 600, False, 20)),
        (Geometry(7, -5, 800, 600, False, 20), Geometry(7, 20, 800, 600, False, 20)),
        (Geometry(0, 20, 1920, 1080, True, 20), Geometry(0, 20, 1920, 1060, True, 20)),
    ],
)
def test_a_window_is_brought_onto_the_screen(geometry: Geometry, expected: Geometry) -> None:
    """A window that lies beyond the screens of now is moved and cut to what there is."""
    assert clamp_geometry(geometry, [SCREEN], (480, 360)) == expected


def test_a_window_stays_on_the_screen_it_was_on() -> None:
    """A window on two screens moves onto the one that it overlaps most."""
    second = Geometry(1920, 0, 1280, 720)
    placed = clamp_geometry(Geometry(1900, 10, 900, 700), [SCREEN, second], (480, 360))
    assert placed == Geometry(1920, 10, 900, 700)


def test_without_a_screen_nothing_is_moved() -> None:
    """The geometry stays if there is no screen."""
    assert clamp_geometry(Geometry(9000, 0, 5, 5), [], (480, 360)) == Geometry(9000, 0, 5, 5)


@pytest.mark.parametrize("seed", seeds(few=5))
def test_recent_files_of_two_windows_are_all_kept(seed: int) -> None:
    """First those that were opened here, the newest first, then the other window's, as many as there is room for."""
    chance = random.Random(seed)
    for _ in range(200):
        known = [f"/{i}" for i in chance.sample(range(15), chance.randint(0, RECENT_FILES))]
        before = mine = theirs = Settings(recent_files=tuple(known))
        opened = [
            f"/{i}" for i in chance.sample(range(10, 30), chance.randint(0, 4)) if f"/{i}" not in known[:1]
        ]
        for path in opened:
            mine = replace(mine, recent_files=add_recent(mine.recent_files, path))
        for path in chance.sample(range(30), chance.randint(0, 4)):
            theirs = replace(theirs, recent_files=add_recent(theirs.recent_files, f"/{path}"))
        newest = opened[::-1]
        rest = [path for path in theirs.recent_files if path not in newest]
        assert merge(before, mine, theirs).recent_files == tuple((newest + rest)[:RECENT_FILES])


def test_of_two_windows_each_keeps_what_was_changed_in_the_other() -> None:
    """Field by field; of one that both changed, the last to write has its way."""
    mine, theirs = replace(FULL, theme="dark", tab=0), replace(FULL, speed=4.0, tab=0, hidden_panels=())
    merged = merge(FULL, mine, theirs)
    assert merged == replace(theirs, theme="dark")
    assert merge(FULL, replace(FULL, theme="dark"), replace(FULL, theme="system")).theme == "dark"
    assert merge(FULL, FULL, theirs) == theirs
