"""A saved recommender: arrays as one file each, names in JSON, a card, and the metrics it was judged by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.scoring import Scoring
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current, is_pending, whole_folder

NAME = "steam-recommender"
FORM = 2
FOLD = ("vectors", "biases", "weights", "centre")
BETWEEN = ("between_starts", "between_games", "between_values")
REMEDY = "Run `make report PROFILE=...` for the profile you want"


def save(
    folder: Path, games: pd.DataFrame, scoring: Scoring, *, card: Mapping[str, Any], metrics: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a model as a folder that is whole or not there, and give its card; see `Recommender.save`."""
    between = scoring.weights
    arrays = {name: getattr(scoring.fold, name) for name in FOLD}
    arrays |= dict(zip(BETWEEN, (between.indptr.astype(np.int32), between.indices, between.data), strict=True))
    with whole_folder(folder) as new:
        for name, array in arrays.items():
            np.save(new / f"{name}.npy", array, allow_pickle=False)
        frame = games.astype(object).where(games.notna(), None)
        columns = {name: [list(v) if name == "genres" else v for v in frame[name]] for name in games}
        document = {"share": float(scoring.share), "games": columns}
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        (new / "games.json").write_text(text + "\n", encoding="utf-8")
        described = {"name": NAME, "form": FORM, "version": _version(new), "games": len(games), **card}
        for name, content in (("card", described), ("metrics", metrics)):
            words = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
            (new / f"{name}.json").write_text(words + "\n", encoding="utf-8")
    return described


def load(folder: Path, columns: Sequence[str]) -> tuple[pd.DataFrame, Scoring, dict[str, Any]]:
    """Give the games, the scoring and the card of a saved model; see `Recommender.load`."""
    folder = Path(folder)
    place = current(folder)
    if not (place / "card.json").is_file():
        raise Problem("there is no saved Steam model here", where=folder, remedy=REMEDY)
    if not is_pending(folder):
        record(folder / "card.json")
    try:
        card = json.loads((place / "card.json").read_text(encoding="utf-8"))
        if card.get("name") != NAME or card.get("form") != FORM:
            raise Problem("this is not a Steam model of this version", where=folder, remedy=REMEDY)
        document = json.loads((place / "games.json").read_text(encoding="utf-8"))
        fold, between = (
            [np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in names]
            for names in (FOLD, BETWEEN)
        )
        games = pd.DataFrame({name: document["games"][name] for name in columns})
        share = float(document["share"])
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Problem(f"this model can't be read ({error})", where=folder, remedy=REMEDY) from error
    if not _fit(len(games), fold, between):
        raise Problem("the parts of this model don't fit together", where=folder, remedy=REMEDY)
    starts, others, values = between
    weights = sparse.csr_matrix((values, others, starts), shape=(len(games), len(games)), copy=False)
    return games, Scoring(weights, FoldIn(*fold), share), card


def _fit(games: int, fold: Sequence[np.ndarray], between: Sequence[np.ndarray]) -> bool:
    """Say whether the arrays of a model are of one size, and its weights are between its games."""
    vectors, biases, mapped, centre = fold
    starts, others, values = between
    components = vectors.shape[1] if vectors.ndim == 2 else -1
    shapes = (vectors.shape, biases.shape, mapped.shape, centre.shape, starts.shape, others.shape)
    needed = ((games, components), (games,), (components + 2, components), (components,), (games + 1,), values.shape)
    if shapes != needed or starts[0] != 0 or starts[-1] != len(values) or (np.diff(starts) < 0).any():
        return False
    return len(others) == 0 or bool(others.min() >= 0 and others.max() < games)


def _version(folder: Path) -> str:
    content = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        content.update(path.name.encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:12]
