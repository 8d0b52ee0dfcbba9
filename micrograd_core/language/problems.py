"""What is said about names, attributes, modules and syntax that the language does not have."""

from __future__ import annotations

import ast
import builtins as python
from collections.abc import Collection, Mapping

from micrograd_core.errors import LanguageError
from micrograd_core.language.builtins import ATTRIBUTES, FUNCTIONS, MODULES, NAMES
from micrograd_core.language.calls import nearest
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.scope import Scope, local_names, own_nodes
from micrograd_core.language.source import Located
from micrograd_core.language.values import Namespace, describe
from micrograd_core.ops import OPS

_UNSUPPORTED: dict[type[ast.AST], tuple[str, str]] = {
    ast.ClassDef: ("Classes are not part of this language.", "Value, Neuron, Layer and MLP are there already."),
    ast.AsyncFunctionDef: ("async is not part of this language.", "Leave it out."),
    ast.With: ("with is not part of this language.", "Leave it out."),
    ast.TryStar: ("try is not part of this language.", "Leave it out: arithmetic never fails here."),
    ast.AsyncFor: ("async is not part of this language.", "Leave it out."),
    ast.AsyncWith: ("async is not part of this language.", "Leave it out."),
    ast.Try: ("try is not part of this language.", "Leave it out: arithmetic never fails here."),
    ast.Raise: ("raise is not part of this language.", "Print a text instead."),
    ast.Delete: ("del is not part of this language.", "Leave it out."),
    ast.Match: ("match is not part of this language.", "Write if and elif."),
    ast.Dict: ("Dictionaries are not part of this language.", "Use names or a list."),
    ast.DictComp: ("Dictionaries are not part of this language.", "Use names or a list."),
    ast.Set: ("Sets are not part of this language.", "Write a list: [1.0, 2.0]."),
    ast.SetComp: ("Sets are not part of this language.", "Write a list: [x for x in xs]."),
    ast.NamedExpr: (":= is not part of this language.", "Give the name its value on a line before."),
    ast.Await: ("await is not part of this language.", "Leave it out."),
    ast.Yield: ("yield is not part of this language.", "Make a list instead."),
    ast.YieldFrom: ("yield is not part of this language.", "Make a list instead."),
    ast.Starred: ("A star cannot stand here.", "Write the elements out, or put them in a list: [*xs]."),
    ast.Slice: ("A slice can only stand in square brackets after a list.", "Write xs[1:3]."),
}  # fmt: skip

_ELSEWHERE = {
    "numpy": "A Value takes the place of an array element here.",
    "torch": "Value, Neuron, Layer and MLP take its place here.",
    "matplotlib": "The window draws the graph by itself.",
    "graphviz": "The window draws the graph by itself.",
    "sklearn": "The training tab makes the data.",
}
_SHORT_NAMES = {"np": "numpy", "plt": "matplotlib"}

_OTHER_SPELLINGS = {
    "pow": "Write x**y.",
    "str": "Write f'{x}'.",
    "set": "Write a list: [].",
    "dict": "Use names or a list.",
    "sorted": "min and max find the smallest and the largest.",
    "any": "Go through the list with for.",
    "all": "Go through the list with for.",
    "bool": "Compare it: x != 0.",
    "type": "isinstance tells things apart.",
    "input": "Write the number into the program.",
}


def unsupported(recorder: Recorder, node: ast.stmt | ast.expr) -> LanguageError:
    message, hint = _UNSUPPORTED.get(
        type(node), (f"{type(node).__name__} is not part of this language.", "Leave it out.")
    )
    return recorder.error(node, message, hint)


