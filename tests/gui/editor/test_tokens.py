"""Lines as coloured pieces."""

import pytest

from micrograd_gui.editor.tokens import tokenize


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("a.q", ["name", "sign", "name"]),
        ("f'{x}' 1", ["string", "number"]),
        ("'a\\'b' 1", ["string", "number"]),
        ("'open", ["string"]),
        ("''''", ["string"]),
        ("'' 1", ["string", "number"]),
        (".5+1e5-1_000", ["number", "sign", "number", "sign", "number"]),
        ("x2", ["name"]),
        ("", []),
    ],
)
def test_lines_are_taken_apart(line: str, kinds: list[str]) -> None:
    """Tokens cover everything but blanks, in order."""
    tokens, _state = tokenize(line)
    assert [token.kind for token in tokens] == kinds
    covered = "".join(line[token.start : token.end] for token in tokens)
    assert covered.replace(" ", "") == line.replace(" ", "")
