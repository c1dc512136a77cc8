"""What is tried of each model: the values of each setting, of which a search draws combinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from crowdwise.base.seeds import generator
from crowdwise.steam.models import ALS, BPR, EASE, FeaturedLight, ItemKNN, Light, Model, Neighbours, Popularity, RP3Beta

EPOCHS = 60
SIGNALS = ("owned", "played", "minutes")


@dataclass(frozen=True)
class Grid:
    """A model's class and the values of its settings; `name` is also that of its line in ``params/``."""

    name: str
    model: type[Any]
    values: Mapping[str, Sequence[Any]]
    seeded: bool = False

    def build(self, settings: Mapping[str, Any], seed: int) -> Model:
        """Give the model with these settings."""
        built: Model = self.model(**settings, **({"seed": seed} if self.seeded else {}))
        return built

    def draw(self, budget: int, seed: int) -> list[dict[str, Any]]:
        """Give up to `budget` different combinations, drawn at random (Bergstra and Bengio 2012); all if fewer."""
        every = [dict(zip(self.values, values, strict=True)) for values in product(*self.values.values())]
        order = generator(seed, "tuning", self.name).permutation(len(every))
        return [every[k] for k in order[:budget]]


GRIDS = (
    Grid("popularity", Popularity, {"learn_from": ("owned", "played")}),
    Grid("neighbours", Neighbours, {"most_played": (5, 10, 20, 50, 200)}),
    Grid("knn", ItemKNN, {"neighbours": (20, 50, 100, 200, 500), "learn_from": SIGNALS}),
    Grid(
        "rp3beta",
        RP3Beta,
        {"beta": (0.5, 0.6, 0.7, 0.8, 0.9), "neighbours": (100, 300, 1000), "learn_from": SIGNALS},
    ),
    Grid(
        "als",
        ALS,
        {
            "factors": (32, 64, 128),
            "regularisation": (1.0, 3.0, 10.0, 30.0),
            "alpha": (1.0, 3.0, 10.0, 30.0),
            "iterations": (8, 15),
            "learn_from": SIGNALS,
        },
        seeded=True,
    ),
    Grid(
        "bpr",
        BPR,
        {
            "factors": (32, 64, 128),
            "learning_rate": (0.01, 0.03, 0.1),
            "regularisation": (0.001, 0.01, 0.03),
            "iterations": (50, 100, 200),
            "learn_from": ("owned", "played"),
        },
        seeded=True,
    ),
    Grid(
        "ease",
        EASE,
        {
            "penalty": (100.0, 150.0, 250.0, 400.0, 600.0),
            "row_power": (0.0, 0.25, 0.5, 0.75),
            "play_power": (0.0, 0.25, 0.5, 0.75),
            "popularity_power": (0.0, 0.1, 0.2, 0.3),
            "predict": ("owned", "played"),
        },
    ),
    Grid(
        "light",
        Light,
        {
            "components": (64, 128),
            "learning_rate": (0.02, 0.03, 0.05, 0.08),
            "l2": (0.0, 1e-6, 1e-5),
            "max_sampled": (10, 30, 100),
            "learn_from": SIGNALS,
            "epochs": (EPOCHS,),
        },
        seeded=True,
    ),
    Grid(
        "light_bpr",
        Light,
        {
            "components": (32, 64),
            "learning_rate": (0.02, 0.03, 0.05),
            "l2": (0.0, 1e-6, 1e-5),
            "learn_from": SIGNALS,
            "loss": ("bpr",),
            "epochs": (30,),
        },
        seeded=True,
    ),
    Grid(
        "light_features",
        FeaturedLight,
        {
            "components": (32, 64),
            "max_sampled": (10, 30),
            "learn_from": SIGNALS,
            "scale": (0.1, 0.3),
            "epochs": (20,),
        },
        seeded=True,
    ),
)
