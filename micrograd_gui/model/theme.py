"""The colours of both themes, each with one meaning, and the names of the fonts."""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["system", "light", "dark"]

SANS = "Inter"
MONO = "JetBrains Mono"


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """Colours as ``#rrggbb``. Texts and meanings have a contrast of at least 4.5 : 1 on every surface.

    A theme equals only itself: caches of colours look it up for each card and edge that is painted.
    """

    name: Literal["light", "dark"]
    # surfaces
    window: str
    """Menu bar, header, status bar."""
    panel: str
    """Side panels."""
    canvas: str
    canvas_dot: str
    field: str
    """Text editors."""
    card: str
    raised: str
    """Buttons, tiles, input fields."""
    hover: str
    selected: str
    """Current tab or row of a list."""
    # lines
    border: str
    strong_border: str
    # text
    text: str
    muted_text: str
    faint_text: str
    """Line numbers and section titles."""
    # meanings
    data: str
    grad: str
    grad_fill: str
    """Filled controls in the gradient's colour, under white text or icons."""
    update: str
    """Data that the program changes after it was made."""
    update_fill: str
    update_edge: str
    update_text: str
    clear: str
    """Gradients that are set to 0."""
    positive: str
    negative: str
    problem: str
    warning: str
    good: str
    focus: str
    # syntax
    syntax_number: str
    syntax_function: str
    syntax_keyword: str
    syntax_comment: str
    syntax_string: str


DARK = Theme(
    name="dark",
    window="#161b27",
    panel="#141924",
    canvas="#0f131b",
    canvas_dot="#1d2433",
    field="#0e121a",
    card="#1b2130",
    raised="#212939",
    hover="#2a3346",
    selected="#262f42",
    border="#252d3d",
    strong_border="#3a4356",
    text="#e9eef8",
    muted_text="#b4bdcc",
    faint_text="#929eb3",
    data="#57c7d9",
    grad="#ff7fb3",
    grad_fill="#c93a78",
    update="#a98cff",
    update_fill="#231f3a",
    update_edge="#5b4b96",
    update_text="#c9b8ff",
    clear="#8793a9",
    positive="#4fa3e8",
    negative="#f0913a",
    problem="#ff8a80",
    warning="#ffc857",
    good="#6fd693",
    focus="#57c7d9",
    syntax_number="#f0b860",
    syntax_function="#c3cfe6",
    syntax_keyword="#ff9db5",
    syntax_comment="#929eb3",
    syntax_string="#8fd19e",
)

LIGHT = Theme(
    name="light",
    window="#f3f5f9",
    panel="#f8f9fc",
    canvas="#ffffff",
    canvas_dot="#dfe4ec",
    field="#ffffff",
    card="#ffffff",
    raised="#eef1f6",
    hover="#e3e8f0",
    selected="#dbe4f0",
    border="#d9dfe8",
    strong_border="#a9b4c4",
    text="#161b27",
    muted_text="#434e61",
    faint_text="#566073",
    data="#0b6577",
    grad="#b51f53",
    grad_fill="#c2255c",
    update="#6d28d9",
    update_fill="#f0eafc",
    update_edge="#c4b0ee",
    update_text="#5b21b6",
    clear="#566073",
    positive="#155fa6",
    negative="#b03b06",
    problem="#b3261e",
    warning="#7a5200",
    good="#1b6b3a",
    focus="#0b7285",
    syntax_number="#8f4a00",
    syntax_function="#434e61",
    syntax_keyword="#a61e4d",
    syntax_comment="#5b6577",
    syntax_string="#1b6b3a",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
