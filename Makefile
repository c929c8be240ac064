# Two commands do everything: `make report` and `make test`. Both set up .venv from requirements.lock first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(BIN):$(PATH)

FOLDER ?= ../exempelkommun

PEERS := .venv-bench
MUTANTS := .venv-mutants

# Into an environment of its own ($(1)): the locked packages and an extra ($(2)) that is in no lock.
BESIDE = test -f $(1)/ready || { $(PYTHON) -m venv $(1) \
	  && $(1)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.lock \
	  && $(1)/bin/python -m pip install -qq --disable-pip-version-check --no-build-isolation --editable .[$(2)] \
	  && touch $(1)/ready; }

.PHONY: report demo test lab bench mutants check docs pictures lock clean help
.DEFAULT_GOAL := help

help:            ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

report: $(READY) ## fetch the deliveries and build all reports
	@likvard build

demo: $(READY)   ## build the reports of Exempelkommun, a made-up Swedish municipality, in FOLDER (../exempelkommun)
	@test -f "$(FOLDER)/params.yaml" || likvard demo exempelkommun "$(FOLDER)"
	@cd "$(FOLDER)" && likvard build

test: $(READY)   ## run the tests
	@python -m pytest -n auto --dist loadfile

lab: $(READY)    ## open JupyterLab on the tutorial
	@jupyter lab notebooks/tutorial.ipynb

check: $(READY)  ## format, lint and types, as CI does
	ruff format --check . && ruff check . && mypy

docs: $(READY)   ## write the reference pages under docs/ anew
	@python -m likvard.reference

bench: $(READY)  ## measure reports beside others' tools, on Exempelkommun in FOLDER (BENCH=--quick for less)
	@test -f "$(FOLDER)/params.yaml" || likvard demo exempelkommun "$(FOLDER)"
	@cd "$(FOLDER)" && likvard build
	@$(call BESIDE,$(PEERS),bench)
	@$(if $(BENCH),,test -f "$(FOLDER)-40/params.yaml" || likvard demo exempelkommun "$(FOLDER)-40" --schools 41 --pupils 16000)
	@$(if $(BENCH),,cd "$(FOLDER)-40" && likvard build)
	@python benchmarks/reports.py "$(FOLDER)$(if $(BENCH),,-40)" --ploomber $(PEERS)/bin/python $(BENCH)
	@python benchmarks/growth.py "$(FOLDER)" $(if $(BENCH),10 40)
	@$(if $(BENCH),,python benchmarks/cluster.py "$(FOLDER)")
	@$(if $(BENCH),,python benchmarks/build.py)
	@$(if $(BENCH),,python benchmarks/country.py "$(FOLDER)-country" 4700:1100000 --reports "$(FOLDER)")

mutants:         ## test the tests: which faults in the deciding code they notice (ONLY=access for less; docs/mutation.md)
	@$(call BESIDE,$(MUTANTS),mutants)
	@$(MUTANTS)/bin/python tests/mutation/mutants.py $(ONLY)

pictures:        ## take the pictures of the docs anew from the built reports, demo included (needs chromium, pdftoppm)
	@for page in school/01 index; do \
	  chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars \
	    --window-size=1000,1250 --screenshot="docs/pictures/$$(basename $$page).png" \
	    "file://$(CURDIR)/reports/1988-89/$$page.html" 2>/dev/null; done
	@mv docs/pictures/01.png docs/pictures/school.png
	@pdftoppm -r 60 -png -f 1 -l 2 reports/1988-89/school/01.pdf docs/pictures/school-pdf
	@pdftoppm -r 80 -png -f 1 -singlefile "$(FOLDER)/reports/2026Q3/school/00100024.pdf" docs/pictures/skola

lock:            ## resolve the versions of all packages anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --upgrade --output-file requirements.lock

clean:           ## remove the environment
	rm -rf $(VENV) $(PEERS) $(MUTANTS)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "likvard needs Python 3.11, 3.12 or 3.13; \
	this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 …")'
	@echo "Setting up $(VENV) from requirements.lock (once; it takes a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
