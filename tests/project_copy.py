"""A copy of the project to run and to change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def clean_environment(**values: str) -> dict[str, str]:
    """This process's environment without what an outer make or a user's settings would change."""
    ours = ("CROWDWISE_", "MAKE", "MFLAGS", "PYTEST_", "SQLALCHEMY_", "LOG_LEVEL", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | values


def copy_project(to: Path) -> Path:
    """Copy what the pipeline needs into a folder of its own, so that a test may change any of it.

    What was compiled goes along, as it would have been compiled there.
    """
    to.mkdir(parents=True, exist_ok=True)
    for name in ("notebooks", "params", "lib"):
        shutil.copytree(
            ROOT / name, to / name, ignore=shutil.ignore_patterns("*.pyc", "*.egg-info", ".ipynb_checkpoints")
        )
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, to / name)
    return to


def run_make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make in a copy of the project, with this interpreter and that copy's own library."""
    values = clean_environment(PYTHONPATH=str(folder / "lib"), **environment)
    command = ["make", *arguments, f"PY={sys.executable}"]
    return subprocess.run(command, cwd=folder, env=values, capture_output=True, text=True, check=False)