def unknown_name(recorder: Recorder, tree: ast.Module, scope: Scope, node: ast.Name) -> LanguageError:
    """``scope`` is where the name was looked for."""
    name = node.id
    example = f"Give it a value first, for example {name} = 1.0."
    functions = [function for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)]
    if name in scope.local or _lines_that_give(name, tree.body):
        bodies = [tree.body, *(f.body for f in functions if name in local_names(f))]
        line = min((line for body in bodies for line in _lines_that_give(name, body)), default=node.lineno)
        if scope.parent is not None and name in scope.outermost().names:
            example = f"To change the program's {name}, begin the function with global {name}."
        later = f"It gets its value only in line {line}; give it one before."
        return recorder.error(node, f"{name} has no value yet.", later if line > node.lineno else example)
    holding = [function.name for function in functions if name in local_names(function)]
    if holding:
        return recorder.error(
            node, f"{name} has a value only within {holding[0]}.", f"Let it be returned: return {name}."
        )
    elsewhere = _ELSEWHERE.get(_SHORT_NAMES.get(name, name))
    if elsewhere is not None:
        return recorder.error(node, f"{name} is not part of this language.", elsewhere)
    if hasattr(python, name):
        others = (function for function in FUNCTIONS if function not in OPS)
        hint = _OTHER_SPELLINGS.get(name, f"There are {', '.join(others)}.")
        return recorder.error(node, f"Python's {name} is not part of this language.", hint)
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
    return recorder.error(
        node, f"{name} is not known.", f"Did you mean {suggestions[0]}?" if suggestions else example
    )


def _lines_that_give(name: str, body: list[ast.stmt]) -> list[int]:
    """The lines, not those of functions within, in which ``name`` gets a value."""
    return [
        node.lineno
        for node in own_nodes(body)
        if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.FunctionDef) and node.name == name)
    ]


def unknown_module(
    recorder: Recorder, node: ast.stmt | ast.alias, name: str, wanted: Collection[str] = ()
) -> LanguageError:
    """``wanted`` are the names to be imported from it."""
    homes = [
        module
        for module, namespace in MODULES.items()
        if wanted and all(w in namespace.members for w in wanted)
    ]
    close = nearest(name, MODULES)
    if homes:
        hint = f"Write from {homes[0]} import {', '.join(wanted)}."
    elif name.split(".")[0] in _ELSEWHERE:
        hint = _ELSEWHERE[name.split(".")[0]]
    else:
        hint = (
            f"Did you mean {close}?"
            if close
            else "There are math, random, micrograd.engine and micrograd.nn."
        )
    return recorder.error(node, f"{name} cannot be imported here.", hint)


def no_member(recorder: Recorder, namespace: Namespace, name: str, node: Located) -> LanguageError:
    homes = [module.name for module in MODULES.values() if name in module.members]
    if homes and homes[0].startswith(f"{namespace.name}."):
        return recorder.error(
            node, f"{namespace.name} has no {name} in this language.", f"Write from {homes[0]} import {name}."
        )
    close = nearest(name, namespace.members)
    hint = f"Did you mean {close}?" if close else f"It has {', '.join(namespace.members)}."
    return recorder.error(node, f"{namespace.name} has no {name} in this language.", hint)


def no_attribute(
    recorder: Recorder, owner: object, table: Mapping[str, object], node: ast.Attribute
) -> LanguageError:
    """``table`` holds the attributes that ``owner`` has."""
    name = node.attr
    close = nearest(name, table)
    owners = [kind for kind, row in ATTRIBUTES.items() if name in row]
    all_there_is = f"It has {', '.join(table)}." if table else "It has no attributes at all."
    if name.startswith("_"):
        return recorder.error(node, "Names that begin with _ cannot be reached.", all_there_is)
    if close:
        hint = f"Did you mean .{close}?"
    elif isinstance(owner, list | tuple) and "Value" in owners:
        hint = f"Take one element first, as in xs[0].{name}."
    elif owners:
        hint = f"This is there for: {', '.join(owners)}."
    elif isinstance(owner, str):
        hint = "To put numbers into a text, write f'… {name:.4f} …'."
    else:
        hint = all_there_is
    return recorder.error(node, f"{describe(owner, start=True)} has no .{name}.", hint)
