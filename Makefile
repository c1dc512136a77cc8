# The pipeline: what depends on what, and the only front door. `make` alone prints the targets.
#
# A notebook's run makes several files at once, so its rule is a grouped target (&:) and whoever needs one of them asks
# for all. What a notebook imported and read stands in its .d file, which the run itself writes.

PROFILE ?= sample
RAW ?=
PORT ?= 8866
PYTHON ?= python3
ifneq ($(RAW),)
PROFILE := local
endif

VENV := .venv
# PY=python runs everything with an environment of your own (conda's, say) instead of .venv.
ifdef PY
READY :=
else
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
endif

export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export CROWDWISE_PROFILE ?= $(PROFILE)
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

D := data/$(PROFILE)
R := reports/$(PROFILE)
SYSTEMS := steam kickstarter
NOTEBOOKS := 1-acquire 2-explore 3-model 4-experiment

.PHONY: help
help: ## Print the targets
	@echo "make TARGET [PROFILE=sample|local|full] [RAW=folder|s3://bucket/prefix] [PORT=8866]"
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

# --- the environment, from the lock -----------------------------------------------------------------------------------

$(VENV)/.ready: requirements.lock
	@$(PYTHON) lib/crowdwise/base/doctor.py --before-install
	@echo "crowdwise: building $(VENV) from requirements.lock (a minute or two)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.lock)"
	@LIGHTFM_NO_CFLAGS=1 $(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --require-hashes -r requirements.lock
	@$(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: lock
# Resolves pyproject.toml anew; the old versions are kept where they still fit.
lock: | $(READY)
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev --no-header pyproject.toml -o requirements.lock

.PHONY: doctor
doctor: ## Say what this machine lacks, and the remedy
	@$(PYTHON) lib/crowdwise/base/doctor.py

# --- parameters: one stamp a notebook, rewritten only when its section changes ----------------------------------------

STAMPS := $(foreach s,$(SYSTEMS),$(foreach n,$(NOTEBOOKS),$(R)/params/$(s)-$(n).json))

# The notebooks are looked through on the way: what would fail later is said before anything runs.
$(STAMPS) &: FORCE | $(READY)
	@$(PY) -m crowdwise.reporting.prepare --profile $(PROFILE) --raw "$(RAW)" --made $(MADE)

.PHONY: FORCE
FORCE:

# --- notebooks --------------------------------------------------------------------------------------------------------

steam-1-acquire-data := $(addprefix $(D)/steam/tables/,games.parquet players.parquet owned.parquet reviews.parquet bundles.parquet provenance.json)
steam-3-model-data := $(D)/steam/model/card.json
kickstarter-1-acquire-data := $(addprefix $(D)/kickstarter/tables/,projects.parquet categories.parquet parents.parquet countries.parquet rates.parquet provenance.json)
kickstarter-3-model-data := $(D)/kickstarter/model/card.json
MADE = $(foreach s,$(SYSTEMS),$($(s)-1-acquire-data) $($(s)-3-model-data))

# $(1) system, $(2) notebook, $(3) the data it needs
define notebook
$(1)-$(2) := $(foreach e,ipynb html metrics.json provenance.json,$(R)/$(1)/$(2).$(e)) $($(1)-$(2)-data)
$$($(1)-$(2)) &: notebooks/$(1)/$(2).ipynb $(R)/params/$(1)-$(2).json requirements.lock $(3) | $(READY)
	@$$(PY) -m crowdwise.reporting.run --profile $(PROFILE) --system $(1) --notebook $(2) --targets $$($(1)-$(2)) --needs $$^
-include $(R)/$(1)/$(2).d
endef

$(foreach s,$(SYSTEMS),$(eval $(call notebook,$(s),1-acquire,)))
$(foreach s,$(SYSTEMS),$(foreach n,2-explore 3-model 4-experiment,$(eval $(call notebook,$(s),$(n),$($(s)-1-acquire-data)))))

# --- the database, the pages, the index -------------------------------------------------------------------------------

# The database is no file of make's: what was put into it is noted beside the tables, and forgotten with the SQLite file.
# Which database that was is kept as a checksum of its URI, so that another one is filled too.
lost := $(if $(SQLALCHEMY_DATABASE_URI),,$(if $(wildcard $(D)/crowdwise.db),,FORCE))

$(D)/.database: FORCE
	@mkdir -p $(D); new=$$(printf '%s' "$$SQLALCHEMY_DATABASE_URI" | cksum); \
	  [ "$$(cat $@ 2>/dev/null)" = "$$new" ] || echo "$$new" > $@

define ingested
$(D)/$(1)/ingested.json: $($(1)-1-acquire-data) $(D)/.database $(lost) | $(READY)
	@$$(PY) -m crowdwise.storage.ingest --profile $(PROFILE) --system $(1) --if-wanted
endef
$(foreach s,$(SYSTEMS),$(eval $(call ingested,$(s))))

PAGES := $(foreach s,$(SYSTEMS),$(foreach n,$(NOTEBOOKS),$(R)/$(s)/$(n).html))
MAKERS := $(wildcard $(addprefix lib/crowdwise/reporting/,page.py look.py mathematics.py template/* template/*/*))

# A new look does not run a notebook: pages older than the template are made again from the executed notebooks.
$(R)/.look: $(MAKERS) | $(READY)
	@$(PY) -m crowdwise.reporting.page --profile $(PROFILE)
	@touch $@

CARDS := $(foreach s,$(SYSTEMS),$(addprefix $(R)/$(s)/,model-card.html data-card.html))

$(CARDS) &: $(foreach s,$(SYSTEMS),$(foreach n,$(NOTEBOOKS),$($(s)-$(n)))) $(R)/.look $(addprefix lib/crowdwise/reporting/,cards.py criteria.py)
	@$(PY) -m crowdwise.reporting.cards --profile $(PROFILE)

# What the cards are made of is named again: make 4.3 does not see through a grouped target under -n, as status asks.
$(R)/index.html: $(CARDS) $(foreach s,$(SYSTEMS),$(foreach n,$(NOTEBOOKS),$($(s)-$(n)))) $(R)/.look $(addprefix lib/crowdwise/reporting/,index.py criteria.py promises.py scoreboard.py)
	@$(PY) -m crowdwise.reporting.history --profile $(PROFILE)
	@$(PY) -m crowdwise.reporting.index --profile $(PROFILE)

# --- the bucket: what CROWDWISE_S3 names, if anything -----------------------------------------------------------------

# Like the database: what was published where is noted beside the model, and another bucket is filled too.
$(D)/.bucket: FORCE
	@mkdir -p $(D); new=$$(printf '%s' "$$CROWDWISE_S3 $$AWS_ENDPOINT_URL" | cksum); \
	  [ "$$(cat $@ 2>/dev/null)" = "$$new" ] || echo "$$new" > $@

# $(1) the note, $(2) system, $(3) what is published: the model after its stage, the metrics of all notebooks at the end
define published
$(1): $(3) $(D)/.bucket | $(READY)
	@$$(PY) -m crowdwise.storage.publish --profile $(PROFILE) --system $(2) --note $$@
endef
$(foreach s,$(SYSTEMS),$(eval $(call published,$(D)/$(s)/published.json,$(s),$($(s)-3-model))))
$(foreach s,$(SYSTEMS),$(eval $(call published,$(R)/$(s)/published.json,$(s),$(D)/$(s)/published.json $(foreach n,$(NOTEBOOKS),$($(s)-$(n))))))
# The pages of both systems, as one set under the name of its content.
$(R)/published.json: $(R)/index.html $(foreach s,$(SYSTEMS),$(D)/$(s)/published.json) $(D)/.bucket | $(READY)
	@$(PY) -m crowdwise.storage.publish --profile $(PROFILE) --reports --note $@
PUBLISHED := $(if $(strip $(CROWDWISE_S3)),$(foreach s,$(SYSTEMS),$(D)/$(s)/published.json))

.PHONY: report
report: $(R)/index.html $(foreach s,$(SYSTEMS),$(D)/$(s)/ingested.json) $(PUBLISHED:$(D)/%=$(R)/%) $(if $(PUBLISHED),$(R)/published.json) ## Run what is not current, for both systems, and fill the database
	@echo "crowdwise: $(R)/index.html is current" >&2

# $(1) a target, $(2) systems, $(3) notebooks: run these, and show them on the index beside whatever is there already
define part
.PHONY: $(1)
$(1): $(foreach s,$(2),$(foreach n,$(3),$($(s)-$(n)))) $(R)/.look
	@$$(PY) -m crowdwise.reporting.cards --profile $(PROFILE)
	@$$(PY) -m crowdwise.reporting.history --profile $(PROFILE)
	@$$(PY) -m crowdwise.reporting.index --profile $(PROFILE)
endef
$(eval $(call part,steam,steam,$(NOTEBOOKS)))
$(eval $(call part,kickstarter,kickstarter,$(NOTEBOOKS)))
$(eval $(call part,acquire,$(SYSTEMS),1-acquire))
$(eval $(call part,explore,$(SYSTEMS),2-explore))
$(eval $(call part,model,$(SYSTEMS),3-model))
$(eval $(call part,experiment,$(SYSTEMS),4-experiment))
steam: $(filter $(D)/steam/%,$(PUBLISHED))
kickstarter: $(filter $(D)/kickstarter/%,$(PUBLISHED))
model: $(PUBLISHED)
steam: ## Run the Steam notebooks that are not current
kickstarter: ## Run the Kickstarter notebooks that are not current
acquire: ## Fetch and parse the raw data of both systems
explore: ## Run the explore notebooks
model: ## Fit, judge and save the models
experiment: ## Design the experiments, and analyse a simulated log of each

.PHONY: ingest
ingest: $(foreach s,$(SYSTEMS),$($(s)-1-acquire)) ## Fill the database from the tables
	@for system in $(SYSTEMS); do $(PY) -m crowdwise.storage.ingest --profile $(PROFILE) --system $$system || exit 1; done

.PHONY: publish
publish: $(foreach s,$(SYSTEMS),$(D)/$(s)/published.json) $(R)/published.json ## Publish models, metrics and reports to CROWDWISE_S3

# --- to work with -----------------------------------------------------------------------------------------------------

.PHONY: app
app: | $(READY) ## Serve recommendations and predictions on http://localhost:PORT
	@$(PY) -m crowdwise.app.serve --profile $(PROFILE) --port $(PORT)

.PHONY: recommend
recommend: | $(READY) ## Write the best games for every player of PLAYERS=file to OUT=file
	@$(PY) -m crowdwise.steam.batch --profile $(PROFILE) --players "$(PLAYERS)" --out "$(OUT)" $(if $(MAX_REJECT_SHARE),--max-reject-share $(MAX_REJECT_SHARE))

# An experiment is started by a plan, runs in the app, takes its outcomes from CSV files, and is analysed by that plan.
RUN_EXPERIMENT := -m crowdwise.experiment
.PHONY: experiment-start experiment-stop experiment-status experiment-analyse outcomes
experiment-start: | $(READY) ## Start an experiment in SYSTEM=steam or kickstarter by its plan, or by PLAN=file
	@$(PY) $(RUN_EXPERIMENT) start --profile $(PROFILE) --system "$(SYSTEM)" --plan "$(PLAN)"

experiment-stop: | $(READY) ## End EXPERIMENT=name: no more units are assigned
	@$(PY) $(RUN_EXPERIMENT) stop --profile $(PROFILE) --experiment "$(EXPERIMENT)"

experiment-status: | $(READY) ## List the experiments and what is logged of each
	@$(PY) $(RUN_EXPERIMENT) status --profile $(PROFILE)

experiment-analyse: | $(READY) ## Analyse EXPERIMENT=name by the plan it was started with
	@$(PY) $(RUN_EXPERIMENT) analyse --profile $(PROFILE) --experiment "$(EXPERIMENT)" $(if $(PLAN),--plan "$(PLAN)") $(if $(NOW),--now "$(NOW)") $(if $(FINAL),--final)

outcomes: | $(READY) ## Import the outcomes of EXPERIMENT=name from CSV=file
	@$(PY) $(RUN_EXPERIMENT) import --profile $(PROFILE) --experiment "$(EXPERIMENT)" --csv "$(CSV)" $(if $(MAX_REJECT_SHARE),--max-reject-share "$(MAX_REJECT_SHARE)")

.PHONY: predict
predict: | $(READY) ## Write the chance of every draft of PROJECTS=file to OUT=file
	@$(PY) -m crowdwise.kickstarter.batch --profile $(PROFILE) --projects "$(PROJECTS)" --out "$(OUT)" $(if $(MAX_REJECT_SHARE),--max-reject-share $(MAX_REJECT_SHARE))

.PHONY: lab
lab: | $(READY) ## Open the notebooks in JupyterLab
	@$(PY) -m jupyter lab --notebook-dir=.

.PHONY: tune
tune: $(foreach s,$(SYSTEMS),$($(s)-1-acquire)) ## Search the models' settings, and write the best into params/PROFILE
	@$(PY) -m crowdwise.steam.tuning --profile $(PROFILE)
	@$(PY) -m crowdwise.kickstarter.tuning --profile $(PROFILE)

.PHONY: refresh
refresh: $(R)/params/kickstarter-1-acquire.json | $(READY) ## Take in new Kickstarter months, and say whether to fit the model anew
	@$(PY) -m crowdwise.kickstarter.refresh --profile $(PROFILE) $(if $(SINCE),--since "$(SINCE)") $(if $(MOST),--most "$(MOST)")
	@$(PY) -m crowdwise.reporting.refresh --profile $(PROFILE)

# --- to trust it ------------------------------------------------------------------------------------------------------

.PHONY: status
status: | $(READY) ## Say which reports are current, and why the others are not; runs nothing
	@$(PY) -m crowdwise.reporting.status --profile $(PROFILE) --raw "$(RAW)" --made $(MADE)

.PHONY: verify
verify: $(if $(AGAINST),,$(R)/index.html) | $(READY) ## Make the reports a second time elsewhere and compare, or AGAINST=folder; TOLERANCE=1e-6
	@$(PY) -m crowdwise.reporting.verify --profile $(PROFILE) --tolerance "$(TOLERANCE)" --against "$(AGAINST)"

.PHONY: compare
compare: | $(READY) ## Put two report sets side by side: A=folder or s3://..., B=another
	@$(PY) -m crowdwise.reporting.compare --a "$(A)" --b "$(B)" --out "$(or $(OUT),reports/compare.html)"

.PHONY: test
test: | $(READY) ## Run every test that this machine can run, the sample pipeline among them
	@$(PY) -m pytest -m "not realdata" $(PYTEST)

.PHONY: test-fast
test-fast: | $(READY) ## Run the quick tests
	@$(PY) -m pytest -m "not slow and not pipeline and not browser and not services and not realdata" -n 2 --dist loadfile $(PYTEST)

.PHONY: bench
bench: | $(READY) ## Measure parsers, features, evaluation, database, serving, models and experiments beside their peers (half an hour at full size)
	@$(PY) benchmarks/steam_parser.py $(if $(RAW),--raw $(RAW)/steam)
	@$(PY) benchmarks/kickstarter_months.py $(if $(RAW),--raw $(RAW)/kickstarter)
	@$(PY) benchmarks/features.py
	@$(PY) benchmarks/evaluation.py --full
	@$(PY) benchmarks/database.py
	@$(PY) benchmarks/serving.py
	@$(PY) benchmarks/app.py
	@$(PY) benchmarks/models.py
	@$(PY) benchmarks/kickstarter_models.py
	@$(PY) benchmarks/predictor.py
	@$(PY) benchmarks/experiment.py
	@$(PY) benchmarks/experiment_analysis.py
	@$(PY) benchmarks/report.py

.PHONY: lint
lint: | $(READY) ## Check form and types, notebooks included
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m nbqa mypy notebooks

.PHONY: clean
clean: ## Remove tables, models and reports of the profile; raw data and databases stay
	@rm -rf $(R) $(D)/.database $(D)/.bucket $(foreach s,$(SYSTEMS),$(D)/$(s)/tables $(D)/$(s)/model $(D)/$(s)/ingested.json $(D)/$(s)/published.json)
	@echo "crowdwise: removed $(R) and the tables and models in $(D); raw data and databases stay" >&2

.PHONY: clean-all
clean-all: ## Remove every profile's data and reports, and the environment
	@echo "crowdwise: removing $(wildcard data/*/ reports/*/ $(VENV))" >&2
	@rm -rf $(wildcard data/*/ reports/*/) $(VENV)
