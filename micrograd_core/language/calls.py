"""One call of a built-in function: its arguments by name, and how they are read."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.values import Builtin, Callee, Plain, describe

_MOST_COMPARED = 500
_LONGEST_COMPARED = 30
"""Comparing two names takes time quadratic in their lengths."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The most similar of the known names, if one is similar enough; else ""."""
    few = islice((other for other in known if len(other) <= _LONGEST_COMPARED), _MOST_COMPARED)
    close = difflib.get_close_matches(name, few, 1, cutoff=0.65) if len(name) <= _LONGEST_COMPARED else []
    return close[0] if close else ""


def _no_function(function: object, operands: list[Evaluated]) -> object:
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Call:
    recorder: Recorder
    node: ast.Call
    builtin: Builtin
    given: dict[str, Evaluated]
    """Arguments by the names of the parameters; those left out are missing."""
    rest: tuple[Evaluated, ...] = ()
    """All positional arguments, of a function that takes any number of them."""
    receiver: object = None
    """What stands before the point, of a method."""
    apply: Callable[[object, list[Evaluated]], object] = _no_function
    """Calls a function or a network with these arguments."""

    def error(self, name: str, message: str, hint: str = "") -> LanguageError:
        """An error at the argument ``name``, at the whole call if it is not given."""
        return self.recorder.error(self.given[name].node if name in self.given else self.node, message, hint)

    def number(self, name: str) -> Plain:
        operand = self.given[name]
        return self.recorder.number(operand.thing, operand.node, self._what(name))

    def whole(self, name: str, least: int | None = None) -> int:
        operand = self.given[name]
        return self.recorder.whole(operand.thing, operand.node, self._what(name), least)

    def text(self, name: str, default: str) -> str:
        if name not in self.given:
            return default
        thing = self.given[name].thing
        if not isinstance(thing, str):
            raise self.error(
                name,
                f"{self._what(name)} must be a text, not {describe(thing)}.",
                "Write it in quotation marks.",
            )
        return thing

    def elements(self, name: str) -> list[object]:
        operand = self.given[name]
        return elements(self.recorder, operand, self._what(name))

    def receiver_value(self) -> Value:
        """The Value whose method is called."""
        value = self.recorder.value(self.receiver, self.node)
        assert value is not None, "the attribute table gives this method to Values only"
        return value

    def _what(self, name: str) -> str:
        return f"The argument {name} of {self.builtin.name}"


def elements(
    recorder: Recorder, operand: Evaluated, what: str, hint: str = "Write it in square brackets: [1.0, 2.0]."
) -> list[object]:
    """The elements of a list, a tuple, a range or a text."""
    thing = operand.thing
    if not isinstance(thing, list | tuple | range | str):
        raise recorder.error(operand.node, f"{what} must be a list, not {describe(thing)}.", hint)
    recorder.spend_items(len(thing), operand.node)
    return list(thing)


def bind_arguments(
    recorder: Recorder,
    node: ast.Call,
    builtin: Builtin,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
    receiver: object = None,
    apply: Callable[[object, list[Evaluated]], object] = _no_function,
) -> Call:
    """The call of a built-in function; raises ``LanguageError`` if the arguments do not fit."""
    given = match_arguments(recorder, node, builtin, positional, named)
    return Call(recorder, node, builtin, given, tuple(positional) if builtin.repeats else (), receiver, apply)


def match_arguments(
    recorder: Recorder,
    node: ast.Call,
    callee: Callee,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
) -> dict[str, Evaluated]:
    """Arguments by the names of the parameters; raises ``LanguageError`` if they do not fit."""
    names = [parameter.name for parameter in callee.parameters]
    count = len(positional) + len(named)
    if callee.repeats:
        given: dict[str, Evaluated] = {}
        taken = names[1:]
    else:
        if len(positional) > len(names):
            raise recorder.error(node, _count_message(callee, count), _count_hint(callee))
        given = dict(zip(names, positional, strict=False))
        taken = names
    for name, operand in named.items():
        if name not in taken:
            close = nearest(name, taken)
            hint = f"Did you mean {close}?" if close else _count_hint(callee)
            raise recorder.error(operand.node, f"{callee.name} has no argument called {name}.", hint)
        if name in given:
            raise recorder.error(operand.node, f"The argument {name} is given twice.", _count_hint(callee))
        given[name] = operand
    present = {*given, names[0]} if callee.repeats and positional else given
    if any(p.name not in present for p in callee.parameters if p.default is None):
        raise recorder.error(node, _count_message(callee, count), _count_hint(callee))
    return given


def _count_message(callee: Callee, count: int) -> str:
    most = len(callee.parameters)
    least = sum(parameter.default is None for parameter in callee.parameters)
    if callee.repeats:
        takes = f"at least {_arguments(least)}"
    elif most == 0:
        takes = "no arguments"
    elif least == most:
        takes = _arguments(most)
    else:
        takes = f"{least} {'or' if most == least + 1 else 'to'} {_arguments(most)}"
    return f"{callee.name} takes {takes}, not {count}."


def _arguments(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments"


def _count_hint(callee: Callee) -> str:
    return f"Write {callee.signature}."
