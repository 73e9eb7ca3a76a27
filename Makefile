# The one front door. Everything sets itself up in .venv; nothing is installed outside it but python3-venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGUE := src/vielfalt/locale/de/LC_MESSAGES/vielfalt

.PHONY: help demo test check bench bench-large bench-truth bench-audit bench-desk bundle pictures messages index-pages sbom audit lock clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /	/'

demo: $(VENV)/installed $(VENV)/frontend ## Set up, make a synthetic town, evaluate it, show it in the browser
	$(BIN)/vielfalt demo

test: $(VENV)/installed $(VENV)/frontend $(VENV)/browser $(VENV)/peers $(VENV)/spark $(VENV)/wheels ## Set up and run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/installed ## Style, types, imports, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/reuse lint --quiet

bench: $(VENV)/installed $(VENV)/peers ## Speed and memory as ratios within one run
	$(BIN)/python -m bench

bench-large: $(VENV)/installed $(VENV)/spark ## The same for five and twenty million residents, and Spark at one: hours, and 40 GB of disk
	$(BIN)/python -m bench.large

bench-truth: $(VENV)/installed ## How true the derivation is, on towns whose truth is known
	$(BIN)/python -m bench.truth

bench-audit: $(VENV)/installed ## Fifty random towns attacked as before a release
	$(BIN)/python -m bench.auditing

bench-desk: $(VENV)/installed $(VENV)/frontend ## Imports and pages of the desk with fifty readers, on both databases
	$(BIN)/python -m bench.desk

# PYTHON_VERSION: the Python of that computer, where it is not the usual one.
bundle: $(VENV)/installed $(VENV)/frontend ## Pack an archive for computers without a network: SYSTEM=linux or SYSTEM=windows
	$(BIN)/python -m bundle fetch $(or $(SYSTEM),linux) $(PYTHON_VERSION)
	$(BIN)/python -m bundle pack $(or $(SYSTEM),linux) $(PYTHON_VERSION)

pictures: $(VENV)/installed $(VENV)/frontend $(VENV)/browser ## Make the pictures of the documentation anew, of an invented town
	$(BIN)/python -m tests.pictures

messages: $(VENV)/installed ## Collect new messages into the German catalogue
	$(BIN)/python -m tests.messages

index-pages: $(VENV)/installed ## Write the pages of the indices from their catalogue, in both languages
	$(BIN)/python -m tests.index_pages

sbom: $(VENV)/installed $(VENV)/frontend ## List all that a release is made of (CycloneDX)
	$(BIN)/python -m tests.sbom build/vielfalt.cdx.json

# Needs a network: the database of weaknesses is asked about each locked package. No test and no check depends on it.
audit: $(VENV)/installed ## Look for known weaknesses of the locked packages
	$(BIN)/python -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet pip-audit
	$(VENV)/audit/bin/pip-audit --require-hashes --disable-pip -r requirements/run.txt

lock: $(VENV)/installed ## Renew the locked requirements
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" pyproject.toml --extra desk -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" pyproject.toml --extra desk --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" pyproject.toml --group peers -c requirements/dev.txt -o requirements/peers.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" pyproject.toml --extra spark -c requirements/dev.txt \
	    -c requirements/peers.txt -o requirements/spark.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" --group bundle -o requirements/bundle.txt

# The tests set a computer up from an archive, without a network.
$(VENV)/wheels: requirements/run.txt requirements/bundle.txt $(VENV)/installed
	$(BIN)/python -m bundle fetch linux
	touch $@

# The tests of the desk look at its pages in Debian's browser.
$(VENV)/browser: $(VENV)/installed
	command -v chromium || \
	    $$(test "$$(id -u)" = 0 || echo sudo) sh -c 'apt-get update -q && apt-get install -y -q chromium'
	touch $@

clean: ## Remove the set-up
	rm -rf $(VENV) build $(CATALOGUE).mo frontend/node_modules src/vielfalt/desk/static/vendor

# Debian ships python3 without the module that makes virtual environments whole.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    $$(test "$$(id -u)" = 0 || echo sudo) sh -c 'apt-get update -q && apt-get install -y -q python3-venv' \
	    && $(PYTHON) -m venv $(VENV); }

$(VENV)/installed: requirements/dev.txt pyproject.toml $(CATALOGUE).po | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The desk's looks come from the npm registry by name and hash; npm itself is one of the locked requirements.
$(VENV)/frontend: frontend/package-lock.json frontend/install.py $(VENV)/installed
	$(BIN)/python frontend/install.py
	touch $@

# What tests and bench compare with: the indices with PySAL, the evaluation with pandas; half a gigabyte.
$(VENV)/peers: requirements/peers.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	touch $@

# Apache Spark for the tests of its engine: half a gigabyte, and the Java that Debian has.
$(VENV)/spark: requirements/spark.txt $(VENV)/installed $(VENV)/peers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	command -v java || \
	    $$(test "$$(id -u)" = 0 || echo sudo) sh -c 'apt-get update -q && apt-get install -y -q openjdk-17-jre-headless'
	touch $@
