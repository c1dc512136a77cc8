"""The deployed model: a draft goes in, a probability with its reasons comes out."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import Calibrator, log_odds, logistic
from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.design import Encoder
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.features import GROUPS, build_features
from crowdwise.kickstarter.telling import tell_features, tell_notes
from crowdwise.kickstarter.text import TextSpace, texts_of
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current, whole_folder

NAME = "crowdwise.kickstarter.predictor"
PARTS = ("model.txt", "text.npz", "predictor.json")


@dataclass(frozen=True)
class Contribution:
    """What one thing about a draft adds to its probability, in percentage points."""

    feature: str
    words: str
    points: float


@dataclass(frozen=True)
class Prediction:
    """A draft's probability of reaching its goal, among projects like those the crawl caught.

    The contributions' points add up to ``100 * (probability - base_rate)``. They are steps from the base rate to the
    probability, taken in the order they stand in: a step's size depends on those before it.
    """

    probability: float
    base_rate: float
    base_rate_of: str
    contributions: tuple[Contribution, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the predictor knows of the projects it learnt from.

    Attributes
    ----------
    base_rate : float
        Their success rate.
    projects : int
    offsets : dict
        Log-odds added to each group's contribution, so that all of them at zero mean the base rate.
    category_rates : dict
        Projects and successes of each category.
    usd_rates : dict
        US dollars for one unit of each currency, as the latest month that shows it has them.
    seen : dict
        Lowest, 1st percentile, 99th percentile and highest of some features.
    last_launch : str
        Day of the latest launch.
    """

    base_rate: float
    projects: int
    offsets: dict[str, float]
    category_rates: dict[str, list[int]]
    usd_rates: dict[str, float]
    seen: dict[str, list[float]]
    last_launch: str


