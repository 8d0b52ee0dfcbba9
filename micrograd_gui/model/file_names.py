"""File names as the window shows them: on one line, without Qt reading markup into them."""

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0\ufdd1]")
"""Characters that break a line or change the direction of writing, and halves of characters."""


def shown_name(name: str) -> str:
    """Return the name on one line of visible characters."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", name)


def menu_text(name: str) -> str:
    """Return the name for an entry of a menu, where ``&`` marks a key."""
    return shown_name(name).replace("&", "&&")


def title_text(name: str) -> str:
    """Return the name for a window's title, where ``[*]`` is the mark of unsaved changes."""
    return shown_name(name).replace("[*]", "[*][*]")
