# `make help` lists the targets. PYTHON is the interpreter for .venv, 3.11 or newer.

PYTHON ?= python3
# Tests run in two processes; PYTEST_ARGS= runs them in one.
PYTEST_ARGS ?= -n 2
# Events of the large recording of `make bench`.
SIZE ?= 1M
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check

# Remove an environment whose interpreter is gone, such as after a system upgrade; it is then rebuilt.
$(shell [ -d .venv ] && ! .venv/bin/python -c '' 2>/dev/null && rm -rf .venv)

.PHONY: help run test check lint compiled interpreted test-compiled bench docs fuzz recordings fidelity processes diagnosis signatures planted forecast observations wheel-test screenshots linux-pictures clean system-run system-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: system-run .venv/.installed ## open the window on a fork bomb while it runs
	.venv/bin/zoneviz --live fork-bomb --set zone_map_size=4M

test: system-test .venv/.installed-dev ## run all tests; needs no screen
	.venv/bin/python -m pytest $(PYTEST_ARGS)

check: lint test ## ruff, import-linter and mypy, then all tests

lint: system-test .venv/.installed-dev ## ruff, import-linter and mypy
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/mypy

compiled: .venv/.installed-dev ## compile the simulated kernel for this checkout: simulating is 2.4 to 3.4 times as fast; needs a C compiler
	.venv/bin/python tools/compile_kernel.py

interpreted: ## undo `make compiled`
	rm -f *.so *.pyd zoneviz/mach/*.so zoneviz/mach/*.pyd

test-compiled: compiled ## the tests of the kernel and of all scenarios with the compiled kernel
	.venv/bin/python -c 'from zoneviz.mach.tape import COMPILED; assert COMPILED'
	.venv/bin/python -m pytest $(PYTEST_ARGS) tests/mach tests/hurd tests/scenarios tests/whole/test_digests.py

fuzz: system-test .venv/.installed-dev ## open damaged recordings and captures for an hour (SECONDS=3600 SEED=1 PROCESSES=2); files that fail stay in build/fuzz
	.venv/bin/python -m tests.fuzz --seconds $(or $(SECONDS),3600) --seed $(or $(SEED),1) --processes $(or $(PROCESSES),2)

recordings: system-run .venv/.installed ## rebuild the example recordings with the commands in recordings/README.md
	mkdir -p build
	sed -n 's|^    zoneviz |.venv/bin/zoneviz |p' recordings/README.md | sh -e

fidelity: system-run .venv/.installed ## compare the model with event streams of a real kernel (STREAMS=DIR)
	.venv/bin/python tools/fidelity.py $(if $(STREAMS),--streams "$(STREAMS)" --write docs/fidelity-streams.md)

observations: system-run .venv/.installed ## check the observations on real systems and write docs/observations.md (SEEDS=3)
	.venv/bin/zoneviz claims --seeds $(or $(SEEDS),3) --force -o docs/observations.md

processes: system-run .venv/.installed ## measure sessions and leaks: two tables of docs/fidelity.md
	.venv/bin/python tools/processes.py --write docs/fidelity.md

diagnosis: system-run .venv/.installed ## count how often the diagnosis finds the planted cause: the table of docs/diagnosis.md
	.venv/bin/python tools/diagnosis.py --write docs/diagnosis.md

signatures: system-run .venv/.installed ## rebuild the library of `zoneviz resembles` and score it: resources/signatures.json and the table of docs/diagnosis.md
	.venv/bin/python tools/signatures.py --write docs/diagnosis.md

planted: system-run .venv/.installed ## record twelve planted leaks of this machine's kernel, as root: the table of docs/diagnosis.md
	PYTHONPATH=. .venv/bin/python tools/planted_leaks.py --write docs/diagnosis.md

forecast: system-run .venv/.installed ## score the forecast on seeded runs: the table of docs/forecast.md
	.venv/bin/python tools/forecast.py --write docs/forecast.md

bench: system-run .venv/.installed ## measure speed and size against the goals; SIZE=10M also makes the large file
	.venv/bin/python -m bench --size $(SIZE)

wheel-test: system-test .venv/.installed-dev ## build a wheel, install it elsewhere, check that it finds its data
	.ci/wheel-test

docs: system-run .venv/.installed ## write docs/commands.md, docs/scenarios.md and the README's commands from the program
	PYTHONPATH=. .venv/bin/python tools/docs.py

screenshots: system-run .venv/.installed ## paint every view in both themes to build/screenshots, and the pictures in docs
	rm -rf build/screenshots && mkdir -p build/screenshots
	.venv/bin/zoneviz run fork-bomb --set zone_map_size=4M --quiet -o build/screenshots/fork-bomb.zvz
	.venv/bin/python -m zoneviz.gui.pictures.picture build/screenshots/fork-bomb.zvz docs/window-dark.png --window --dark
	.venv/bin/python -m zoneviz.gui.pictures.picture build/screenshots/fork-bomb.zvz docs/window-light.png --window
	.venv/bin/zoneviz shot recordings/linux-sockets.zvz.zst --view window --size 1440x900 --no-caption --force -o docs/capture.png
	.venv/bin/zoneviz run ports-to-dev-null --set zone_map_size=4M --set opens=500 --quiet -o build/screenshots/null.zvz
	.venv/bin/zoneviz shot build/screenshots/null.zvz --view timeline --size 1200x640 --force -o docs/tour-timeline.png
	.venv/bin/zoneviz shot build/screenshots/null.zvz --view threads --size 1200x500 --force -o docs/tour-threads.png
	.venv/bin/zoneviz shot build/screenshots/null.zvz --view panic --size 420x960 --no-caption --force -o docs/tour-panic.png
	.venv/bin/python tools/screenshots.py build/screenshots/fork-bomb.zvz build/screenshots

linux-pictures: system-run .venv/.installed ## record the leak of docs/linux.md (needs root) and paint its pictures; the figures in its text change, too
	mkdir -p build/screenshots
	sed -n '/^```python/,/^```/{/^```/d;p}' docs/linux.md > build/screenshots/forgetful.py
	python3 build/screenshots/forgetful.py & leak=$$!; sleep 2; \
	.venv/bin/zoneviz record --stacks --for 25s --quiet --force -o build/screenshots/leak.zvz; kill $$leak
	.venv/bin/zoneviz shot build/screenshots/leak.zvz --view panic --size 420x700 --no-caption --force -o docs/linux-card.png
	.venv/bin/zoneviz shot build/screenshots/leak.zvz --view zone-heatmap --size 1200x440 --force -o docs/linux-heatmap.png
	.venv/bin/zoneviz shot build/screenshots/leak.zvz --view call-paths --size 1200x400 --force -o docs/linux-paths.png
	.venv/bin/zoneviz diagnose build/screenshots/leak.zvz

clean: interpreted ## remove everything that was built, and the environment
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# Checked each time, because packages can be removed; silent and quick if nothing is missing.
system-run:
	@PYTHON="$(PYTHON)" .ci/setup run

system-test:
	@PYTHON="$(PYTHON)" .ci/setup test

.venv/bin/python:
	@.ci/setup-venv "$(PYTHON)"

# Stamps: a change of pyproject.toml installs the dependencies again.
.venv/.installed: pyproject.toml | system-run .venv/bin/python
	$(PIP) -e .
	@touch $@

.venv/.installed-dev: pyproject.toml | system-test .venv/bin/python
	$(PIP) -e '.[dev]'
	@touch .venv/.installed $@
