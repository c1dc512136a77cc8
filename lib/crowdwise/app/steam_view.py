"""The Steam tab on screen: whose games, and what to play next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.cards import Card
from crowdwise.app.chips import Chips
from crowdwise.app.finder import Finder
from crowdwise.app.guard import busy, guarded
from crowdwise.app.markup import empty, heading, hint, notice

if TYPE_CHECKING:
    from crowdwise.app.steam_model import Answer, SteamModel

WAYS = {"player": "A known player", "games": "Games I own", "alike": "Games like one"}
HOURS = "Hours are optional: this model goes by what you own, not by how long you played it."
WAITING = ("Loading the games…", "This takes a second or two.")
START = {
    "player": ("Whose library is it?", "Pick a player, then ask for ten games."),
    "games": ("Which games do you own?", "Add a few, then ask for ten more."),
    "alike": ("Which game do you like?", "Pick one to see what its owners play as well."),
}


class SteamView:
    """Widgets of the Steam tab. They are on screen at once; `ready` gives them a model to ask."""

    def __init__(self) -> None:
        self.model: SteamModel | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.notice = widgets.HTML()
        ways = [(words, way) for way, words in WAYS.items()]
        self.way = widgets.RadioButtons(
            options=ways, description="Start from", tooltip="What the games are recommended from"
        ).add_class("cw-ways")
        self.pick = widgets.Dropdown(description="Pick a player", options=[("Choose…", "")]).add_class("cw-field")
        self.player = widgets.Text(
            description="or type a Steam id", placeholder="76561198…", continuous_update=False
        ).add_class("cw-field")
        self.finder = Finder("Find a game you own", self._find, self.add, placeholder="Type a few letters")
        self.chips = Chips(self.play, self.remove)
        self.chips_hint = widgets.HTML(hint(HOURS))
        self.liked = Finder("Find a game you like", self._find, self.like, placeholder="Type a few letters")
        self.go = widgets.Button(description="Recommend ten games").add_class("cw-go")
        self.sides = {
            "player": widgets.VBox([self.pick, self.player]),
            "games": widgets.VBox([self.finder.widget, self.chips.widget, self.chips_hint]),
            "alike": self.liked.widget,
        }
        self.title = widgets.HTML(empty(*WAITING))
        self.cards = [Card(rank + 1, self._alike) for rank in range(10)]
        asked = widgets.VBox([self.way, *self.sides.values(), self.go]).add_class("cw-panel")
        results = widgets.Box([card.widget for card in self.cards]).add_class("cw-cards")
        answered = widgets.VBox([self.notice, self.title, results])
        self.widget = widgets.Box([asked, answered]).add_class("cw-sides").add_class("cw-steam")
        self._show_way("player")
        self.way.observe(self._on_way, "value")
        self.pick.observe(self._on_pick, "value")
        self.player.observe(self._on_player, "value")
        self.go.on_click(self.recommend)
        self._enable(False)

    def say(self, sentence: str) -> None:
        """Show a sentence above the results."""
        self.notice.value = notice(sentence, alarm=True)

    def lack(self, sentence: str) -> None:
        """Say that there is no model to ask, and what to do about it."""
        self.title.value = notice(sentence)

    def ready(self, model: SteamModel, remark: str = "") -> None:
        """Take a model: fill the lists, enable the controls."""
        self.model = model
        self.pick.options = [("Choose…", ""), *model.known_players()]
        if model.players is None:
            self.way.options = [(words, way) for way, words in WAYS.items() if way != "player"]
        self._enable(True)
        self.way.value = model.way
        self.title.value = empty(*START[model.way])
        self._show_way(model.way)
        self.notice.value = notice(remark)

    def _enable(self, on: bool) -> None:
        for control in (self.way, self.pick, self.player, self.finder.field, self.liked.field, self.go):
            control.disabled = not on

    @guarded
    def recommend(self, _: Any = None) -> None:
        """Show the answer to the present state."""
        if self.model is None:
            return
        with busy(self.go):
            self._show(self.model.ask())
        self.on_change()

    @guarded
    def restore(self, state: Mapping[str, Any]) -> None:
        """Show a state that the model gave before and, where it has one, its answer; nothing is submitted."""
        if self.model is None:
            return
        self.model.set(dict(state))
        taken = self.model.get()
        self.way.value, self.player.value = taken["way"], taken["player"]
        self._show_owned(self.model)
        if {"player": taken["player"], "games": taken["owned"], "alike": taken["game_id"]}[taken["way"]]:
            self._show(self.model.answer())

    def _show(self, answer: Answer) -> None:
        self.title.value = heading(answer.title, answer.lead)
        for card, shown in zip(self.cards, answer.games, strict=False):
            card.fill(shown)
        for card in self.cards[len(answer.games) :]:
            card.clear()

    @guarded
    def add(self, game_id: str) -> None:
        """Add an owned game."""
        if self.model is not None:
            self.model.own(game_id)
            self._show_owned(self.model)
            self.on_change()

    @guarded
    def remove(self, game_id: str) -> None:
        """Take an owned game away."""
        if self.model is not None:
            self.model.disown(game_id)
            self._show_owned(self.model)
            self.on_change()

    @guarded
    def play(self, game_id: str, words: str) -> None:
        """Take the hours typed for a game."""
        if self.model is not None:
            self.model.play(game_id, words)
            self.on_change()

    @guarded
    def like(self, game_id: str) -> None:
        """Show the games like one."""
        if self.model is not None:
            self.model.game_id = game_id
            self.recommend()

    def _find(self, words: str) -> list[tuple[str, str]]:
        return [(game.game_id, game.name) for game in self.model.find(words)] if self.model else []

    def _alike(self, game_id: str) -> Any:
        return self.model.alike(game_id, 6) if self.model else ()

    def _show_owned(self, model: SteamModel) -> None:
        self.chips.show({game_id: (model.game(game_id).name, played) for game_id, played in model.owned.items()})

    def _show_way(self, way: str) -> None:
        for name, side in self.sides.items():
            side.layout.display = "" if name == way else "none"
        self.go.layout.display = "none" if way == "alike" else ""

    @guarded
    def _on_way(self, change: dict[str, Any]) -> None:
        if self.model is None:
            return
        self.model.way = change["new"]
        self._show_way(change["new"])
        self.title.value = empty(*START[change["new"]])
        for card in self.cards:
            card.clear()
        self.on_change()

    @guarded
    def _on_pick(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.player.value = change["new"]

    @guarded
    def _on_player(self, change: dict[str, Any]) -> None:
        if self.model is not None:
            self.model.player = change["new"]
            listed = {player_id for _, player_id in self.pick.options}
            self.pick.value = change["new"] if change["new"] in listed else ""
            self.on_change()
