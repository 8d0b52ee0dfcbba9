# make run    opens the program
# make test   runs every check; make test-all also runs the tests on every other Python found
PYTHON ?= python3
VENV ?= .venv
# What make run opens: a file, or else the example.
FILE ?=
EXAMPLE ?= neuron

OTHER_PYTHONS := 3.11 3.12 3.13 3.14
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check install --quiet
PYTEST = QT_QPA_PLATFORM=offscreen $(VENV)/bin/python -m pytest -n 2 --dist loadgroup -q

.PHONY: run test lint package test-all clean

run: $(VENV)/installed
	$(VENV)/bin/python -m micrograd_gui $(if $(FILE),"$(FILE)",--example $(EXAMPLE))

test: lint
	$(PYTEST)

lint: $(VENV)/installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# The tests without the linters, on each Python >= 3.11 that is found, but for the one of `make test`.
test-all: test
	@for version in $(OTHER_PYTHONS); do \
	    python=python$$version; \
	    $$python -c '' 2>/dev/null || continue; \
	    $(VENV)/bin/python -c "import sys; sys.exit(sys.version.startswith('$$version.'))" || continue; \
	    echo "Python $$version"; \
	    $(MAKE) --no-print-directory unit PYTHON=$$python VENV=.venv-$$version || exit 1; \
	done

.PHONY: unit
unit: $(VENV)/installed-dev
	$(PYTEST)

# The files named installed tell make that the environment is as pyproject.toml wants it.
$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "micrograd-gui needs Python 3.11 or newer and '$(PYTHON)' is not one." \
	         "Name one, for instance: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "$(VENV) could not be made. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }

clean:
	rm -rf build dist .venv .venv-* .pytest_cache .mypy_cache .ruff_cache
