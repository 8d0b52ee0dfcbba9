"""The sizes of cards and of the text on them, in pixels at 100 %, measured without a screen."""

from micrograd_gui.model.snapshot import NodeRecord

CARD_HEIGHT = 58.0
MIN_CARD_WIDTH = 148.0
"""Room for two numbers of eight and nine characters."""
MAX_CARD_WIDTH = 264.0
CARD_PADDING = 14.0
CHIP_PADDING = 7.0
CHIP_GAP = 8.0
MIN_CHIP_WIDTH = 22.0

LABEL_SIZE = 13
"""Size of a label's letters, Inter SemiBold."""
CHIP_SIZE = 11
"""Size of the letters of an operation's chip, Inter SemiBold."""

_MEASURED_SIZE = 13
_LETTER_WIDTHS = {
    letter: width
    for letters, width in (
        ("'ijlI", 3.5),
        ("!,.:;·| ", 4.5),
        ('frt"()/[\\]{}', 5.5),
        ("1-^_`s*?", 6.5),
        ("7acekvxyzFJL25bdghnopquE", 8.0),
        ("ACDHNUVGOQKXY", 10.0),
        ("w%mMW@", 12.5),
    )
    for letter in letters
}
"""Advance widths of Inter SemiBold at ``_MEASURED_SIZE``, rounded up."""
_OTHER_LETTER_WIDTH = 8.75


def text_width(text: str, size: int = LABEL_SIZE) -> float:
    """Width of a text in Inter SemiBold of this size; an upper estimate."""
    letters = sum(_LETTER_WIDTHS.get(letter, _OTHER_LETTER_WIDTH) for letter in text)
    return letters * size / _MEASURED_SIZE


def chip_width(chip: str) -> float:
    """Width of the operation's chip; 0 without one."""
    return max(MIN_CHIP_WIDTH, text_width(chip, CHIP_SIZE) + 2 * CHIP_PADDING) if chip else 0.0


def card_width(label: str, chip: str) -> float:
    """Width of a card from its label and chip; numbers, which change, do not count."""
    of_chip = chip_width(chip)
    width = CARD_PADDING + text_width(label) + (CHIP_GAP + of_chip if chip else 0.0) + CARD_PADDING
    return min(max(round(width), MIN_CARD_WIDTH), MAX_CARD_WIDTH)


def card_size(node: NodeRecord) -> tuple[float, float]:
    """Width and height of a node's card."""
    return card_width(node.label, node.chip), CARD_HEIGHT
