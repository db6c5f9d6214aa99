# What a fresh Debian 12 machine with Swift 6.3 needs to build, test and use Parseval.

PACKAGES = libfftw3-dev libopenblas-dev liblapacke-dev libnetcdf-dev netcdf-bin libsuitesparse-dev gmsh gnuplot-nox fonts-dejavu-core
# The rooms that the library re-exports.
ROOMS = Arrays Exchange Spectral LinearSolvers Geometry Equations ProblemFiles Simulation Differentiation Learning DataSets \
  NeuralOperators LearnedSolvers Plotting Comparison Parseval
PREFIX ?= /usr/local
BUILD = swift build -c release
BIN = .build/release/parseval
# apt-get needs root; in a container there often is no sudo.
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: deps build solve test bench peers install docs lint format clean

# Installs what is missing and nothing else, so that it can be run any number of times.
deps:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi

build: deps
	$(BUILD) --product parseval

solve: build
	$(BIN) solve Problems/burgers.yaml -o burgers.nc --plot burgers.png

test: deps
	$(BUILD) --build-tests
	swift test -c release --skip-build

bench: build
	$(BIN) bench

# Measures Parseval in turn with PyTorch, neuraloperator, JAX, SciPy, PyAMG and others, in a virtual environment of its own.
peers: build
	python3 -m venv .venv-peers
	.venv-peers/bin/pip install -q -r Tests/Peers/requirements.txt
	.venv-peers/bin/python Tests/Peers/compare_steps.py $(BIN)
	.venv-peers/bin/python Tests/Peers/compare_sparse.py $(BIN)
	.venv-peers/bin/python Tests/Peers/compare_networks.py $(BIN)

install: build
	install -D $(BIN) $(PREFIX)/bin/parseval
	mkdir -p $(PREFIX)/share/parseval && cp -r Problems $(PREFIX)/share/parseval/

# DocC pages of the library, in .build/docs. Symbols are extracted from every module; this fails for the test
# runner's, which is not a library, so what counts is that those of our rooms are there.
docs: deps
	-swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members >.build/symbols.log 2>&1
	rm -rf .build/docs-symbols && mkdir -p .build/docs-symbols
	for room in $(ROOMS); do \
	  cp "$$(swift build --show-bin-path)"/../symbolgraph/$$room*.symbols.json .build/docs-symbols/ || exit 1; \
	done
	docc convert Sources/Parseval/Parseval.docc --fallback-display-name Parseval \
	  --fallback-bundle-identifier parseval --output-path .build/docs \
	  --additional-symbol-graph-dir .build/docs-symbols

lint:
	swift format lint --strict -r Package.swift Plugins Sources Tests

format:
	swift format -i -r Package.swift Plugins Sources Tests

clean:
	swift package clean
