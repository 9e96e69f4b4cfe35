# The only entry points. Each does its own set-up.

.PHONY: help up build test test-spin mutants check fuzz bench bench-quick dist gallery clean

help: ## What there is to do
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile

up: build ## Serve Gatelet and the demo app (UPSTREAM=, DATABASE_URL=, BASE_URL=, LISTEN= change what)
	@scripts/up.sh

build: ## Build the components and the gatelet binary, where they are out of date
	@scripts/build.sh

test: ## Everything CI runs: real host, Postgres, identity provider, browser
	@scripts/test.sh

test-spin: build ## The front-door cases through Spin: SPIN=/path/to/spin
	@scripts/test-spin.sh

mutants: ## Change the pure crates in one place at a time, and see the tests fail (FILES=src/cookie.rs for some; an hour and a half for all)
	@scripts/mutants.sh

check: ## Format, lints, docs without warnings, licences and advisories
	@scripts/check.sh

fuzz: ## Try every door for SECONDS= (600: some hours in all), then `scripts/fuzz.sh keep`
	@scripts/fuzz.sh $(SECONDS)

SECONDS = 600

bench: ## Measure beside nginx, the bare forward and others that sign people in; writes bench/RESULTS.md (ONLY=store,crowds for parts alone)
	@scripts/bench.sh

bench-quick: ## Measure the doors alone, at 32 connections, in three minutes: printed, and written nowhere
	@scripts/bench.sh quick

dist: ## Make dist/*.tar.gz, for machines with nothing installed
	@scripts/dist.sh

gallery: build ## Photograph every page in every state, into target/screenshots/gallery
	@scripts/gallery.sh

clean: ## Remove build products; keeps .gatelet (keys) and .spin (the database)
	@rm -rf target dist
