# Thin targets: each is a command that a person could type. `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
DATA ?= ../shared/data/chest_xray
WEIGHTS ?= imagenet
BUNDLE ?= models/pneumonia
ARGS ?=
# Two processes: tflite-runtime 2.14 does not live in one that has imported TensorFlow (docs/adr/0003).
WITH_TENSORFLOW := tests/contract tests/unit/trainer
WITHOUT_TENSORFLOW := tests $(addprefix --ignore=,$(WITH_TENSORFLOW))
export PIP_CONSTRAINT := constraints.txt

.DEFAULT_GOAL := help
.PHONY: pi-bundle test-pi deploy-pi help setup app lint format test test-long train evaluate compare experiments heat-maps operating-points recalibrate verify fuzz bench acceptance clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@sh assets/setup/python.sh "$(PYTHON)" "$(VENV)"

$(VENV)/.app: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -e '.[app]'
	@touch $@

$(VENV)/.all: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -e '.[app,train,dev,signed,cluster]'
	@touch $@ $(VENV)/.app

setup: $(VENV)/.all ## make .venv with everything: app, trainer, tests

app: $(VENV)/.app ## set up what the app needs and open it on a sample film (FILE=... for another)
	@sh assets/setup/system-libraries.sh
	$(BIN)/python -m edge_app $(if $(FILE),"$(FILE)",assets/samples/consolidation.png) $(ARGS)

lint: setup ## ruff, mypy, import-linter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --explicit-package-bases -p assets.pi
	$(BIN)/lint-imports

format: setup ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup ## run the tests (those that need the data set skip without DATA)
	@sh assets/setup/system-libraries.sh
	DATA="$(DATA)" $(BIN)/python -m pytest -m "not long" $(WITHOUT_TENSORFLOW) $(ARGS)
	DATA="$(DATA)" $(BIN)/python -m pytest -m "not long" $(WITH_TENSORFLOW) $(ARGS)

test-long: setup ## run the tests that take minutes
	@sh assets/setup/system-libraries.sh
	DATA="$(DATA)" $(BIN)/python -m pytest -m long $(WITHOUT_TENSORFLOW) $(ARGS)
	DATA="$(DATA)" $(BIN)/python -m pytest -m long $(WITH_TENSORFLOW) $(ARGS)

train: setup ## train, evaluate, convert, write BUNDLE: make train DATA=... WEIGHTS=imagenet|none|PATH
	$(BIN)/python -m trainer train --data "$(DATA)" --weights "$(WEIGHTS)" --bundle "$(BUNDLE)" $(ARGS)

evaluate: setup ## evaluate BUNDLE on the test split of DATA, and on another hospital's films beside it
	$(BIN)/python -m trainer evaluate --data "$(DATA)" --bundle "$(BUNDLE)" $(ARGS)

compare: setup ## run the table of trials: backbone x augmentation x fine-tuning
	$(BIN)/python -m trainer compare --data "$(DATA)" --weights "$(WEIGHTS)" $(ARGS)

experiments: setup ## run that table and the further experiments, and write docs/experiments.md
	$(BIN)/python -m trainer compare --data "$(DATA)" --weights "$(WEIGHTS)" --report docs/experiments.md \
		--trials trainer/research/configs/compare.toml --trials trainer/research/configs/experiments.toml $(ARGS)

heat-maps: setup ## measure what the heat maps of BUNDLE are worth: docs/heat_maps.md
	$(BIN)/python -m trainer heat-maps --data "$(DATA)" --bundle "$(BUNDLE)" --out docs $(ARGS)

operating-points: setup ## hold the rules for thresholds against each other on validation films: docs/operating-points.md
	$(BIN)/python -m trainer operating-points --data "$(DATA)" --bundle "$(BUNDLE)" $(ARGS)

recalibrate: setup ## fit BUNDLE's thresholds on a site's films: make recalibrate FILMS=DIR|CSV OUT=DIR
	$(BIN)/python -m trainer recalibrate --films "$(FILMS)" --bundle "$(BUNDLE)" --out "$(OUT)" $(ARGS)

verify: setup ## hashes, known answers in every runtime, evidence = Grad-CAM
	$(BIN)/python -m trainer verify --bundle "$(BUNDLE)"

fuzz: setup ## mutate films and bundles, N of each kind (default 10000)
	$(BIN)/python -m tests.fuzz $(if $(N),--count $(N)) $(ARGS)

bench: setup ## measure on this machine and write docs/benchmarks/ (ITEMS="invoke film"; peers: pip install -e '.[bench]')
	DATA="$(DATA)" BUNDLE="$(BUNDLE)" $(BIN)/python -m tests.bench $(ITEMS) $(ARGS)

acceptance: setup ## print the figures of decoding, lies, bombs and the gate
	DATA="$(DATA)" $(BIN)/python -m tests.acceptance $(ARGS)

pi-bundle: setup ## one archive with all a Raspberry Pi needs to install without network (ARGS=--help)
	$(BIN)/python -m assets.pi.build $(ARGS)

test-pi: setup ## install on emulated boards (Bookworm, Trixie) and write docs/pi/measurements.md; an hour, as root
	DATA="$(DATA)" $(BIN)/python -m tests.pi $(ARGS)

deploy-pi: pi-bundle ## copy the archive to HOST=user@host and install it there (OPTIONS for install.sh)
	sh assets/pi/deploy.sh "$(HOST)" dist/pneumoscope-*-pi.tar $(OPTIONS)

clean: ## remove what the tools left behind; .venv and runs/ stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
