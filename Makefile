# Thin targets: each is a command that a person could type. `make help` lists the everyday ones, `make help-all` the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
APP_VENV := .venv-app
BIN := $(VENV)/bin
DATA ?= ../shared/data/chest_xray
WEIGHTS ?= imagenet
TASK ?= pneumonia
BUNDLE ?= models/$(basename $(notdir $(TASK)))
ARGS ?=
# Two processes: tflite-runtime 2.14 does not live in one that has imported TensorFlow (docs/adr/0003, tests/conftest.py).
WITH_TENSORFLOW := tests/contract tests/unit/trainer
WITHOUT_TENSORFLOW := tests $(addprefix --ignore=,$(WITH_TENSORFLOW))
PYTEST = DATA="$(DATA)" $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: $(shell awk -F: '/^[a-z-]+:/ {print $$1}' $(MAKEFILE_LIST))

help: ## list the everyday targets
	@awk -F ':.* ## ' '/^[a-z-]+:.* ## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

help-all: ## list all targets
	@awk -F ':.* ##+ ' '/^[a-z-]+:.* ##+ / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Each step of .venv contains the one before: the app; what its tests and the linters need; TensorFlow.
.PRECIOUS: %/bin/python
%/bin/python:
	@sh assets/setup/python.sh "$(PYTHON)" "$*"

$(VENV)/.app: pyproject.toml assets/setup/app.lock | $(BIN)/python
	sh assets/setup/install.sh $(BIN)/python app app,signed
	@touch $@

%/.dev: pyproject.toml assets/setup/dev.lock | %/bin/python
	sh assets/setup/install.sh $*/bin/python dev app,dev,signed,cluster
	@touch $@ $*/.app

$(VENV)/.all: pyproject.toml assets/setup/all.lock | $(BIN)/python
	sh assets/setup/install.sh $(BIN)/python all app,train,dev,signed,cluster
	@touch $@ $(VENV)/.app $(VENV)/.dev

libraries:
	@sh assets/setup/system-libraries.sh

setup: $(VENV)/.all ## make .venv with everything: app, trainer, tests

app: $(VENV)/.app libraries ## set up what the app needs and open it on a sample film (FILE=... for another)
	$(BIN)/python -m edge_app $(if $(FILE),"$(FILE)",assets/samples/consolidation.png) $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy, import-linter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --explicit-package-bases -p assets.pi -p assets.setup
	$(BIN)/lint-imports

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup libraries ## set up everything and run the tests (those that need the data set skip without DATA)
	$(PYTEST) -m "not long" $(WITHOUT_TENSORFLOW) $(ARGS)
	$(PYTEST) -m "not long" $(WITH_TENSORFLOW) $(ARGS)

test-app: BIN := $(APP_VENV)/bin
test-app: $(APP_VENV)/.dev libraries ## run the tests of the app in .venv-app, without TensorFlow
	$(PYTEST) -m "not long" $(WITHOUT_TENSORFLOW) $(ARGS)

test-long: setup libraries ### run the tests that take minutes
	$(PYTEST) -m long $(WITHOUT_TENSORFLOW) $(ARGS)
	$(PYTEST) -m long $(WITH_TENSORFLOW) $(ARGS)

test-fresh: ### run `make app` and `make test` on a new, bare Debian 12; ten minutes, as root
	$(PYTHON) -m tests.fresh

coverage: $(VENV)/.dev libraries ## measure the tests' coverage of imaging, bundle and analysis
	$(PYTEST) -m "not long" $(WITHOUT_TENSORFLOW) --cov --cov-report=term $(ARGS)

hooks: $(VENV)/.dev ## check each commit before it is made (pre-commit)
	$(BIN)/pre-commit install --hook-type pre-commit --hook-type commit-msg

train: setup ## train, evaluate, convert, write BUNDLE: make train TASK=pneumonia DATA=... WEIGHTS=imagenet|none|PATH
	$(BIN)/python -m trainer train --task "$(TASK)" --data "$(DATA)" --weights "$(WEIGHTS)" --bundle "$(BUNDLE)" $(ARGS)

