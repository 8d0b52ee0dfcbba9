# make run        opens the program; FILE=program.py opens that file, EXAMPLE=name that example
# make test       runs every check: ruff, mypy, the tests, and the wheel in an empty environment
# make test-all   besides runs the tests on every other Python that is found
# make bench      measures against numpy, JAX, PyTorch, micrograd and, where it is, Node; writes the README's tables
PYTHON ?= python3
VENV ?= .venv
FILE ?=
EXAMPLE ?= neuron

PIP = $(VENV)/bin/python -m pip --disable-pip-version-check install -qq
OTHER_VERSIONS = 3.11 3.12 3.13 3.14

.PHONY: run test lint unit test-all bench map clean

run: $(VENV)/installed
	$(VENV)/bin/python -m micrograd_gui $(if $(FILE),"$(FILE)",--example $(EXAMPLE))

test: lint unit

lint: $(VENV)/installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

unit: $(VENV)/installed-dev
	QT_QPA_PLATFORM=offscreen $(VENV)/bin/python -m pytest -n 2 --dist loadgroup -q

test-all: test
	@for version in $(OTHER_VERSIONS); do \
	    $(VENV)/bin/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] == '$$version')" || continue; \
	    for python in python$$version $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$version.*/bin/python; do \
	        $$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
	        echo "The tests on Python $$version:"; \
	        $(MAKE) --no-print-directory unit PYTHON=$$python VENV=.venv-$$version || exit 1; \
	        break; \
	    done; \
	done

# The files named installed say that an environment is as pyproject.toml wants it.
$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[bench]'
	@touch $@ $(VENV)/installed

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "$(PYTHON) is not Python 3.11 or newer. Name one that is: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	    exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "$(VENV) could not be made. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; \
	    exit 1; }

bench: $(VENV)/installed-bench
	$(VENV)/bin/python -m benchmarks

# The README's map of the code, from the first sentence of each file.
map: $(VENV)/installed
	$(VENV)/bin/python -m tests.readme_map

clean:
	rm -rf build dist .venv .venv-* .pytest_cache .mypy_cache .ruff_cache
