"""Whether to fit the model anew: a rule that is stated beforehand, criterion by criterion."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.refresh.ageing import FEWEST, Ageing
from crowdwise.kickstarter.refresh.novelty import Novelty


@dataclass(frozen=True)
class Thresholds:
    """Above which values to fit anew: the section `refresh` of the parameters.

    Attributes
    ----------
    psi : float
        Population stability index of any feature, beyond what chance gives.
    auc_drop : float
        AUC in cross-validation less AUC on the month.
    calibration : float
        Calibration error beyond what chance gives.
    share_new : float
        Share of projects with a value never seen; and growth of the share of words outside the vocabulary.
    """

    psi: float
    auc_drop: float
    calibration: float
    share_new: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10:
                what = f"{value!r} is no threshold"
                raise Problem(what, where=f"params: refresh: {name}", remedy="Give a number above 0")


@dataclass(frozen=True)
class Criterion:
    """One part of the rule: its value (None if it can't be judged), its threshold, and whether it is above it."""

    name: str
    value: float | None
    threshold: float
    met: bool
    words: str


@dataclass(frozen=True)
class Verdict:
    """Whether to fit the model anew, because of which criteria."""

    retrain: bool
    because: str
    criteria: tuple[Criterion, ...]

    def document(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return asdict(self) | {"criteria": [asdict(criterion) for criterion in self.criteria]}


def decide(
    drift: pd.DataFrame, decided: int, novelty: Novelty, ageing: Ageing | None, thresholds: Thresholds
) -> Verdict:
    """Hold a month against the thresholds; one criterion above its threshold is enough.

    A drop of AUC counts only if noise does not explain it: the interval of the difference must leave out 0.

    Parameters
    ----------
    drift : DataFrame
        As `compare_features` gives it.
    decided : int
        The month's decided projects, which drift is measured on.
    novelty : Novelty
    ageing : Ageing or None
        None if there is no model.
    thresholds : Thresholds
    """
    criteria = (
        _judge_psi(drift, decided, thresholds.psi),
        _judge_auc(ageing, thresholds.auc_drop),
        _judge_calibration(ageing, thresholds.calibration),
        _judge_values(novelty, thresholds.share_new),
        _judge_words(novelty, thresholds.share_new),
    )
    met = [criterion.words for criterion in criteria if criterion.met]
    judged = sum(criterion.value is not None for criterion in criteria)
    calm = f"none of the {judged} criteria that can be judged is above its threshold"
    return Verdict(bool(met), "; ".join(met) or calm, criteria)


def _judge_psi(drift: pd.DataFrame, decided: int, threshold: float) -> Criterion:
    name = "stability index beyond chance, largest"
    if decided < FEWEST:
        return Criterion(name, None, threshold, False, f"{decided:,} decided projects are too few")
    beyond = drift["psi"] - drift["by_chance"]
    names = ", ".join(f"{row['feature']} {row['psi']:.2f}" for row in drift[beyond > threshold].to_dict("records"))
    words = f"these drifted (stability index): {names}" if names else f"{drift.iloc[0]['feature']} drifted most"
    return Criterion(name, float(beyond.max()), threshold, bool(names), words)


def _judge_auc(ageing: Ageing | None, threshold: float) -> Criterion:
    name = "AUC lost since cross-validation"
    if (why := _unjudged(ageing, "auc")) or ageing is None:
        return Criterion(name, None, threshold, False, why)
    then, now = ageing.before["auc"], ageing.now["auc"]
    drop = then.value - now.value
    half = float(np.hypot(then.value - then.low, now.high - now.value))
    met = drop > threshold and drop - half > 0
    noise = "" if met or drop <= threshold else ", which noise can explain"
    words = f"AUC went from {then.value:.3f} to {now.value:.3f} ({now.low:.3f} to {now.high:.3f}){noise}"
    return Criterion(name, drop, threshold, met, words)


def _judge_calibration(ageing: Ageing | None, threshold: float) -> Criterion:
    name = "calibration error beyond chance"
    if ageing is None or not ageing.now or ageing.calibration_by_chance is None:
        return Criterion(name, None, threshold, False, _unjudged(ageing, ""))
    error, chance = ageing.now["calibration_error"], ageing.calibration_by_chance
    words = f"the calibration error is {error.value:.3f} ({error.low:.3f} to {error.high:.3f}), {chance:.3f} by chance"
    return Criterion(name, error.value - chance, threshold, error.value - chance > threshold, words)


def _judge_values(novelty: Novelty, threshold: float) -> Criterion:
    shown = [f"{value} ({n:,})" for values in novelty.unseen.values() for value, n in list(values.items())[:3]]
    words = f"{novelty.share:.1%} of projects have a category, country or currency never seen"
    words += f": {', '.join(shown)}" if shown else ""
    return Criterion("projects with a value never seen", novelty.share, threshold, novelty.share > threshold, words)


def _judge_words(novelty: Novelty, threshold: float) -> Criterion:
    name = "growth of words outside the vocabulary"
    if novelty.words_then is None or novelty.words_now is None:
        return Criterion(name, None, threshold, False, "there is no model")
    growth = novelty.words_now - novelty.words_then
    words = f"{novelty.words_now:.1%} of words are outside the vocabulary, {novelty.words_then:.1%} where it was learnt"
    return Criterion(name, growth, threshold, growth > threshold, words)


def _unjudged(ageing: Ageing | None, score: str) -> str:
    """Say why a criterion of the model can't be judged, or give an empty string."""
    if ageing is None:
        return "there is no model"
    if not ageing.now:
        return f"{ageing.projects:,} decided projects it has not learnt from are too few, or ended too much alike"
    return f"the model's folder holds no {score} from cross-validation" if score and score not in ageing.before else ""
