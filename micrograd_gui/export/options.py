"""What may be chosen of a picture, and how it is told that there will be none."""

from dataclasses import dataclass

from micrograd_core.errors import MicrogradError
from micrograd_gui.model.theme import Theme


class RenderError(MicrogradError):
    """No picture was made; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Options:
    """A format may have no use for some of them."""

    theme: Theme
    position: int | None = None
    """Steps of both passes that are done in the picture of a graph; None for all."""
