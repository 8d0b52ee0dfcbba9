"""From text to a syntax tree, or to a sentence that says what is wrong with the text.

The parser of Python can be crashed or kept busy by short texts (a thousand minus signs, brackets in brackets,
an f-string of 100,000 fields) and takes full-width letters for ordinary ones. So the text is looked through
first, and parsed on a stack that is always large enough.
"""

import ast
import keyword
import re
import unicodedata
import warnings
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from micrograd_core.errors import LanguageError
from micrograd_core.language.limits import Limits, Stopwatch
from micrograd_core.language.source import INVISIBLE, Span
from micrograd_core.language.stack import on_own_stack

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

# What people paste or type for what Python writes otherwise.
_SIGN_HINTS = {
    "×": "Write * for multiplication.",
    "·": "Write * for multiplication.",
    "⋅": "Write * for multiplication.",
    "÷": "Write / for division.",
    "−": "Write the minus sign of the keyboard, -.",
    "–": "Write the minus sign of the keyboard, -.",
    "—": "Write the minus sign of the keyboard, -.",
    "²": "Write **2.",
    "³": "Write **3.",
    "√": "Write sqrt(…).",
    "π": "Write math.pi.",
    "“": 'Write straight quotation marks, ".',
    "”": 'Write straight quotation marks, ".',
    "„": 'Write straight quotation marks, ".',
    "‘": "Write straight quotation marks, '.",
    "’": "Write straight quotation marks, '.",
    "≤": "Write <=.",
    "≥": "Write >=.",
    "≠": "Write !=.",
    "∞": "Write math.inf.",
    "…": "Write out what stands for the dots.",
    "$": "Leave it out.",
    "?": "Write `a if condition else b` to choose between two.",
    "`": "Write quotation marks for text.",
}


class _Rule(NamedTuple):
    """A message of Python's parser (or the text where it stopped), and what to say instead.

    ``{0}``, ``{1}`` stand for the groups of the pattern.
    """

    pattern: str
    message: str
    hint: str


_MESSAGES = (
    _Rule(r"'(.)' was never closed", "This {0} is never closed.", "Add the closing bracket."),
    _Rule(r"unmatched '(.)'", "This {0} closes nothing.", "Remove it, or add the opening bracket before it."),
    _Rule(
        r"closing parenthesis '(.)' does not match opening parenthesis '(.)'",
        "{0} cannot close {1}.",
        "Close each bracket with its own kind.",
    ),
    _Rule(
        r"unterminated (triple-quoted )?(f-)?string literal",
        "This text is never ended.",
        "Add the closing quotation mark.",
    ),
    _Rule(
        r"Missing parentheses in call to 'print'",
        "print needs brackets round what it prints.",
        "Write print(…).",
    ),
    _Rule(
        r"invalid syntax\. Perhaps you forgot a comma",
        "Something is missing between these two.",
        "Write a comma between elements, or an operator such as * between factors.",
    ),
    _Rule(
        r"invalid syntax\. Maybe you meant '=='",
        "= gives a name a value; it does not compare.",
        "Write == to compare.",
    ),
    _Rule(
        r"cannot assign to (True|False|None)",
        "{0} is a fixed word and cannot be given a value.",
        "Choose another name.",
    ),
    _Rule(
        r"cannot assign to",
        "A value can be given only to a name, not to what stands left of this =.",
        "Write name = expression.",
    ),
    _Rule(
        r"illegal expression for augmented assignment", "This cannot be changed in place.", "Write name += …"
    ),
    _Rule(r"expected '\('", "Brackets are missing here.", "Write def f(x): for a function of x."),
    _Rule(
        r"non-default argument follows default|parameter without a default follows",
        "A parameter without a default stands after one with a default.",
        "Put those with a default last: def f(x, h=0.1).",
    ),
    _Rule(
        r"[Gg]enerator expression must be parenthesized",
        "Beside other arguments, a for needs brackets of its own.",
        "Write [x for x in xs], 1.0.",
    ),
    _Rule(
        r"expected ':'", "A colon is missing at the end of this line.", "Write : before the indented lines."
    ),
    _Rule(
        r"expected an indented block after '?(.+?)'? (?:statement )?on line (\d+)",
        "The lines that belong to the {0} of line {1} must be indented.",
        "Begin this line with four spaces.",
    ),
    _Rule(
        r"unexpected indent",
        "This line is indented, but it belongs to no block.",
        "Remove the spaces before it.",
    ),
    _Rule(
        r"unindent does not match",
        "This line is indented differently from the lines above it.",
        "Give it the same number of spaces as the block that it belongs to.",
    ),
    _Rule(r"inconsistent use of tabs", "Tabs and spaces are mixed in the indentation.", "Use spaces only."),
    _Rule(r"too many levels of indentation", "This is nested too deeply.", "Use fewer blocks in blocks."),
    _Rule(
        r"leading zeros",
        "A whole number does not begin with 0.",
        "Remove the zeros, or write 0.… with a point.",
    ),
    _Rule(
        r"invalid (decimal|hexadecimal|octal|binary) literal|invalid imaginary|invalid digit",
        "This is not a number as Python writes it.",
        "Write 2*x to multiply; names begin with a letter.",
    ),
    _Rule(
        r"expected 'else' after 'if' expression",
        "This choice has no else.",
        "Write a if condition else b.",
    ),
    _Rule(
        r"unexpected character after line continuation",
        "A backslash may only stand at the end of a line.",
        "Remove it.",
    ),
    _Rule(
        r"positional argument follows keyword argument",
        "An argument without a name stands after one with a name.",
        "Put the named arguments last.",
    ),
    _Rule(
        r"f-string: (?:empty expression|valid expression required)",
        "There is nothing between { and } in this text.",
        "Write {name} or {name:.4f}.",
    ),
    _Rule(
        r"f-string: (?:expecting '\}'|single)",
        "A { or } in this text has no partner.",
        "Write {name}, or {{ and }} for the brackets themselves.",
    ),
    _Rule(
        r"f-string|unicode ?error|bytes can only contain",
        "This text cannot be read.",
        "Between { and } write a name or an expression, then : and a format such as .4f.",
    ),
)

