# %%NBQA-CELL-SEP6b9c09
profile = "sample"
seed = 20170131
level = 0.95


# %%NBQA-CELL-SEP6b9c09
from scipy import stats

from crowdwise.steam.distributions import describe_twins, gini, suggest_transformations
from crowdwise.steam.figures.games import draw_completeness, draw_fame, draw_genres, draw_price
from crowdwise.steam.figures.libraries import draw_library_sizes, draw_minutes, draw_never_played, draw_verdicts
from crowdwise.steam.prelude import *

report = Report("steam", "2-explore", profile)
names = ("games", "players", "owned", "reviews")
games, players, owned, reviews = (read_table(report.table(name)) for name in names)
report


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_completeness(games)
show(figure, alt=f"Dots: share of games of which each field is known. {finding}.", source=f"{len(games):,} games")


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_library_sizes(players)
source = f"{(players['games'] > 0).sum():,} players with games; {(players['games'] == 0).sum():,} own none"
show(figure, alt=f"Histogram of games owned, log scale. {finding}.", source=source)


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_fame(games)
show(figure, alt=f"Line on log axes: owners by rank. {finding}.", source=f"{(games['owners'] > 0).sum():,} owned games")


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_never_played(players)
show(figure, alt=f"Line and band: share never played, by library size. {finding}.", source=source)


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_minutes(owned)
show(figure, alt=f"Line on log axes: share of games played for longer than a time. {finding}.")


# %%NBQA-CELL-SEP6b9c09
libraries = players[players["games"] > 0]
suggest_transformations(
    {
        "games a player owns": libraries["games"],
        "share of a library never played": 1 - libraries["games_played"] / libraries["games"],
        "minutes, owned game": owned["minutes_total"],
        "minutes in two weeks, owned game": owned["minutes_two_weeks"],
        "owners, owned game": games.loc[games["owners"] > 0, "owners"],
        "price, listed game": games["price"],
        "metascore, listed game": games["metascore"],
    }
).round(2)


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_price(games, owned)
show(
    figure,
    alt=f"Left: hours by price; right: share never played by price. {finding}.",
    source="owned copies with a price; hours: of those that were played",
)


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_genres(games, owned)
show(
    figure,
    alt=f"Dots: each genre's share of owned copies and of hours. {finding}.",
    source="games with a genre, no other apps",
)


# %%NBQA-CELL-SEP6b9c09
describe_twins(games, owned).round(2)


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_verdicts(reviews, owned)
show(figure, alt=f"Dots with intervals: share of reviews that recommend, by time played. {finding}.")


# %%NBQA-CELL-SEP6b9c09
place = {"unit": "share"}
report.metric("games_per_player", mean_interval(libraries["games"], seed=seed, level=level), unit="games")
report.metric("games_per_player_median", libraries["games"].median(), unit="games", n=len(libraries))
unplayed = 1 - libraries["games_played"] / libraries["games"]
report.metric("never_played_share_per_player", mean_interval(unplayed, seed=seed, level=level), **place)
report.metric("recommending_reviews", proportion_interval(int(reviews["recommend"].sum()), len(reviews)), **place)


# %%NBQA-CELL-SEP6b9c09
known = games[games["owners"] > 0]
report.metric("owners_per_game_median", known["owners"].median(), unit="owners", n=len(known))
report.metric("owners_gini", gini(known["owners"]), n=len(known))
report.metric("copies_of_twins", known.loc[known["twin_of"].notna(), "owners"].sum() / known["owners"].sum(), **place)
report.metric("copies_of_no_games", known.loc[~known["is_game"], "owners"].sum() / known["owners"].sum(), **place)
played = owned[owned["minutes_total"] > 0].groupby("game_id")["minutes_total"].median()
paired = games.set_index("game_id")["price"].to_frame().join(played.rename("minutes"), how="inner").dropna()
report.metric(
    "price_and_minutes_rank_correlation", stats.spearmanr(paired["price"], paired["minutes"])[0], n=len(paired)
)


# %%NBQA-CELL-SEP6b9c09
report.save()
