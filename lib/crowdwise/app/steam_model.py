"""What the Steam tab knows and answers, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crowdwise.app.diary import Diary, MemoryDiary
from crowdwise.app.markup import count, hours
from crowdwise.app.popular import most_owned
from crowdwise.app.search import Search
from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from crowdwise.app.participation import Participation
    from crowdwise.app.sources import Players
    from crowdwise.steam.recommender import Recommender

WAYS = ("player", "games", "alike")
MOST_OWNED = 200  # games a user may enter by hand
MOST_HOURS = 100_000
UNSAID_MINUTES = 600.0  # what a game was played when its hours are left out: ten hours, as one likes it


@dataclass(frozen=True)
class Game:
    """A game as the app shows it."""

    game_id: str
    name: str
    genres: tuple[str, ...] = ()
    price: float | None = None
    price_text: str | None = None


@dataclass(frozen=True)
class Because:
    """An owned game behind a recommendation, its share of what owned games add, and whether it was played at all."""

    name: str
    share: float
    played: bool = True


@dataclass(frozen=True)
class Shown:
    """A recommended game: the owned games behind it, or its likeness to the chosen one."""

    game: Game
    reasons: tuple[Because, ...] = ()
    likeness: float | None = None


@dataclass(frozen=True)
class Answer:
    """A heading, a line on what it was made from, and the games, best first."""

    title: str
    lead: str
    games: tuple[Shown, ...]


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
        the same for all.
    diary : Diary
        Where submissions are kept.
    """

    recommender: Recommender
    players: Players | None = None
    participation: Participation | None = None
    diary: Diary = field(default_factory=MemoryDiary)
    way: str = "player"
    player: str = ""
    owned: dict[str, float | None] = field(default_factory=dict)
    game_id: str = ""

    def __post_init__(self) -> None:
        table = self.recommender.games
        rows = self._rows = table.to_dict("records")
        self._games = {str(row["game_id"]): _as_game(row) for row in rows}
        kept = [row for row in rows if row.get("is_game", True) and not isinstance(row.get("twin_of"), str)]
        weights = [float(row.get("owners", 0) or 0) for row in kept]
        self._search = Search([str(row["game_id"]) for row in kept], [str(row["name"]) for row in kept], weights)
        self.reset()

    def get(self) -> dict[str, Any]:
        """Give the state as a JSON document."""
        owned = [[game_id, played] for game_id, played in self.owned.items()]
        return {"way": self.way, "player": self.player, "owned": owned, "game_id": self.game_id}

    def set(self, state: dict[str, Any]) -> None:
        """Take a state that `get` gave, perhaps in another session; what this model does not know is left out.

        Raises
        ------
        Problem
            If it does not have a state's form.
        """
        try:
            way, player, game_id = str(state["way"]), str(state["player"]), str(state["game_id"])
            owned = {str(key): None if played is None else float(played) for key, played in state["owned"]}
        except (KeyError, TypeError, ValueError) as error:
            raise Problem("this is no state of the Steam tab", remedy="Start anew") from error
        if way not in WAYS or any(played is not None and not 0 <= played <= MOST_HOURS for played in owned.values()):
            raise Problem("this is no state of the Steam tab", remedy="Start anew")
        self.way, self.player = way, player
        self.owned = {key: played for key, played in owned.items() if key in self._games}
        self.game_id = game_id if game_id in self._games else ""

    def reset(self) -> None:
        """Go back to the start."""
        self.way = "player" if self.players else "games"
        self.player, self.owned, self.game_id = "", {}, ""

    def game(self, game_id: str) -> Game:
        """Give what is known of a game; a Problem if the model does not know it."""
        if game_id not in self._games:
            raise Problem(f"no game has the id {game_id!r}", remedy="Choose one from the list")
        return self._games[game_id]

    def find(self, words: str, n: int = 8) -> list[Game]:
        """Give up to `n` games that the typed words may mean."""
        return [self._games[game_id] for game_id in self._search.find(words, n)]

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
            raise Problem(f"{MOST_OWNED} games are as many as fit here", remedy="Remove one first")
        self.owned[game_id] = played

    def play(self, game_id: str, words: str) -> None:
        """Take the hours typed for an owned game; nothing typed means not said."""
        cleaned = words.strip().replace(",", ".")
        try:
            played = float(cleaned) if cleaned else None
        except ValueError:
            played = -1.0
        if played is not None and not 0 <= played <= MOST_HOURS:
            name = self.game(game_id).name
            raise Problem(
                f"{words.strip()!r} is not a number of hours for {name}", remedy="Use a number such as 12 or 1.5"
            )
        self.owned[game_id] = played

    def disown(self, game_id: str) -> None:
        """Take an owned game away."""
        self.owned.pop(game_id, None)

    def ask(self) -> Answer:
        """Give the answer to the present state, and keep both in the diary."""
        answer = self.answer()
        told = [{"game_id": shown.game.game_id, "name": shown.game.name} for shown in answer.games]
        games = [(shown.game.game_id, shown.likeness or 0.0) for shown in answer.games]
        arm = self.participation.arm if self.participation else ""
        self.diary.submit("steam", self.get(), {"title": answer.title, "games": told}, games=games, arm=arm)
        return answer

    def answer(self) -> Answer:
        """Give ten games for the present state.

        Raises
        ------
        Problem
            If nothing is chosen yet, or the player is not known.
        """
        if self.way == "player":
            return self._for_player()
        if self.way == "games":
            return self._for_games()
        if not self.game_id:
            raise Problem("no game is chosen yet", remedy="Type a few letters of its name and pick it")
        name = self.game(self.game_id).name
        lead = "The games whose owners are most like its own."
        return Answer(f"Games like {name}", lead, self.alike(self.game_id))

    def alike(self, game_id: str, n: int = 10) -> tuple[Shown, ...]:
        """Give the games most like one."""
        self.game(game_id)
        return tuple(
            Shown(self._games.get(one.game_id, Game(one.game_id, one.name)), likeness=one.score)
            for one in self.recommender.similar(game_id, n=n)
        )

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
        title = f"Ten games for player {player_id}"
        if not library:
            lead = "This library is empty, so these are what most players like."
            return Answer(title, lead, self._ten({}, player_id))
        total = hours(sum(game.minutes_total for game in library))
        top = ", ".join(f"{game.name} ({hours(game.minutes_total)})" for game in library[:3])
        lead = f"Owns {count(len(library), 'game')}, {total} in all. Played most: {top}."
        return Answer(title, lead, self._ten({game.game_id: float(game.minutes_total) for game in library}, player_id))

    def _for_games(self) -> Answer:
        if not self.owned:
            raise Problem("no game is chosen yet", remedy="Type a few letters of a game you own and pick it")
        names: Sequence[str] = [self.game(game_id).name for game_id in self.owned]
        owned = f"{count(len(names), 'game')}: {', '.join(names[:6])}{' and more' if len(names) > 6 else ''}."
        lead = f"{'For an owner of' if self.participation else 'Made from'} {owned}"  # true in each arm
        minutes = {key: UNSAID_MINUTES if played is None else played * 60 for key, played in self.owned.items()}
        return Answer("Ten games for you", lead, self._ten(minutes))

    def _ten(self, minutes: dict[str, float], unit: str = "") -> tuple[Shown, ...]:
        """Give what is shown to the owner of these games: in an experiment, as the unit's arm has it."""
        advised = self._recommend(minutes)
        if self.participation is None:
            return advised
        plain = tuple(Shown(self._games[game_id]) for game_id in most_owned(self._rows, minutes))
        held = _ids(
            advised
        )  # noted in both arms: reviews of what was held back are compared with those of what was shown

        def tell(shown: tuple[Shown, ...]) -> dict[str, object]:
            return {"way": self.way, "games": _ids(shown), "recommended": held}

        return self.participation.choose(advised, plain, tell, unit)

    def _recommend(self, minutes: dict[str, float]) -> tuple[Shown, ...]:
        return tuple(
            Shown(
                self._games.get(one.game_id, Game(one.game_id, one.name)),
                tuple(Because(why.name, why.share, minutes.get(why.game_id, 1) > 0) for why in one.reasons),
            )
            for one in self.recommender.recommend(minutes, n=10)
        )


def _ids(shown: Iterable[Shown]) -> list[str]:
    return [one.game.game_id for one in shown]


def _as_game(row: Mapping[Any, Any]) -> Game:
    price, genres, words = row.get("price"), row.get("genres"), row.get("price_text")
    listed = genres.split(",") if isinstance(genres, str) else genres if isinstance(genres, Iterable) else ()
    return Game(
        str(row["game_id"]),
        str(row["name"]),
        tuple(str(genre).strip() for genre in listed if str(genre).strip()),
        float(price) if price is not None and price == price else None,
        words if isinstance(words, str) and words else None,
    )
