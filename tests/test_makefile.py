"""The front door: what make lists, and what its variables mean."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from project_copy import ROOT, clean_environment, copy_project, run_make

# The names of what is done; those of what comes later (tune, verify and others) are left out.
SYSTEMS_AND_STAGES = ["report", "steam", "kickstarter", "acquire", "explore", "model", "experiment", "ingest"]
TARGETS = [
    "help",
    *SYSTEMS_AND_STAGES,
    "publish",
    "tune",
    "recommend",
    "predict",
    "refresh",
    "experiment-start",
    "experiment-stop",
    "experiment-status",
    "experiment-analyse",
    "outcomes",
    "app",
    "lab",
    "test",
    "test-fast",
    "status",
    "verify",
    "compare",
    "bench",
    "lint",
    "doctor",
    "clean",
    "clean-all",
]


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    values = clean_environment()
    return subprocess.run(["make", *arguments], cwd=folder, env=values, capture_output=True, text=True, check=False)


def test_make_alone_prints_the_targets() -> None:
    said = make().stdout
    listed = re.findall(r"^  ([a-z-]+) +\S", said, re.M)
    assert sorted(listed) == sorted(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_there(target: str) -> None:
    tried = make("-n", "PY=true", target)
    assert "No rule to make target" not in tried.stderr


@pytest.mark.parametrize(
    ("arguments", "profile"),
    [((), "sample"), (("PROFILE=full",), "full"), (("RAW=somewhere",), "local"), (("RAW=s3://shelf/raw",), "local")],
)
def test_the_profile_is_sample_unless_said_and_raw_means_local(arguments: tuple[str, ...], profile: str) -> None:
    commands = make("-n", "PY=true", "app", *arguments).stdout
    assert f"--profile {profile} " in commands


@pytest.mark.parametrize(
    ("target", "notes"),
    [
        (
            "report",
            ["data steam", "reports steam", "data kickstarter", "reports kickstarter"],
        ),
        ("model", ["data steam", "data kickstarter"]),
        ("steam", ["data steam"]),
        ("acquire", []),
    ],
)
def test_what_makes_a_model_publishes_it_if_a_bucket_is_named(target: str, notes: list[str]) -> None:
    assert "storage.publish" not in make("-n", "PY=true", target).stdout
    plan = make("-n", "PY=true", target, "CROWDWISE_S3=s3://shelf/team").stdout
    noted = re.findall(r"storage\.publish .* --note (\w+)/sample/(\w+)/published\.json", plan)
    assert [" ".join(note) for note in noted] == notes
    assert ("storage.publish --profile sample --reports" in plan) == (target == "report")


def test_the_environment_is_built_from_the_lock_before_anything_runs(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    plan = make("-n", "test-fast", folder=tmp_path).stdout
    built, tested = plan.index("--require-hashes -r requirements.lock"), plan.index("-m pytest")
    assert plan.index("doctor.py --before-install") < plan.index("-m venv") < built < tested


def test_the_environment_is_built_again_when_the_lock_changes(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    ready = tmp_path / ".venv" / ".ready"
    ready.parent.mkdir()
    ready.touch()
    assert "-m venv" not in make("-n", "test-fast", folder=tmp_path).stdout
    os.utime(ready, (1_000_000, 1_000_000))
    assert "-m venv" in make("-n", "test-fast", folder=tmp_path).stdout


@pytest.mark.slow
def test_made_up_months_are_not_refreshed(tmp_path: Path) -> None:
    made = run_make(copy_project(tmp_path / "crowdwise"), "refresh")
    assert (made.returncode, "there is nothing to refresh" in made.stdout) == (0, True), made.stderr


def test_clean_spares_raw_data_and_databases(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    kept = [tmp_path / "data/sample/steam/raw/a.gz", tmp_path / "data/sample/crowdwise.db"]
    gone = [tmp_path / "data/sample/steam/tables/a", tmp_path / "reports/sample/index.html"]
    for path in kept + gone:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    cleaned = make("PY=true", "clean", folder=tmp_path)
    assert cleaned.returncode == 0
    assert "reports/sample" in cleaned.stderr
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)


def test_clean_all_says_what_it_removes(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    (tmp_path / "data/local").mkdir(parents=True)
    (tmp_path / "data/README.md").touch()
    cleaned = make("PY=true", "clean-all", folder=tmp_path)
    assert "data/local" in cleaned.stderr
    assert not (tmp_path / "data/local").exists()
    assert (tmp_path / "data/README.md").exists()
