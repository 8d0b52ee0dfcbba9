"""The canvas in words, for screen readers and tooltips."""

from micrograd_core.texts import tr, tr_count
from micrograd_gui.model.array_texts import tuple_text
from micrograd_gui.model.numbers import MINUS, format_number
from micrograd_gui.model.picture import Picture, Shown


def describe(picture: Picture) -> str:
    """The selected card, or else the selected array operation, or else the graph as a whole."""
    shown = picture.shown
    graph = shown.graph
    if not graph.items:
        return tr("No graph: type an expression.")
    item = graph.find(picture.selected)
    if item is not None:
        return _describe_card(shown, item)
    operation = None if shown.arrays is None else shown.arrays.named(picture.operation)
    if operation is not None:
        return tr_count(
            "array operation {operation}, {n:,} scalar node",
            "array operation {operation}, {n:,} scalar nodes",
            operation.replaced,
            operation=operation,
        )
    return tr_count("{n:,} card; none is selected.", "{n:,} cards; none is selected.", len(graph.items))


def _describe_card(shown: Shown, item: int) -> str:
    graph = shown.graph
    card, data, grad = graph.items[item], shown.data(item), shown.grad(item)
    target = graph.snapshot.nodes[graph.snapshot.target].label
    name = f"{card.label} = {card.formula}" if card.formula else tr("leaf {label}", label=card.label)
    data_text, grad_text = tr("data not computed yet"), tr("no gradient yet")
    if data is not None:
        data_text = tr("data {number}", number=format_number(data))
    if item not in graph.flowing:
        grad_text = tr("{target} does not depend on it", target=target)
    elif grad is not None:
        grad_text = tr("gradient of {target} {number}", target=target, number=format_number(grad))
    return f"{name}; {data_text}; {grad_text}"


def card_lines(shown: Shown, item: int) -> list[str]:
    """Lines of a card's tooltip: label, formula, data with all digits if known, and a hint on the double click."""
    card, data = shown.graph.items[item], shown.data(item)
    lines = [card.label, card.formula]
    if data is not None:
        lines.append(tr("data {number}", number=repr(data).replace("-", MINUS)))
    if shown.graph.settable_leaf(card.id) is not None:
        lines.append(tr("Double-click to type its value."))
    return [line for line in lines if line]


def operation_line(shown: Shown, name: str) -> str:
    """Text of a group's tooltip: its whole title, which the canvas may shorten."""
    operation = None if shown.arrays is None else shown.arrays.named(name)
    return "" if operation is None else f"{operation}  {tuple_text(operation.shape)}"
