"""The whole page: three tabs on screen at once, and behind them the models and the diary, loaded next."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.address import PageState, read_fragment, split_address, write_fragment
from crowdwise.app.diary import Entry, MemoryDiary
from crowdwise.app.guard import guarded, log_to_terminal, tell
from crowdwise.app.history_view import HistoryView
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.app.markup import notice, text
from crowdwise.app.participation import NOTICE, Participation, read_token
from crowdwise.app.retention import read_retention, say_retention
from crowdwise.app.steam_view import SteamView
from crowdwise.app.tabs import KickstarterTab, SteamTab, Tab
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.base.logs import set_up

if TYPE_CHECKING:
    from crowdwise.app.stored_diary import StoredDiary

TITLES = {"steam": "What to play next", "kickstarter": "Will it be funded?", "history": "Your history"}
MADE_UP = {
    "steam": "the games' owners",
    "kickstarter": "the projects",
}

logger = logging.getLogger("crowdwise.app")


class Page:
    """The app's page.

    A kernel may have loaded before anybody asks for its page, so the address comes last, and from the browser:
    `arrived` is a hidden field into which page.js types it, `address` a hidden element from which page.js takes what
    is to stand there.

    Parameters
    ----------
    profile : str, optional
        Whose models and database it serves; ``CROWDWISE_PROFILE``, or ``sample``, when left out.
    """

    def __init__(self, profile: str | None = None) -> None:
        self.profile = profile or os.environ.get("CROWDWISE_PROFILE") or "sample"
        self.steam, self.kickstarter = SteamView(), KickstarterView()
        self.history = HistoryView(self._reopen, self._forget)
        self.token = read_token("")
        self.diary: StoredDiary | MemoryDiary = MemoryDiary()
        self._tabs: dict[str, Tab] = {}
        self._joined: dict[str, Participation] = {}
        self._arrived = PageState()
        self._source = self._lapse = ""  # notices that stay
        self._silent = True  # until it is known what the address holds
        self.banner, self.test = widgets.HTML(), widgets.HTML()
        self.arrived = widgets.Text().add_class("cw-arrived").add_class("cw-hidden")
        self.address = widgets.HTML().add_class("cw-address").add_class("cw-hidden")
        inside = [self.steam.widget, self.kickstarter.widget, self.history.widget]
        self.tabs = widgets.Tab(inside, titles=list(TITLES.values()))
        above = [self.banner, self.test, self.arrived, self.address]
        self.widget = widgets.VBox([*above, self.tabs]).add_class("cw-app")
        self.arrived.observe(self._on_arrival, "value")
        self.tabs.observe(self._on_tab, "selected_index")
        self.steam.on_change = self.kickstarter.on_change = self._publish

    def say(self, sentence: str) -> None:
        """Show a sentence at the top of the page, below the notices that stay."""
        self.banner.value = self._source + self._lapse + notice(sentence, alarm=True)

    @guarded
    def load(self) -> None:
        """Load both models and the database; what is missing is said in its tab, and the other tab still works."""
        set_up()
        log_to_terminal()
        layout = Layout(self.profile)
        self._say_source(layout)
        for system in SYSTEMS:
            self._join(system, layout)
        self._open_diary(layout)
        for system, kind in (("steam", SteamTab), ("kickstarter", KickstarterTab)):
            self._tabs[system] = kind(getattr(self, system), layout, self.diary, self._joined.get(system))
            self._tabs[system].load()

    def arrive(self, address: str) -> None:
        """Take the address that the visitor came by: the token and the state that stand in it.

        Parameters
        ----------
        address : str
            From the question mark on, as in ``?unit=...#s=...``; anybody may have written it.
        """
        query, fragment = split_address(address)
        self.token = read_token(query, self.token)
        for joined in self._joined.values():
            joined.token = self.token
        if not isinstance(self.diary, MemoryDiary):
            self.diary.open(self.token)
        with self._silence():
            for system, tab in self._tabs.items():
                if tab.start is not None and self.diary.reactions(system):
                    tab.renew()  # a model reads at its start what its visitor made of items
            try:
                self._arrived = read_fragment(fragment)
            except Problem as problem:
                self._arrived = PageState()
                self.say(str(problem))
            self._restore(self._arrived)
        self._silent = False
        self._publish()

    def _restore(self, state: PageState) -> None:
        for system, tab in self._tabs.items():
            held = state.systems.get(system)
            if isinstance(held, str):
                entry = self._find(held, system)
                held = None if entry is None else entry.state
            if held is not None and tab.start is not None:
                tab.view.restore(held)
        if state.tab < len(TITLES):
            self.tabs.selected_index = state.tab

    def _find(self, entry_id: str, system: str = "") -> Entry | None:
        """Give an entry of the diary, as the last one of its system: its id may come to stand in the address."""
        entry = self.diary.entry(entry_id)
        if entry is None or system not in ("", entry.system):
            return None
        self.diary.last[entry.system] = entry_id
        return entry

    def _publish(self) -> None:
        """Bring the token and the page's state to where page.js takes them from; nothing that is as at the start."""
        if self._silent:
            return
        systems: dict[str, Mapping[str, Any] | str] = {}
        for system, tab in self._tabs.items():
            if tab.start is None:  # a reload may find its model again
                systems |= {system: held} if (held := self._arrived.systems.get(system)) else {}
            elif (now := tab.view.model.get()) != tab.start:
                systems[system] = now
        last = {system: self.diary.last.get(system, "") for system in systems} if self.diary.lasting else {}
        fragment = write_fragment(PageState(self.tabs.selected_index or 0, systems), last)
        kept = self.token if self._joined or self.diary.lasting else ""
        self.address.value = f'<i data-unit="{text(kept)}" data-state="{text(fragment)}"></i>'

    def _reopen(self, entry_id: str) -> None:
        entry = self._find(entry_id)
        if entry is None:
            raise Problem("this entry is gone", remedy="It was deleted, here or in another window")
        tab = self._tabs[entry.system]
        if tab.start is None:
            raise Problem("its tab has no model to ask", remedy="Its state stays in the list")
        with self._silence():
            tab.view.restore(entry.state)
            self.tabs.selected_index = SYSTEMS.index(entry.system)
        self._publish()

    def _forget(self) -> int:
        """Take away all that the diary holds, and what the models know by it; give how many records that were."""
        moved = [tab for system, tab in self._tabs.items() if tab.start is not None and self.diary.reactions(system)]
        removed = self.diary.forget()
        with self._silence():
            for tab in moved:
                state = tab.view.model.get()
                tab.renew()
                tab.view.restore(state)
        self._publish()
        return removed

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """Let widgets change without a new address each time."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    @guarded
    def _on_arrival(self, change: dict[str, Any]) -> None:
        self.arrive(change["new"].partition(" ")[2])  # behind a number that makes each arrival a change

    @guarded
    def _on_tab(self, _: dict[str, Any]) -> None:
        if self.tabs.selected_index == list(TITLES).index("history"):
            self.history.show()
        self._publish()

    def _open_diary(self, layout: Layout) -> None:
        from crowdwise.app.sources import open_diary

        names = {system: joined.experiment.name for system, joined in self._joined.items()}
        try:
            stored = open_diary(layout, self.token, names, self._tell_lapse)
            about = say_retention(read_retention())
        except Problem as problem:
            stored, about = None, f"{say_retention(0)} The reason: {tell(problem)}"
            logger.warning("Histories are kept in memory only: %s", tell(problem))
        self.diary = self.diary if stored is None else stored
        self.history.ready(self.diary, about)

    def _tell_lapse(self, sentence: str) -> None:
        self._lapse = notice(sentence, alarm=True)
        self.say("")

    def _join(self, system: str, layout: Layout) -> None:
        """Take part in the experiment that runs in a system, if any."""
        from crowdwise.app.sources import open_participation

        try:
            joined = open_participation(layout, system, self.token)
        except Problem as problem:
            logger.info("No experiment runs in %s: %s", system, tell(problem))
            return
        if joined is not None:
            self._joined[system] = joined
            self.test.value = notice(NOTICE)

    def _say_source(self, layout: Layout) -> None:
        from crowdwise.app.sources import read_source

        made_up = [system for system in SYSTEMS if read_source(layout, system) == "made up"]
        if made_up:
            what = " and ".join(MADE_UP[system] for system in made_up)
            sentence = f"Made-up data: {what} were drawn by a random generator. Nothing here is about the world."
            self._source = notice(sentence)
            self.say("")
