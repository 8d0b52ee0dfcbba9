"""Plain text for widgets that read markup."""

import html


def tooltip(text: str) -> str:
    """Return a tooltip with ``text`` as plain text and long lines broken; Qt would read tags in a bare string."""
    return f"<qt>{html.escape(text)}</qt>" if text else ""
