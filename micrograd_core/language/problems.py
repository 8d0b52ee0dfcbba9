"""Errors about names, attributes, modules and syntax that the language does not have."""

from __future__ import annotations

import ast
import builtins as python
from collections.abc import Collection, Mapping

from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import TEXT_HINT
from micrograd_core.language.builtins import ATTRIBUTES, FUNCTIONS, MODULES, NAMES
from micrograd_core.language.calls import nearest
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.scope import Scope, local_names, own_nodes
from micrograd_core.language.source import Located
from micrograd_core.language.values import Namespace, describe
from micrograd_core.ops import OPS
from micrograd_core.texts import tr

_UNSUPPORTED: dict[type[ast.AST], tuple[str, str]] = {
    ast.ClassDef: (
        tr("Classes are not part of this language."),
        tr("Value, Neuron, Layer and MLP are built in."),
    ),
    ast.AsyncFunctionDef: (tr("{code} is not part of this language.", code="async"), tr("Remove it.")),
    ast.With: (tr("{code} is not part of this language.", code="with"), tr("Remove it.")),
    ast.TryStar: (
        tr("{code} is not part of this language.", code="try"),
        tr("Remove it; arithmetic never fails here."),
    ),
    ast.AsyncFor: (tr("{code} is not part of this language.", code="async"), tr("Remove it.")),
    ast.AsyncWith: (tr("{code} is not part of this language.", code="async"), tr("Remove it.")),
    ast.Try: (
        tr("{code} is not part of this language.", code="try"),
        tr("Remove it; arithmetic never fails here."),
    ),
    ast.Raise: (tr("{code} is not part of this language.", code="raise"), tr("Print a text instead.")),
    ast.Delete: (tr("{code} is not part of this language.", code="del"), tr("Remove it.")),
    ast.Match: (tr("{code} is not part of this language.", code="match"), tr("Write if and elif.")),
    ast.Dict: (tr("Dictionaries are not part of this language."), tr("Use names or a list.")),
    ast.DictComp: (tr("Dictionaries are not part of this language."), tr("Use names or a list.")),
    ast.Set: (tr("Sets are not part of this language."), tr("Write a list: {code}.", code="[1.0, 2.0]")),
    ast.SetComp: (
        tr("Sets are not part of this language."),
        tr("Write a list: {code}.", code="[x for x in xs]"),
    ),
    ast.NamedExpr: (
        tr("{code} is not part of this language.", code=":="),
        tr("Assign to the name on a line before this one."),
    ),
    ast.Await: (tr("{code} is not part of this language.", code="await"), tr("Remove it.")),
    ast.Yield: (tr("{code} is not part of this language.", code="yield"), tr("Make a list instead.")),
    ast.YieldFrom: (tr("{code} is not part of this language.", code="yield"), tr("Make a list instead.")),
    ast.Starred: (
        tr("A star cannot be used here."),
        tr("Write the elements, or put them in a list: {code}.", code="[*xs]"),
    ),
    ast.Slice: (
        tr("A slice is only allowed in square brackets after a list."),
        tr("Write {code}.", code="xs[1:3]"),
    ),
}

_DRAWING_HINT = tr("The window draws the graph by itself.")
_LIBRARY_HINTS = {
    "numpy": tr("Use a Value for each element of an array."),
    "torch": tr("Use Value, Neuron, Layer and MLP instead."),
    "matplotlib": _DRAWING_HINT,
    "graphviz": _DRAWING_HINT,
    "sklearn": tr("The training tab makes the data."),
}
_ALIASES = {"np": "numpy", "plt": "matplotlib"}

_FUNCTION_HINTS = {
    "pow": tr("Write {code}.", code="x**y"),
    "str": tr("Write {code}.", code="f'{x}'"),
    "set": tr("Write a list: {code}.", code="[]"),
    "dict": tr("Use names or a list."),
    "sorted": tr("Use min and max to find the smallest and the largest."),
    "any": tr("Loop over the list with for."),
    "all": tr("Loop over the list with for."),
    "bool": tr("Compare it: {code}.", code="x != 0"),
    "type": tr("Use isinstance."),
    "input": tr("Write the number into the program."),
}


def unsupported(recorder: Recorder, node: ast.stmt | ast.expr) -> LanguageError:
    """Make the error for a kind of statement or expression that the language does not have."""
    kind = type(node)
    if kind in _UNSUPPORTED:
        return recorder.error(node, *_UNSUPPORTED[kind])
    message = tr("{code} is not part of this language.", code=kind.__name__)
    return recorder.error(node, message, tr("Remove it."))


