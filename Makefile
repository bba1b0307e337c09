# Everything here sets itself up on a machine with Python 3.11 or later and make.
# `uv run …` does the same for those who have uv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORLDS ?= 1000
STAMP := $(VENV)/.installed

.PHONY: run test slow lint types page viewer bench peers parity ray images constraints clean help

help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: $(STAMP) page ## play a thousand worlds of the east gate and print the answer
	$(BIN)/rearguard run east-gate -n $(WORLDS)

test: lint types page viewer ## lint, types and the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

page: $(STAMP) ## build the page of reports and replays, where npm is found and sources have changed
	@$(BIN)/python tools/build_page.py

viewer: $(STAMP) ## lint and unit tests of the page's TypeScript
	@$(BIN)/python tools/build_page.py --check

slow: $(STAMP) page ## the tests that compile kernels of their own
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

ray: $(STAMP) ## runs and studies on a Ray cluster of two nodes, with workers killed half-way
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt 'ray>=2.50'
	$(BIN)/python -m pytest -m cluster tests/cluster

bench: $(STAMP) ## measure speed, start-up and memory of the engine, and the frames of the page
	$(BIN)/python bench/engine.py
	PYTHONPATH=tests:tools $(BIN)/python bench/page.py

images: $(STAMP) page ## take the pictures of the docs anew
	$(BIN)/python tools/screenshots.py

peers: $(STAMP) ## the same game against other simulators (PEERS=python in which they are installed)
	$(BIN)/python bench/peers.py $(if $(PEERS),--python $(PEERS))

parity: $(STAMP) ## step tag beside mpe2 for 500 episodes, and pursuit beside PettingZoo for 6 of each kind
	REARGUARD_TAG_EPISODES=500 REARGUARD_PURSUIT_EPISODES=6 $(BIN)/python -m pytest -q tests/env/test_tag.py tests/env/test_pursuit.py

constraints: $(STAMP) ## renew the hashed constraints
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header -o constraints.txt

clean: ## remove what make has made
	rm -rf $(VENV) dist viewer/node_modules src/rearguard/tell/assets .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); 3.11 or later is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(STAMP): pyproject.toml constraints.txt | $(VENV)/bin/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r constraints.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $(STAMP)
