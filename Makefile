# Two commands on a fresh machine: make run, make test.

CARGO ?= cargo
BROWSER_TESTS = tests/browser

# Always the same selection: with another, cargo unites other features and builds most of it again.
ALL = --workspace
PROGRAMS = $(CARGO) build $(ALL) --bins --examples

.PHONY: run test instances check unit unit-cloud elsewhere browser programs clients bench bench-pages bench-all bench-marks bench-edge data-export endurance bill tools dist install deb check-deploy corpora-report fuzz

# Builds and serves on http://127.0.0.1:8080, with the embedded store in ./data.
run:
	$(CARGO) run --profile newcomer -- serve

# All checks and tests; installs what they need. The browser's and the programs' mostly wait, so they share the time.
test: check tools unit unit-cloud
	$(MAKE) --output-sync=target --jobs=2 browser elsewhere

elsewhere: check-deploy
	$(MAKE) programs

# Format, lints, documentation and, where cargo-deny is installed, licences and bans; runs nothing.
check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --quiet
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny --log-level error check licenses bans sources; \
	else echo 'skipped: licences and bans (cargo-deny isn’t installed)'; fi

# All Rust tests, with Google's emulators if they are installed.
unit:
	tests/emulators.sh $(CARGO) nextest run $(ALL) --no-fail-fast

# The end-to-end tests again, with the emulator as the store.
SUITE = test(/^(accounts|api|cleaning|fetching|opml|reading|ticking|searching(_more)?|ruling(_more)?|greader|fevers)::/)
unit-cloud:
	tests/emulators.sh --suite $(CARGO) nextest run $(ALL) --no-fail-fast -E '$(SUITE)'

browser: $(BROWSER_TESTS)/node_modules
	$(PROGRAMS)
	cd $(BROWSER_TESTS) && node run.mjs && node comfort.mjs && node media.mjs && node garden.mjs && node finding.mjs && node journal.mjs && node entry.mjs && node house.mjs && node offline.mjs && node below.mjs

# Real apps against a real server: newsboat, RSS Guard, and PyPI's freshrss-api.
programs: tests/clients/venv/ready
	@[ -z "$$ELFEED_PROTOCOL" ] || command -v emacs >/dev/null || { apt-get update -qq && apt-get install -y -qq elpa-elfeed emacs-nox; }
	$(PROGRAMS)
	python3 tests/clients/run.py

# Liferea, which takes longer, besides those. Outside CI.
clients: tests/clients/venv/ready
	@{ command -v liferea && command -v openbox && command -v xdotool && command -v Xvfb; } >/dev/null || { apt-get update -qq && apt-get install -y -qq liferea xvfb openbox xdotool dbus elpa-elfeed emacs-nox; }
	$(PROGRAMS)
	python3 tests/clients/run.py newsboat rssguard fever liferea elfeed

tests/clients/venv/ready: tests/clients/requirements.txt
	python3 -m venv tests/clients/venv
	tests/clients/venv/bin/pip install --quiet -r tests/clients/requirements.txt
	@touch $@

# What pages take in a browser: requests, bytes, times. Outside CI.
bench-pages: $(BROWSER_TESTS)/node_modules
	$(CARGO) build --release --bins
	cd $(BROWSER_TESTS) && DORMOUSE=../../target/release/dormouse node pages.mjs

