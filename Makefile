# The commands that users and scripts rely on. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test check bench soak up down logs events sbom audit new-decision format catalogue catalogue-check reading-age
SHELL := /bin/bash
BIN := .venv/bin

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

setup:  ## Install what running needs (Debian packages, Python environment, mongod)
	@deploy/setup.sh

setup-test:  ## The same, and the browser that tests drive
	@deploy/setup.sh test

demo: setup  ## The main job on real input, end to end; leaves nothing running
	@$(BIN)/python -m deploy.demo.run

test: setup-test  ## Every test, on real servers
	@$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder

check: setup  ## Lint, types, import rules, drift of the generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache
	@PYTHONPATH=. $(BIN)/python docs/generate.py --check
	@PYTHONPATH=. $(BIN)/python -m deploy.sbom --check

bench: setup  ## Speed, delay and memory, beside references of the same run
	@$(BIN)/python -m tests.bench

MINUTES ?= 20
soak: setup-test  ## Break everything under load, then count every effect: make soak MINUTES=20 [SEED=1] [BROKER=rabbitmq:4.0]; with ERASE=200 erase so many and search every byte
	@$(BIN)/python -m tests.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(if $(BROKER),--broker $(BROKER)) $(if $(ERASE),--erase $(ERASE))

up: setup  ## The system left running; console on http://localhost:8080
	@$(BIN)/wlc up --detach

down:  ## Stop what `make up` started
	@$(BIN)/wlc down

logs:  ## Follow the logs of what `make up` started
	@tail -n 20 -F .wlc/logs/*.log

events: setup  ## Write schemas, events.md, AsyncAPI and OpenAPI anew
	@PYTHONPATH=. $(BIN)/python docs/generate.py

sbom: setup  ## Write deploy/sbom.cdx.json anew: every Python package of the images, with hashes
	@PYTHONPATH=. $(BIN)/python -m deploy.sbom

LOCKED := .cache/locked.txt
audit: setup  ## Whether PyPI's advisories name a package of the images; fails where one cannot be looked up
	@.tools/bin/uv export --quiet --frozen --no-default-groups --no-emit-project --format requirements.txt --output-file $(LOCKED)
	@.tools/bin/uv run --quiet --frozen --isolated --only-group audit pip-audit --strict --disable-pip --require-hashes \
	  --progress-spinner off -s pypi -r $(LOCKED) -r deploy/uv-requirements.txt

catalogue: setup  ## What translators work on: make catalogue [LOCALE_FOLDER=/srv/locale] [LANGUAGE=pl]
	@PYTHONPATH=. $(BIN)/python docs/catalogue.py $(if $(LOCALE_FOLDER),--folder $(LOCALE_FOLDER)) $(if $(LANGUAGE),--language $(LANGUAGE))

catalogue-check: setup  ## Whether letters.pot, and the languages of LOCALE_FOLDER, are what the templates say
	@PYTHONPATH=. $(BIN)/python docs/catalogue.py --check $(if $(LOCALE_FOLDER),--folder $(LOCALE_FOLDER))

reading-age: setup-test  ## Measure how old people are who read each message with ease
	@$(BIN)/python -m tests.reading_age

format: setup  ## Put the code into shape
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

new-decision:  ## Start a decision record: make new-decision NAME=short-slug
	@test -n "$(NAME)" || { echo "say NAME=short-slug"; exit 2; }
	@next=$$(printf '%04d' $$(( 10#$$(ls docs/decisions | sort | tail -1 | cut -c1-4) + 1 ))); \
	  sed "s/NNNN/$$next/; s/SLUG/$(NAME)/" docs/decisions/0000-template.md > docs/decisions/$$next-$(NAME).md; \
	  echo "docs/decisions/$$next-$(NAME).md"
