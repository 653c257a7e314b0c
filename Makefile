# Two commands do everything on a fresh Debian 12 with Swift: `make demo` and `make test`.

BUILD_PACKAGES = pkg-config libcrypt-dev libcurl4-openssl-dev libpq-dev libsqlite3-dev libsystemd-dev
DEMO_PACKAGES = openssl python3 curl
TEST_PACKAGES = openssl tzdata python3 python3-venv python3-pip python3-jsonschema util-linux sqlite3 curl postgresql \
	pgbouncer gcc libc6-dev
BROWSER_PACKAGES = chromium fonts-noto-cjk openssl python3 python3-venv python3-pip
LINT_PACKAGES = shellcheck mandoc git
BENCH_PACKAGES = gcc libc6-dev sqlite3 nginx-light openssl postgresql python3-venv python3-pip util-linux

SHELL = /bin/bash
SWIFT_BUILD = swift build
RELEASE = -c release --static-swift-stdlib

.PHONY: help demo demo-hosts test test-proof test-threads test-browser simulation-night torture failures fuzz soak programs build release bench lint format clean setup setup-test setup-bench setup-demo setup-messages lint

help:
	@echo "make demo          the main job on real HTTPS and SQLite, ending with the history it made"
	@echo "make demo-hosts    two daemons that share a PostgreSQL database, one of which is killed"
	@echo "make test          all tests"
	@echo "make test-systemd  the package under real systemd, in containers"
	@echo "make test-threads  the tests of what has threads, under ThreadSanitizer"
	@echo "make test-browser  the status page in a real Chromium"
	@echo "make torture       a bad hour: kills, clock steps, full disks, hanging programs (MINUTES=60)"
	@echo "make failures      every system call on the database's files fails in turn (about an hour)"
	@echo "make simulation-night  many seeds of the simulation, in parts; goes on where it was stopped (SEEDS=10000 DAYS=30)"
	@echo "make fuzz          libFuzzer on everything that reads bytes of others (SECONDS=600 for each)"
	@echo "make soak          an hour of ordinary work: memory, descriptors, database and lag stay flat (MINUTES=60)"
	@echo "make bench         what it weighs, as ratios measured in the same run"
	@echo "make deb           the Debian package"
	@echo "make release       the programs, optimised, in .build/release"
	@echo "make messages      every text that an operator can meet, into docs/messages"
	@echo "make lint          checks sources, scripts and manuals; make format formats the sources"

setup:
	@scripts/install-packages.sh $(BUILD_PACKAGES)

setup-demo: setup
	@scripts/install-packages.sh $(DEMO_PACKAGES)

setup-test: setup
	@scripts/install-packages.sh $(TEST_PACKAGES)

setup-bench: setup
	@scripts/install-packages.sh $(BENCH_PACKAGES)

setup-lint:
	@scripts/install-packages.sh $(LINT_PACKAGES)

build: setup
	$(SWIFT_BUILD)

demo: setup-demo
	@echo "Building the daemon and the simulator; a first build takes several minutes."
	$(SWIFT_BUILD) --product polarai-daemon
	$(SWIFT_BUILD) --product polarai-simulator
	@scripts/demo.sh "$$($(SWIFT_BUILD) --show-bin-path)"

# Needs PostgreSQL's server: apt-get install postgresql
demo-hosts: setup-demo
	$(SWIFT_BUILD) --product polarai-daemon
	$(SWIFT_BUILD) --product polarai-simulator
	@python3 -B scripts/demo_hosts.py "$$($(SWIFT_BUILD) --show-bin-path)"

test: setup-test
	$(SWIFT_BUILD) --build-tests
	@scripts/run-tests.sh modules --skip SimulationTests --skip EndToEndTests --skip GateTests --skip ConfigTests
# By themselves: they keep every core busy.
	@scripts/run-tests.sh gates --filter GateTests --filter ConfigTests
	@scripts/run-tests.sh end-to-end --filter EndToEndTests
	@$(MAKE) --no-print-directory test-proof
	@scripts/run-tests.sh simulation --filter SimulationTests

# Power cuts and failing system calls, on the built programs: a sample of what `make torture` and `make failures` try.
test-proof:
	python3 -B Tests/Proof/test_proof.py
	python3 -B Tests/Proof/test_reliability.py
	python3 -B Tests/PowerCuts/power_cuts.py "$$($(SWIFT_BUILD) --show-bin-path)" --cuts 50 --seconds 6 --seed 1
	python3 -B Tests/Failures/failures.py "$$($(SWIFT_BUILD) --show-bin-path)" --sample 5 --seed 1

