# SPDX-License-Identifier: GPL-2.0-or-later
# The short way to everything; `make help` lists it.
SHELL := /bin/bash
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
MESON_TEST = meson test --print-errorlogs --num-processes 2 --timeout-multiplier 3

.PHONY: help build run check check-asan check-clang bench soak lint format docs clean

help:
	@echo 'make run     build, then the MSI-X tour'
	@echo 'make check   build, then every test (also under ASan and UBSan)'
	@echo 'make build   build/qemu-system-x86_64'
	@echo 'make bench   timings as ratios against the stock emulator'
	@echo 'make soak    the long tests'
	@echo 'make lint    layering, style and clang-tidy'
	@echo 'make format  clang-format over what changed'
	@echo 'make docs    the manual, in build/docs/html'

build:
	@./configure --install build >/dev/null
	@ninja -C build --quiet qemu-system-x86_64

run: build
	@python3 scripts/msix-tour.py build/qemu-system-x86_64

check: check-plain check-asan check-clang
	@python3 scripts/test-report.py build build-asan build-clang

.PHONY: check-plain
check-plain:
	./configure --install --check build
	ninja -C build --quiet
	$(MESON_TEST) -C build

check-asan:
	./configure --install --check build-asan -Dsanitize=address,undefined
	ninja -C build-asan --quiet
	$(MESON_TEST) -C build-asan --no-suite bench

# The second compiler: it must build all without a warning and pass the
# tests that run in milliseconds.
check-clang:
	CC=clang ./configure --install --check build-clang
	ninja -C build-clang --quiet
	$(MESON_TEST) -C build-clang --suite unit

bench: build
	@./configure --install --check build >/dev/null
	@ninja -C build --quiet
	@python3 tests/bench/run.py build

soak: build
	@ninja -C build --quiet
	meson test -C build --print-errorlogs --setup soak

lint:
	@python3 scripts/lint.py

format:
	@git ls-files -m -o --exclude-standard -- '*.c' '*.h' | xargs -r clang-format -i

docs:
	@command -v sphinx-build >/dev/null || { echo "docs need Sphinx: apt-get install python3-sphinx" >&2; exit 1; }
	@mkdir -p build
	sphinx-build -q -W -b html docs build/docs/html
	@echo "build/docs/html/index.html"

clean:
	rm -rf build build-asan build-clang
