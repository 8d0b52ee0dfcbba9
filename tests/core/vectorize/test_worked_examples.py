"""The worked examples at the top of the files are what the code does."""

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

from micrograd_core import vectorize

MODULES = [module.name for module in iter_modules(vectorize.__path__, f"{vectorize.__name__}.")]
WITH_EXAMPLES = {"sums", "flatten", "match", "order", "groups"}


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_shows_comes_out(name: str) -> None:
    """Each of the steps from a graph to its groups has an example, and every example is run."""
    found = doctest.testmod(import_module(name), report=True)
    assert found.failed == 0
    assert found.attempted or name.rpartition(".")[2] not in WITH_EXAMPLES