# Debian's Chromium, databases, judge of e-books and feed readers, if they can be installed; without one its tests are reported as skipped, and
# fail in CI.
DEBIAN = chromium fonts-dejavu-core sqlite3 postgresql epubcheck newsboat rssguard systemd tmux xvfb openbox xdotool
tools:
	@$(CARGO) nextest --version >/dev/null 2>&1 || $(CARGO) install cargo-nextest --locked
	@{ command -v chromium && command -v sqlite3 && ls /usr/lib/postgresql/*/bin/initdb && command -v epubcheck && command -v newsboat && command -v rssguard && command -v systemd-socket-activate && command -v tmux && command -v Xvfb && command -v openbox && command -v xdotool; } >/dev/null 2>&1 || \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(DEBIAN) >/dev/null; } || true
	@command -v npm >/dev/null && $(MAKE) --silent $(BROWSER_TESTS)/node_modules || true

$(BROWSER_TESTS)/node_modules: $(BROWSER_TESTS)/package.json
	cd $(BROWSER_TESTS) && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-package-lock --no-audit --no-fund --silent
	@touch $@

# One static binary in dist/, and a check that it starts in an empty root directory (skipped unless run as root).
# A static binary can't look up getrandom by name and would need device files, so the system call is selected here. At a fixed
# address it has nothing to relocate when it starts: see docs/decisions/0049.
STATIC = -C target-feature=+crt-static -C relocation-model=static --cfg getrandom_backend="linux_getrandom"
dist:
	RUSTFLAGS='$(STATIC)' $(CARGO) build --profile dist --target x86_64-unknown-linux-gnu
	install -D -m 755 target/x86_64-unknown-linux-gnu/dist/dormouse dist/dormouse
	deploy/check/bare-root.sh dist/dormouse || [ $$? -eq 77 ]

# Installs the static binary, its manual pages, completions and systemd units: as root, or into DESTDIR.
PREFIX ?= /usr/local
install: dist
	deploy/debian/lay-out.sh dist/dormouse '$(DESTDIR)' '$(PREFIX)'

# The same as a package for Debian, in dist/.
deb: dist
	deploy/debian/build.sh dist/dormouse

# Checks the deployment files with Google's own parsers, and then that the checks can fail.
check-deploy: deploy/check/venv/ready
	deploy/check/venv/bin/python deploy/check/check.py
	deploy/check/venv/bin/python deploy/check/broken.py
	tests/emulators.sh $(CARGO) nextest run $(ALL) -E 'test(/^(deploying|indexed)::/)'

deploy/check/venv/ready: deploy/check/requirements.txt
	python3 -m venv deploy/check/venv
	deploy/check/venv/bin/pip install --quiet -r deploy/check/requirements.txt
	@touch $@

# Benchmarks, with the machine's noise.
bench:
	$(CARGO) build --release
	tests/emulators.sh $(CARGO) bench --bench figures

# Every figure that takes seconds, in one table, each beside a baseline of the same run; JSON=1 prints them for machines.
bench-all:
	$(CARGO) build --release
	tests/emulators.sh $(CARGO) bench --bench figures -- store commits first disk shelves programs journal start minute ticks $(if $(JSON),--json)

# What a request costs on one, two, four and eight instances over one emulator; in `make test` too.
instances:
	tests/emulators.sh $(CARGO) nextest run $(ALL) --no-capture -E 'test(/^instances::/)'

# 700,000 marks by 12,000 users, one by one and in batches.
bench-marks:
	$(CARGO) bench --bench figures -- marks

# Shared pages behind nginx: 700,000 views by 12,000 followers, an hour in six minutes. Outside CI; needs nginx (Debian: nginx-light).
bench-edge:
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || { apt-get update -qq && apt-get install -y -qq nginx-light; }
	$(CARGO) build --release --bins
	python3 tests/endurance/edge.py

# Everything of an account with 5,000 feeds and 10,000 stars, taken along and brought elsewhere: time and memory. Outside CI; some minutes.
data-export:
	$(CARGO) build --release --bins
	python3 tests/endurance/data.py

# A first fetch and a backup, readers while feeds are fetched, a flood of connections, twelve days, 500 kills, three writers who contend; some minutes each.
endurance:
	$(CARGO) build --release
	for what in memory flood hub soak; do python3 tests/endurance/endurance.py $$what || exit 1; done
	python3 tests/endurance/fetch.py
	KILLS=500 $(CARGO) test --test it crash:: -- --nocapture
	CONTENDING_REQUESTS=40000 $(CARGO) test --test it three_writers -- --nocapture

# Plays a month's cost, and fails above a budget: nothing for up to 100 readers, $5 for a thousand, $0.90 of it for their phones and $0.35 for
# their searches.
bill:
	$(CARGO) build --release --workspace --bins
	python3 tests/endurance/bill.py

# Results for the third-party feed corpora, by kind of oddity. SHOW_UNMET=1 lists the unmet expectations.
corpora-report:
	$(CARGO) nextest run --no-capture -E 'test(feeds_by_what_is_odd_about_them)'

# The fuzz targets, one after another on one core; findings are in fuzz/found. See fuzz/README.md.
MINUTES ?= 10
fuzz:
	fuzz/run.sh $(MINUTES)
