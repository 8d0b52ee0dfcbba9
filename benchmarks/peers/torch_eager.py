"""PyTorch as it comes: eager, autograd, its own SGD; float64, one thread."""

from itertools import pairwise

import torch
from torch import nn

from benchmarks.problem import InProcess, Problem, flatten
from micrograd_core.training.points import Array

torch.set_num_threads(1)


class Network(InProcess):
    def __init__(self, problem: Problem) -> None:
        modules: list[nn.Module] = []
        for inputs, outputs in pairwise(problem.config.widths):
            modules += [nn.Linear(inputs, outputs), nn.ReLU()]
        self._model = nn.Sequential(*modules[:-1]).double()
        with torch.no_grad():
            for linear, (weights, biases) in zip(self._model[::2], problem.layers(), strict=True):
                linear.weight.copy_(torch.tensor(weights.T))
                linear.bias.copy_(torch.tensor(biases))
        self._optimizer = torch.optim.SGD(self._model.parameters())
        self._inputs, self._labels = torch.tensor(problem.inputs), torch.tensor(problem.labels)
        self._l2 = problem.config.l2

    def step(self, rate: float) -> tuple[float, float]:
        scores = self._model(self._inputs).squeeze(1)
        loss = torch.relu(1 - self._labels * scores).mean()
        loss = loss + self._l2 * sum((p * p).sum() for p in self._model.parameters())
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.param_groups[0]["lr"] = rate
        self._optimizer.step()
        accuracy = ((scores > 0) == (self._labels > 0)).double().mean()
        return loss.item(), accuracy.item()

    def parameters(self) -> Array:
        return flatten(
            [(linear.weight.detach().numpy().T, linear.bias.detach().numpy()) for linear in self._model[::2]]
        )
