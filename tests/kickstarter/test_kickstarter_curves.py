import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from crowdwise.kickstarter.curves import average_precision, hits_at, precision_recall, roc_curve

rng = np.random.default_rng(5)
SCORE = rng.random(3000).round(2)  # with many ties
OUTCOME = rng.random(3000) < SCORE


def test_the_area_below_the_roc_curve_is_that_of_scikit_learn() -> None:
    curve = roc_curve(OUTCOME, SCORE, points=10_000)
    area = np.trapezoid(curve["hits"], curve["false_alarms"])
    assert area == pytest.approx(metrics.roc_auc_score(OUTCOME, SCORE), abs=1e-12)
    assert curve["false_alarms"].tolist()[:1] == [0.0]
    assert curve.iloc[-1].tolist()[1:] == [1.0, 1.0]


def test_precision_and_recall_are_those_of_scikit_learn() -> None:
    curve = precision_recall(OUTCOME, SCORE, points=10_000)
    precision, recall, threshold = metrics.precision_recall_curve(OUTCOME, SCORE)
    np.testing.assert_allclose(curve["precision"], precision[:-1][::-1])
    np.testing.assert_allclose(curve["recall"], recall[:-1][::-1])
    np.testing.assert_allclose(curve["threshold"], threshold[::-1])


def test_average_precision_is_that_of_scikit_learn_and_its_interval_is_repeatable() -> None:
    found = average_precision(OUTCOME, SCORE, seed=1)
    assert found.value == pytest.approx(metrics.average_precision_score(OUTCOME, SCORE), abs=1e-12)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.06
    assert average_precision(OUTCOME, SCORE, seed=1) == found
    assert average_precision(OUTCOME, SCORE, seed=2).low != found.low


def test_a_thinned_curve_keeps_its_corners_and_lies_on_the_whole_one() -> None:
    fine = rng.random(3000)
    whole, thin = roc_curve(OUTCOME, fine, points=10_000), roc_curve(OUTCOME, fine, points=50)
    assert 30 < len(thin) <= 52
    assert thin.iloc[[0, -1]]["hits"].tolist() == [0.0, 1.0]
    assert set(map(tuple, thin.to_numpy())) <= set(map(tuple, whole.to_numpy()))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40))
def test_curves_rise_and_pass_ties_in_one_step(rows: list[tuple[bool, int]]) -> None:
    y, p = np.array([row[0] for row in rows]), np.array([row[1] for row in rows]) / 4
    if y.all() or not y.any():
        with pytest.raises(ValueError, match="both outcomes"):
            roc_curve(y, p)
        return
    curve = roc_curve(y, p)
    assert len(curve) == len(np.unique(p)) + 1
    assert (np.diff(curve["hits"]) >= 0).all()
    assert (np.diff(curve["false_alarms"]) >= 0).all()
    assert hits_at(curve, 1.0) == 1.0
