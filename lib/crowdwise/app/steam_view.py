"""The Steam tab on screen: whose games, and what to play next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.cards import Card
from crowdwise.app.chips import Chips
from crowdwise.app.filters import Filters
from crowdwise.app.finder import Finder
from crowdwise.app.guard import busy, guarded
from crowdwise.app.left_out import LeftOut
from crowdwise.app.markup import empty, heading, hint, notice
from crowdwise.app.paste_box import PasteBox
from crowdwise.app.remarks import speaks_most, well_known
from crowdwise.app.taste_picture import taste_picture
from crowdwise.app.tuning import Tuning

if TYPE_CHECKING:
    from crowdwise.app.shown import Answer
    from crowdwise.app.steam_model import SteamModel

WAYS = {"player": "A known player", "games": "Games I own", "alike": "Games like one"}
HOURS = "Hours are optional: this model goes by what you own, not by how long you played it."
WAITING = ("Loading the games…", "This takes a second or two.")
START = {
    "player": ("Whose library is it?", "Pick a player, then ask for ten games."),
    "games": ("Which games do you own?", "Add a few, then ask for ten more."),
    "alike": ("Which game do you like?", "Pick one to see what its owners play as well."),
}


class SteamView:
    """Widgets of the Steam tab. They are on screen at once; `ready` gives them a model to ask.

    Attributes
    ----------
    on_change : callable
        Called after each change a user makes to the model's state.
    """

    def __init__(self) -> None:
        self.model: SteamModel | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._restoring, self._answered = False, False
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
        self.paste = PasteBox(self._take)
        self.chips = Chips(self.play, self.remove, self.remove_all)
        self.chips_hint = widgets.HTML(hint(HOURS))
        self.liked = Finder("Find a game you like", self._find, self.like, placeholder="Type a few letters")
        self.go = widgets.Button(description="Recommend ten games").add_class("cw-go")
        entered = [self.finder.widget, self.paste.widget, self.chips.widget, self.chips.foot, self.chips_hint]
        self.sides = {
            "player": widgets.VBox([self.pick, self.player]),
            "games": widgets.VBox(entered),
            "alike": self.liked.widget,
        }
        self.title, self.remarks, self.taste = widgets.HTML(empty(*WAITING)), widgets.HTML(), widgets.HTML()
        self.tuning = Tuning(self.tune)
        self.left_out = LeftOut(self.take_back)
        self.cards = [Card(rank + 1, self._alike, self.react) for rank in range(10)]
        asked = widgets.VBox([self.way, *self.sides.values(), self.go]).add_class("cw-panel")
        results = widgets.Box([card.widget for card in self.cards]).add_class("cw-cards")
        answered = widgets.VBox(
            [self.notice, self.title, self.tuning.widget, self.left_out.widget, self.remarks, results, self.taste]
        )
        self.widget = widgets.Box([asked, answered]).add_class("cw-sides").add_class("cw-steam")
        self._show_way("player")
        self._clear("player")
        self.title.value = empty(*WAITING)
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
        self.tuning.offer(model.catalogue.genres)
        self._enable(True)
        self._show_state(model)
        self._clear(model.way)
        self.notice.value = notice(remark)

    @guarded
    def restore(self, state: Mapping[str, Any]) -> None:
        """Show a state that the model gave, and its answer if there is enough for one; nothing is taken down anew."""
        model = self.model
        if model is None:
            return
        model.set(state)
        self._show_state(model)
        self._clear(model.way)
        if model.has_choice:
            self._show(model.answer(keep=False))

    def _enable(self, on: bool) -> None:
        controls = (self.way, self.pick, self.player, self.finder.field, self.liked.field, self.go)
        for control in (*controls, self.paste.field, self.paste.go):
            control.disabled = not on

    @guarded
    def recommend(self, _: Any = None) -> None:
        """Show the answer to the present state."""
        if self.model is not None:
            with busy(self.go):
                self._ask(self.model)

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
    def remove_all(self) -> None:
        """Take all owned games away."""
        if self.model is not None:
            self.model.owned = {}
            self._show_owned(self.model)
            self.on_change()

    @guarded
    def play(self, game_id: str, words: str) -> None:
        """Take the hours typed for a game."""
        if self.model is not None and not self._restoring:
            self.model.play(game_id, words)
            self.on_change()

    @guarded
    def like(self, game_id: str) -> None:
        """Show the games like one."""
        if self.model is not None:
            self.model.game_id = game_id
            self._ask(self.model)

    @guarded
    def tune(self, filters: Filters, damping: float) -> None:
        """Take filters and damping, and show the list they make."""
        if self.model is not None:
            self.model.filters, self.model.damping = filters, damping
            if self._answered:
                self._ask(self.model)
            else:
                self.on_change()

    @guarded
    def react(self, game_id: str, reaction: str) -> None:
        """Take what is said of a game, and show the list without it: the same question, so the diary has it already."""
        if self.model is not None:
            self.model.react(game_id, reaction)
            self._show_left_out(self.model)
            if self._answered:
                self._show(self.model.answer(keep=False))

    def take_back(self, game_id: str) -> None:
        """Take back what was said of a game."""
        self.react(game_id, "")

    def _take(self, words: str) -> str:
        if self.model is None:
            return ""
        said = self.model.paste(words).words()
        self._show_owned(self.model)
        self.on_change()
        return said

    def _find(self, words: str) -> list[tuple[str, str]]:
        return [(game.game_id, game.name) for game in self.model.find(words)] if self.model else []

    def _alike(self, game_id: str) -> Any:
        return self.model.alike(game_id, 6) if self.model else ()

    def _ask(self, model: SteamModel) -> None:
        try:
            self._show(model.answer())
        finally:
            self.on_change()  # after the answer: a long state is known by what was taken down of it

    def _show(self, answer: Answer) -> None:
        self._answered = True
        self.title.value = heading(answer.title, answer.lead)
        self.remarks.value = notice(" ".join(answer.remarks))
        self.taste.value = taste_picture(answer.taste, speaks_most(answer.games))
        self.tuning.explain(well_known(answer))
        self.tuning.widget.layout.display = ""
        for card, shown in zip(self.cards, answer.games, strict=False):
            card.fill(shown)
        for card in self.cards[len(answer.games) :]:
            card.clear()

    def _clear(self, way: str) -> None:
        self._answered = False
        self.title.value = empty(*START[way])
        self.remarks.value = self.taste.value = ""
        self.tuning.widget.layout.display = "none"
        for card in self.cards:
            card.clear()

    def _show_state(self, model: SteamModel) -> None:
        """Bring the widgets to the model's state, without a change being told."""
        self._restoring = True
        try:
            self.way.value = model.way
            self.player.value = model.player
            self._show_picked(model.player)
            self._show_owned(model)
            self._show_left_out(model)
            self.tuning.show(model.filters, model.damping)
            self._show_way(model.way)
        finally:
            self._restoring = False

    def _show_owned(self, model: SteamModel) -> None:
        restoring, self._restoring = self._restoring, True
        try:
            self.chips.show({game_id: (model.game(game_id).name, played) for game_id, played in model.owned.items()})
        finally:
            self._restoring = restoring

    def _show_left_out(self, model: SteamModel) -> None:
        self.left_out.show([(key, model.game(key).name, said) for key, said in model.reactions.items()])

    def _show_picked(self, player: str) -> None:
        self.pick.value = player if player in {player_id for _, player_id in self.pick.options} else ""

    def _show_way(self, way: str) -> None:
        for name, side in self.sides.items():
            side.layout.display = "" if name == way else "none"
        self.go.layout.display = "none" if way == "alike" else ""
        self.tuning.damped.layout.display = "" if self.model and self.model.is_damped else "none"

    @guarded
    def _on_way(self, change: dict[str, Any]) -> None:
        if self.model is None or self._restoring:
            return
        self.model.way = change["new"]
        self._show_way(change["new"])
        self._clear(change["new"])
        self.on_change()

    @guarded
    def _on_pick(self, change: dict[str, Any]) -> None:
        if change["new"] and not self._restoring:
            self.player.value = change["new"]

    @guarded
    def _on_player(self, change: dict[str, Any]) -> None:
        if self.model is not None and not self._restoring:
            self.model.player = change["new"]
            self._show_picked(change["new"])
            self.on_change()
