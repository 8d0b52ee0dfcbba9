"""Completion for editors: the names possible at a position, their signatures and help, from the tables that run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Literal, NamedTuple

from micrograd_core.language.builtins import ATTRIBUTES, MODULES, NAMES, Attribute
from micrograd_core.language.parse import TOKEN
from micrograd_core.language.values import Builtin, Namespace
from micrograd_core.texts import tr

WordKind = Literal["name", "function", "module", "constant", "attribute", "keyword"]


@dataclass(frozen=True, slots=True)
class Word:
    """A name that can be typed at some position."""

    name: str
    kind: WordKind
    signature: str = ""
    """The call with its parameters; "" for a name that is not callable."""
    help: str = ""
    """Its meaning in one line."""


_OWN_HELP = tr("Defined in this program.")


def _words(table: Mapping[str, object]) -> dict[str, Word]:
    return {name: _word(name, row) for name, row in table.items()}


def _word(name: str, row: object) -> Word:
    match row:
        case Builtin():
            return Word(name, "function", row.signature, row.help)
        case Attribute():
            return Word(name, "attribute", "", row.help)
        case Namespace():
            return Word(name, "module", "", tr("Contains {names}.", names=", ".join(row.members)))
    return Word(name, "constant", "", tr("The number {number}.", number=row))


KEYWORDS: dict[str, Word] = {
    name: Word(name, "keyword")
    for name in (
        "and", "as", "assert", "break", "continue", "def", "elif", "else", "False", "for", "from", "global", "if",
        "import", "in", "is", "lambda", "None", "nonlocal", "not", "or", "pass", "return", "True", "while",
    )
}  # fmt: skip
FUNCTIONS: dict[str, Word] = _words(NAMES)
"""Names that need no definition: functions, and the modules that need no import."""
MEMBERS: dict[str, dict[str, Word]] = {
    **{name: _words(row.members) for name, row in MODULES.items()},
    **{kind: _words(rows) for kind, rows in ATTRIBUTES.items()},
}
"""Names that can follow a point, by module and by kind of object: ``math``, ``Value``, ``list`` …"""
_MODULES = _words({name: row for name, row in MODULES.items() if "." not in name})
_ANY_MEMBER: dict[str, Word] = {
    name: word for kind in reversed(ATTRIBUTES) for name, word in MEMBERS[kind].items()
}

_MOST_CHARACTERS = 10_000
"""Larger programs are not searched for their own names, which happens at each keystroke."""
_RESULT_KINDS = {
    **{name: name for name in ATTRIBUTES},
    **{name: "Value" for name in FUNCTIONS if name in ATTRIBUTES["Value"]},
    **dict.fromkeys(("enumerate", "map", "reversed", "zip"), "list"),
}
"""The kind of a function's result, where that is always the same."""
_OUTPUT_KINDS = {"Neuron": "Value", "MLP": "Value", "Layer": "list"}
"""The kind of the result of calling a network of that kind."""
_DEPTH = dict.fromkeys("([{", 1) | dict.fromkeys(")]}", -1)


def names_at(source: str, line: int, column: int) -> list[Word]:
    """List the completions of the word that ends at ``line`` and ``column`` (from 1, in characters).

    The program's own names come first, then the language's; after a point, the members of the object before it.
    Comments, texts and numbers have none. The program need not be complete or correct.
    """
    tokens = list(_tokens(source, line))
    here = [token for token in tokens if (token.line, token.column) < (line, column)]
    prefix, last = "", here[-1] if here else None
    if last is not None and last.end == (line, column):
        if last.kind in ("number", "string", "comment"):
            return []
        if last.kind == "word":
            prefix = last.text
            here.pop()
    elif last is not None and last.end > (line, column):
        if last.kind != "word":
            return []
        prefix = last.text[: column - last.column]
        here.pop()
    words = [token.text for token in here if token.line == line]
    if words and words[0] in ("from", "import"):
        return _starting(_importable(words).values(), prefix)
    if here and here[-1].text == ".":
        return _starting(_members(here[:-1]).values(), prefix)
    own = _own_names(tokens, line, _indent(source, line))
    return [
        word for words in (own, FUNCTIONS.values(), KEYWORDS.values()) for word in _starting(words, prefix)
    ]


def signature(name: str) -> str:
    """Return a function's call, such as ``MLP(nin, nouts, activation="relu")``; "" for other names.

    A member needs its owner's name: ``math.exp``, ``Value.backward``, ``list.append``.
    """
    word = _known(name)
    return "" if word is None else word.signature


def help_line(name: str) -> str:
    """Return the meaning of a name in one line; "" if it has none. Members are named as in ``signature``."""
    word = _known(name)
    return "" if word is None else word.help


