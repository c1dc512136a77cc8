"""A small made-up world that several tests look at."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from raw_projects import raw_project
from refresh_world import held, home, later, published  # noqa: F401

from crowdwise.kickstarter.evaluation import Study, set_up_study
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.training import train_predictor
from crowdwise.kickstarter.union import Union, unite
from s3_server import moto, moto_client, s3  # noqa: F401
from web_server import web  # noqa: F401

SEED = 20180112


@pytest.fixture
def project() -> Callable[..., dict[str, Any]]:
    return raw_project


@pytest.fixture
def write_month(tmp_path: Path) -> Callable[..., Path]:
    """Write projects as one month of gzipped JSON lines; a string or bytes is written as it is."""

    def write(items: Iterable[Any], name: str = "Kickstarter_2020-03-12T03_20_00_000Z.json.gz") -> Path:
        path = tmp_path / name
        with gzip.open(path, "wb") as file:
            for item in items:
                line = item if isinstance(item, bytes | str) else json.dumps({"table_id": "Kickstarter", "data": item})
                file.write((line.encode() if isinstance(line, str) else line) + b"\n")
        return path

    return write


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Union:
    """Nine hundred made-up projects, read back from their files."""
    paths, _ = make_months(tmp_path_factory.mktemp("months"), projects=900, seed=SEED)
    return unite([read_month(path) for path in paths])


@pytest.fixture(scope="session")
def study(world: Union) -> Study:
    return set_up_study(world.projects, components=8, seed=SEED)


@pytest.fixture(scope="session")
def predictor(study: Study) -> Predictor:
    rates = pd.DataFrame({"currency": ["EUR", "GBP", "USD"], "usd_rate": [1.1, 1.3, 1.0]})
    # Any probabilities in step with the outcome will do to calibrate on.
    told = np.where(study.outcome, 0.7, 0.4)
    return train_predictor(study, told, rates, boosted_trees=30, seed=SEED)
