"""The lock, pyproject.toml and environment.yml say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

PYTHONS = ("3.11", "3.12", "3.13")


def locked(root: Path) -> list[Requirement]:
    text = (root / "requirements.lock").read_text()
    return [Requirement(line.rstrip(" \\")) for line in text.splitlines() if re.match(r"[a-z0-9]", line)]


def wanted(root: Path) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


def applies(marker: Marker | None, python: str) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": "linux"}
    return marker is None or marker.evaluate({**environment, "platform_machine": "x86_64", "os_name": "posix"})


def test_whatever_the_project_wants_is_locked_at_a_version_it_accepts_for_every_python(root: Path) -> None:
    pins = locked(root)
    for python in PYTHONS:
        versions = {canonicalize_name(p.name): str(p.specifier)[2:] for p in pins if applies(p.marker, python)}
        for requirement in wanted(root):
            version = versions.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement.name} is not locked for Python {python}: run make lock"
            assert Version(version) in requirement.specifier, f"{requirement} is locked at {version}: run make lock"


def test_every_pin_is_exact_and_has_a_hash(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    assert all(str(pin.specifier).startswith("==") for pin in locked(root))
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_place(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    assert re.findall(r"https?:|file:|--index|--find-links|--extra-index", text) == []


def test_conda_gets_the_same_versions_through_pip(root: Path) -> None:
    document = yaml.safe_load((root / "environment.yml").read_text())
    assert document["name"] == "crowdwise"
    assert document["channels"] == ["conda-forge"]
    plain = [entry for entry in document["dependencies"] if isinstance(entry, str)]
    through_pip = [entry["pip"] for entry in document["dependencies"] if isinstance(entry, dict)]
    assert through_pip == [["-r requirements.lock"]]
    specs = {str(spec.name.normalized): spec for spec in map(MatchSpec, plain)}
    assert {"python", "pip", "c-compiler", "make"} <= set(specs)
    assert str(specs["python"].version) == "3.12.*"


def test_condas_python_is_one_the_project_runs_on(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    python = Requirement(f"python{project['requires-python']}")
    assert Version("3.12.5") in python.specifier
    assert [p for p in PYTHONS if Version(f"{p}.5") not in python.specifier] == []


def test_the_package_itself_is_installed_after_the_lock(root: Path) -> None:
    script = root / "postBuild"
    assert script.stat().st_mode & 0o111, "repo2docker runs it"
    assert "--no-deps" in script.read_text()
