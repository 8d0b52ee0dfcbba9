# make run        opens the program; FILE=program.py opens that file, EXAMPLE=name that example
#                 PYTHON=python3.12 makes the environment with that Python instead of the newest that fits
# make test       runs every check: ruff, mypy, the tests, and the wheel in an empty environment
# make test-all   besides lets the random user loose for a minute, and runs the tests on every other Python that is found
# make monkey     lets a random user loose on the window for MINUTES=1, with SEED=1, and tells what broke
# make bench      measures against numpy, JAX, PyTorch, micrograd and, where it is, Node; writes docs/speed.md
PYTHON ?=
VENV ?= .venv
FILE ?=
EXAMPLE ?= neuron
MINUTES ?= 1
SEED ?= 1

PIP = $(VENV)/bin/python -m pip --disable-pip-version-check install -qq
# An environment that was made before may have a Python that no longer fits.
FITS = tools/find_python.sh $(VENV)/bin/python >/dev/null || { echo "make clean takes it away." >&2; exit 1; }

.PHONY: run test lint unit test-all monkey bench map texts clean

run: $(VENV)/installed
	$(VENV)/bin/python -m micrograd_gui $(if $(FILE),"$(FILE)",--example $(EXAMPLE))

test: lint unit

lint: $(VENV)/installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

unit: $(VENV)/installed-dev
	QT_QPA_PLATFORM=offscreen $(VENV)/bin/python -m pytest -n 2 --dist loadgroup -q

test-all: test monkey
	@version() { "$$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }; \
	tools/find_python.sh all | while read -r python; do \
	    version=$$(version "$$python"); \
	    [ "$$version" = "$$(version $(VENV)/bin/python)" ] && continue; \
	    echo "The tests on Python $$version:"; \
	    $(MAKE) --no-print-directory unit PYTHON="$$python" VENV=.venv-$$version </dev/null || exit 1; \
	done

monkey: $(VENV)/installed-dev
	$(VENV)/bin/python -m tests.monkey --minutes $(MINUTES) --seed $(SEED)

# The files named installed say that an environment is as pyproject.toml wants it.
$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@$(FITS)
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	@$(FITS)
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: pyproject.toml | $(VENV)/bin/python
	@$(FITS)
	$(PIP) --editable '.[bench]'
	@touch $@ $(VENV)/installed

$(VENV)/bin/python:
	@python=$$(tools/find_python.sh "$(PYTHON)") || exit 1; \
	"$$python" -m venv $(if $(wildcard $(VENV)/pyvenv.cfg),--clear) $(VENV) || { rm -rf $(VENV); exit 1; }

bench: $(VENV)/installed-bench
	$(VENV)/bin/python -m benchmarks

# The map of the code in docs/architecture.md, from the first sentence of each file.
map: $(VENV)/installed
	$(VENV)/bin/python -m tests.code_map

# The template for translations, from the sentences of both packages.
texts: $(VENV)/installed-dev
	$(VENV)/bin/python -m tests.texts.collect

clean:
	rm -rf build dist .venv .venv-* .pytest_cache .mypy_cache .ruff_cache
