"""The whole page: two tabs on screen at once, and behind them the models, loaded next."""

from __future__ import annotations

import logging
import os
from datetime import date
from typing import Any

import ipywidgets as widgets

from crowdwise.app.guard import guarded, log_to_terminal, tell
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.app.markup import notice, text
from crowdwise.app.participation import NOTICE, Participation, read_token
from crowdwise.app.steam_view import SteamView
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.base.logs import set_up

TITLES = {"steam": "What to play next", "kickstarter": "Will it be funded?"}
MADE_UP = {
    "steam": "the games' owners",
    "kickstarter": "the projects",
}

logger = logging.getLogger("crowdwise.app")


class Page:
    """The app's page.

    Parameters
    ----------
    profile : str, optional
        Whose models and database it serves; ``CROWDWISE_PROFILE``, or ``sample``, when left out.
    """

    def __init__(self, profile: str | None = None) -> None:
        self.profile = profile or os.environ.get("CROWDWISE_PROFILE") or "sample"
        self.steam, self.kickstarter = SteamView(), KickstarterView()
        self.token = read_token(os.environ.get("QUERY_STRING", ""))
        self.banner, self.test = widgets.HTML(), widgets.HTML()
        self.tabs = widgets.Tab([self.steam.widget, self.kickstarter.widget], titles=[TITLES[name] for name in SYSTEMS])
        self.widget = widgets.VBox([self.banner, self.test, self.tabs]).add_class("cw-app")

    def say(self, sentence: str) -> None:
        """Show a sentence at the top of the page."""
        self.banner.value = notice(sentence, alarm=True)

    @guarded
    def load(self) -> None:
        """Load both models and the database; what is missing is said in its tab, and the other tab still works."""
        set_up()
        log_to_terminal()
        layout = Layout(self.profile)
        self._say_source(layout)
        _Tab(self.steam, layout).load_steam(self._join("steam", layout))
        _Tab(self.kickstarter, layout).load_kickstarter(self._join("kickstarter", layout))

    def _join(self, system: str, layout: Layout) -> Participation | None:
        """Take part in the experiment that runs in a system, if any; page.js keeps the token in the address."""
        from crowdwise.app.sources import open_participation

        try:
            joined = open_participation(layout, system, self.token)
        except Problem as problem:
            logger.info("No experiment runs in %s: %s", system, tell(problem))
            return None
        if joined is not None:
            self.test.value = f'<div data-unit="{text(self.token)}">{notice(NOTICE)}</div>'
        return joined

    def _say_source(self, layout: Layout) -> None:
        from crowdwise.app.sources import read_source

        made_up = [system for system in SYSTEMS if read_source(layout, system) == "made up"]
        if made_up:
            what = " and ".join(MADE_UP[system] for system in made_up)
            sentence = f"Made-up data: {what} were drawn by a random generator. Nothing here is about the world."
            self.banner.value = notice(sentence)


class _Tab:
    """One tab's loading: its error is said in the tab and goes no further."""

    def __init__(self, view: Any, layout: Layout) -> None:
        self.view, self.layout = view, layout

    def say(self, sentence: str) -> None:
        if sentence:
            self.view.lack(sentence)

    @guarded
    def load_steam(self, participation: Participation | None = None) -> None:
        from crowdwise.app.sources import open_players, open_recommender
        from crowdwise.app.steam_model import SteamModel

        recommender = open_recommender(self.layout)
        try:
            players, remark = open_players(self.layout), ""
        except Problem as problem:
            players, remark = None, f"Known players can't be picked: {tell(problem)}"
            logger.warning(remark)
        self.view.ready(SteamModel(recommender, players, participation), remark)

    @guarded
    def load_kickstarter(self, participation: Participation | None = None) -> None:
        from crowdwise.app.kickstarter_model import KickstarterModel
        from crowdwise.app.sources import open_predictor, open_reference

        predictor = open_predictor(self.layout)
        try:
            reference = open_reference(self.layout)
        except Problem as problem:
            reference = None
            logger.warning("Categories are offered as they are known here: %s", tell(problem))
        self.view.ready(KickstarterModel(predictor, date.today(), reference, participation))