evaluate: setup ## evaluate BUNDLE on the test split of DATA, and on another hospital's films beside it
	$(BIN)/python -m trainer evaluate --task "$(TASK)" --data "$(DATA)" --bundle "$(BUNDLE)" $(ARGS)

compare: setup ### compare recipes: backbone x augmentation x fine-tuning
	$(BIN)/python -m trainer compare --task "$(TASK)" --data "$(DATA)" --weights "$(WEIGHTS)" $(ARGS)

experiments: setup ### run that comparison and further experiments, and write docs/experiments.md
	$(BIN)/python -m trainer compare --task "$(TASK)" --data "$(DATA)" --weights "$(WEIGHTS)" --report docs/experiments.md \
		--trials trainer/research/configs/compare.toml --trials trainer/research/configs/experiments.toml $(ARGS)

heat-maps: setup ### measure what the heat maps of BUNDLE are worth: docs/heat_maps.md
	$(BIN)/python -m trainer heat-maps --task "$(TASK)" --data "$(DATA)" --bundle "$(BUNDLE)" --out docs $(ARGS)

operating-points: setup ### compare rules for thresholds on validation films: docs/operating-points.md
	$(BIN)/python -m trainer operating-points --task "$(TASK)" --data "$(DATA)" --bundle "$(BUNDLE)" $(ARGS)

recalibrate: setup ### fit BUNDLE's thresholds on a site's films: make recalibrate FILMS=DIR|CSV OUT=DIR
	$(BIN)/python -m trainer recalibrate --task "$(TASK)" --films "$(FILMS)" --bundle "$(BUNDLE)" --out "$(OUT)" $(ARGS)

verify: setup ### hashes, known answers in every runtime, evidence = Grad-CAM
	$(BIN)/python -m trainer verify --bundle "$(BUNDLE)"

fuzz: $(VENV)/.dev ### mutate films and bundles, N of each kind (default 10000)
	$(BIN)/python -m tests.fuzz $(if $(N),--count $(N)) $(ARGS)

bench: $(VENV)/.dev ### measure on this machine (ITEMS="invoke film"; `make setup` and '.[bench]' add what to compare with)
	DATA="$(DATA)" BUNDLE="$(BUNDLE)" $(BIN)/python -m tests.bench $(ITEMS) $(ARGS)

reliability: setup libraries ### run the tests that hold a promise, long ones too, and write docs/reliability.md
	DATA="$(DATA)" $(BIN)/python -m tests.reliability $(ARGS)

acceptance: $(VENV)/.dev ### print the figures of decoding, false headers, decompression bombs and the gate
	DATA="$(DATA)" $(BIN)/python -m tests.acceptance $(ARGS)

lock: $(VENV)/.dev ### choose versions anew and write assets/setup/*.lock, with the hashes of all wheels; needs the network
	$(BIN)/python -m assets.setup.lock

audit: $(VENV)/.dev ### compare docs/dependencies.md with the lock files
	$(BIN)/python -m assets.setup.audit

pi-bundle: $(VENV)/.dev ### one archive with all a Raspberry Pi needs to install without network (ARGS=--help)
	$(BIN)/python -m assets.pi.build $(ARGS)

test-pi: $(VENV)/.dev ### install on emulated boards (Bookworm, Trixie) and write docs/pi/measurements.md; an hour, as root
	DATA="$(DATA)" $(BIN)/python -m tests.pi $(ARGS)

deploy-pi: export DEPLOY_HOST = $(HOST)
deploy-pi: pi-bundle ### copy the archive to HOST=user@host and install it there (OPTIONS for install.sh)
	sh assets/pi/deploy.sh "$$DEPLOY_HOST" dist/pneumoscope-*-pi.tar $(OPTIONS)

clean: ### remove what the tools left behind; .venv and runs/ stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
