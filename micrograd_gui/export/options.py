"""Options of a picture, and the error if none can be drawn."""

from dataclasses import dataclass

from micrograd_core.errors import MicrogradError
from micrograd_gui.model.theme import Theme


class RenderError(MicrogradError):
    """No picture was drawn. The message is for the user."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a picture; a format may ignore some of them."""

    theme: Theme
    position: int | None = None
    """Number of steps of both passes that are done in the picture of a graph; None for all."""
