"""Measurements against other programs, side by side in one run; they are not in the wheel."""
