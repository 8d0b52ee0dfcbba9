"""The program of a point of the plane: the network at that point, in the typed language."""

from micrograd_core.texts import tr
from micrograd_core.training.config import INPUTS, TrainingConfig
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.state import TrainingState
from micrograd_gui.model.document import Document
from micrograd_gui.model.numbers import format_number, format_source


def point_document(
    config: TrainingConfig, state: TrainingState, x: float, y: float, label: float | None = None
) -> Document:
    """Return a program whose graph is the network at one point, with the parameters of ``state``.

    With a ``label`` of ±1 the graph ends in that point's loss, without one in the score.
    """
    count, *widths = config.widths
    activation = "" if config.activation == "relu" else f', "{config.activation}"'
    lines = [
        f"# {_heading(config, state.step, x, y, label)}",
        f"model = MLP({count}, {widths}{activation})",
        *(f"{name} = Value({format_source(value)})" for name, value in zip(INPUTS, (x, y), strict=True)),
        f"score = model([{', '.join(INPUTS)}])",
    ]
    if label is not None:
        lines.append(f"loss = {LOSSES[config.loss].source(label)}")
    source = "\n".join(lines) + "\n"
    names = [f"{name}#0" for name in parameter_names(config)]
    leaf_values = tuple(zip(names, state.parameters, strict=True))
    return Document(source, source, leaf_values, typed_leaf_values=leaf_values)


def parameter_names(config: TrainingConfig, model: str = "model") -> list[str]:
    """Return the names of the parameters in a program's graph, ``model[0][1].w[0]``, in parameters() order."""
    names = []
    for layer, width in enumerate(config.widths[1:]):
        for neuron in range(width):
            name = f"{model}[{layer}][{neuron}]"
            names += [f"{name}.w[{i}]" for i in range(config.widths[layer])] + [f"{name}.b"]
    return names


def _heading(config: TrainingConfig, step: int, x: float, y: float, label: float | None) -> str:
    where = {"x": format_number(x, 2), "y": format_number(y, 2)}
    if label is None:
        return tr("Point ({x}, {y}), after step {step}", step=step, **where)
    return tr(
        "Point ({x}, {y}) of the data set {dataset}, class {label}, after step {step}",
        dataset=DATASETS[config.dataset].title,
        label=f"{'−+'[label > 0]}1",
        step=step,
        **where,
    )
