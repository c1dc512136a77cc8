"""What the Dockerfile promises, read from its instructions; no engine is needed."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest

from crowdwise.app import health, serve

Instruction = tuple[str, str]


@pytest.fixture(scope="module")
def stages(root: Path) -> list[list[Instruction]]:
    """The instructions of each stage, continued lines joined."""
    text = re.sub(r"(?m)^\s*#.*\n?", "", (root / "Dockerfile").read_text())
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    found: list[list[Instruction]] = []
    for line in filter(None, map(str.strip, lines)):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def told(stage: list[Instruction], name: str) -> list[str]:
    return [rest for found, rest in stage if found == name]


def test_it_runs_as_a_user_without_rights(stages: list[list[Instruction]]) -> None:
    final = stages[-1]
    assert told(final, "USER") == ["crowdwise"]
    after = final[[name for name, _ in final].index("USER") :]
    assert not [name for name, _ in after if name in ("RUN", "COPY", "ADD")]  # nothing of it is made by that user
    (made,) = (rest for rest in told(final, "RUN") if "useradd" in rest)
    assert re.search(r"useradd .*--uid 1000 crowdwise", made)
    (given,) = re.findall(r"chown crowdwise:crowdwise ([^&]+)$", " ".join(told(final, "RUN")))
    assert given.split() == ["data", "reports"]


def test_it_is_made_from_the_lock_with_its_hashes(stages: list[list[Instruction]]) -> None:
    (install,) = (rest for rest in told(stages[0], "RUN") if "pip install" in rest)
    assert "--require-hashes" in install
    assert install.endswith("-r /tmp/requirements.lock")
    assert "gcc" not in " ".join(told(stages[-1], "RUN"))  # LightFM was compiled before
    assert all(base.split()[0] == "python:3.11-slim" for stage in stages for base in told(stage, "FROM"))


def test_it_holds_no_secret_and_no_place_of_who_built_it(root: Path, stages: list[list[Instruction]]) -> None:
    names = [name for stage in stages for kind in ("ENV", "ARG") for name in told(stage, kind)]
    assert not re.search(r"(?i)secret|token|password|aws_|sqlalchemy|index_url", " ".join(names))
    assert re.findall(r"https?://|file://", (root / "Dockerfile").read_text()) == []


def test_only_what_it_copies_is_sent_to_the_builder(root: Path, stages: list[list[Instruction]]) -> None:
    rules = [line for line in (root / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        name
        for stage in stages
        for rest in told(stage, "COPY")
        if not rest.startswith("--from")
        for name in shlex.split(rest)[:-1]
    }
    assert copied == sent
    assert all((root / name).exists() for name in sent)
    assert not any(fnmatch(name, rule) for name in ("data", "reports", ".git", ".venv") for rule in sent)


def test_its_health_is_asked_of_a_file_and_it_serves_to_other_machines(stages: list[list[Instruction]]) -> None:
    final = stages[-1]
    (check,) = told(final, "HEALTHCHECK")
    assert json.loads(check[check.index("CMD ") + 4 :]) == ["python", "-m", health.__spec__.name]
    (command,) = told(final, "CMD")
    assert json.loads(command) == ["python", "-m", serve.__spec__.name, "--ip", "0.0.0.0"]
    environment = dict(part.split("=", 1) for rest in told(final, "ENV") for part in shlex.split(rest))
    assert environment["PORT"] == told(final, "EXPOSE")[0] == str(serve.DEFAULT_PORT)
    assert environment["PY"] == "/opt/crowdwise/bin/python"
    assert json.loads(told(final, "VOLUME")[0]) == [f"{environment['CROWDWISE_ROOT']}/{n}" for n in ("data", "reports")]
