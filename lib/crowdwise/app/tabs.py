"""A tab's loading: its error is said in the tab and goes no further."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Any

from crowdwise.app.diary import Diary
from crowdwise.app.guard import guarded, tell
from crowdwise.app.participation import Participation
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout

logger = logging.getLogger("crowdwise.app")


@dataclass
class Tab(ABC):
    """A view, and what its model is made of.

    Parameters
    ----------
    view : SteamView or KickstarterView
    layout : Layout
    diary : Diary
    participation : Participation, optional
        In the experiment that runs in its system, if any.
    """

    view: Any
    layout: Layout
    diary: Diary
    participation: Participation | None = None
    start: Any = None  # the model's state before anybody changed it; None while there is no model

    @abstractmethod
    def load(self) -> None:
        """Load what the model needs, and give the view a model."""

    @abstractmethod
    def renew(self) -> None:
        """Give the view a model that has read the diary anew; what was loaded stays."""

    def say(self, sentence: str) -> None:
        """Show what the tab lacks."""
        if sentence:
            self.view.lack(sentence)

    def _ready(self, model: Any, *remarks: str) -> None:
        self.view.ready(model, *remarks)
        self.start = model.get()


@dataclass
class SteamTab(Tab):
    """The tab of games."""

    loaded: tuple[Any, Any, str] | None = None

    @guarded
    def load(self) -> None:
        """Load the recommender, and open the database of players where there is one."""
        from crowdwise.app.sources import open_players, open_recommender

        recommender = open_recommender(self.layout)
        try:
            self.loaded = recommender, open_players(self.layout), ""
        except Problem as problem:
            remark = f"Known players can't be picked: {tell(problem)}"
            self.loaded = recommender, None, remark
            logger.warning(remark)
        self.renew()

    @guarded
    def renew(self) -> None:
        """Give the view a model that has read the diary anew."""
        from crowdwise.app.steam_model import SteamModel

        if self.loaded is not None:
            recommender, players, remark = self.loaded
            self._ready(SteamModel(recommender, players, self.participation, diary=self.diary), remark)


@dataclass
class KickstarterTab(Tab):
    """The tab of projects."""

    loaded: tuple[Any, Any] | None = None

    @guarded
    def load(self) -> None:
        """Load the predictor, and what the database says a project can be filed under."""
        from crowdwise.app.sources import open_predictor, open_reference

        predictor = open_predictor(self.layout)
        try:
            self.loaded = predictor, open_reference(self.layout)
        except Problem as problem:
            self.loaded = predictor, None
            logger.warning("Categories are offered as they are known here: %s", tell(problem))
        self.renew()

    @guarded
    def renew(self) -> None:
        """Give the view a model that has read the diary anew."""
        from crowdwise.app.kickstarter_model import KickstarterModel

        if self.loaded is not None:
            predictor, reference = self.loaded
            model = KickstarterModel(predictor, date.today(), reference, self.participation, diary=self.diary)
            self._ready(model)
