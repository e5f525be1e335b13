PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo explore test check format bench clean help

help: ## say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.core ## take a face through the walkthrough; leaves walkthrough/index.html
	$(BIN)/actiscope tour -o walkthrough
	@echo 'To look around by yourself, in the browser: make explore'

explore: $(VENV)/.web ## open the explorer in the browser
	$(BIN)/actiscope explore

test: $(VENV)/.browser ## run the tests, in two processes of one thread
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist worksteal

check: $(VENV)/.dev node_modules/.package-lock.json ## format, lint, types, import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/node node_modules/typescript/bin/tsc

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.bench $(VENV)/.browser ## measure the speed, as ratios; of collections and huge pictures, too, with PHOTOS=folder
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/occlusion.py
	$(BIN)/python benchmarks/load.py
	PYTHONPATH=. $(BIN)/python benchmarks/page.py
	$(if $(PHOTOS),$(BIN)/python benchmarks/collection.py $(PHOTOS))
	$(if $(PHOTOS),$(BIN)/python benchmarks/large.py $(PHOTOS))

$(VENV)/.core: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/.web: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[web]'
	touch $@ $(VENV)/.core

$(VENV)/.dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/.core $(VENV)/.web

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bench]'
	touch $@

# Without a browser (and without a network) the tests of pages are skipped, and say so.
$(VENV)/.browser: $(VENV)/.dev
	-$(BIN)/python tests/browser/finding.py && touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/.dev
	$(BIN)/npm ci --silent
	touch $@

clean: ## remove what the other targets made
	rm -rf $(VENV) node_modules walkthrough
