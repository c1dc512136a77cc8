# %%NBQA-CELL-SEP6b9c09
profile = "sample"
seed = 20170131
level = 0.95
holdout_share = 0.2
newcomer_share = 0.2
most_played = 10
item_neighbours = 100
components = 32
epochs = 30
learning_rate = 0.05
item_alpha = 0.0
gate = 0.75


# %%NBQA-CELL-SEP6b9c09
from crowdwise.steam.deployment import build_recommender, describe_card
from crowdwise.steam.evaluation import NEWCOMERS, SLICES, Evaluation, Trial, tabulate, tabulate_differences
from crowdwise.steam.figures.model import draw_by_library, draw_differences, draw_models, list_recommendations
from crowdwise.steam.models import Chance, FoldedWarp, ItemKNN, Neighbours, Popularity, Warp
from crowdwise.steam.prelude import *
from crowdwise.steam.recommender import Recommender

report = Report("steam", "3-model", profile)
owned, games = read_table(report.table("owned")), read_table(report.table("games"))
trial = Trial.draw(owned, games, share=holdout_share, seed=seed)
report


# %%NBQA-CELL-SEP6b9c09
tested = np.diff(trial.test.owned.indptr) > 0
pd.DataFrame(
    {"players": [len(tested), int(tested.sum())], "owned games": [trial.train.owned.nnz, trial.test.owned.nnz]},
    index=["to learn from", "to test on"],
).assign(games=trial.whole.shape[1])


# %%NBQA-CELL-SEP6b9c09
warp = Warp(components, epochs, learning_rate, item_alpha, seed)
folded = FoldedWarp(warp)
models = [Chance(seed), Popularity(), Neighbours(most_played), ItemKNN(item_neighbours), warp, folded]
evaluation = Evaluation.run(models, trial, seed=seed, level=level)
scores = list(evaluation.scores())


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_models(evaluation, scores, gate)
alt = f"Dots with intervals: AUC, NDCG@10 and recall@10 of {len(models)} models. {finding}."
show(
    figure, alt=alt, source=f"{tested.sum():,} players, {trial.test.owned.nnz:,} held-out games", data=tabulate(scores)
)


# %%NBQA-CELL-SEP6b9c09
tables = [tabulate(scores, name).assign(target=name) for name in SLICES]
pd.concat(tables).set_index(["target", "model"])


# %%NBQA-CELL-SEP6b9c09
figure, finding = draw_differences(evaluation, folded.name, "popularity")
show(figure, alt=f"Histogram of paired differences in AUC. {finding}.", source=f"{tested.sum():,} players")


# %%NBQA-CELL-SEP6b9c09
others = [("auc", "popularity"), ("ndcg_at_10", "popularity"), ("ndcg_at_10", "item-kNN")]
differences = [(name, other, evaluation.difference(name, folded.name, other)) for name, other in others]
tabulate_differences(folded.name, differences)


# %%NBQA-CELL-SEP6b9c09
sizes = np.diff(trial.train.owned.indptr)
figure, finding = draw_by_library(evaluation, [folded.name, "item-kNN", "popularity"], sizes)
show(figure, alt=f"Lines with bands: NDCG@10 by library size for three models. {finding}.")


# %%NBQA-CELL-SEP6b9c09
newcomers = trial.measure_newcomers(warp, share=newcomer_share, seed=seed).players
known_players = evaluation.ranked[folded.name]["all"].players.loc[newcomers.index]
means = {"learnt from": known_players.mean(), "never seen": newcomers.mean()}
pd.DataFrame(means).T.rename_axis(f"the same {len(newcomers):,} players").round(3)


# %%NBQA-CELL-SEP6b9c09
for score in scores:
    place = {"model": score.model, "split": "holdout", "slice": score.slice}
    report.metric(score.metric, score.estimate, higher_is_better=True, **place)
for name, values in newcomers.items():
    place = {"model": folded.name, "split": "holdout", "slice": NEWCOMERS}
    report.metric(name, mean_interval(values, seed=seed, level=level), higher_is_better=True, **place)
for name, other, difference in differences:
    place = {"model": f"{folded.name} less {other}", "split": "holdout"}
    report.metric(f"{name}_difference", difference, higher_is_better=True, **place)
report.metric("players_tested", tested.sum(), unit="players", split="holdout")
auc = evaluation.estimate("auc", folded.name)
deploy = auc.value >= gate
print(
    f"{folded.name}: AUC {auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}], gate {gate:g}:",
    "passes" if deploy else "fails",
)


# %%NBQA-CELL-SEP6b9c09
recommender = build_recommender(warp, trial.whole, games)
card = {"trained_on": f"{trial.whole.shape[0]:,} players ({report.source})", "deploy": deploy, "model": folded.name}
settings = {"components": components, "epochs": epochs, "learning_rate": learning_rate, "seed": seed}
metrics = report.document(deploy).document()
card = recommender.save(report.layout.model("steam"), card=card | {"settings": settings}, metrics=metrics)
describe_card(card)


# %%NBQA-CELL-SEP6b9c09
saved = Recommender.load(report.layout.model("steam"))
libraries = owned.merge(games[["game_id", "name"]], on="game_id")
counts = owned["player_id"].value_counts()
middle = counts[counts.between(counts.quantile(0.4), counts.quantile(0.6))].index.sort_values()
player = libraries[libraries["player_id"] == generator(seed, "example").choice(middle)]
player.nlargest(8, "minutes_total")[["name", "minutes_total"]]


# %%NBQA-CELL-SEP6b9c09
list_recommendations(saved.recommend(dict(zip(player["game_id"], player["minutes_total"], strict=True))))


# %%NBQA-CELL-SEP6b9c09
known = saved.games[saved.games["is_game"]].head(6)
pd.DataFrame({name: [s.name for s in saved.similar(game, 5)] for game, name in known[["game_id", "name"]].to_numpy()})


# %%NBQA-CELL-SEP6b9c09
report.save(deploy=deploy)
