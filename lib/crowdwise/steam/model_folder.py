"""A saved recommender: a folder of arrays, names, metrics and a card; whole or not there, and checked when read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.scoring import Scoring
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current, is_pending, whole_folder

NAME = "steam-recommender"
FORM = 2  # 1: a fold-in alone; 2: item-item weights beside it, and games that nobody owns
ARRAYS = {
    "weights": np.float32,  # of item-item, as a matrix by rows: data, indices, indptr
    "weights_columns": np.int32,
    "weights_starts": np.int32,
    "vectors": np.float32,  # of folding in: games' vectors and biases, the map, the mean owned vector
    "biases": np.float32,
    "map": np.float32,
    "centre": np.float32,
}
COLUMNS = ("game_id", "name", "genres", "price", "owners", "players", "twin_of", "is_game")
REMEDY = "Run `make report PROFILE=...` for the profile you want"

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """What the folder holds."""

    games: pd.DataFrame
    scoring: Scoring
    card: dict[str, Any]


def checksum(game_ids: Iterable[str]) -> str:
    """Give a checksum of games in their order: models of other games have another one."""
    return hashlib.sha256("\n".join(game_ids).encode()).hexdigest()[:16]


def write_parts(parts: Parts, folder: Path, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Write a model as a folder that is whole or not there, and give its card.

    The card gets ``name, form, version, games, game_ids`` (their checksum), ``share, spread`` and ``arrays`` (the hash
    of each one's content, whence the version).
    """
    scoring, fold = parts.scoring, parts.scoring.fold
    contents = {
        "weights": scoring.weights.data,
        "weights_columns": scoring.weights.indices,
        "weights_starts": scoring.weights.indptr,
        "vectors": fold.vectors,
        "biases": fold.biases,
        "map": fold.weights,
        "centre": fold.centre,
    }
    arrays = {name: np.ascontiguousarray(contents[name], dtype=kind) for name, kind in ARRAYS.items()}
    frame = parts.games[list(COLUMNS)].astype(object).where(parts.games[list(COLUMNS)].notna(), None)
    columns = {name: [list(v) if name == "genres" else v for v in frame[name]] for name in COLUMNS}
    names = json.dumps(columns, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
    hashes = {name: _hash(array) for name, array in arrays.items()}
    numbers = {"share": float(scoring.share), "spread": float(scoring.spread)}
    said = json.dumps([hashes, numbers, hashlib.sha256(names.encode()).hexdigest()])
    card = {
        "name": NAME,
        "form": FORM,
        "version": hashlib.sha256(said.encode()).hexdigest()[:12],
        "games": int((parts.games["owners"] > 0).sum()),
        "new_games": int((parts.games["owners"] <= 0).sum()),
        "game_ids": checksum(parts.games["game_id"]),
        "arrays": hashes,
        **numbers,
    }
    card = {**parts.card, **card}
    with whole_folder(folder) as new:
        for name, array in arrays.items():
            np.save(new / f"{name}.npy", array, allow_pickle=False)
        (new / "games.json").write_text(names, encoding="utf-8")
        for name, content in (("card", card), ("metrics", metrics)):
            words = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
            (new / f"{name}.json").write_text(words + "\n", encoding="utf-8")
    return card


def read_parts(folder: Path, build: Callable[[Parts], T]) -> T:
    """Read a saved model, its arrays mapped from their files, and give what `build` makes of it.

    Raises
    ------
    Problem
        If there is no model in the folder, or another kind or version of one, or its parts are not those it was saved
        with.
    """
    folder = Path(folder)
    place = current(folder)
    if not (place / "card.json").is_file():
        raise Problem("there is no saved Steam model here", where=folder, remedy=REMEDY)
    if not is_pending(folder):
        record(folder / "card.json")
    try:
        card = json.loads((place / "card.json").read_text(encoding="utf-8"))
        if card.get("name") != NAME:
            raise Problem("this is not a Steam model", where=folder, remedy=REMEDY)
        if card.get("form") != FORM:
            what = f"this model has form {card.get('form')}, and this version reads form {FORM}"
            raise Problem(what, where=folder, remedy=REMEDY)
        columns = json.loads((place / "games.json").read_text(encoding="utf-8"))
        arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
        games = pd.DataFrame({name: columns[name] for name in COLUMNS})
        share, spread = float(card["share"]), float(card["spread"])
        strange = [name for name, array in arrays.items() if _hash(array) != card["arrays"][name]]
        if checksum(games["game_id"]) != card["game_ids"]:
            strange.append("games.json")
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Problem(f"this model can't be read ({error})", where=folder, remedy=REMEDY) from error
    if strange:
        what = f"the parts of this model don't fit together: {', '.join(strange)} is not what the card says"
        raise Problem(what, where=folder, remedy=REMEDY)
    n = len(games)
    try:
        shown = (arrays["weights"], arrays["weights_columns"], arrays["weights_starts"])
        weights = sparse.csr_matrix(shown, shape=(n, n), copy=False)
        fold = FoldIn(*(arrays[name] for name in ("vectors", "biases", "map", "centre")))
        return build(Parts(games, Scoring(weights, fold, share, spread), card))
    except ValueError as error:
        raise Problem(f"the parts of this model don't fit together ({error})", where=folder, remedy=REMEDY) from error


def _hash(array: np.ndarray) -> str:
    content = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    content.update(np.ascontiguousarray(array).view(np.uint8).data)
    return content.hexdigest()[:16]
