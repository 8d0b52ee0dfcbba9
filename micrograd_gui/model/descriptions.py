"""What is on the canvas, in words: for screen readers and for tooltips."""

from micrograd_gui.model.array_texts import tuple_text
from micrograd_gui.model.numbers import MINUS, format_number
from micrograd_gui.model.picture import Picture, Shown


def describe(picture: Picture) -> str:
    """The selected card; without one the selected array operation, or the graph as a whole."""
    shown = picture.shown
    graph = shown.graph
    if not graph.items:
        return "No graph: type an expression."
    item = graph.find(picture.selected)
    if item is not None:
        return _describe_card(shown, item)
    operation = None if shown.arrays is None else shown.arrays.named(picture.operation)
    if operation is not None:
        return f"array operation {operation}, {operation.replaced} scalar nodes"
    return f"{len(graph.items)} cards; none is selected."


def _describe_card(shown: Shown, item: int) -> str:
    graph = shown.graph
    card, data, grad = graph.items[item], shown.data(item), shown.grad(item)
    target = graph.snapshot.nodes[graph.snapshot.target].label
    name = f"{card.label} = {card.formula}" if card.formula else f"leaf {card.label}"
    data_text = "data not computed yet" if data is None else f"data {format_number(data)}"
    grad_text = "no gradient yet" if grad is None else f"gradient of {target} {format_number(grad)}"
    if item not in graph.flowing:
        grad_text = f"{target} does not depend on it"
    return f"{name}; {data_text}; {grad_text}"


def card_lines(shown: Shown, item: int) -> list[str]:
    """For a card's tooltip: label, formula, its number with all digits, and what a double click does."""
    card, record = shown.graph.items[item], shown.graph.output(item)
    lines = [card.label, card.formula, f"data {record.data!r}".replace("-", MINUS)]
    if shown.graph.settable_leaf(card.id) is not None:
        lines.append("double-click to type its value")
    return [line for line in lines if line]


def operation_line(shown: Shown, name: str) -> str:
    """For a group's tooltip: all that its title says where there is room."""
    operation = None if shown.arrays is None else shown.arrays.named(name)
    return "" if operation is None else f"{operation}  {tuple_text(operation.shape)}"
