"""Is the answer given away? One feature, the crawl's cells, or time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.checks.finding import Check, Finding, Severity, grade
from crowdwise.kickstarter.evaluation import LEAK_PROBE
from crowdwise.kickstarter.history import SHRINK
from crowdwise.kickstarter.protocols.protocol import ROLLING, Protocol
from crowdwise.kickstarter.protocols.running import Judged
from crowdwise.kickstarter.splits import Split

GOLDEN_WARNING, GOLDEN_SEVERE = 0.75, 0.9
PROBE_WARNING, PROBE_SEVERE = 0.5, 0.75
GOLDEN = Check(
    "CW-K01",
    "golden feature",
    f"one feature alone goes {GOLDEN_WARNING:.0%} of the way above chance that all go (severe: {GOLDEN_SEVERE:.0%})",
    "Find out when this feature is known and who wrote it; leave it out if it follows from the outcome",
)
OVERLAP = Check(
    "CW-K02",
    "time overlap",
    "a rolling test learns from a project that ends after a launch it judges (severe); none is run (warning)",
    "Learn only from projects whose deadline had passed before the first launch judged",
)
PROBE = Check(
    "CW-K08",
    "leak probe close to the model",
    f"sub-category and day alone go {PROBE_WARNING:.0%} of the way above chance (severe: {PROBE_SEVERE:.0%})",
    "Report later launches, other months and the score within sub-category and year before this one",
)
BINS = 20


def feature_strengths(features: pd.DataFrame, outcome: np.ndarray, split: Split) -> pd.DataFrame:
    """Give how well each feature alone ranks the projects judged: ``feature, auc``, the best first.

    A number is cut into 20 bins of equal counts (a missing one is a bin of its own), a category is its values; each
    gets the success rate of its training rows, shrunk as if 20 projects had the overall rate.
    """
    y = np.asarray(outcome, dtype=float)
    whole, rows = y[split.train].mean(), []
    for name in features:
        numeric = pd.api.types.is_numeric_dtype(features[name])
        codes = _bins(features[name].to_numpy(float), split) if numeric else pd.factorize(features[name])[0]
        codes = codes - codes.min()
        n = np.bincount(codes[split.train], minlength=codes.max() + 1)
        won = np.bincount(codes[split.train], y[split.train], minlength=codes.max() + 1)
        rate = (won + SHRINK * whole) / (n + SHRINK)
        rows.append((str(name), auc_interval(outcome[split.test], rate[codes[split.test]]).value))
    table = pd.DataFrame(rows, columns=["feature", "auc"])
    return table.sort_values(["auc", "feature"], ascending=[False, True], ignore_index=True)


def golden_feature(strengths: pd.DataFrame, auc: float) -> Finding:
    """Look for a feature that alone ranks nearly as well as all; `auc` is the model's on the same projects."""
    name, alone = strengths["feature"].iloc[0], float(strengths["auc"].iloc[0])
    share = _share(alone, auc)
    finding = f"{name} alone has AUC {alone:.3f}, all features {auc:.3f}: {share:.0%} of the way above chance"
    return GOLDEN.found(grade(share, GOLDEN_WARNING, GOLDEN_SEVERE), finding)


def time_overlap(projects: pd.DataFrame, protocols: Sequence[Protocol]) -> Finding:
    """Look for projects learnt from that end after a launch judged, where a protocol is meant to foretell."""
    told, severity = [], Severity.WARNING
    for protocol in protocols:
        late = sum(_late(projects, split) for split in protocol.parts.values())
        learnt = sum(len(split.train) for split in protocol.parts.values())
        if protocol.name == ROLLING and protocol.parts:
            severity = Severity.SEVERE if late else Severity.OK
        if learnt:
            told.append(f"{protocol.name} {late / learnt:.0%}")
    finding = "share of projects learnt from that end after the first launch judged: " + ", ".join(told)
    if severity is Severity.WARNING:
        finding += "; no rolling test was run, so nothing here foretells"
    return OVERLAP.found(severity, finding)


def leak_probe(judged: Sequence[Judged], model: str) -> Finding:
    """Look how much of a model's ranking a probe reaches that sees nothing but where and when the crawl looked."""
    worst, told = -1.0, []
    for protocol in dict.fromkeys(each.protocol for each in judged):
        parts = [each for each in judged if each.protocol == protocol and {model, LEAK_PROBE} <= set(each.found)]
        if parts:
            probe, own = (
                float(np.mean([auc_interval(each.outcome, each.found[name]).value for each in parts]))
                for name in (LEAK_PROBE, model)
            )
            worst = max(worst, _share(probe, own))
            told.append(f"{_share(probe, own):.0%} in {protocol} (AUC {probe:.3f} of {own:.3f})")
    if not told:
        return PROBE.skipped("the probe did not run beside the model")
    finding = f"of what {model} ranks above chance the probe reaches {', '.join(told)}"
    return PROBE.found(grade(worst, PROBE_WARNING, PROBE_SEVERE), finding)


def _share(alone: float, whole: float) -> float:
    """Give how far one AUC goes of the way above chance that another goes; 1 where that goes none."""
    return max(0.0, (alone - 0.5) / (whole - 0.5)) if whole > 0.5 else 1.0


def _late(projects: pd.DataFrame, split: Split) -> int:
    first = projects["launched_at"].iloc[split.test].min()
    return int((projects["deadline"].iloc[split.train] >= first).sum())


def _bins(values: np.ndarray, split: Split) -> np.ndarray:
    known = values[split.train]
    known = known[~np.isnan(known)]
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.array([])
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
