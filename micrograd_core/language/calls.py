"""A call of a built-in function, with its arguments matched to the parameters and converted."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.values import Builtin, Callee, Plain, describe
from micrograd_core.texts import tr, tr_count

_MOST_COMPARED = 500
_LONGEST_COMPARED = 30
"""The comparison of two names takes time quadratic in their lengths."""
STARRED = tr("The value after *")
"""Subject of an error about ``xs`` in ``*xs``."""
_LIST_HINT = tr("Write it in square brackets: {code}.", code="[1.0, 2.0]")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the most similar of the known names; "" if none is similar enough."""
    few = islice((other for other in known if len(other) <= _LONGEST_COMPARED), _MOST_COMPARED)
    close = difflib.get_close_matches(name, few, 1, cutoff=0.65) if len(name) <= _LONGEST_COMPARED else []
    return close[0] if close else ""


def _no_function(function: object, operands: list[Evaluated]) -> object:
    raise NotImplementedError


@cache
def argument_of(name: str, function: str) -> str:
    """Subject of an error about an argument of a built-in function."""
    return tr("The argument {name} of {function}", name=name, function=function)


@dataclass(frozen=True, slots=True)
class Call:
    """The context and the arguments of a call, as its handler receives them."""

    recorder: Recorder
    node: ast.Call
    builtin: Builtin
    given: dict[str, Evaluated]
    """Arguments by parameter name; omitted ones are missing."""
    rest: tuple[Evaluated, ...] = ()
    """All positional arguments, for a function that takes any number of them."""
    receiver: object = None
    """The object before the point, for a method."""
    apply: Callable[[object, list[Evaluated]], object] = _no_function
    """Calls a function or a network with the given arguments."""

    def error(self, name: str, message: str, hint: str = "") -> LanguageError:
        """Make an error at the argument ``name``, or at the whole call if it is omitted."""
        return self.recorder.error(self.given[name].node if name in self.given else self.node, message, hint)

    def number(self, name: str) -> Plain:
        """Return an argument as a plain number."""
        operand = self.given[name]
        return self.recorder.number(operand.thing, operand.node, argument_of(name, self.builtin.name))

    def leaving(self, name: str) -> Plain:
        """Return an argument as a plain number, through which no gradient flows."""
        self.recorder.left[self.node] = (self.given[name].thing,)
        return self.number(name)

    def whole(self, name: str, least: int | None = None) -> int:
        """Return an argument as a whole number, at least ``least``."""
        operand = self.given[name]
        return self.recorder.whole(operand.thing, operand.node, argument_of(name, self.builtin.name), least)

    def text(self, name: str, default: str) -> str:
        """Return an argument as a text, or ``default`` if it is omitted."""
        if name not in self.given:
            return default
        thing = self.given[name].thing
        if not isinstance(thing, str):
            raise self.error(
                name,
                tr(
                    "{subject} must be a text, not {kind}.",
                    subject=argument_of(name, self.builtin.name),
                    kind=describe(thing),
                ),
                tr("Write it in quotation marks."),
            )
        return thing

    def elements(self, name: str) -> list[object]:
        """Return the elements of an argument that is a list, a tuple, a range or a text."""
        return elements(self.recorder, self.given[name], argument_of(name, self.builtin.name))

    def receiver_value(self) -> Value:
        """Return the Value whose method is called."""
        value = self.recorder.value(self.receiver, self.node)
        assert value is not None, "the attribute table gives this method to Values only"
        return value


def elements(recorder: Recorder, operand: Evaluated, subject: str, hint: str = _LIST_HINT) -> list[object]:
    """Return the elements of a list, a tuple, a range or a text.

    Raises LanguageError for other operands; ``subject`` is the subject of its sentence.
    """
    thing = operand.thing
    if not isinstance(thing, list | tuple | range | str):
        message = tr("{subject} must be a list, not {kind}.", subject=subject, kind=describe(thing))
        raise recorder.error(operand.node, message, hint)
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
    """Prepare the call of a built-in function. Raises LanguageError if the arguments do not fit."""
    given = match_arguments(recorder, node, builtin, positional, named)
    return Call(recorder, node, builtin, given, tuple(positional) if builtin.repeats else (), receiver, apply)


def match_arguments(
    recorder: Recorder,
    node: ast.Call,
    callee: Callee,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
) -> dict[str, Evaluated]:
    """Match arguments to parameter names. Raises LanguageError if they do not fit."""
    names = [parameter.name for parameter in callee.parameters]
    count = len(positional) + len(named)
    if callee.repeats:
        given: dict[str, Evaluated] = {}
        taken = names[1:]
    else:
        if len(positional) > len(names):
            raise _wrong_count(recorder, node, callee, count)
        given = dict(zip(names, positional, strict=False))
        taken = names
    for name, operand in named.items():
        if name not in taken:
            close = nearest(name, taken)
            raise recorder.error(
                operand.node,
                tr("{function} has no argument called {name}.", function=callee.name, name=name),
                tr("Did you mean {name}?", name=close) if close else _signature_hint(callee),
            )
        if name in given:
            raise recorder.error(
                operand.node, tr("The argument {name} is given twice.", name=name), _signature_hint(callee)
            )
        given[name] = operand
    present = {*given, names[0]} if callee.repeats and positional else given
    if any(p.name not in present for p in callee.parameters if p.default is None):
        raise _wrong_count(recorder, node, callee, count)
    return given


def _wrong_count(recorder: Recorder, node: ast.Call, callee: Callee, count: int) -> LanguageError:
    most = len(callee.parameters)
    least = sum(parameter.default is None for parameter in callee.parameters)
    if callee.repeats:
        message = tr("{function} takes at least 1 argument, not {given}.", function=callee.name, given=count)
    elif least == most:
        message = takes(callee.name, most, count)
    elif least + 1 == most:
        message = tr_count(
            "{function} takes {least} or {n} argument, not {given}.",
            "{function} takes {least} or {n} arguments, not {given}.",
            most,
            function=callee.name,
            least=least,
            given=count,
        )
    else:
        message = tr_count(
            "{function} takes {least} to {n} arguments, not {given}.",
            "{function} takes {least} to {n} arguments, not {given}.",
            most,
            function=callee.name,
            least=least,
            given=count,
        )
    return recorder.error(node, message, _signature_hint(callee))


def takes(function: str, count: int, given: int) -> str:
    """Say that ``function`` takes ``count`` arguments and was given another number of them."""
    return tr_count(
        "{function} takes {n} argument, not {given}.",
        "{function} takes {n} arguments, not {given}.",
        count,
        function=function,
        given=given,
    )


def _signature_hint(callee: Callee) -> str:
    return tr("Write {code}.", code=callee.signature)
