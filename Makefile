# `make help` lists the targets. PYTHON is the interpreter that makes .venv; it must be 3.11 or newer.

PYTHON ?= python3
# Tests run on two processes; PYTEST_ARGS= runs them in one.
PYTEST_ARGS ?= -n 2
# Events of the large recording that `make bench` makes.
SIZE ?= 1M
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check

# An environment whose interpreter is gone (a system upgrade) is made anew.
$(shell [ -d .venv ] && ! .venv/bin/python -c '' 2>/dev/null && rm -rf .venv)

.PHONY: help run test check lint bench docs fuzz recordings fidelity diagnosis observations wheel-test screenshots clean system-run system-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: system-run .venv/.installed ## open the window with the fork bomb recording live
	.venv/bin/zoneviz --live fork-bomb --set zone_map_size=4M

test: system-test .venv/.installed-dev ## run every test; needs no screen
	.venv/bin/python -m pytest $(PYTEST_ARGS)

check: lint test ## ruff, import-linter and mypy, then every test

lint: system-test .venv/.installed-dev ## ruff, import-linter and mypy
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/mypy

fuzz: system-test .venv/.installed-dev ## open damaged recordings for an hour (SECONDS=3600 SEED=1); bad ones stay in build/fuzz
	.venv/bin/python -m tests.fuzz --seconds $(or $(SECONDS),3600) --seed $(or $(SEED),1)

recordings: system-run .venv/.installed ## make the golden recordings anew, by the commands in recordings/README.md
	mkdir -p build
	sed -n 's|^    zoneviz |.venv/bin/zoneviz |p' recordings/README.md | sh -e

fidelity: system-run .venv/.installed ## compare the model with streams of the real kernel; STREAMS=DIR: those of a folder
	.venv/bin/python tools/fidelity.py $(if $(STREAMS),--streams "$(STREAMS)" --write docs/fidelity-streams.md)

observations: system-run .venv/.installed ## run what was observed on real systems, and write docs/observations.md (SEEDS=3)
	.venv/bin/zoneviz claims --seeds $(or $(SEEDS),3) --force -o docs/observations.md

diagnosis: system-run .venv/.installed ## how often the diagnosis names what was planted: the table of docs/diagnosis.md
	.venv/bin/python tools/diagnosis.py --write docs/diagnosis.md

bench: system-run .venv/.installed ## measure speed and size against the goals; SIZE=10M makes the large file too
	.venv/bin/python -m bench --size $(SIZE)

wheel-test: system-test .venv/.installed-dev ## build a wheel, install it elsewhere, see that it finds its data
	.ci/wheel-test

docs: system-run .venv/.installed ## write docs/commands.md and docs/scenarios.md from the program
	PYTHONPATH=. .venv/bin/python tools/docs.py

screenshots: system-run .venv/.installed ## paint every view in both themes to build/screenshots, from a fork bomb; those of the documents too
	rm -rf build/screenshots && mkdir -p build/screenshots
	.venv/bin/zoneviz run fork-bomb --set zone_map_size=4M --quiet -o build/screenshots/fork-bomb.zvz
	.venv/bin/python -m zoneviz.gui.pictures.picture build/screenshots/fork-bomb.zvz docs/window-dark.png --window --dark
	.venv/bin/python -m zoneviz.gui.pictures.picture build/screenshots/fork-bomb.zvz docs/window-light.png --window
	.venv/bin/python tools/screenshots.py build/screenshots/fork-bomb.zvz build/screenshots

clean: ## remove everything that was made, the environment too
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# Looked at each time, because a system can lose what it had; it is silent and quick where nothing is missing.
system-run:
	@PYTHON="$(PYTHON)" .ci/setup run

system-test:
	@PYTHON="$(PYTHON)" .ci/setup test

.venv/bin/python:
	@.ci/setup-venv "$(PYTHON)"

# The stamps: whatever stands in pyproject.toml is installed again when it changes.
.venv/.installed: pyproject.toml | system-run .venv/bin/python
	$(PIP) -e .
	@touch $@

.venv/.installed-dev: pyproject.toml | system-test .venv/bin/python
	$(PIP) -e '.[dev]'
	@touch .venv/.installed $@
