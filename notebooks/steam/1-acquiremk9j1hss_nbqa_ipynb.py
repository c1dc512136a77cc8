# %%NBQA-CELL-SEP6b9c09
profile = "sample"
source = "made-up"
pinned = {}
players = 1500
seed = 20170131
max_reject_share = 0.001
twin_share = 0.9
twin_min_owners = 20


# %%NBQA-CELL-SEP6b9c09
from crowdwise.steam.acquisition import acquire
from crowdwise.steam.figures.acquire import draw_oddities, draw_order
from crowdwise.steam.prelude import *

report = Report("steam", "1-acquire", profile)
twins = {"twin_share": twin_share, "twin_min_owners": twin_min_owners}
makes = {"players": players, "seed": seed}
acquired = acquire(report.layout, source, pinned=pinned, max_reject_share=max_reject_share, **makes, **twins)
tables = acquired.tables
report


# %%NBQA-CELL-SEP6b9c09
acquired.file_table().drop(columns="sha256")


# %%NBQA-CELL-SEP6b9c09
reconciliation = tables.reconciliation()
reconciliation


# %%NBQA-CELL-SEP6b9c09
tables.rejects().head(20)


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_oddities(tables.facts)
alt = f"Dots on a log scale: the share of rows that each oddity touches. {finding}."
show(figure, alt=alt, source=f"{len(tables.players):,} players, {len(tables.owned):,} owned games", data=tables.facts)


# %%NBQA-CELL-SEP6b9c09
games = tables.games.set_index("game_id")
twin = games[games["twin_of"].notna()].nlargest(12, "owners")
better = games.loc[twin["twin_of"], "name"].to_numpy()
pd.DataFrame({"game": twin["name"], "owners": twin["owners"], "twin of": better})


# %%NBQA-CELL-SEP6b9c09
games.loc[~games["is_game"], ["name", "genres", "in_catalogue", "owners", "players"]].nlargest(12, "owners")


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_order(tables.players)
show(figure, alt=f"Line and band: library sizes along the file, median and middle half. {finding}.")


# %%NBQA-CELL-SEP6b9c09
names = ["games", "players", "owned", "reviews", "bundles"]
frames = {name: getattr(tables, name) for name in names}
pd.DataFrame(
    [
        (name, column, str(frame[column].dtype), len(frame), int(frame[column].isna().sum()))
        for name, frame in frames.items()
        for column in frame
    ],
    columns=["table", "column", "type", "rows", "missing"],
)


# %%NBQA-CELL-SEP6b9c09
for name, frame in frames.items():
    report.metric(name, len(frame), unit="rows")
report.metric("lines_read", reconciliation.loc[reconciliation["unit"] == "lines", "read"].sum(), unit="lines")
report.metric("units_unreadable", len(tables.rejects()), unit="units")
report.metric("players_with_games", (tables.players["games"] > 0).sum(), unit="players")
report.metric("owned_games", (games["owners"] > 0).sum(), unit="games")
report.metric("twins", games["twin_of"].notna().sum(), unit="games")
report.metric(
    "never_played_share", proportion_interval(int((tables.owned["minutes_total"] == 0).sum()), len(tables.owned))
)


# %%NBQA-CELL-SEP6b9c09
report.save()