def unknown_name(recorder: Recorder, tree: ast.Module, scope: Scope, node: ast.Name) -> LanguageError:
    """Make the error for a name that has no value in ``scope``."""
    name = node.id
    example = tr("Give it a value first, for example {code}.", code=f"{name} = 1.0")
    functions = [function for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)]
    if name in scope.local or _assignment_lines(name, tree.body):
        bodies = [tree.body, *(f.body for f in functions if name in local_names(f))]
        line = min((line for body in bodies for line in _assignment_lines(name, body)), default=node.lineno)
        if scope.parent is not None and name in scope.outermost().names:
            example = tr(
                "To change the program's {name}, begin the function with {code}.",
                name=name,
                code=f"global {name}",
            )
        later = tr("It gets its value in line {line}; assign it before this line.", line=line)
        hint = later if line > node.lineno else example
        return recorder.error(node, tr("{name} has no value yet.", name=name), hint)
    holding = [function.name for function in functions if name in local_names(function)]
    if holding:
        return recorder.error(
            node,
            tr("{name} has a value only inside {function}.", name=name, function=holding[0]),
            tr("Return it from {function}: {code}.", function=holding[0], code=f"return {name}"),
        )
    library_hint = _LIBRARY_HINTS.get(_ALIASES.get(name, name))
    if library_hint is not None:
        return recorder.error(node, tr("{code} is not part of this language.", code=name), library_hint)
    if hasattr(python, name):
        others = ", ".join(function for function in FUNCTIONS if function not in OPS)
        hint = _FUNCTION_HINTS.get(name, tr("Use one of these: {names}.", names=others))
        return recorder.error(node, tr("Python's {name} is not part of this language.", name=name), hint)
    known = [*NAMES, *scope.visible(), "True", "False", "None"]
    close = nearest(name, known) or nearest(name.lower(), known)
    suggestions = (
        [close]
        if close
        else [
            f"{module.name}.{name}"
            for module in (MODULES["math"], MODULES["random"])
            if name in module.members
        ]
    )
    hint = tr("Did you mean {name}?", name=suggestions[0]) if suggestions else example
    return recorder.error(node, tr("{name} is not known.", name=name), hint)


def shadowed_function(recorder: Recorder, tree: ast.Module, thing: object, node: ast.Name) -> LanguageError:
    """Make the error for a call of a built-in function whose name the program assigned to ``thing``."""
    name, here = node.id, recorder.source.span(node).line
    enclosing = [
        function
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.lineno <= here <= (function.end_lineno or here)
    ]
    body = next((f.body for f in reversed(enclosing) if name in local_names(f)), tree.body)
    lines = _assignment_lines(name, body)
    if lines:
        line = max((line for line in lines if line <= here), default=min(lines))
        message = tr(
            "{name} is {kind} here: line {line} reassigned it.", name=name, kind=describe(thing), line=line
        )
    else:
        message = tr("{name} is {kind} here: the program reassigned it.", name=name, kind=describe(thing))
    return recorder.error(node, message, tr("Give that value another name."))


def _assignment_lines(name: str, body: list[ast.stmt]) -> list[int]:
    """List the lines that assign ``name`` or define it as a function, except those of inner functions."""
    return [
        node.lineno
        for node in own_nodes(body)
        if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.FunctionDef) and node.name == name)
    ]


def unknown_module(
    recorder: Recorder, node: ast.stmt | ast.alias, name: str, wanted: Collection[str] = ()
) -> LanguageError:
    """Make the error for a module that cannot be imported; ``wanted`` are the names to import from it."""
    homes = [
        module
        for module, namespace in MODULES.items()
        if wanted and all(w in namespace.members for w in wanted)
    ]
    close = nearest(name, MODULES)
    if homes:
        hint = tr("Write {code}.", code=f"from {homes[0]} import {', '.join(wanted)}")
    elif name.split(".")[0] in _LIBRARY_HINTS:
        hint = _LIBRARY_HINTS[name.split(".")[0]]
    else:
        hint = (
            tr("Did you mean {name}?", name=close)
            if close
            else tr("Use one of these: {names}.", names="math, random, micrograd.engine, micrograd.nn")
        )
    return recorder.error(node, tr("{name} cannot be imported here.", name=name), hint)


def no_member(recorder: Recorder, namespace: Namespace, name: str, node: Located) -> LanguageError:
    """Make the error for a name that a module does not have."""
    message = tr("{module} has no {name} in this language.", module=namespace.name, name=name)
    homes = [module.name for module in MODULES.values() if name in module.members]
    if homes and homes[0].startswith(f"{namespace.name}."):
        return recorder.error(node, message, tr("Write {code}.", code=f"from {homes[0]} import {name}"))
    close = nearest(name, namespace.members)
    if close:
        return recorder.error(node, message, tr("Did you mean {name}?", name=close))
    return recorder.error(node, message, tr("It has {names}.", names=", ".join(namespace.members)))


def no_attribute(
    recorder: Recorder, owner: object, table: Mapping[str, object], node: ast.Attribute
) -> LanguageError:
    """Make the error for an attribute that ``owner`` does not have; ``table`` holds those it has."""
    name = node.attr
    close = nearest(name, table)
    owners = [kind for kind, row in ATTRIBUTES.items() if name in row]
    available = tr("It has {names}.", names=", ".join(table)) if table else tr("It has no attributes.")
    if name.startswith("_"):
        return recorder.error(node, tr("Names that begin with _ are not accessible."), available)
    if close:
        hint = tr("Did you mean {name}?", name=f".{close}")
    elif isinstance(owner, list | tuple) and "Value" in owners:
        hint = tr("Take one element first, as in {code}.", code=f"xs[0].{name}")
    elif owners:
        hint = tr("Only these have it: {kinds}.", kinds=", ".join(owners))
    elif isinstance(owner, str):
        hint = TEXT_HINT
    else:
        hint = available
    message = tr("{kind} has no .{name}.", kind=describe(owner, start=True), name=name)
    return recorder.error(node, message, hint)
