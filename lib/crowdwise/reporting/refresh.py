"""The page of a refresh: what new months hold, how far they drifted, and whether to fit the model anew."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.reporting.figures import figure_to_html
from crowdwise.reporting.frames import frame_to_html
from crowdwise.reporting.index import render_index
from crowdwise.reporting.look import environment
from crowdwise.reporting.notebook import WORDS
from crowdwise.storage.documents import read_json
from crowdwise.storage.whole import whole_file

MOST = 15  # values never seen in the page; all stand in refresh.json
SMALLEST = 0.001  # of the stability index in the figure
MODERATE, LARGE = 0.1, 0.25  # the usual borders of the stability index (Siddiqi 2006)
SCORES = {
    "auc": "AUC",
    "auc_within": "AUC within sub-category and year",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}


def main(arguments: list[str] | None = None) -> int:
    """Write the page of a profile's last refresh, if there was one."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    try:
        layout = Layout(parser.parse_args(arguments).profile)
        document = layout.report("kickstarter", "refresh", "json")
        if document.exists():
            page = layout.report("kickstarter", "refresh", "html")
            text = render_refresh(read_json(document))
            with whole_file(page) as place:
                place.write_text(text, encoding="utf-8")
            index = layout.reports / "index.html"
            if index.exists():  # it says what the last refresh found
                with whole_file(index) as place:
                    place.write_text(render_index(layout), encoding="utf-8")
            print(f"crowdwise: {layout.relative(page)} is current", file=sys.stderr)
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


def render_refresh(document: dict[str, Any]) -> str:
    """Give the page of what ``refresh.json`` holds."""
    theme.apply()
    months = [_month(month) for month in document["months"]]
    return (
        environment()
        .get_template("refresh.html.j2")
        .render(
            profile=document["profile"],
            source=WORDS[document["source"]],
            made_up=document["source"] == "made up",
            held=document["held_against"],
            retrain=document["retrain"],
            level=document["level"],
            months=months,
        )
    )


def draw_drift(drift: pd.DataFrame) -> tuple[Figure, str]:
    """Draw each feature's stability index beside the usual borders; give the figure and its finding."""
    above = drift[drift["psi"] > LARGE]
    most = drift.iloc[0]
    finding = (
        f"{len(above)} of {len(drift)} features drifted by more than {LARGE:g}, {most['feature']} most "
        f"({most['psi']:.2f})"
        if len(above)
        else f"No feature drifted by more than {LARGE:g}; {most['feature']} most ({most['psi']:.2f})"
    )
    figure, axes = plt.subplots(figsize=(8.0, 0.34 * len(drift) + 1.7))
    rows = drift.iloc[::-1]
    shown = rows["psi"].clip(lower=SMALLEST)
    colours = [theme.ALARM if psi > LARGE else theme.ACCENT for psi in rows["psi"]]
    axes.hlines(rows["feature"], SMALLEST, shown, color=colours, linewidth=2)
    axes.scatter(shown, rows["feature"], color=colours, zorder=3)
    for border, word in ((MODERATE, "moderate"), (LARGE, "large")):
        axes.axvline(border, color=theme.INK, linewidth=1, linestyle="--")
        side, start = ("right", -4) if word == "moderate" else ("left", 4)
        axes.annotate(
            f"{border:g}, {word}",
            (border, 1),
            (start, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            va="bottom",
        )
    axes.set_xscale("log")
    axes.set_xlim(SMALLEST / 1.3, max(1.0, 1.5 * float(shown.max())))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(f"population stability index (log scale; {SMALLEST:g} or less at the left edge)")
    axes.grid(visible=False, axis="y")
    axes.set_title(finding, pad=24)
    return figure, finding


def _month(month: dict[str, Any]) -> dict[str, Any]:
    drift = pd.DataFrame(month["drift"])
    figure, finding = draw_drift(drift)
    novelty = month["novelty"]
    new = [(name, value, n) for name, values in novelty["unseen"].items() for value, n in values.items()]
    new.sort(key=lambda row: (-row[2], row[:2]))
    criteria = pd.DataFrame(month["verdict"]["criteria"]).rename(columns={"name": "criterion", "met": "retrain"})
    criteria["value"] = criteria["value"].astype(float).round(3)
    return {
        **{name: month[name] for name in ("name", "records", "left_out", "projects", "decided", "not_held", "fields")},
        "retrain": month["verdict"]["retrain"],
        "because": month["verdict"]["because"],
        "criteria": Markup(frame_to_html(criteria[["criterion", "value", "threshold", "retrain", "words"]])),
        "figure": Markup(figure_to_html(figure, alt=f"Bars: stability index by feature. {finding}.", data=drift)),
        "success": Markup(frame_to_html(_success(month["success"]))),
        "new": Markup(frame_to_html(pd.DataFrame(new[:MOST], columns=["column", "value", "projects"]))),
        "more": max(0, len(new) - MOST),
        "share_new": novelty["share"],
        "words_then": novelty["words_then"],
        "words_now": novelty["words_now"],
        "model": Markup(frame_to_html(_model(month["model"]))) if month["model"] and month["model"]["now"] else None,
        "judged": month["model"]["projects"] if month["model"] else None,
        "chance": month["model"]["calibration_by_chance"] if month["model"] else None,
    }


def _success(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Give the comparison of success rates to read, intervals beside their values."""
    return pd.DataFrame(
        {
            "parent category": row["parent_category"],
            "learnt from": f"{row['projects_then']:,} ({row['share_then']:.1%})",
            "succeeded": _interval(row["rate_then"], row["low_then"], row["high_then"]),
            "in the month": f"{row['projects_now']:,} ({row['share_now']:.1%})",
            "succeeded there": _interval(row["rate_now"], row["low_now"], row["high_now"]),
            "difference": _interval(row["difference"], row["difference_low"], row["difference_high"]),
            "p (Holm)": _chance(row["p_holm"]),
        }
        for row in rows
    )


def _model(model: dict[str, Any]) -> pd.DataFrame:
    parts = {"in cross-validation": model["cross_validation"], "on the month": model["now"]}
    rows = {
        words: {
            column: _interval(*(scores[name][part] for part in ("value", "low", "high"))) if name in scores else "–"
            for column, scores in parts.items()
        }
        for name, words in SCORES.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("score")


def _chance(p_value: float | None) -> str:
    return "–" if p_value is None else "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    sys.exit(main())
