"""The stacking order of the items on the canvas."""

GROUP = -1.0
EDGE = 0.0
ACTIVE_EDGE = 1.0
CARD = 2.0
TITLE = 2.5
BEAD = 3.0
