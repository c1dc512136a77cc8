"""The protocols on the real months: who teaches and who judges, to the row; scores with a tolerance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from crowdwise.kickstarter.checks.finding import Severity
from crowdwise.kickstarter.checks.leaks import leak_probe
from crowdwise.kickstarter.comparison import WITHIN, pick
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, PORTABLE_MODEL, Study, make_models, set_up_study
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.prior import ReferenceRate
from crowdwise.kickstarter.protocols.headline import last_cut
from crowdwise.kickstarter.protocols.protocol import CROSS_VALIDATION, ROLLING, list_protocols
from crowdwise.kickstarter.protocols.running import run_protocols
from crowdwise.kickstarter.protocols.scoring import MEAN, score_judged
from crowdwise.kickstarter.protocols.shifts import AS_LEARNT, CARRIED, LATEST, shift_cut
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.kickstarter.scores import calibration_error
from crowdwise.kickstarter.union import unite
from project_copy import ROOT

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def real(realdata: Path) -> Study:
    paths = sorted(path for pattern in PATTERNS for path in (realdata / "kickstarter").glob(pattern))
    return set_up_study(unite([read_month(path) for path in paths]).projects, seed=20180112)


def chosen_models() -> dict[str, Callable[[], Model]]:
    """The models with the settings that were chosen for real months."""
    section = yaml.safe_load((ROOT / "params/local/kickstarter.yaml").read_text())["model"]
    return make_models(
        **section["sizes"], boosted=section["boosted"], portable=section["portable"], seed=section["seed"]
    )


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
def test_the_last_cut_is_calibrated_by_the_rate_of_the_year_before(real: Study) -> None:
    (rolling,) = (protocol for protocol in list_protocols(real) if protocol.name == ROLLING)
    last, split = list(rolling.parts.items())[-1]
    models = chosen_models()
    few = {name: models[name] for name in (CHOSEN, PORTABLE_MODEL, LEAK_PROBE)}
    judged = run_protocols(real, [replace(rolling, parts={last: split})], few)
    assert leak_probe(judged, CHOSEN).severity is not Severity.OK
    cut, shifted = shift_cut(real, judged, ReferenceRate(0.41, "a count"))
    assert cut.part == "2023-01-01"
    assert calibration_error(cut.outcome, shifted[LATEST][1], seed=1).value < 0.06


@pytest.mark.slow
@pytest.mark.parametrize(
    ("month", "within", "rolling", "year_before"),
    [("2018-01-12", 0.817, 0.913, 0.123), ("2023-07-17", 0.786, 0.891, 0.047)],
)
def test_one_month_alone_gives_what_it_gave(
    real: Study, month: str, within: float, rolling: float, year_before: float
) -> None:
    assert real.everyone is not None
    study = set_up_study(real.everyone[real.everyone["seen_in"] == month].reset_index(drop=True), seed=20180112)
    protocols = [each for each in list_protocols(study) if each.name in (CROSS_VALIDATION, ROLLING)]
    models = chosen_models()
    judged = run_protocols(study, protocols, {name: models[name] for name in (CHOSEN, PORTABLE_MODEL)})
    scores = score_judged(judged, seed=1, level=0.95, resamples=50)
    assert pick(scores, "auc", CHOSEN, CROSS_VALIDATION).value > 0.93
    assert pick(scores, "calibration_error", CHOSEN, CROSS_VALIDATION).value < 0.02
    assert pick(scores, "auc", CHOSEN, CROSS_VALIDATION, WITHIN).value == pytest.approx(within, abs=0.005)
    assert pick(scores, "auc", CHOSEN, ROLLING, MEAN).value == pytest.approx(rolling, abs=0.01)
    assert pick(scores, "auc", PORTABLE_MODEL, ROLLING, last_cut(scores)).value > 0.86
    last, shifted = shift_cut(study, judged, ReferenceRate(0.41, "a count"))
    errors = {way: calibration_error(last.outcome, shifted[way][1], seed=1).value for way in (AS_LEARNT, CARRIED)}
    assert all(error < 0.06 for error in errors.values())
    # The crawl of 2018 caught fewer successes of 2016 than of 2017: the rate of the year before misleads there.
    assert calibration_error(last.outcome, shifted[LATEST][1], seed=1).value == pytest.approx(year_before, abs=0.015)