_SPOTS = (
    _Rule(r"^\s*[%!]", "A line that begins with {text} is a command of a notebook.", "Remove the line."),
    _Rule(r"^\s*>>>", "{text} is not part of a program.", "Remove it from the beginning of each line."),
    _Rule(r"\+\+|--", "{text} is not an operator here.", "Write += 1 or -= 1 to change a number in place."),
    _Rule(r"&&", "&& is not an operator here.", "Write and."),
    _Rule(r"\|\|", "|| is not an operator here.", "Write or."),
    _Rule(r"=>", "=> is not an operator here.", "Write >= to compare."),
    _Rule(r"=<", "=< is not an operator here.", "Write <= to compare."),
    _Rule(r"<>", "<> is not an operator here.", "Write != to compare."),
    _Rule(r"!(?!=)", "! is not an operator here.", "Write not."),
)


@dataclass
class _Scan:
    """What one look through the text finds."""

    texts: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of every f-string."""
    busiest: int = 0
    """Where the statement with the most tokens begins."""


class _Lines:
    """Lines and columns of positions in the text."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def span(self, start: int, end: int) -> Span:
        return Span(*self._place(start), *self._place(max(end, start)))

    def offset(self, line: int, column: int) -> int:
        return min(self._starts[min(line, len(self._starts)) - 1] + column - 1, self._length)

    def _place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1


def parse(text: str, limits: Limits, stopwatch: Stopwatch) -> ast.Module:
    """The syntax tree of ``text``; raises ``LanguageError``."""
    if len(text) > limits.characters:
        raise LanguageError(
            f"The program is {len(text):,} characters long; at most {limits.characters:,} are read.",
            "Make it shorter.",
            *Span(1, 1, 1, 1),
        )
    scan = _look_through(text, limits)
    try:
        return on_own_stack(partial(_parse, text), _STACK_BYTES, stopwatch)
    except SyntaxError as error:
        raise _explain(text, error, scan) from None
    except (RecursionError, MemoryError):
        raise _error(
            text, scan.busiest, scan.busiest, "This is nested too deeply or has too many parts in a row.",
            "Split it into several statements, each with a name of its own.",
        ) from None  # fmt: skip
    except ValueError as error:
        raise _error(text, 0, 0, f"This cannot be read: {error}.", "") from None


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _look_through(text: str, limits: Limits) -> _Scan:
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
            f"There is an invisible character here (U+{ord(invisible[0]):04X}).",
            "Delete it.",
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
            # Python's parser keeps every beginning of a.b.c…
            raise _error(
                text, start, position, "Such a module is not part of this language.", "Write import math."
            )
        if statement_tokens > most_tokens:
            most_tokens, scan.busiest = statement_tokens, start_of_statement
        if tokens > limits.tokens:
            raise _error(
                text, start, position,
                f"The program has more than {limits.tokens:,} words, numbers and signs.", "Make it shorter.",
            )  # fmt: skip
        prefixes = prefixes + 1 if word in _PREFIX_SIGNS else 0
        if word in _OPENING:
            brackets.append(start)
        elif word in _CLOSING and brackets:
            brackets.pop()
        if len(brackets) > limits.depth or prefixes > limits.depth:
            raise _error(
                text, start, position, f"This is nested more than {limits.depth} deep.",
                "Give the inner parts names of their own.",
            )  # fmt: skip
        problem = _token_problem(kind, word)
        if problem is not None:
            raise _error(text, start, position, *problem)
        if kind == "string" and "f" in match["prefix"].lower():
            scan.texts.append((start, position))
    return scan


