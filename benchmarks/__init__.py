"""Measurements against other programs, side by side in one run. They are not in the wheel."""
