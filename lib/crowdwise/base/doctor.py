"""What this machine lacks, and the remedy. Needs Python alone, so that it can run before anything is installed."""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
COMPILES_BELOW = (3, 12)  # lightfm-next has wheels from 3.12 on
ROOT = Path(__file__).resolve().parents[3]
SWIFT = "swift-proxy swift-account swift-container swift-object"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: fine or not, needed or merely useful, and what to do."""

    subject: str
    fine: bool
    found: str
    remedy: str = ""
    needed: bool = True


def _python() -> Iterator[Finding]:
    version = sys.version_info[:2]
    yield Finding(
        "Python",
        OLDEST <= version <= NEWEST,
        platform.python_version(),
        "Use Python 3.11, 3.12 or 3.13, as in `make PYTHON=python3.12 report`",
    )
    has_venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    yield Finding("venv", has_venv, "there" if has_venv else "missing", "apt-get install python3-venv")
    if version < COMPILES_BELOW:
        compiler = next((path for path in map(shutil.which, ("gcc", "cc", "clang")) if path), None)
        yield Finding("C compiler", compiler is not None, compiler or "missing", "apt-get install gcc libc6-dev")
        header = Path(sysconfig.get_paths()["include"]) / "Python.h"
        yield Finding(
            "Python headers", header.exists(), "there" if header.exists() else "missing", "apt-get install python3-dev"
        )


def _room() -> Iterator[Finding]:
    free = shutil.disk_usage(ROOT).free / 2**30
    yield Finding("free disk", free > 4, f"{free:.0f} GB", "Free 4 GB: the environment takes 1.5, the full data 2")


def _environment() -> Iterator[Finding]:
    ready, lock = ROOT / ".venv" / ".ready", ROOT / "requirements.lock"
    current = ready.exists() and ready.stat().st_mtime >= lock.stat().st_mtime
    state = "current" if current else ("older than requirements.lock" if ready.exists() else "not built")
    yield Finding(".venv", current, state, "Any target builds it, as `make test-fast` does", needed=False)
    if ready.exists():
        code = (
            "import importlib.metadata as m, numpy, threadpoolctl, lightfm, lightgbm\n"
            "names = 'numpy pandas scikit-learn lightfm-next lightgbm papermill nbconvert voila'.split()\n"
            "blas = [p['internal_api'] for p in threadpoolctl.threadpool_info() if p['user_api'] == 'blas']\n"
            "print(', '.join(f'{n} {m.version(n)}' for n in names), '; BLAS', *sorted(set(blas)))"
        )
        run = subprocess.run([str(ROOT / ".venv/bin/python"), "-c", code], capture_output=True, text=True, check=False)
        said = run.stdout.strip() or run.stderr.strip().splitlines()[-1]
        yield Finding("packages", run.returncode == 0, said, "Remove .venv and run any target")


def _useful() -> Iterator[Finding]:
    for subject, names, remedy in (
        (
            "browser",
            ("chromium", "chromium-browser"),
            "apt-get install chromium (for the tests of the app and of pages)",
        ),
        ("PostgreSQL server", ("postgres",), "apt-get install postgresql (for the tests of the database)"),
        ("MariaDB server", ("mariadbd",), "apt-get install mariadb-server (for the tests of the database)"),
        ("Swift server", ("swift-proxy-server",), f"apt-get install --no-install-recommends {SWIFT} (for tests of S3)"),
    ):
        folders = [*os.environ.get("PATH", "").split(os.pathsep), "/usr/sbin", *_postgres_folders()]
        path = next((p for name in names for f in folders if (p := Path(f) / name).exists()), None)
        yield Finding(subject, path is not None, str(path or "missing"), remedy, needed=False)
    for profile in ("sample", "local", "full"):
        made = [s for s in ("steam", "kickstarter") if (ROOT / "data" / profile / s / "model" / "card.json").exists()]
        found = f"models of {' and '.join(made)}" if made else "no models"
        yield Finding(f"profile {profile}", bool(made), found, f"make report PROFILE={profile}", needed=False)


def _bucket() -> Iterator[Finding]:
    """Say whether a bucket is named and credentials are found, and never what they are."""
    if not os.environ.get("CROWDWISE_S3", "").strip():
        remedy = "CROWDWISE_S3=s3://bucket/prefix keeps downloads and publishes models there"
        yield Finding("CROWDWISE_S3", False, "not set", remedy, needed=False)
        return
    python = ROOT / ".venv" / "bin" / "python"
    code = "import boto3; found = boto3.session.Session().get_credentials(); print(found.method if found else '')"
    command = [str(python if python.exists() else sys.executable), "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = run.stdout.strip()
    said = f"set; credentials come from {found}" if found else "set; no credentials are found"
    remedy = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    yield Finding("CROWDWISE_S3", bool(found), said, remedy, needed=False)


def _postgres_folders() -> list[str]:
    return [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]


def examine(*, before_install: bool = False) -> list[Finding]:
    """Look at this machine; before the environment is built, only at what building it needs."""
    parts = [_python, _room] if before_install else [_python, _room, _environment, _useful, _bucket]
    return [finding for part in parts for finding in part()]


def main(arguments: list[str] | None = None) -> int:
    """Print what was found; the exit code is 1 when something that is needed is missing."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--before-install", action="store_true", help="only what building the environment needs, if missing"
    )
    options = parser.parse_args(arguments)
    findings = examine(before_install=options.before_install)
    broken = [finding for finding in findings if finding.needed and not finding.fine]
    for finding in broken if options.before_install else findings:
        mark = "ok     " if finding.fine else ("MISSING" if finding.needed else "absent ")
        remedy = "" if finding.fine else f" -> {finding.remedy}"
        print(
            f"{mark} {finding.subject}: {finding.found}{remedy}",
            file=sys.stderr if options.before_install else sys.stdout,
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
