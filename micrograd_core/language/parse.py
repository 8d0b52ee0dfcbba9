"""Parsing of a program's text into a syntax tree, or into an error with a reason and a remedy.

Short texts can crash Python's parser or keep it busy (a thousand minus signs, nested brackets, an f-string of 100,000
fields), and it takes full-width letters for ordinary ones. So the text is scanned first, and parsed on a stack that is
always large enough.
"""

import ast
import re
import unicodedata
import warnings
from dataclasses import dataclass, field
from functools import partial

from micrograd_core.errors import LanguageError
from micrograd_core.language.limits import Limits, Stopwatch
from micrograd_core.language.source import INVISIBLE, Lines, Span
from micrograd_core.language.stack import on_own_stack
from micrograd_core.language.syntax_errors import explain
from micrograd_core.texts import tr

_STACK_BYTES = 64 * 1024 * 1024
_LONGEST_WORD = 100
_LONGEST_NUMBER = 1000
_MOST_FIELDS = 1000
"""Python 3.11 takes time quadratic in the number of fields of one f-string."""

TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<newline>(?:\r\n|\r|\n)++)
    | (?P<space>(?:[ \t]|\\(?:\r\n|\r|\n))++)
    | (?P<string>(?P<prefix>(?:[rub]|f|rb|br|fr|rf)?)
        (?: \"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|\Z)
          | '{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\Z)
          | "(?:[^"\\\n\r]|\\(?:\r\n|.))*+"?
          | '(?:[^'\\\n\r]|\\(?:\r\n|.))*+'? ))
    | (?P<number>(?:\d|\.\d)(?:[eE][+-]?\d|[\w.])*+)
    | (?P<word>[^\W\d]\w*+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)

_OPENING, _CLOSING = "([{", ")]}"
_PREFIX_SIGNS = {"+", "-", "~", "not", "await", "lambda", "*"}

_SIGN_HINTS = {
    "×": tr("Write * for multiplication."),
    "·": tr("Write * for multiplication."),
    "⋅": tr("Write * for multiplication."),
    "÷": tr("Write / for division."),
    "−": tr("Write the minus sign of the keyboard, -."),
    "–": tr("Write the minus sign of the keyboard, -."),
    "—": tr("Write the minus sign of the keyboard, -."),
    "²": tr("Write {code}.", code="**2"),
    "³": tr("Write {code}.", code="**3"),
    "√": tr("Write {code}.", code="sqrt(…)"),
    "π": tr("Write {code}.", code="math.pi"),
    "“": tr("Write straight quotation marks, {mark}.", mark='"'),
    "”": tr("Write straight quotation marks, {mark}.", mark='"'),
    "„": tr("Write straight quotation marks, {mark}.", mark='"'),
    "‘": tr("Write straight quotation marks, {mark}.", mark="'"),
    "’": tr("Write straight quotation marks, {mark}.", mark="'"),
    "≤": tr("Write {code}.", code="<="),
    "≥": tr("Write {code}.", code=">="),
    "≠": tr("Write {code}.", code="!="),
    "∞": tr("Write {code}.", code="math.inf"),
    "…": tr("Replace the dots by an expression."),
    "$": tr("Remove it."),
    "?": tr("Write {code} to choose between two values.", code="`a if condition else b`"),
    "`": tr("Write quotation marks around a text."),
}
"""Hints for signs that people paste or type and that Python writes otherwise."""