def _token_problem(kind: str | None, word: str) -> tuple[str, str] | None:
    """What is wrong with a single token, which Python might accept or complain about less clearly."""
    if kind == "word" and not word.isascii():
        return _letter_problem(next(letter for letter in word if not letter.isascii()))
    if kind == "word" and len(word) > _LONGEST_WORD:
        return (
            f"This name has {len(word):,} letters; at most {_LONGEST_WORD} are allowed.",
            "Choose a shorter name.",
        )
    if kind == "number" and len(word) > _LONGEST_NUMBER:
        return f"This number has {len(word):,} digits.", "Write large numbers as 1e300."
    if kind == "number" and not word.isascii():
        return _letter_problem(next(letter for letter in word if not letter.isascii()))
    if kind == "sign" and (not word.isascii() or word in _SIGN_HINTS):
        if word in _SIGN_HINTS:
            return f"{word} is not part of the language.", _SIGN_HINTS[word]
        return _letter_problem(word)
    if kind == "string" and len(word) > _MOST_FIELDS and word.count("{") > _MOST_FIELDS:
        return f"This text has more than {_MOST_FIELDS:,} fields.", "Split it into several texts."
    return None


def _letter_problem(letter: str) -> tuple[str, str]:
    if letter in _SIGN_HINTS:
        return f"{letter} is not part of the language.", _SIGN_HINTS[letter]
    plain = unicodedata.normalize("NFKC", letter)
    name = unicodedata.name(letter, f"U+{ord(letter):04X}").lower()
    greek = re.match(r"greek (?:small|capital) letter (?:final )?(\w+)", name)
    if plain != letter and plain.isascii():
        hint = f"Write the ordinary {plain}." if plain.strip() else "Write an ordinary space."
    elif greek is not None:
        hint = f"Write {'lam' if greek[1] == 'lamda' else greek[1]}."
    else:
        hint = "Names are made of the letters a to z and A to Z, digits and _."
    return f"{letter} ({name}) cannot stand here.", hint


def _error(text: str, start: int, end: int, message: str, hint: str) -> LanguageError:
    return LanguageError(message, hint, *_Lines(text).span(start, end))


def _explain(text: str, error: SyntaxError, scan: _Scan) -> LanguageError:
    """Python's complaint in our words; what is wrong inside an f-string is shown at the whole f-string."""
    lines = _Lines(text)
    start = lines.offset(max(error.lineno or 1, 1), max(error.offset or 1, 1))
    end = start
    if error.end_offset is not None and error.end_offset > 0:
        end = max(start, lines.offset(max(error.end_lineno or error.lineno or 1, 1), error.end_offset))
    says = error.msg or ""
    inside = _enclosing_text(text, error, start, scan)
    if inside is not None:
        start, end = inside
        says = says if says.startswith("f-string: ") else f"f-string: {says}"
    span = lines.span(start, end)
    if end == start or text[start : start + 1] in ("\n", "\r"):
        span = span._replace(end_line=span.line, end_column=span.column + 1)
    for rule in _MESSAGES:
        found = re.search(rule.pattern, says)
        if found:
            message = rule.message.replace("{0}", found[1] or "") if found.lastindex else rule.message
            if found.lastindex and found.lastindex > 1:
                message = message.replace("{1}", found[2] or "")
            return LanguageError(message, rule.hint, *span)
    return LanguageError(*_explain_stop(text, start), *span)


def _enclosing_text(text: str, error: SyntaxError, start: int, scan: _Scan) -> tuple[int, int] | None:
    """The f-string that the parser complains about; 3.11 gives places within the expression, bracketed."""
    holding = [(first, last) for first, last in scan.texts if first < start < last]
    if not (error.msg or "").startswith("f-string"):
        return holding[0] if holding else None
    expression = (error.text or "").strip()[1:-1]
    matching = [(first, last) for first, last in scan.texts if expression and expression in text[first:last]]
    before = [(first, last) for first, last in scan.texts if first <= start]
    candidates = holding or matching or before[-1:] or scan.texts
    return candidates[0] if candidates else None


def _explain_stop(text: str, start: int) -> tuple[str, str]:
    """Message and hint where the parser only knows at which word it stopped."""
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line = re.split(r"[\r\n]", text[line_start:], maxsplit=1)[0]
    reserved = re.match(r"\s*(\w+)\s*[-+*/]?=(?!=)", line)
    if reserved and keyword.iskeyword(reserved[1]):
        return (
            f"{reserved[1]} is a word of Python and cannot be a name.",
            f"Write {reserved[1]}_ or another name.",
        )
    column = start - line_start
    for rule in _SPOTS:
        for spot in re.finditer(rule.pattern, line):
            if spot.start() <= column <= spot.end():
                return rule.message.replace("{text}", spot[0]), rule.hint
    stopped = line[column:].split("#")[0].strip()
    stray = re.match(r"(elif|else)\b", stopped)
    if stray and not line[:column].strip():
        return (
            f"This {stray[1]} belongs to no if.",
            "Put it right under the lines of an if, as far left as the if.",
        )
    before = line[:column].rstrip()
    if not stopped and before:
        return f"Something is missing after {before.split()[-1]}.", "Finish the line."
    word = re.match(r"\w+|\S", stopped)
    if word is None:
        return "This line is not finished.", "Finish the line."
    if re.search(r"[\w)\]'\"]$", before) and re.match(r"[\w'\"]", stopped):
        return (
            f"Something is missing before {word[0]}.",
            "Write an operator such as + or * between two values, and each statement on a line of its own.",
        )
    return f"Python cannot read this from {word[0]} on.", "Check what stands right before it."
