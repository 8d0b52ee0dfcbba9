"""Explanations of Python's syntax errors, with a reason and a remedy."""

import keyword
import re
from collections.abc import Sequence
from typing import NamedTuple

from micrograd_core.errors import LanguageError
from micrograd_core.language.source import Lines
from micrograd_core.texts import tr


class _Rule(NamedTuple):
    """An explanation of one of Python's messages, or of the text at which its parser stopped.

    The fields of ``message`` are the named groups of ``pattern``.
    """

    pattern: str
    message: str
    hint: str

    def explain(self, found: re.Match[str]) -> tuple[str, str]:
        """Return message and hint for a match of the pattern."""
        groups = found.groupdict()
        return (self.message.format(**groups) if groups else self.message), self.hint


_MESSAGES = (
    _Rule(
        r"'(?P<bracket>.)' was never closed",
        tr("This {bracket} is never closed."),
        tr("Add the closing bracket."),
    ),
    _Rule(
        r"unmatched '(?P<bracket>.)'",
        tr("This {bracket} closes nothing."),
        tr("Remove it, or add the opening bracket before it."),
    ),
    _Rule(
        r"closing parenthesis '(?P<closing>.)' does not match opening parenthesis '(?P<opening>.)'",
        tr("{closing} cannot close {opening}."),
        tr("Close each bracket with its own kind."),
    ),
    _Rule(
        r"unterminated (triple-quoted )?(f-)?string literal",
        tr("This text is never closed."),
        tr("Add the closing quotation mark."),
    ),
    _Rule(
        r"Missing parentheses in call to 'print'",
        tr("print needs brackets around its arguments."),
        tr("Write {code}.", code="print(…)"),
    ),
    _Rule(
        r"invalid syntax\. Perhaps you forgot a comma",
        tr("Something is missing between these two."),
        tr("Write a comma between elements, or an operator such as * between factors."),
    ),
    _Rule(
        r"invalid syntax\. Maybe you meant '=='",
        tr("= assigns a value; it does not compare."),
        tr("Write == to compare."),
    ),
    _Rule(
        r"cannot assign to (?P<name>True|False|None)",
        tr("{name} is a constant and cannot be assigned to."),
        tr("Choose another name."),
    ),
    _Rule(
        r"cannot assign to",
        tr("This cannot be assigned to."),
        tr("Write {code}.", code="name = expression"),
    ),
    _Rule(
        r"illegal expression for augmented assignment",
        tr("This cannot be changed in place."),
        tr("Write {code}.", code="name += expression"),
    ),
    _Rule(
        r"expected '\('",
        tr("Brackets are missing here."),
        tr("Write {code} for a function of x.", code="def f(x):"),
    ),
    _Rule(
        r"non-default argument follows default|parameter without a default follows",
        tr("A parameter without a default follows one with a default."),
        tr("Put parameters with a default last: {code}.", code="def f(x, h=0.1)"),
    ),
    _Rule(
        r"[Gg]enerator expression must be parenthesized",
        tr("A for needs its own brackets among other arguments."),
        tr("Write {code}.", code="[x for x in xs], 1.0"),
    ),
    _Rule(
        r"expected ':'",
        tr("A colon is missing at the end of this line."),
        tr("Write : before the indented lines."),
    ),
    _Rule(
        r"expected an indented block after '(?P<keyword>.+)' statement on line (?P<line>\d+)",
        tr("The block of the {keyword} in line {line} must be indented."),
        tr("Begin this line with four spaces."),
    ),
    _Rule(
        r"expected an indented block after .* on line (?P<line>\d+)",
        tr("The block of the definition in line {line} must be indented."),
        tr("Begin this line with four spaces."),
    ),
    _Rule(
        r"unexpected indent",
        tr("This line is indented, but it belongs to no block."),
        tr("Remove the spaces before it."),
    ),
    _Rule(
        r"unindent does not match",
        tr("This line is indented differently from the lines above it."),
        tr("Give it the indentation of its block."),
    ),
    _Rule(
        r"inconsistent use of tabs",
        tr("Tabs and spaces are mixed in the indentation."),
        tr("Use spaces only."),
    ),
    _Rule(
        r"too many levels of indentation",
        tr("This is nested too deeply."),
        tr("Use fewer blocks within blocks."),
    ),
    _Rule(
        r"leading zeros",
        tr("A whole number cannot begin with 0."),
        tr("Remove the zeros, or write a decimal point: {code}.", code="0.5"),
    ),
    _Rule(
        r"invalid (decimal|hexadecimal|octal|binary) literal|invalid imaginary|invalid digit",
        tr("This is not a valid number."),
        tr("Write {code} to multiply; names begin with a letter.", code="2*x"),
    ),
    _Rule(
        r"expected 'else' after 'if' expression",
        tr("This choice between two values has no else."),
        tr("Write {code}.", code="a if condition else b"),
    ),
    _Rule(
        r"unexpected character after line continuation",
        tr("A backslash is only allowed at the end of a line."),
        tr("Remove it."),
    ),
    _Rule(
        r"positional argument follows keyword argument",
        tr("An argument without a name follows a named one."),
        tr("Put the named arguments last."),
    ),
    _Rule(
        r"f-string: (?:empty expression|valid expression required)",
        tr("There is nothing between the braces in this text."),
        tr("Write {name} or {formatted}.", name="{name}", formatted="{name:.4f}"),
    ),
    _Rule(
        r"f-string: (?:expecting '\}'|single)",
        tr("A brace in this text has no partner."),
        tr(
            "Write {field}, or {opening} and {closing} for the braces themselves.",
            field="{name}",
            opening="{{",
            closing="}}",
        ),
    ),
    _Rule(
        r"f-string|unicode ?error|bytes can only contain",
        tr("This text is not valid."),
        tr("Between braces, write an expression, or an expression with a format: {code}.", code="{name:.4f}"),
    ),
)