def _known(name: str) -> Word | None:
    owner, _, member = name.rpartition(".")
    return MEMBERS.get(owner, {}).get(member) if owner else FUNCTIONS.get(member)


def _importable(words: Sequence[str]) -> Mapping[str, Word]:
    """Return the words that may follow these words of an import line."""
    if words[0] == "from" and "import" in words:
        return MEMBERS.get("".join(words[1 : words.index("import")]), {})
    start = max(i for i, word in enumerate(words) if word in ("from", "import", ","))
    path = "".join(words[start + 1 :])
    if not path:
        return _MODULES
    return MEMBERS.get(path[:-1], {}) if path.endswith(".") else KEYWORDS


def _starting(words: Iterable[Word], prefix: str) -> list[Word]:
    folded = prefix.casefold()
    found = [word for word in words if word.name.casefold().startswith(folded)]
    return sorted(found, key=lambda word: word.name.casefold())


# Programs that may be wrong are read as tokens, not as syntax trees.


class _Token(NamedTuple):
    kind: str
    text: str
    line: int
    column: int
    indent: int
    """Spaces at the start of its line."""
    end: tuple[int, int]


_SPACES = re.compile(r"[ \t]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


def _tokens(source: str, line: int) -> Iterator[_Token]:
    """Yield all tokens but spaces and line ends; for a large program only those of the given line."""
    number, start, position = 1, 0, 0
    if len(source) > _MOST_CHARACTERS:
        lines = _LINE_END.split(source)
        source, number = lines[line - 1] if line <= len(lines) else "", line
    while position < len(source):
        match = TOKEN.match(source, position)
        assert match is not None, "the last alternative takes any character"
        kind, text = match.lastgroup or "sign", match[0]
        kind = "string" if kind == "prefix" else kind
        ends = list(_LINE_END.finditer(text)) if kind in ("newline", "space", "string") else []
        end_start = position + ends[-1].end() if ends else start
        end = (number + len(ends), match.end() - end_start + 1)
        if kind not in ("newline", "space"):
            yield _Token(kind, text, number, position - start + 1, _spaces(source, start), end)
        number, start, position = end[0], end_start, match.end()


def _spaces(source: str, start: int) -> int:
    match = _SPACES.match(source, start)
    return 0 if match is None else len(match[0])


def _indent(source: str, line: int) -> int:
    starts = [0, *(match.end() for match in _LINE_END.finditer(source))]
    return _spaces(source, starts[line - 1]) if line <= len(starts) else 0


def _members(before: Sequence[_Token]) -> dict[str, Word]:
    """Return the words that may follow a point after these tokens."""
    last = before[-1] if before else None
    if last is None or last.kind in ("number", "string"):
        return {}
    if last.kind == "word":
        kind = last.text if last.text in MEMBERS else _kind_of(last.text, before[:-1])
    elif last.text in ")]":
        kind = _kind_of_end(before)
    else:
        kind = ""
    return MEMBERS.get(kind, _ANY_MEMBER)


def _kind_of(name: str, tokens: Sequence[_Token]) -> str:
    """Return the kind of object last assigned to the name; "" if that is not obvious."""
    for i in range(len(tokens) - 3, -1, -1):
        if tokens[i].text == name and tokens[i + 1].text == "=" and tokens[i + 2].text != "=":
            later = takewhile(lambda token: token.text != ";", tokens[i + 2 :])
            statement = [token for token in later if token.line == tokens[i + 2].line]
            return _kind_of_start(statement, tokens[:i])
    return ""


def _kind_of_start(expression: Sequence[_Token], before: Sequence[_Token]) -> str:
    """Return the kind of an expression that is only a number, a list or a call; else ""."""
    if not expression:
        return ""
    first = expression[0]
    if first.text == "[":
        return "list" if _closing(expression, 0) == len(expression) - 1 else ""
    if first.kind == "number" or (first.text in "+-" and len(expression) == 2):
        return "Value"
    if len(expression) > 1 and expression[1].text == "(" and _closing(expression, 1) == len(expression) - 1:
        return _called(first.text, before)
    return ""


def _kind_of_end(tokens: Sequence[_Token]) -> str:
    """Return the kind of an expression that ends with a bracket: a list or a call; else ""."""
    depth = 0
    for i in range(len(tokens) - 1, -1, -1):
        depth += _DEPTH.get(tokens[i].text, 0)
        if depth == 0:
            called = i > 0 and (tokens[i - 1].kind == "word" or tokens[i - 1].text in (")", "]"))
            if tokens[i].text == "[":
                return "" if called else "list"
            return _called(tokens[i - 1].text, tokens[: i - 1]) if called else ""
    return ""


def _called(function: str, before: Sequence[_Token]) -> str:
    return _RESULT_KINDS.get(function) or _OUTPUT_KINDS.get(_kind_of(function, before), "")


def _closing(tokens: Sequence[_Token], start: int) -> int:
    """Return the index of the bracket that closes the one at ``start``; past the end if there is none."""
    depth = 0
    for i in range(start, len(tokens)):
        depth += _DEPTH.get(tokens[i].text, 0)
        if depth == 0:
            return i
    return len(tokens)


class _Binding(NamedTuple):
    """An assignment, a parameter or another definition of a name."""

    word: Word
    line: int
    scope: tuple[int, ...]
    """The first lines of the enclosing functions."""
    only_in_line: bool = False


def _own_names(tokens: Sequence[_Token], line: int, indent: int) -> list[Word]:
    """List the program's own names that are visible in a line with this indentation."""
    bindings: list[_Binding] = []
    functions: list[_Token] = []
    here: list[_Token] | None = None
    for statement in _statements([token for token in tokens if token.kind != "comment"]):
        first = statement[0]
        if here is None and first.line > line:
            here = _around(functions, indent)
        functions = _around(functions, first.indent)
        bindings.extend(_bindings(statement, tuple(function.line for function in functions)))
        if first.text == "def":
            functions = [*functions, first]
    scope = tuple(function.line for function in (_around(functions, indent) if here is None else here))
    found: dict[str, Word] = {}
    for word, given, home, only_in_line in bindings:
        seen = home == scope[: len(home)]
        # A function may be called after the lines below it have run, so it sees their names.
        known = given == line if only_in_line else given <= line or len(home) < len(scope)
        if seen and known and word.name not in FUNCTIONS and word.name not in KEYWORDS:
            found[word.name] = word
    return list(found.values())


def _around(functions: Sequence[_Token], indent: int) -> list[_Token]:
    """Return the functions that a line with this indentation belongs to."""
    return [function for function in functions if function.indent < indent]


def _statements(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    """Yield the tokens of each statement: a line, together with the lines its brackets extend over."""
    statement: list[_Token] = []
    depth = 0
    for token in tokens:
        new_line = statement and token.line != statement[-1].end[0]
        if statement and ((new_line and depth <= 0) or (token.text == "def" and new_line)):
            yield statement
            statement, depth = [], 0
        depth += _DEPTH.get(token.text, 0)
        statement.append(token)
    if statement:
        yield statement


def _bindings(statement: Sequence[_Token], scope: tuple[int, ...]) -> Iterator[_Binding]:
    first, depth = statement[0], 0
    if first.text == "def":
        if len(statement) > 1 and statement[1].kind == "word":
            yield from _definition(statement, scope)
        return
    if first.text in ("import", "from"):
        start = next((i for i, token in enumerate(statement) if token.text == "import"), len(statement))
        for i, token in enumerate(statement[start + 1 :], start + 1):
            renamed = i + 1 < len(statement) and statement[i + 1].text == "as"
            if token.kind == "word" and token.text != "as" and not renamed:
                yield _Binding(_own(token.text), first.line, scope)
        return
    start = 0
    for i, token in enumerate(statement):
        depth += _DEPTH.get(token.text, 0)
        if token.text in ("for", "lambda"):
            end = "in" if token.text == "for" else ":"
            for other in islice(statement, i + 1, None):
                if other.text in (end, token.text):
                    break
                if other.kind == "word":
                    yield _Binding(_own(other.text), token.line, scope, depth > 0 or token.text == "lambda")
        elif token.text == ";":
            start = i + 1
        elif token.text == "=" and depth == 0:
            left, start = statement[start:i], i + 1
            if _assigns(left, statement[start : start + 1]):
                for other in left:
                    if other.kind == "word" and other.text not in KEYWORDS:
                        yield _Binding(_own(other.text), first.line, scope)


def _assigns(left: Sequence[_Token], right: Sequence[_Token]) -> bool:
    """Return True if the = between them is an assignment: no comparison, and only names and commas on the left."""
    return not (right and right[0].text == "=") and all(
        token.kind == "word" or token.text in ",()[]:+-*/%" for token in left
    )


def _definition(statement: Sequence[_Token], scope: tuple[int, ...]) -> Iterator[_Binding]:
    first, name = statement[0], statement[1].text
    closing = _closing(statement, 2)
    inner = statement[3:closing]
    shown = "".join(f"{token.text} " if token.text == "," else token.text for token in inner)
    yield _Binding(Word(name, "function", f"{name}({shown})", _OWN_HELP), first.line, scope)
    depth, expected = 0, True
    for token in inner:
        depth += _DEPTH.get(token.text, 0)
        if expected and token.kind == "word":
            yield _Binding(_own(token.text), first.line, (*scope, first.line))
            yield _Binding(_own(token.text), first.line, scope, only_in_line=True)
        expected = depth == 0 and token.text == ","


def _own(name: str) -> Word:
    return Word(name, "name", "", _OWN_HELP)
