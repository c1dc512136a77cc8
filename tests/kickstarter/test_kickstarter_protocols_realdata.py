"""The protocols on the real months: who teaches and who judges, to the row; scores with a tolerance."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crowdwise.kickstarter.checks.finding import Severity
from crowdwise.kickstarter.checks.leaks import leak_probe
from crowdwise.kickstarter.comparison import pick
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study, make_models, set_up_study
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.prior import ReferenceRate
from crowdwise.kickstarter.protocols.protocol import MONTHS, ROLLING, list_protocols
from crowdwise.kickstarter.protocols.running import judgements, run_protocols
from crowdwise.kickstarter.protocols.scoring import MEAN, score_judged
from crowdwise.kickstarter.protocols.shifts import CARRIED, LATEST, shift_cut
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.kickstarter.scores import calibration_error
from crowdwise.kickstarter.union import unite

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def real(realdata: Path) -> Study:
    paths = sorted(path for pattern in PATTERNS for path in (realdata / "kickstarter").glob(pattern))
    return set_up_study(unite([read_month(path) for path in paths]).projects, components=48, seed=20180112)


def test_who_teaches_and_who_judges_is_known_to_the_row(real: Study) -> None:
    charter, grouped, rolling, months = list_protocols(real)
    assert sum(len(split.test) for split in charter.parts.values()) == len(real.outcome) == 51_172
    assert grouped.remark.startswith("19,429 projects without a known creator")
    creators = real.projects["creator_id"]
    for split in grouped.parts.values():
        assert not set(creators.iloc[split.train].dropna()) & set(creators.iloc[split.test].dropna())
        assert real.outcome[split.test].mean() == pytest.approx(real.outcome.mean(), abs=0.005)
    assert list(rolling.parts) == [f"{year}-01-01" for year in range(2012, 2024)]
    assert [len(split.test) for split in rolling.parts.values()][-2:] == [2592, 1929]
    assert len(next(iter(rolling.parts.values())).train) == 4587
    assert {month: len(split.train) for month, split in months.parts.items()} == {
        "2018-01-12": 31_264,
        "2023-07-17": 21_906,
    }


@pytest.mark.slow
def test_later_years_and_other_months_give_what_they_gave(real: Study) -> None:
    protocols = [protocol for protocol in list_protocols(real) if protocol.name in (ROLLING, MONTHS)]
    models = make_models(boosted_trees=450, forest_trees=60, seed=20180112)
    judged = run_protocols(real, protocols, {name: models[name] for name in (CHOSEN, LEAK_PROBE)})
    scores = score_judged(judged, seed=1, level=0.95, resamples=50)
    assert pick(scores, "auc", CHOSEN, ROLLING, MEAN).value == pytest.approx(0.879, abs=0.01)
    assert pick(scores, "auc", LEAK_PROBE, ROLLING, MEAN).value == pytest.approx(0.803, abs=0.015)
    assert pick(scores, "auc", CHOSEN, ROLLING, "2023-01-01").value == pytest.approx(0.974, abs=0.01)
    assert pick(scores, "auc", CHOSEN, MONTHS, "2018-01-12").value == pytest.approx(0.811, abs=0.015)
    assert pick(scores, "auc", CHOSEN, MONTHS, "2023-07-17").value == pytest.approx(0.831, abs=0.015)
    assert leak_probe(judged, CHOSEN).severity is Severity.SEVERE
    last, shifted = shift_cut(real, judged, ReferenceRate(0.41, "a count"), CHOSEN)
    assert pd.Timestamp(last.part).year == 2023
    for way in (LATEST, CARRIED):
        assert calibration_error(last.outcome, shifted[way][1], seed=1).value < 0.06
    assert len(list(judgements(judged, MONTHS))) == 2
