"""Measurements against other programs, side by side in one process. They are no tests and not in the wheel."""
