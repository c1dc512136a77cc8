"""What the Steam tab knows and answers, without a widget."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crowdwise.app.catalogue import Catalogue
from crowdwise.app.diary import REACTIONS, Diary, MemoryDiary
from crowdwise.app.filters import Filters
from crowdwise.app.hours import UNSAID_MINUTES, as_minutes, read_hours
from crowdwise.app.leads import of_games, of_library
from crowdwise.app.markup import count
from crowdwise.app.pasted import Pasted, read_pasted
from crowdwise.app.rankings import Rankings
from crowdwise.app.remarks import remark, retitle
from crowdwise.app.shown import Answer, Because, Game, Shown, ids
from crowdwise.app.steam_state import MOST_OWNED, no_state, read_owned, write_owned
from crowdwise.app.taste import Crowd, Taste
from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from crowdwise.app.participation import Participation
    from crowdwise.app.sources import Players
    from crowdwise.steam.recommender import Recommender

__all__ = ["MOST_OWNED", "UNSAID_MINUTES", "Answer", "Because", "Game", "Shown", "SteamModel"]

WAYS = ("player", "games", "alike")
MOST_DAMPING = 0.8  # at 1, half of a typical list is games of a single owner: no longer adventure, but chance

logger = logging.getLogger("crowdwise.app")


@dataclass
class SteamModel:
    """The state of the Steam tab, and its answers.

    Parameters
    ----------
    recommender : Recommender
    players : Players or None
        Known players; None where there is no database.
    participation : Participation, optional
        In the experiment that runs, if any: its control is shown the games that most players own. Games like one are
        the same for all. Filters, and what a visitor has said of games, hold in both arms alike, so that these differ
        by the list alone; damping is offered in neither, for the control has none and the plan knows of none.
    diary : Diary, optional
        Where what was asked and said is kept.
    """

    recommender: Recommender
    players: Players | None = None
    participation: Participation | None = None
    diary: Diary = field(default_factory=MemoryDiary)
    way: str = "player"
    player: str = ""
    owned: dict[str, float | None] = field(default_factory=dict)
    game_id: str = ""
    filters: Filters = field(default_factory=Filters)
    damping: float = 0.0

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.recommender.games)
        self._rankings = Rankings(self.recommender, self.catalogue)
        said = self.diary.reactions("steam")
        self.reactions = {game_id: reaction for game_id, reaction in said.items() if game_id in self.catalogue}
        self.reset()

    def get(self) -> dict[str, Any]:
        """Give the state as a JSON document."""
        chosen = {"way": self.way, "player": self.player, "owned": write_owned(self.owned), "game_id": self.game_id}
        return {**chosen, **self.filters.get(), **({"damping": self.damping} if self.damping else {})}

    def set(self, state: Mapping[str, Any]) -> None:
        """Take a state that `get` gave, perhaps in another session; what this model does not know is left out.

        Raises
        ------
        Problem
            If it does not have a state's form.
        """
        try:
            way, player, game_id = str(state["way"]), str(state["player"]), str(state["game_id"])
            owned, damping = read_owned(state["owned"]), float(state.get("damping", 0.0))
            filters = Filters.read(state, self.catalogue.genres)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise no_state() from error
        if way not in WAYS or not 0 <= damping <= MOST_DAMPING:
            raise no_state()
        self.way, self.player, self.filters, self.damping = way, player, filters, damping
        self.owned = {key: played for key, played in owned.items() if key in self.catalogue}
        self.game_id = game_id if game_id in self.catalogue else ""

    def reset(self) -> None:
        """Go back to the start; what was said of games stays."""
        self.way = "player" if self.players else "games"
        self.player, self.owned, self.game_id = "", {}, ""
        self.filters, self.damping = Filters(), 0.0

    @property
    def has_choice(self) -> bool:
        """Whether enough is chosen to be answered."""
        return bool({"player": self.player.strip(), "games": self.owned, "alike": self.game_id}[self.way])

    @property
    def is_damped(self) -> bool:
        """Whether damping has a part in the present way's answers."""
        return self.participation is None and self.way != "alike"

    def game(self, game_id: str) -> Game:
        """Give what is known of a game; a Problem if the model does not know it."""
        return self.catalogue.game(game_id)

    def find(self, words: str, n: int = 8) -> list[Game]:
        """Give up to `n` games that the typed words may mean."""
        return self.catalogue.find(words, n)

    def known_players(self) -> list[tuple[str, str]]:
        """Give a few players to pick from, as (words, id)."""
        if self.players is None:
            return []
        return [
            (f"{player.player_id} ({count(player.games, 'game')})", player.player_id) for player in self.players.some()
        ]

    def own(self, game_id: str, played: float | None = None) -> None:
        """Add an owned game with its hours (None: not said)."""
        self.game(game_id)
        if game_id not in self.owned and len(self.owned) >= MOST_OWNED:
            raise Problem(f"{MOST_OWNED:,} games are as many as fit here", remedy="Remove one first")
        self.owned[game_id] = played

    def play(self, game_id: str, words: str) -> None:
        """Take the hours typed for an owned game; nothing typed means not said."""
        self.owned[game_id] = read_hours(words, self.game(game_id).name)

    def disown(self, game_id: str) -> None:
        """Take an owned game away."""
        self.owned.pop(game_id, None)

    def paste(self, text: str) -> Pasted:
        """Add the games that a pasted text names; hours it states take the place of those that stood there.

        Raises
        ------
        Problem
            If it names no known game, or more than fit here; then nothing is added.
        """
        pasted = read_pasted(text, self.catalogue)
        joined = {**self.owned}
        for game_id, played in pasted.owned.items():
            joined[game_id] = joined.get(game_id) if played is None else played
        if len(joined) > MOST_OWNED:
            raise Problem(
                f"with these there are {len(joined):,} games, and {MOST_OWNED:,} fit here", remedy="Paste fewer"
            )
        self.owned = joined
        return pasted

    def react(self, game_id: str, reaction: str) -> None:
        """Take what the visitor says of a game: ``not for me``, ``own``, or nothing, which takes back what was said."""
        self.game(game_id)
        if reaction not in REACTIONS:
            raise ValueError(f"{reaction!r} is none of {REACTIONS}")
        self.reactions.pop(game_id, None)
        if reaction:
            self.reactions[game_id] = reaction
        self.diary.react("steam", game_id, reaction)

    def answer(self, *, keep: bool = True) -> Answer:
        """Give ten games for the present state.

        Parameters
        ----------
        keep : bool
            Whether the diary takes it down: not when it is only shown again.

        Raises
        ------
        Problem
            If nothing is chosen yet, or the player is not known.
        """
        made = {"player": self._for_player, "games": self._for_games, "alike": self._for_alike}[self.way]()
        famous = sum(one.game.game_id in self.catalogue.famous for one in made.games)
        remarks = remark(made.games, self.filters, self.catalogue.unpriced, len(self.reactions))
        title = retitle(made.title, made.games, bool(self.filters or self.reactions))
        answer = replace(made, title=title, remarks=remarks, famous=famous)
        if keep:
            self._keep(answer)
        return answer

    def alike(self, game_id: str, n: int = 10) -> tuple[Shown, ...]:
        """Give the games most like one, less what filters and what was said of games leave out."""
        self.game(game_id)
        return self._rankings.alike(game_id, deny=list(self.reactions), among=self._among(), n=n)

    def _among(self) -> frozenset[str] | None:
        return self.catalogue.admitted(self.filters) if self.filters else None

    def _for_alike(self) -> Answer:
        if not self.game_id:
            raise Problem("no game is chosen yet", remedy="Type a few letters of its name and pick it")
        name = self.game(self.game_id).name
        return Answer(f"Games like {name}", "The games whose owners are most like its own.", self.alike(self.game_id))

    def _for_player(self) -> Answer:
        name = self.player.strip()
        if self.players is None:
            raise Problem("there is no database of players", remedy="Choose games you own instead")
        if not name:
            raise Problem("no player is chosen yet", remedy="Pick one from the list, or type a Steam id")
        player_id = self.players.find(name)
        if player_id is None:
            raise Problem(
                f"no player has the id {name!r}", remedy="Pick one from the list, or choose games you own instead"
            )
        library = self.players.library(player_id)
        minutes = {game.game_id: float(game.minutes_total) for game in library}
        lead = of_library(library, self._besides(minutes))
        shown = self._ten(minutes, player_id)
        return Answer(f"Ten games for player {player_id}", lead, shown, taste=self._taste(minutes))

    def _for_games(self) -> Answer:
        if not self.owned:
            raise Problem("no game is chosen yet", remedy="Type a few letters of a game you own and pick it")
        names = [self.game(game_id).name for game_id in self.owned]
        lead = of_games(names, self._besides(self.owned), made_from=self.participation is None)
        taste = self._taste({key: None if played is None else played * 60 for key, played in self.owned.items()})
        return Answer("Ten games for you", lead, self._ten(as_minutes(self.owned)), taste=taste)

    def _ten(self, minutes: dict[str, float], unit: str = "") -> tuple[Shown, ...]:
        """Give what is shown to the owner of these games: in an experiment, as the unit's arm has it."""
        minutes = {**dict.fromkeys(self._said("own"), UNSAID_MINUTES), **minutes}
        deny, among = self._said("not for me"), self._among()
        damping = self.damping if self.is_damped else 0.0
        advised = self._rankings.recommended(minutes, deny=deny, among=among, damping=damping)
        if self.participation is None:
            return advised
        plain = self._rankings.popular(minutes, deny=deny, among=among)
        held = ids(advised)  # noted in both arms: what was held back is compared with what was shown

        def tell(shown: tuple[Shown, ...]) -> dict[str, object]:
            return {"way": self.way, "games": ids(shown), "recommended": held}

        return self.participation.choose(advised, plain, tell, unit)

    def _said(self, reaction: str) -> list[str]:
        return [game_id for game_id, said in self.reactions.items() if said == reaction]

    def _besides(self, owned: Mapping[str, Any]) -> int:
        """Count the games that are owned only because the visitor said so of a game shown."""
        return sum(game_id not in owned for game_id in self._said("own"))

    def _taste(self, minutes: Mapping[str, float | None]) -> Taste | None:
        library = {**dict.fromkeys(self._said("own")), **minutes}
        known = {key: played for key, played in library.items() if key in self.catalogue}
        return self._crowd.compare({self.game(key): played for key, played in known.items()})

    @cached_property
    def _crowd(self) -> Crowd:
        return Crowd(self.catalogue.rows)

    def _keep(self, answer: Answer) -> None:
        """Take an answer down; one that can't be is shown all the same."""
        arm = self.participation.arm if self.participation and self.way != "alike" else ""
        games = [{"game_id": one.game.game_id, "name": one.game.name} for one in answer.games]
        told = {"title": answer.title, "lead": answer.lead, "games": games}
        try:
            scores = [(one.game.game_id, one.score) for one in answer.games]
            self.diary.submit("steam", self.get(), told, games=scores, arm=arm)
        except Problem as problem:
            logger.warning("An answer was not taken down: %s", problem)
