"""The doctor: needs nothing but Python, names what is missing and the remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crowdwise.base import doctor
from crowdwise.base.doctor import Finding, examine, main


@pytest.mark.slow
def test_it_runs_without_any_package(root: Path) -> None:
    command = [sys.executable, "-S", "-I", str(root / "lib/crowdwise/base/doctor.py")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "Python: 3." in said.stdout


def test_a_missing_header_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "COMPILES_BELOW", (4, 0))
    monkeypatch.setattr(doctor.sysconfig, "get_paths", lambda: {"include": str(tmp_path)})
    assert main(["--before-install"]) == 1
    said = capsys.readouterr().err
    assert "MISSING Python headers: missing -> apt-get install python3-dev" in said


def test_a_wrong_python_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "NEWEST", (3, 10))
    assert main(["--before-install"]) == 1
    assert "PYTHON=python3.12" in capsys.readouterr().err


def test_before_the_install_it_is_silent_when_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--before-install"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_every_finding_that_is_not_fine_has_a_remedy() -> None:
    findings = examine()
    assert all(isinstance(finding, Finding) for finding in findings)
    assert [finding.subject for finding in findings if not finding.fine and not finding.remedy] == []


def test_a_bucket_is_named_with_where_its_credentials_come_from_and_not_with_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_environment", lambda: iter(()))
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("CROWDWISE_S3", raising=False)
    main([])
    assert "absent  CROWDWISE_S3: not set" in capsys.readouterr().out
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    main([])
    said = capsys.readouterr().out
    assert "ok      CROWDWISE_S3: set; credentials come from env" in said
    assert "hush" not in said
    assert "AKIDEXAMPLE" not in said
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    main([])
    assert "absent  CROWDWISE_S3: set; no credentials are found -> Set AWS_ACCESS_KEY_ID" in capsys.readouterr().out