@dataclass
class _Scan:
    """The results of scanning the text."""

    texts: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of every f-string."""
    longest_statement: int = 0
    """Start of the statement with the most tokens."""


def parse(text: str, limits: Limits, stopwatch: Stopwatch) -> ast.Module:
    """Return the syntax tree of ``text``. Raises LanguageError."""
    if len(text) > limits.characters:
        raise LanguageError(
            tr(
                "The length of the program is {length:,}; the limit is {limit:,} characters.",
                length=len(text),
                limit=limits.characters,
            ),
            tr("Make it shorter."),
            *Span(1, 1, 1, 1),
        )
    scan = _scan(text, limits)
    try:
        return on_own_stack(partial(_parse, text), _STACK_BYTES, stopwatch)
    except SyntaxError as error:
        raise explain(text, error, scan.texts) from None
    except (RecursionError, MemoryError):
        raise _error(
            text,
            scan.longest_statement,
            scan.longest_statement,
            tr("This is nested too deeply or has too many parts in a row."),
            tr("Split it into several assignments."),
        ) from None
    except ValueError as error:
        raise _error(text, 0, 0, tr("Python cannot parse this: {reason}.", reason=error), "") from None


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _scan(text: str, limits: Limits) -> _Scan:
    """Check the text token by token. Raises LanguageError for what Python's parser must not see."""
    scan = _Scan()
    tokens = statement_tokens = most_tokens = prefixes = 0
    importing, points = False, 0
    brackets: list[int] = []
    start_of_statement = 0
    invisible = INVISIBLE.search(text)
    if invisible is not None:
        raise _error(
            text,
            *invisible.span(),
            tr("There is an invisible character here ({code}).", code=f"U+{ord(invisible[0]):04X}"),
            tr("Remove it."),
        )
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        assert match is not None, "the last alternative takes any character"
        kind, word = match.lastgroup, match[0]
        if kind == "prefix":
            kind = "string"
        start, position = position, match.end()
        if kind == "space" or kind == "comment":
            continue
        if kind == "newline" or word == ";":
            if not brackets:
                statement_tokens, start_of_statement = 0, position
            if kind == "newline":
                continue
        tokens += 1
        statement_tokens += 1
        if statement_tokens == 1:
            importing, points = word in ("import", "from"), 0
        points += word == "."
        if importing and points > limits.depth:
            # Python's parser stores every prefix of a.b.c…
            raise _error(
                text, start, position, tr("This module is not part of this language."),
                tr("Write {code}.", code="import math"),
            )  # fmt: skip
        if statement_tokens > most_tokens:
            most_tokens, scan.longest_statement = statement_tokens, start_of_statement
        if tokens > limits.tokens:
            raise _error(
                text, start, position,
                tr("The program has more than {limit:,} words, numbers and signs.", limit=limits.tokens),
                tr("Make it shorter."),
            )  # fmt: skip
        prefixes = prefixes + 1 if word in _PREFIX_SIGNS else 0
        if word in _OPENING:
            brackets.append(start)
        elif word in _CLOSING and brackets:
            brackets.pop()
        if len(brackets) > limits.depth or prefixes > limits.depth:
            raise _error(
                text, start, position,
                tr("This is nested more than {limit} levels deep.", limit=limits.depth),
                tr("Assign the inner parts to names first."),
            )  # fmt: skip
        problem = _token_problem(kind, word)
        if problem is not None:
            raise _error(text, start, position, *problem)
        if kind == "string" and "f" in match["prefix"].lower():
            scan.texts.append((start, position))
    return scan


def _token_problem(kind: str | None, word: str) -> tuple[str, str] | None:
    """Return message and hint for a token that Python would accept or explain less clearly; None if it is fine."""
    if kind == "word" and not word.isascii():
        return _letter_problem(next(letter for letter in word if not letter.isascii()))
    if kind == "word" and len(word) > _LONGEST_WORD:
        return (
            tr(
                "The length of this name is {length:,}; the limit is {limit}.",
                length=len(word),
                limit=_LONGEST_WORD,
            ),
            tr("Choose a shorter name."),
        )
    if kind == "number" and len(word) > _LONGEST_NUMBER:
        return (
            tr("The length of this number is {length:,}.", length=len(word)),
            tr("Write large numbers like this: {code}.", code="1e300"),
        )
    if kind == "number" and not word.isascii():
        return _letter_problem(next(letter for letter in word if not letter.isascii()))
    if kind == "sign" and (not word.isascii() or word in _SIGN_HINTS):
        if word in _SIGN_HINTS:
            return tr("{code} is not part of this language.", code=word), _SIGN_HINTS[word]
        return _letter_problem(word)
    if kind == "string" and len(word) > _MOST_FIELDS and word.count("{") > _MOST_FIELDS:
        return (
            tr("This text has more than {limit:,} fields.", limit=_MOST_FIELDS),
            tr("Split it into several texts."),
        )
    return None


def _letter_problem(letter: str) -> tuple[str, str]:
    if letter in _SIGN_HINTS:
        return tr("{code} is not part of this language.", code=letter), _SIGN_HINTS[letter]
    plain = unicodedata.normalize("NFKC", letter)
    name = unicodedata.name(letter, f"U+{ord(letter):04X}").lower()
    greek = re.match(r"greek (?:small|capital) letter (?:final )?(\w+)", name)
    if plain != letter and plain.isascii():
        hint = (
            tr("Write the ordinary {letter}.", letter=plain)
            if plain.strip()
            else tr("Write an ordinary space.")
        )
    elif greek is not None:
        hint = tr("Write {code}.", code="lam" if greek[1] == "lamda" else greek[1])
    else:
        hint = tr("Names consist of the letters a to z and A to Z, digits and _.")
    return tr("{letter} ({name}) cannot be used here.", letter=letter, name=name), hint


def _error(text: str, start: int, end: int, message: str, hint: str) -> LanguageError:
    return LanguageError(message, hint, *Lines(text).span(start, end))
