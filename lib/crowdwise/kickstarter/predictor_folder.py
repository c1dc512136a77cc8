"""A predictor's folder: written whole or not at all, read back only if it is what was written."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import Calibrator
from crowdwise.kickstarter.design import Encoder
from crowdwise.kickstarter.facts import Facts, ReferenceRate
from crowdwise.kickstarter.neighbours import PastProjects
from crowdwise.kickstarter.score_range import WINDOW, ScoreRange
from crowdwise.kickstarter.text_columns import TextColumns
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current, whole_folder

NAME = "crowdwise.kickstarter.predictor"
PARTS = ("model.txt", "text.npz", "neighbours.npz", "predictor.json")


@dataclass(frozen=True)
class Parts:
    """What a predictor is made of."""

    booster: lightgbm.Booster
    encoder: Encoder
    text: TextColumns
    calibrator: Calibrator
    score_range: ScoreRange
    facts: Facts
    past: PastProjects


def save_parts(
    parts: Parts,
    folder: Path,
    *,
    importances: pd.DataFrame,
    metrics: dict[str, Any],
    card: dict[str, Any],
) -> None:
    """Write the folder; its card gets a name, and a version made of the parts' bytes."""
    with whole_folder(folder) as new:
        (new / "model.txt").write_text(tree_text(parts.booster), encoding="utf-8", newline="\n")
        parts.text.save(new / "text.npz")
        parts.past.save(new / "neighbours.npz")
        document = {
            "names": parts.encoder.names,
            "levels": parts.encoder.levels,
            "calibrator": asdict(parts.calibrator),
            "score_range": asdict(parts.score_range),
            "facts": asdict(parts.facts),
        }
        _write(new / "predictor.json", document)
        importances.to_csv(new / "importances.csv", index=False, lineterminator="\n")
        _write(new / "metrics.json", metrics)
        _write(new / "card.json", {"name": NAME, "version": _version(new), **card})


def load_parts(folder: Path) -> Parts:
    """Read what `save_parts` wrote; needs no scikit-learn.

    Raises
    ------
    Problem
        If the folder is missing, is not one of ours, or was changed.
    """
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
        reference = document["facts"].pop("reference")
        return Parts(
            booster=lightgbm.Booster(model_file=str(place / "model.txt")),
            encoder=Encoder(tuple(document["names"]), {name: tuple(v) for name, v in document["levels"].items()}),
            text=TextColumns.load(place / "text.npz"),
            calibrator=Calibrator(**document["calibrator"]),
            score_range=_read_range(document["score_range"]),
            facts=Facts(**document["facts"], reference=ReferenceRate(**reference) if reference else None),
            past=PastProjects.load(place / "neighbours.npz"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, lightgbm.basic.LightGBMError) as error:
        raise Problem(f"this model can't be read ({error})", where=folder, remedy=remedy) from error


def tree_text(booster: lightgbm.Booster) -> str:
    """Give the trees in LightGBM's text form, without the number of threads that grew them: it changes nothing."""
    return re.sub(r"(?m)^\[num_threads: \d+\]\n", "", booster.model_to_string())


def _write(path: Path, document: Any) -> None:
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _version(folder: Path) -> str:
    found = hashlib.sha256()
    for name in PARTS:
        found.update((folder / name).read_bytes())
    return found.hexdigest()[:12]


def _read_range(document: dict[str, Any]) -> ScoreRange:
    scores, low, high = (tuple(document[name]) for name in ("scores", "low", "high"))
    return ScoreRange(scores, low, high, document.get("window", WINDOW))  # older folders do not say it
