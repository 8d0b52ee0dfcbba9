"""The sizes of cards."""

from micrograd_gui.model.card_size import CARD_HEIGHT, MAX_CARD_WIDTH, MIN_CARD_WIDTH, card_size
from micrograd_gui.model.snapshot import NodeRecord


def test_cards_are_as_wide_as_their_labels_ask() -> None:
    """A longer label makes a wider card up to a limit; the height is one for all."""

    def width(label: str, symbol: str = "") -> float:
        size = card_size(NodeRecord(label, label, symbol, (0,) if symbol else (), 0.0))
        assert size[1] == CARD_HEIGHT
        return size[0]

    assert width("a") == width("") == MIN_CARD_WIDTH
    assert width("a" * 20) > width("a")
    assert width("a" * 16, "sigmoid") > width("a" * 16)
    assert width("a" * 500) == width("W" * 50) == MAX_CARD_WIDTH
