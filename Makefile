# Tambour. « make help » dit tout ; la logique est en Python (app/cli), ce fichier ne fait que l'appeler.

PYTHON ?= python3
PORT ?= 8000
# More than two cores need: browsers mostly wait.
WORKERS ?= 4
VENV := .venv
RULES := tests/test_house.py tests/test_ids.py tests/test_queries.py tests/test_sentences.py tests/matrix/test_roles.py tests/test_migrations.py tests/test_markup.py
BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
# The lock is whole (« pip check » in lint), so no resolving; each module is compiled when first imported.
INSTALL = $(PIP) install -qq --no-compile --no-deps
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header pyproject.toml --group build

# Each program compiles itself anew without it: half a minute of the tests, two seconds of every start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test slow lint check format bench crash lock migration

help: ## Cette liste
	@sed -n 's/^\([a-z]*\):.*## /  make \1  /p' Makefile

run: $(VENV)/.runtime ## Tout démarrer, données de démonstration comprises (PORT=8000, LAN=1 pour le réseau local)
	@exec $(BIN)/tambour run --port $(PORT) $(if $(filter-out 0,$(LAN)),--lan)

test: $(VENV)/.dev ## Tous les tests, sur SQLite et PostgreSQL (ARGS="tests/contacts -k téléphone")
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

slow: $(VENV)/.dev ## Les tests d'endurance : pannes, processus tués, atelier sur un mauvais Wi-Fi
	@exec $(BIN)/python -m pytest -n 2 --dist loadgroup -m slow $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy, import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PIP) check

check: $(VENV)/.dev ## Avant chaque commit, en une demi-minute : le style, les règles de la maison, les migrations sur des lignes
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports
	@$(BIN)/mypy & mypy=$$!; $(BIN)/python -m pytest $(RULES) && wait $$mypy

format: $(VENV)/.dev ## Mettre le code en forme
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev ## Les mesures comparées, dans bench/results.json (ONLY=receipts)
	@exec $(BIN)/python -m bench $(ONLY)

crash: $(VENV)/.dev ## Tuer des processus pendant un envoi : rien de perdu, rien en double (MESSAGES= KILLS= DATABASE= SEED=)
	@exec $(BIN)/python -m bench.crash $(foreach word,MESSAGES KILLS DATABASE SEED,$(if $($(word)),$(word)=$($(word))))

lock: $(VENV)/.dev ## Refaire requirements*.txt d'après pyproject.toml (UPGRADE=1 prend les versions nouvelles)
	$(COMPILE) $(if $(UPGRADE),--upgrade) -o requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev -o requirements-dev.txt

migration: $(VENV)/.dev ## Écrire la migration suivante d'après les modèles (NAME=add_seats)
	@$(BIN)/python -m bench.migration $(NAME)
	@$(BIN)/ruff format --quiet migrations && $(BIN)/ruff check --quiet --fix migrations

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/pip
	@echo "Installation de l'environnement, une seule fois…"
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installation des outils de développement…"
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Tambour demande Python 3.11 ou plus récent, et « $(PYTHON) » ne l'est pas : make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Il manque à « $(PYTHON) » son module venv : sur Debian ou Ubuntu, apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