class Predictor:
    """A fitted model with all it needs to serve: trees, text space, categories, calibration and facts."""

    def __init__(
        self, booster: lightgbm.Booster, encoder: Encoder, text: TextSpace, calibrator: Calibrator, facts: Facts
    ) -> None:
        self.booster, self.encoder, self.text = booster, encoder, text
        self.calibrator, self.facts = calibrator, facts

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories it has learnt from, sorted."""
        return self.encoder.levels["category"]

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries it has learnt from, sorted."""
        return self.encoder.levels["country"]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies it can change into US dollars, sorted."""
        return tuple(sorted(self.facts.usd_rates))

    def matrix(self, projects: pd.DataFrame, record: pd.DataFrame) -> np.ndarray:
        """Give the matrix that the trees see, of rows with the projects table's launch columns."""
        return self.encoder.matrix(build_features(projects, record), self.text.transform(texts_of(projects)))

    def probabilities(self, projects: pd.DataFrame, record: pd.DataFrame) -> np.ndarray:
        """Give many projects' calibrated probabilities; `record` as in `build_features`."""
        raw = self.booster.predict(self.matrix(projects, record), raw_score=True, num_threads=1)
        return logistic(self.calibrator.apply_log_odds(np.asarray(raw)))

    def predict(self, draft: Draft) -> Prediction:
        """Give a draft's probability, what drives it, and what to know about it.

        Raises
        ------
        Problem
            If nothing is known of the draft's category and its parent, or of its currency's rate.
        """
        rate = self._rate(draft)
        self._check_category(draft)
        row = draft.row(rate)
        matrix = self.matrix(row, row)
        parts = np.asarray(self.booster.predict(matrix, pred_contrib=True, num_threads=1))[0]
        names = (*self.encoder.names, *self.text.names)
        group_of = {name: group for group, members in GROUPS.items() for name in members}
        effects = dict.fromkeys(GROUPS, 0.0)
        for name, part in zip(names, parts[:-1], strict=True):
            effects[group_of.get(name, "text")] += float(part)
        base = self.facts.base_rate
        steps = [self.calibrator.slope * effects[group] + self.facts.offsets[group] for group in GROUPS]
        path = logistic(float(log_odds(np.array(base))) + np.r_[0.0, np.cumsum(steps)])
        words = tell_features(draft, rate)
        points = 100 * np.diff(path)
        told = tuple(Contribution(g, words[g], float(p)) for g, p in zip(GROUPS, points, strict=True))
        of = f"all {self.facts.projects:,} finished projects the model learnt from"
        notes = tuple(tell_notes(draft, rate, self.facts, self.encoder.levels))
        return Prediction(float(path[-1]), base, of, told, notes)

    def _rate(self, draft: Draft) -> float:
        rate = self.facts.usd_rates.get(draft.currency.upper())
        if rate is None:
            remedy = f"Give the goal in one of {', '.join(self.currencies)}"
            raise Problem(f"no month shows a rate for {draft.currency!r}", where="currency", remedy=remedy)
        return rate

    def _check_category(self, draft: Draft) -> None:
        category = canonical(draft.category)
        if category not in self.categories and parent_of(category) not in self.encoder.levels["parent_category"]:
            near = difflib.get_close_matches(category, self.categories, n=3, cutoff=0.3) or self.categories[:3]
            remedy = f"Use one it knows, such as {', '.join(near)}"
            raise Problem(f"the model knows no category {draft.category!r}", where="category", remedy=remedy)

    def save(
        self,
        folder: Path,
        *,
        metrics: dict[str, Any],
        trained_on: str,
        deploy: bool,
        months: Sequence[str] = (),
    ) -> None:
        """Write the model's folder, whole or not at all, with a card whose version is made of its content.

        Parameters
        ----------
        folder : Path
        metrics : dict
            The metrics file's document.
        trained_on : str
            The data in words.
        deploy : bool
            Whether the model passed its gate.
        months : sequence of str
            The files of the months it learnt from, so that a later month can be held against them.
        """
        with whole_folder(folder) as new:
            self.booster.save_model(str(new / "model.txt"))
            self.text.save(new / "text.npz")
            document = {
                "names": self.encoder.names,
                "levels": self.encoder.levels,
                "calibrator": {"slope": self.calibrator.slope, "shift": self.calibrator.shift},
                "facts": vars(self.facts),
            }
            _write(new / "predictor.json", document)
            _write(new / "metrics.json", metrics)
            card = {"name": NAME, "version": _version(new), "trained_on": trained_on, "deploy": deploy}
            _write(new / "card.json", card | {"months": list(months)})

    @classmethod
    def load(cls, folder: Path) -> Predictor:
        """Read what `save` wrote; needs no scikit-learn.

        Raises
        ------
        Problem
            If the folder is missing, is not one of ours, or was changed.
        """
        folder = Path(folder)
        place = current(folder)
        profile = folder.resolve().parent.parent.name
        remedy = f"Run `make report PROFILE={profile}`"
        if not (place / "card.json").is_file():
            raise Problem("there is no model here", where=folder, remedy=remedy)
        for name in ("card.json", *PARTS):
            record(folder / name)
        try:
            card = json.loads((place / "card.json").read_text(encoding="utf-8"))
            if card.get("name") != NAME or card.get("version") != _version(place):
                raise Problem("this is no model of ours, or it was changed", where=folder, remedy=remedy)
            document = json.loads((place / "predictor.json").read_text(encoding="utf-8"))
            encoder = Encoder(
                tuple(document["names"]), {name: tuple(values) for name, values in document["levels"].items()}
            )
            booster = lightgbm.Booster(model_file=str(place / "model.txt"))
            text = TextSpace.load(place / "text.npz")
            return cls(booster, encoder, text, Calibrator(**document["calibrator"]), Facts(**document["facts"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, lightgbm.basic.LightGBMError) as error:
            raise Problem(f"this model can't be read ({error})", where=folder, remedy=remedy) from error


def _write(path: Path, document: Any) -> None:
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _version(folder: Path) -> str:
    found = hashlib.sha256()
    for name in PARTS:
        found.update((folder / name).read_bytes())
    return found.hexdigest()[:12]
