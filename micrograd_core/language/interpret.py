"""Walks a syntax tree and does what it says. What is not in the tables below is not part of the language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Operand, combine, literal_number, negate
from micrograd_core.language.builtins import ATTRIBUTES, FUNCTIONS, MODULES, NAMES, Attribute
from micrograd_core.language.calls import bind_arguments, elements
from micrograd_core.language.format import format_text, show
from micrograd_core.language.labels import bind, name_inner_nodes
from micrograd_core.language.problems import (
    no_attribute,
    no_member,
    unknown_module,
    unknown_name,
    unsupported,
)
from micrograd_core.language.record import Record
from micrograd_core.language.source import Located, shorten
from micrograd_core.language.values import (
    LARGEST_WHOLE,
    BoundMethod,
    Builtin,
    Namespace,
    Number,
    describe,
    kind,
)
from micrograd_core.nn import MLP, Layer, Module, Neuron

_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Lt: ("<", lambda x, y: x < y),
    ast.LtE: ("<=", lambda x, y: x <= y),
    ast.Gt: (">", lambda x, y: x > y),
    ast.GtE: (">=", lambda x, y: x >= y),
    ast.Eq: ("==", lambda x, y: x == y),
    ast.NotEq: ("!=", lambda x, y: x != y),
}


class Interpreter:
    """One run of a program, from its first statement to its last."""

    def __init__(self, tree: ast.Module, record: Record) -> None:
        self.record = record
        self.names: dict[str, object] = {}
        self.output: Value | None = None
        self.spare_outputs: list[Number | Module] = []
        """Typed numbers and networks that were assigned, newest last."""
        self._tree = tree
        self._scopes: list[dict[str, object]] = [self.names]
        self._depth = 0

    def run(self) -> None:
        self._block(self._tree.body)

    # Statements.

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.record.tick(statement)
            handler = _STATEMENTS.get(type(statement))
            if handler is None:
                raise unsupported(self.record, statement)
            handler(self, statement)

    def _nested(self, statements: list[ast.stmt], node: ast.stmt) -> None:
        self._enter(node)
        self._block(statements)
        self._depth -= 1

    def _expression_statement(self, node: ast.Expr) -> None:
        self._show(self.evaluate(node.value), stated=True)

    def _assign(self, node: ast.Assign) -> None:
        thing = self.evaluate(node.value)
        for target in node.targets:
            self._bind(target, thing)
        self._show(thing)

    def _annotated_assign(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            raise self.record.error(node, "This name is given no value.", "Write name = expression.")
        thing = self.evaluate(node.value)
        self._bind(node.target, thing)
        self._show(thing)

    def _augmented_assign(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Attribute):
            owner = self.evaluate(target.value)
            old = self._attribute(owner, target)
            new = self._combine(node, old, target)
            self._assign_attribute(owner, target, new, node.value)
            return
        if not isinstance(target, ast.Name):
            raise self._cannot_assign(target)
        thing = self._combine(node, self._name(target), target)
        self._bind(target, thing)
        self._show(thing)

    def _combine(self, node: ast.AugAssign, old: object, target: ast.expr) -> object:
        right = Operand(self.evaluate(node.value), node.value)
        return combine(self.record, type(node.op), Operand(old, target), right, node)

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            raise self.record.error(
                node.orelse[0], "A loop has no else in this language.", "Write it after the loop."
            )
        for thing in self._elements(node.iter):
            self.record.tick(node)
            self._bind(node.target, thing)
            self._nested(node.body, node)

    def _if(self, node: ast.If) -> None:
        while not self._truth(node.test):
            if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
                node = node.orelse[0]
                continue
            self._nested(node.orelse, node)
            return
        self._nested(node.body, node)

    def _pass(self, node: ast.Pass) -> None:
        pass

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            namespace = MODULES.get(alias.name)
            if namespace is None:
                raise unknown_module(self.record, alias, alias.name)
            if alias.asname is None and "." in alias.name:
                names = ", ".join(namespace.members)
                raise self.record.error(
                    alias, "Import the names themselves.", f"Write from {alias.name} import {names}."
                )
            self.names[alias.asname or alias.name] = namespace

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if module == "__future__" and not node.level:
            return
        namespace = MODULES.get(module) if not node.level else None
        if namespace is None:
            raise unknown_module(
                self.record, node, "." * node.level + module, [alias.name for alias in node.names]
            )
        for alias in node.names:
            if alias.name == "*":
                self.names.update(namespace.members)
            elif alias.name in namespace.members:
                self.names[alias.asname or alias.name] = self._member(namespace, alias.name, alias)
            else:
                raise no_member(self.record, namespace, alias.name, alias)

    def _show(self, thing: object, stated: bool = False) -> None:
        """Remember what may be the output: Values first, then numbers that were only assigned, and networks."""
        found = _last_value(thing)
        if isinstance(found, Number) and (found.value is not None or stated):
            assert isinstance(found.node, ast.expr)
            found = self.record.value(found, found.node)
        if isinstance(found, Value):
            self.output = found
        elif found is not None:
            self.spare_outputs.append(found)

    # Giving names to things.

    def _bind(self, target: ast.expr, thing: object) -> None:
        match target:
            case ast.Name():
                self._scopes[-1][target.id] = thing
                bind(self.record, thing, target.id)
            case ast.Tuple() | ast.List():
                self._unpack(target, thing)
            case ast.Attribute():
                self._assign_attribute(self.evaluate(target.value), target, thing, target)
            case _:
                raise self._cannot_assign(target)

    def _unpack(self, target: ast.Tuple | ast.List, thing: object) -> None:
        self._enter(target)
        things = elements(
            self.record,
            Operand(thing, target),
            "What is given to several names at once",
            "Write a, b = 1.0, 2.0.",
        )
        names = target.elts
        stars = [index for index, name in enumerate(names) if isinstance(name, ast.Starred)]
        if len(stars) > 1:
            raise self.record.error(
                names[stars[1]], "Only one name can have a star.", "Remove one of the stars."
            )
        if len(things) < len(names) - len(stars) or (not stars and len(things) > len(names)):
            raise self.record.error(
                target,
                f"{len(names)} names are given {len(things)} values.",
                "Write as many names on the left as there are values on the right.",
            )
        for index, name in enumerate(names):
            if isinstance(name, ast.Starred):
                end = len(things) - (len(names) - index - 1)
                self._bind(name.value, things[index:end])
                things = [*things[:index], None, *things[end:]]
            else:
                self._bind(name, things[index])
        self._depth -= 1

    def _assign_attribute(self, owner: object, target: ast.Attribute, thing: object, node: ast.expr) -> None:
        attribute = self._find_attribute(owner, target)
        if not isinstance(attribute, Attribute) or attribute.assign is None:
            if kind(owner) == "Value" and target.attr == "label":
                value = self.record.value(owner, target.value)
                if value is not None and isinstance(thing, str):
                    value.label = shorten(thing, 80)
                    return
                raise self.record.error(
                    node, f"A label is a text, not {describe(thing)}.", 'Write a.label = "a".'
                )
            raise self.record.error(
                target,
                f"{target.attr} cannot be assigned to.",
                "Only .data, .grad and .label of a Value can.",
            )
        value = self.record.value(owner, target.value)
        assert value is not None, "only Values have attributes that can be assigned to"
        attribute.assign(value, float(self.record.number(thing, node, f"What is assigned to .{target.attr}")))
        if target.attr == "data":
            self.record.assigned.add(value)

    def _cannot_assign(self, target: ast.expr) -> LanguageError:
        if isinstance(target, ast.Subscript):
            return self.record.error(
                target,
                "Elements of a list cannot be replaced in this language.",
                "Make a new list: [x * 2 for x in xs].",
            )
        return self.record.error(target, "A value cannot be given to this.", "Write name = expression.")

    # Expressions.

    def evaluate(self, node: ast.expr) -> object:
        self._enter(node)
        self.record.tick(node)
        handler = _EXPRESSIONS.get(type(node))
        if handler is None:
            raise unsupported(self.record, node)
        thing = handler(self, node)
        self._depth -= 1
        return thing

    def _enter(self, node: Located) -> None:
        self._depth += 1
        if self._depth > self.record.limits.depth:
            raise self.record.error(
                node,
                f"This is nested more than {self.record.limits.depth} deep.",
                "Give the inner parts names of their own.",
            )

    def _constant(self, node: ast.Constant) -> object:
        match node.value:
            case bool() | str() | None:
                return node.value
            case int() | float():
                return self._literal(node, node, 1)
            case complex():
                raise self.record.error(
                    node, "There are no complex numbers in this language.", "Remove the j."
                )
            case bytes():
                raise self.record.error(
                    node, "There are no bytes in this language.", "Remove the b before the text."
                )
        raise self.record.error(
            node, "… is not part of this language.", "Write out what stands for the dots."
        )

    def _literal(self, node: ast.expr, constant: ast.Constant, sign: int) -> Number:
        typed = constant.value
        assert isinstance(typed, int | float)
        if isinstance(typed, int) and typed > LARGEST_WHOLE:
            typed = _large(typed)
        number = sign * typed
        if number in (float("inf"), float("-inf")):
            text = self.record.source.text(node)
            self.record.warn("value", f"{text} is too large for a 64-bit float and counts as {number}.", node)
        return Number(number, node, self.record.source.text(node), literal=True)

    def _joined_string(self, node: ast.JoinedStr) -> str:
        self.record.source.enter_text(node)
        pieces = []
        for part in node.values:
            piece = self._formatted(part) if isinstance(part, ast.FormattedValue) else self.evaluate(part)
            assert isinstance(piece, str)
            self.record.spend_items(len(piece), node)
            pieces.append(piece)
        text = "".join(pieces)
        if len(text) > self.record.limits.output:
            raise self.record.error(
                node,
                f"This text is longer than {self.record.limits.output:,} characters.",
                "Make it shorter.",
            )
        return text

    def _formatted(self, node: ast.FormattedValue) -> str:
        thing = self.evaluate(node.value)
        if node.conversion in (ord("r"), ord("a")):
            thing = repr(thing) if isinstance(thing, str) else show(self.record, thing, node)
        elif node.conversion == ord("s"):
            thing = show(self.record, thing, node)
        spec = "" if node.format_spec is None else self.evaluate(node.format_spec)
        assert isinstance(spec, str)
        return format_text(self.record, thing, spec, node)

    def _name(self, node: ast.Name) -> object:
        for scope in reversed(self._scopes):
            if node.id in scope:
                return scope[node.id]
        if node.id in NAMES:
            return NAMES[node.id]
        raise unknown_name(self.record, self._tree, [name for scope in self._scopes for name in scope], node)

    def _binary(self, node: ast.BinOp) -> object:
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        left = self.evaluate(spine[-1].left)
        for step in reversed(spine):
            right = Operand(self.evaluate(step.right), step.right)
            left = combine(self.record, type(step.op), Operand(left, step.left), right, step)
        return left

    def _unary(self, node: ast.UnaryOp) -> object:
        if isinstance(node.op, ast.Not):
            return not self._truth(node.operand)
        constant = literal_number(node)
        if constant is not None:
            return self._literal(node, constant, -1 if isinstance(node.op, ast.USub) else 1)
        if isinstance(node.op, ast.Invert):
            raise self.record.error(
                node, "~ is not part of this language.", "Write not, or - for the negative."
            )
        operand = Operand(self.evaluate(node.operand), node.operand)
        if isinstance(node.op, ast.USub):
            return negate(self.record, operand, node)
        if not isinstance(operand.thing, Value | Number | int | float):
            raise self.record.error(node, f"+ cannot stand before {describe(operand.thing)}.", "Remove it.")
        return operand.thing

    def _boolean(self, node: ast.BoolOp) -> object:
        stops_at = isinstance(node.op, ast.Or)
        for operand in node.values[:-1]:
            thing = self.evaluate(operand)
            if self._is_true(thing, operand) is stops_at:
                return thing
        return self.evaluate(node.values[-1])

    def _compare(self, node: ast.Compare) -> bool:
        left, left_node = self.evaluate(node.left), node.left
        for comparison, right_node in zip(node.ops, node.comparators, strict=True):
            row = _COMPARISONS.get(type(comparison))
            if row is None:
                raise self.record.error(
                    node, "in and is are not part of this language.", "Compare numbers with ==."
                )
            right = self.evaluate(right_node)
            if not row[1](*self._comparable(row[0], left, right, left_node, right_node)):
                return False
            left, left_node = right, right_node
        return True

    def _comparable(
        self, symbol: str, left: object, right: object, left_node: ast.expr, right_node: ast.expr
    ) -> tuple[object, object]:
        simple = str | None
        if (
            isinstance(left, simple)
            and isinstance(right, simple)
            and (symbol in "==!=" or None not in (left, right))
        ):
            return left, right
        what = f"What {symbol} compares"
        return self.record.number(left, left_node, what), self.record.number(right, right_node, what)

    def _choice(self, node: ast.IfExp) -> object:
        return self.evaluate(node.body if self._truth(node.test) else node.orelse)

    def _truth(self, node: ast.expr) -> bool:
        return self._is_true(self.evaluate(node), node)

    def _is_true(self, thing: object, node: ast.expr) -> bool:
        if isinstance(thing, Value | Number):
            return bool(self.record.number(thing, node, "A condition"))
        if isinstance(thing, bool | int | float | str | list | tuple | range | None):
            return bool(thing)
        raise self.record.error(
            node, f"{describe(thing, start=True)} is neither true nor false.", "Compare numbers."
        )

    def _list(self, node: ast.List) -> list[object]:
        return self._display(node.elts, node)

    def _tuple(self, node: ast.Tuple) -> tuple[object, ...]:
        return tuple(self._display(node.elts, node))

    def _display(self, nodes: list[ast.expr], node: ast.expr) -> list[object]:
        things: list[object] = []
        for element in nodes:
            if isinstance(element, ast.Starred):
                things.extend(self._elements(element.value))
            else:
                things.append(self.evaluate(element))
        self.record.spend_items(len(things), node)
        return things

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[object]:
        self._scopes.append({})
        things = []
        for _ in self._rounds(node.generators):
            things.append(self.evaluate(node.elt))
            self.record.spend_items(1, node)
        self._scopes.pop()
        return things

    def _rounds(self, generators: list[ast.comprehension]) -> Iterator[None]:
        first, *others = generators
        self._enter(first.iter)
        for thing in self._elements(first.iter):
            self.record.tick(first.iter)
            self._bind(first.target, thing)
            if all(self._truth(condition) for condition in first.ifs):
                if others:
                    yield from self._rounds(others)
                else:
                    yield
        self._depth -= 1

    def _elements(self, node: ast.expr) -> list[object] | range:
        thing = self.evaluate(node)
        if isinstance(thing, range):
            return thing
        return elements(
            self.record, Operand(thing, node), "What is gone through", "Write range(n) to count to n."
        )

    # What follows a thing: .name, (…), […]. Chains of them are as long as one likes.

    def _trailers(self, node: ast.Attribute | ast.Call | ast.Subscript) -> object:
        chain: list[ast.expr] = [node]
        while (inner := _before_trailer(chain[-1])) is not None:
            chain.append(inner)
        thing = self.evaluate(chain[-1])
        for step in reversed(chain[:-1]):
            match step:
                case ast.Attribute():
                    thing = self._attribute(thing, step)
                case ast.Call():
                    thing = self._call(thing, step)
                case ast.Subscript():
                    thing = self._subscript(thing, step)
        return thing

    def _attribute(self, owner: object, node: ast.Attribute) -> object:
        if isinstance(owner, Namespace):
            if node.attr not in owner.members:
                raise no_member(self.record, owner, node.attr, node)
            return self._member(owner, node.attr, node)
        found = self._find_attribute(owner, node)
        if isinstance(found, Builtin):
            return BoundMethod(found, owner)
        return found.get(self.record.value(owner, node.value) if isinstance(owner, Number) else owner)

    def _find_attribute(self, owner: object, node: ast.Attribute) -> Builtin | Attribute:
        table = ATTRIBUTES.get(kind(owner), {})
        if node.attr in table:
            return table[node.attr]
        raise no_attribute(self.record, owner, table, node)

    def _member(self, namespace: Namespace, name: str, node: ast.expr | ast.alias) -> object:
        member = namespace.members[name]
        if not isinstance(member, float):
            return member
        place = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(member), node)
        return Number(member, place, name, label=name)

    def _call(self, function: object, node: ast.Call) -> object:
        positional, named = self._arguments(node)
        match function:
            case Builtin():
                return function.handler(bind_arguments(self.record, node, function, positional, named))
            case BoundMethod(builtin, receiver):
                return builtin.handler(
                    bind_arguments(self.record, node, builtin, positional, named, receiver)
                )
            case Neuron() | Layer() | MLP():
                return self._call_module(function, node, positional, named)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in FUNCTIONS:
            message = (
                f"{name} is {describe(function)} here, because the program gave this name another value."
            )
            raise self.record.error(node.func, message, "Give that value another name.")
        hint = "Write * to multiply." if isinstance(function, Value | Number | int | float) else ""
        raise self.record.error(node.func, f"{describe(function, start=True)} cannot be called.", hint)

    def _arguments(self, node: ast.Call) -> tuple[list[Operand], dict[str, Operand]]:
        positional: list[Operand] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                positional.extend(Operand(thing, argument) for thing in self._elements(argument.value))
            else:
                positional.append(Operand(self.evaluate(argument), argument))
        named: dict[str, Operand] = {}
        for keyword_argument in node.keywords:
            name = keyword_argument.arg
            if name is None:
                raise self.record.error(
                    keyword_argument.value, "** cannot stand here.", "Write the arguments out."
                )
            if name in named:
                raise self.record.error(
                    keyword_argument.value, f"The argument {name} is given twice.", "Remove one."
                )
            named[name] = Operand(self.evaluate(keyword_argument.value), keyword_argument.value)
        return positional, named

    def _call_module(
        self,
        module: Neuron | Layer | MLP,
        node: ast.Call,
        positional: list[Operand],
        named: dict[str, Operand],
    ) -> object:
        name, record = type(module).__name__, self.record
        if len(positional) != 1 or named:
            hint = "Put the inputs into one list: n([1.0, 2.0])."
            raise record.error(
                node, f"A {name} takes one list of inputs, not {len(positional)} arguments.", hint
            )
        operand = positional[0]
        things = elements(record, operand, f"What a {name} takes")
        if len(things) != _inputs(module):
            raise record.error(
                operand.node,
                f"This {name} takes {_inputs(module)} inputs, not {len(things)}.",
                f"Give it a list of {_inputs(module)} numbers.",
            )
        record.require_nodes(2 * len(module.parameters()) + len(things), node)
        inputs = []
        for index, thing in enumerate(things):
            value = record.value(thing, operand.node)
            if value is None:
                raise record.error(
                    operand.node, f"Input {index} is {describe(thing)}, not a number.", "Inputs are numbers."
                )
            inputs.append(value)
        result = module(inputs)
        made = record.adopt([result] if isinstance(result, Value) else result, node)
        name_inner_nodes(record, made, result)
        return result

    def _subscript(self, owner: object, node: ast.Subscript) -> object:
        if not isinstance(owner, list | tuple | range | str):
            hints = {"MLP": "Write m.layers[0].", "Layer": "Write l.neurons[0].", "Neuron": "Write n.w[0]."}
            raise self.record.error(
                node,
                f"{describe(owner, start=True)} has no elements.",
                hints.get(kind(owner), "Only lists have elements."),
            )
        if isinstance(node.slice, ast.Slice):
            ends = [
                None if part is None else self.record.whole(self.evaluate(part), part, "An end of a slice")
                for part in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            if ends[2] == 0:
                raise self.record.error(node.slice, "The step of a slice cannot be 0.", "Write 1 or -1.")
            part = owner[slice(*ends)]
            self.record.spend_items(len(part), node)
            return part
        index = self.record.whole(self.evaluate(node.slice), node.slice, "An index")
        if not -len(owner) <= index < len(owner):
            count = "1 element" if len(owner) == 1 else f"{len(owner)} elements"
            hint = f"The first is [0], the last [{len(owner) - 1}]." if len(owner) else "It is empty."
            raise self.record.error(node.slice, f"There is no element {index}: this has {count}.", hint)
        return owner[index]


def _before_trailer(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Attribute() | ast.Subscript():
            return node.value
        case ast.Call():
            return node.func
    return None


def _inputs(module: Neuron | Layer | MLP) -> int:
    match module:
        case Neuron():
            return len(module.w)
        case Layer():
            return len(module.neurons[0].w)
    return len(module.layers[0].neurons[0].w)


def _large(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def _last_value(thing: object, depth: int = 3) -> Value | Number | Module | None:
    """The last Value, number or network in ``thing``."""
    if isinstance(thing, Value | Number | Module):
        return thing
    if isinstance(thing, list | tuple) and depth:
        for element in reversed(thing[-10:]):
            found = _last_value(element, depth - 1)
            if found is not None:
                return found
    return None


_STATEMENTS: dict[type[ast.stmt], Callable[[Interpreter, Any], None]] = {
    ast.Expr: Interpreter._expression_statement,
    ast.Assign: Interpreter._assign,
    ast.AnnAssign: Interpreter._annotated_assign,
    ast.AugAssign: Interpreter._augmented_assign,
    ast.For: Interpreter._for,
    ast.If: Interpreter._if,
    ast.Pass: Interpreter._pass,
    ast.Import: Interpreter._import,
    ast.ImportFrom: Interpreter._import_from,
}

_EXPRESSIONS: dict[type[ast.expr], Callable[[Interpreter, Any], object]] = {
    ast.Constant: Interpreter._constant,
    ast.JoinedStr: Interpreter._joined_string,
    ast.Name: Interpreter._name,
    ast.BinOp: Interpreter._binary,
    ast.UnaryOp: Interpreter._unary,
    ast.BoolOp: Interpreter._boolean,
    ast.Compare: Interpreter._compare,
    ast.IfExp: Interpreter._choice,
    ast.List: Interpreter._list,
    ast.Tuple: Interpreter._tuple,
    ast.ListComp: Interpreter._comprehension,
    ast.GeneratorExp: Interpreter._comprehension,
    ast.Attribute: Interpreter._trailers,
    ast.Call: Interpreter._trailers,
    ast.Subscript: Interpreter._trailers,
}