# Hours of it, in parts: started again, it goes on where it was stopped. A release build of the simulation alone, in a
# folder of its own, is half as long on the way.
SEEDS = 10000
DAYS = 30
NIGHT_BUILD = POLARAI_TESTS=SimulationTests $(SWIFT_BUILD) -c release --scratch-path .build/night
simulation-night: setup-test
	$(NIGHT_BUILD) --product polarai-daemonPackageTests
	python3 -B Tests/Night/night.py "$$($(NIGHT_BUILD) --show-bin-path)" --seeds $(SEEDS) --days $(DAYS)

# An entry at a time (ENTRIES="config web"); what is found stops it and is kept in .build-fuzz/found.
SECONDS = 600
ENTRIES = answers refusals verdicts config times control requests filters masking
fuzz: setup-test
	POLARAI_FUZZ=1 $(SWIFT_BUILD) --scratch-path .build-fuzz --product polarai-fuzz
	@for entry in $(ENTRIES); do Tests/FuzzTests/fuzz.sh .build-fuzz/debug/polarai-fuzz "$$entry" $(SECONDS) || exit; done

# Races: the tests of everything that has threads, under ThreadSanitizer, which ends with 66 if it has found one. It cannot
# work where the kernel puts programs at addresses of its own choice.
THREADS = DaemonTests HTTPTransportTests SharingTests FiguresTests SystemdTests PolarDBTests WebTests StoreTests
test-threads: setup-test
	$(SWIFT_BUILD) --build-tests --sanitize=thread --scratch-path .build-threads
	clang -shared -fPIC -O1 -Wall -o .build-threads/mutex_shim.so Tests/Threads/mutex_shim.c -ldl
	TSAN_OPTIONS="halt_on_error=0" LD_PRELOAD=$(CURDIR)/.build-threads/mutex_shim.so setarch -R swift test --skip-build --sanitize=thread --scratch-path .build-threads \
		--disable-xctest --experimental-maximum-parallelization-width 4 $(addprefix --filter ,$(THREADS)) --skip GateTests

# Chromium is large: not part of `make test`. Pictures of every page are kept in .build/browser.
test-browser: setup
	@scripts/install-packages.sh $(BROWSER_PACKAGES)
	for program in polarai-daemon polarai-web polarai-simulator; do $(SWIFT_BUILD) --product $$program; done
	python3 -m venv .build/browser/python
	.build/browser/python/bin/pip install --quiet --no-deps -r Tests/Browser/requirements.txt
	.build/browser/python/bin/python Tests/Browser/check.py "$$($(SWIFT_BUILD) --show-bin-path)" .build/browser/pictures

# By themselves: what they check takes time, not processors. MINUTES and SEED say how long and which run.
MINUTES = 60
SEED = 1
programs: setup-test
	$(SWIFT_BUILD) --product polarai-daemon
	$(SWIFT_BUILD) --product polarai-simulator

torture: programs
	python3 -B Tests/PowerCuts/power_cuts.py "$$($(SWIFT_BUILD) --show-bin-path)" --cuts 500 --seed $(SEED)
	python3 -B Tests/Torture/kills.py "$$($(SWIFT_BUILD) --show-bin-path)" --kills 1000 --seed $(SEED)
	python3 -B Tests/Torture/torture.py "$$($(SWIFT_BUILD) --show-bin-path)" --minutes $(MINUTES) --seed $(SEED)

failures: programs
	python3 -B Tests/Failures/failures.py "$$($(SWIFT_BUILD) --show-bin-path)" --jobs 4 --seed $(SEED)

soak: programs
	python3 -B Tests/Soak/soak.py "$$($(SWIFT_BUILD) --show-bin-path)" --minutes $(MINUTES)

release: setup
	$(SWIFT_BUILD) $(RELEASE)

# Written to docs/performance.md with its picture; the machine is named there.
bench: setup-bench release
	@set -o pipefail; Benchmarks/run.sh "$$($(SWIFT_BUILD) $(RELEASE) --show-bin-path)" | tee .build/bench.txt
	@python3 -B Benchmarks/report.py .build/bench.txt docs/performance.md docs/performance.svg

messages:
	scripts/messages.py

lint: setup-lint
	swift format lint --strict --recursive --configuration .swift-format Package.swift Plugins Sources Tests Benchmarks
	shellcheck $$(git grep -lE '^#!(/bin/|/usr/bin/env )(ba)?sh' -- . ':!*.swift')
	mandoc -T lint -W warning docs/man/*

format:
	swift format --in-place --recursive --configuration .swift-format Package.swift Plugins Sources Tests Benchmarks

clean:
	swift package clean

-include packaging/deb.mk
-include packaging/systemd-test.mk