_NO_OPERATOR = tr("{found} is not an operator here.")
_SPOTS = (
    _Rule(
        r"^\s*(?P<found>[%!])",
        tr("A line that begins with {found} is a notebook command."),
        tr("Remove the line."),
    ),
    _Rule(
        r"^\s*(?P<found>>>>)",
        tr("{found} is not part of a program."),
        tr("Remove it from the beginning of each line."),
    ),
    _Rule(
        r"(?P<found>\+\+|--)",
        _NO_OPERATOR,
        tr("Write {increment} or {decrement} to change a number in place.",
           increment="+= 1", decrement="-= 1"),
    ),
    _Rule(r"(?P<found>&&)", _NO_OPERATOR, tr("Write {code}.", code="and")),
    _Rule(r"(?P<found>\|\|)", _NO_OPERATOR, tr("Write {code}.", code="or")),
    _Rule(r"(?P<found>=>)", _NO_OPERATOR, tr("Write {code} to compare.", code=">=")),
    _Rule(r"(?P<found>=<)", _NO_OPERATOR, tr("Write {code} to compare.", code="<=")),
    _Rule(r"(?P<found><>)", _NO_OPERATOR, tr("Write {code} to compare.", code="!=")),
    _Rule(r"(?P<found>!)(?!=)", _NO_OPERATOR, tr("Write {code}.", code="not")),
)  # fmt: skip


def explain(text: str, error: SyntaxError, texts: Sequence[tuple[int, int]]) -> LanguageError:
    """Turn Python's error into one with a reason and a remedy.

    ``texts`` holds start and end of every f-string; a mistake inside one is marked at the whole f-string.
    """
    lines = Lines(text)
    start = lines.offset(max(error.lineno or 1, 1), max(error.offset or 1, 1))
    end = start
    if error.end_offset is not None and error.end_offset > 0:
        end = max(start, lines.offset(max(error.end_lineno or error.lineno or 1, 1), error.end_offset))
    says = error.msg or ""
    inside = _enclosing_text(text, error, start, texts)
    if inside is not None:
        start, end = inside
        says = says if says.startswith("f-string: ") else f"f-string: {says}"
    span = lines.span(start, end)
    if end == start or text[start : start + 1] in ("\n", "\r"):
        span = span._replace(end_line=span.line, end_column=span.column + 1)
    for rule in _MESSAGES:
        found = re.search(rule.pattern, says)
        if found:
            return LanguageError(*rule.explain(found), *span)
    return LanguageError(*_explain_stop(text, start), *span)


def _enclosing_text(
    text: str, error: SyntaxError, start: int, texts: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Return start and end of the f-string with the error; Python 3.11 counts within the bracketed expression."""
    holding = [(first, last) for first, last in texts if first < start < last]
    if not (error.msg or "").startswith("f-string"):
        return holding[0] if holding else None
    expression = (error.text or "").strip()[1:-1]
    matching = [(first, last) for first, last in texts if expression and expression in text[first:last]]
    before = [(first, last) for first, last in texts if first <= start]
    candidates = holding or matching or before[-1:] or texts
    return candidates[0] if candidates else None


def _explain_stop(text: str, start: int) -> tuple[str, str]:
    """Return message and hint for an error of which the parser only says at which word it stopped."""
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line = re.split(r"[\r\n]", text[line_start:], maxsplit=1)[0]
    reserved = re.match(r"\s*(\w+)\s*[-+*/]?=(?!=)", line)
    if reserved and keyword.iskeyword(reserved[1]):
        return (
            tr("{word} is a Python keyword and cannot be a name.", word=reserved[1]),
            tr("Write {name} or another name.", name=f"{reserved[1]}_"),
        )
    column = start - line_start
    for rule in _SPOTS:
        for spot in re.finditer(rule.pattern, line):
            if spot.start() <= column <= spot.end():
                return rule.explain(spot)
    stopped = line[column:].split("#")[0].strip()
    stray = re.match(r"(elif|else)\b", stopped)
    if stray and not line[:column].strip():
        return (
            tr("This {keyword} belongs to no if.", keyword=stray[1]),
            tr("Put it directly after the block of an if, with the same indentation as the if."),
        )
    before = line[:column].rstrip()
    if not stopped and before:
        return tr("Something is missing after {word}.", word=before.split()[-1]), tr("Finish the line.")
    word = re.match(r"\w+|\S", stopped)
    if word is None:
        return tr("This line is not finished."), tr("Finish the line.")
    if re.search(r"[\w)\]'\"]$", before) and re.match(r"[\w'\"]", stopped):
        return (
            tr("Something is missing before {word}.", word=word[0]),
            tr("Write an operator such as + or * between two values, and each statement on its own line."),
        )
    return (
        tr("Python cannot parse this from {word} on.", word=word[0]),
        tr("Check the text directly before it."),
    )
