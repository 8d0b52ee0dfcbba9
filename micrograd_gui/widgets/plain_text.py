"""Text that others wrote, shown as it is."""

import html


def tooltip(text: str) -> str:
    """Return a tooltip that shows ``text`` as typed and breaks long lines; Qt would read tags in a bare string."""
    return f"<qt>{html.escape(text)}</qt>" if text else ""
