import numpy as np
import pytest

from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.evaluation import CHOSEN, Study, fit_design, make_models
from crowdwise.kickstarter.learning import learning_curve, nested_samples
from crowdwise.kickstarter.scores import auc_difference
from crowdwise.kickstarter.splits import Split, temporal_split

MAKE = make_models(boosted_trees=20, forest_trees=5, seed=1)[CHOSEN]


def told(study: Study, sample: np.ndarray, test: np.ndarray) -> np.ndarray:
    fitted = fit_design(study, Split(sample, test))
    return MAKE().fit(fitted.train, study.outcome[sample]).probability(fitted.test)


def test_each_sample_holds_the_one_before_it() -> None:
    train = np.arange(100, 1100)
    samples = nested_samples(train, (0.1, 0.5, 1.0), seed=1)
    assert [len(sample) for sample in samples] == [100, 500, 1000]
    assert set(samples[0]) < set(samples[1]) < set(samples[2]) == set(train)
    assert not np.array_equal(samples[0], nested_samples(train, (0.1,), seed=2)[0])


def test_every_point_is_a_model_fitted_on_its_sample_alone(study: Study) -> None:
    split, _ = temporal_split(study.projects, 0.3)
    table = learning_curve(study, split, CHOSEN, MAKE, seed=1, shares=(0.5, 1.0))
    half, whole = nested_samples(split.train, (0.5, 1.0), seed=1)
    outcome = study.outcome[split.test]
    for row, sample in zip(table.itertuples(), (half, whole), strict=True):
        auc = auc_interval(outcome, told(study, sample, split.test))
        assert (row.projects, row.auc, row.low, row.high) == (len(sample), auc.value, auc.low, auc.high)
    more = auc_difference(outcome, told(study, whole, split.test), told(study, half, split.test))
    assert table.iloc[1][["gain", "gain_low", "gain_high"]].tolist() == [more.value, more.low, more.high]
    assert table.iloc[0][["gain", "gain_low", "gain_high"]].isna().all()
    assert more.value == pytest.approx(table["auc"].diff().iloc[1])


def test_it_is_the_same_again(study: Study) -> None:
    split, _ = temporal_split(study.projects, 0.3)
    one, two = (learning_curve(study, split, CHOSEN, MAKE, seed=1, shares=(0.25, 1.0)) for _ in range(2))
    assert one.equals(two)


def test_samples_too_small_to_learn_from_are_left_out(study: Study) -> None:
    split, _ = temporal_split(study.projects, 0.3)
    table = learning_curve(study, split, CHOSEN, MAKE, seed=1, shares=(0.01, 0.5))
    assert table["projects"].tolist() == [round(0.5 * len(split.train))]
