"""All columns that a design has of names and blurbs, and the folder's file of what makes them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crowdwise.kickstarter.text import NAME_SCORE, TextSpace, texts_of

RAREST_PIECE = 10  # names that a piece must stand in
SAID = ("name", "blurb", "parent_category")  # what text columns are made of
_NAMES = "name_"


@dataclass(frozen=True)
class TextColumns:
    """What is said in name and blurb, and how the name alone is spelt.

    Attributes
    ----------
    said : TextSpace
        Of words and pairs of words, with weights by parent category.
    spelt : TextSpace
        Of the pieces of the name's words, with a score only.
    """

    said: TextSpace
    spelt: TextSpace

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (*self.said.names, *self.spelt.names)

    @property
    def words(self) -> tuple[str, ...]:
        """The words, and pairs of them, that it knows."""
        return self.said.words

    def take(self, names: Collection[str]) -> TextColumns:
        """Give what makes the columns among the names; its words stay known."""
        spelt = self.spelt if NAME_SCORE in names else _nothing()
        return TextColumns(self.said.take(names), spelt)

    def transform(self, projects: pd.DataFrame) -> np.ndarray:
        """Give the columns of rows with the columns `SAID`; shape (rows, names)."""
        said = self.said.transform(texts_of(projects), parents_of(projects))
        return np.hstack([said, self.spelt.transform(names_of(projects))]) if self.spelt.names else said

    def save(self, path: Path) -> None:
        """Write it as an ``.npz`` of plain arrays."""
        arrays = self.said.arrays() | {f"{_NAMES}{name}": array for name, array in self.spelt.arrays().items()}
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> TextColumns:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            said = {name: arrays[name] for name in arrays if not name.startswith(_NAMES)}
            spelt = {name.removeprefix(_NAMES): arrays[name] for name in arrays if name.startswith(_NAMES)}
            return cls(TextSpace.of_arrays(said), TextSpace.of_arrays(spelt))


def names_of(projects: pd.DataFrame) -> list[str]:
    """Give each project's name."""
    return projects["name"].fillna("").tolist()


def parents_of(projects: pd.DataFrame) -> list[str]:
    """Give each project's parent category; nothing where it is not known."""
    return projects["parent_category"].fillna("").tolist()


def _nothing() -> TextSpace:
    return TextSpace((), np.zeros(0), np.zeros((0, 0), dtype=np.float32), score=NAME_SCORE)
