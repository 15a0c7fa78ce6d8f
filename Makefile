# Two commands on a fresh machine: make run, make test.

CARGO ?= cargo
BROWSER_TESTS = tests/browser

.PHONY: run test check unit browser bench tools

# Builds, and serves on http://127.0.0.1:8080 with the embedded store in ./data.
run:
	$(CARGO) run --profile newcomer -- serve

# Everything, installing what it needs.
test: check tools unit browser

# What a change must pass before anything is run.
check:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --document-private-items --quiet

unit:
	$(CARGO) nextest run --no-fail-fast

browser: $(BROWSER_TESTS)/node_modules
	$(CARGO) build
	cd $(BROWSER_TESTS) && node run.mjs

# Debian's Chromium, where it can be installed; without it the browser's tests say that they were skipped, and fail in CI.
tools:
	@$(CARGO) nextest --version >/dev/null 2>&1 || $(CARGO) install cargo-nextest --locked
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium fonts-dejavu-core; } || true

$(BROWSER_TESTS)/node_modules: $(BROWSER_TESTS)/package.json
	cd $(BROWSER_TESTS) && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-package-lock --no-audit --no-fund --silent
	@touch $@

# Figures, with the machine's noise named.
bench:
	$(CARGO) build --release
	$(CARGO) bench --bench figures
