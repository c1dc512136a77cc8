# %%NBQA-CELL-SEP6b9c09
profile = "sample"
seed = 20170131
level = 0.95
alpha = 0.05
power = 0.8
treatment_share = 0.5
uptake = 0.6
lift = 0.1
collecting_years = 5.0
window_days = 14
cap_share = 0.99
players_per_day = 1500.0
eligible_players = 500000
weeks = 26


# %%NBQA-CELL-SEP6b9c09
from crowdwise.experiment.comparison import Comparison, tabulate_duration, tabulate_power, tabulate_sizes
from crowdwise.experiment.design import Baseline, Enrolment, capped, counts_in_window
from crowdwise.experiment.figures import draw_duration, draw_power
from crowdwise.steam.prelude import *

report = Report("steam", "4-experiment", profile)
games, players = read_table(report.table("games")), read_table(report.table("players"))
owned = read_table(report.table("owned"), columns=["player_id", "game_id", "minutes_two_weeks"])
report


# %%NBQA-CELL-SEP6b9c09
bought = owned["game_id"].isin(games.loc[games["is_game"] & (games["price"] > 0), "game_id"])
paid_games = owned[bought].groupby("player_id").size().reindex(players["player_id"], fill_value=0)
minutes = owned.groupby("player_id")["minutes_two_weeks"].sum().reindex(players["player_id"], fill_value=0)
windows = collecting_years * 365.25 / window_days
pace = counts_in_window(paid_games, windows)
hours = Baseline.of(capped(minutes / 60, cap_share))
pace_mean = mean_interval(paid_games / windows, seed=seed, level=level)
hours_mean = mean_interval(capped(minutes / 60, cap_share), seed=seed, level=level)
active = proportion_interval(int((minutes > 0).sum()), len(minutes), level=level)


# %%NBQA-CELL-SEP6b9c09
names = ["games bought", "hours played", "active players"]
spread = [pace.sd, hours.sd, np.sqrt(active.value * (1 - active.value))]
known = ["size of libraries measured, pace assumed", "measured", "measured"]
estimates = [pace_mean, hours_mean, active]
rows = [(n, e.value, e.low, e.high, s, k) for n, e, s, k in zip(names, estimates, spread, known, strict=True)]
columns = ["metric per player in the window", "mean", "low", "high", "sd between players", "where from"]
pd.DataFrame(rows, columns=columns).round(3)


# %%NBQA-CELL-SEP6b9c09
rules = {"alpha": alpha, "power": power, "treatment_share": treatment_share, "uptake": uptake}
rules |= {"unit": "players", "takers": "who look"}
enrolment = Enrolment(players_per_day, window_days, eligible_players)
sales = Comparison("games bought", baseline=pace.mean, sd=pace.sd, **rules)
play = Comparison("hours played", baseline=hours.mean, sd=hours.sd, **rules)
activity = Comparison("active players", baseline=active.value, **rules)
more_active = min(lift * active.value, (1 - active.value) / 2)
cases = {c.metric: (c, lift * c.baseline) for c in (sales, play)} | {"active players": (activity, more_active)}
sizes = tabulate_sizes(cases, enrolment)
sizes.round(3)


# %%NBQA-CELL-SEP6b9c09
needed = sales.size(lift * sales.baseline)
chosen = f"{lift:+.0%}"
differences = {f"{x * lift:+.0%}": x * lift * sales.baseline for x in (0.5, 1, 1.5, 2)}
curves = tabulate_power(sales, differences)
figure, finding = draw_power(curves, sales, chosen, needed.control)
alt = f"Lines of power by players in the control arm, one for each lift of games bought. {finding}."
show(figure, alt=alt, source=f"baseline from {pace.n:,} libraries", data=curves)


# %%NBQA-CELL-SEP6b9c09
by_week = tabulate_duration(sales, enrolment, weeks)
figure, finding = draw_duration(by_week, sales, lift * sales.baseline)
alt = f"Line: the smallest lift of games bought that is found, by weeks. {finding}."
show(figure, alt=alt, source=f"{players_per_day:,.0f} new players a day", data=by_week)


# %%NBQA-CELL-SEP6b9c09
faster, slower = counts_in_window(paid_games, windows / 2), counts_in_window(paid_games, windows * 2)
baselines = {
    "mean at the low end of its interval": (pace_mean.low, pace.sd),
    "mean at the high end of its interval": (pace_mean.high, pace.sd),
    "libraries grown in half the years": (faster.mean, faster.sd),
    "libraries grown in twice the years": (slower.mean, slower.sd),
}
sensitivity = {k: (Comparison("games bought", baseline=m, sd=s, **rules), lift * m) for k, (m, s) in baselines.items()}
tabulate_sizes({"as designed": (sales, lift * sales.baseline)} | sensitivity, enrolment).round(3)


# %%NBQA-CELL-SEP6b9c09
for row, (estimate, unit) in enumerate(zip(estimates, ["games", "hours", "share"], strict=True)):
    name, size = names[row], sizes.iloc[row]
    report.metric("baseline", estimate, unit=unit, slice=name)
    report.metric("sample_size_per_arm", max(size["control"], size["treatment"]), unit="players", slice=name)
    if pd.notna(size["days"]):
        report.metric("duration_days", size["days"], unit="days", slice=name)
found = by_week.iloc[-1]
report.metric("minimum_detectable_effect", found["relative"], unit="share", slice="games bought")


# %%NBQA-CELL-SEP6b9c09
report.save()
