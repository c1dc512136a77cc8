"""How the app is served: its port, its settings, and what it says when it can't."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
from pathlib import Path

import pytest
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from traitlets import import_item

from crowdwise.app.serve import HERE, announce, check_port, main, missing, read_port, serve
from crowdwise.app.server import HEADERS, TEMPLATE, Kernels, Server
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80a", "8 0", "٣"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"PORT: .* is not a port\. Use a number from 1 to 65535"):
        read_port(text)


def test_a_port_is_read() -> None:
    assert read_port("8866") == 8866


def test_a_taken_port_is_a_sentence_that_names_another(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Problem, match=f"port {port} is taken"):
            check_port("127.0.0.1", port)
        assert main(["--port", str(port)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"error: 127.0.0.1: port {port} is taken.")


def test_a_free_port_is_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    check_port("127.0.0.1", port)


def test_no_notebook_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="notebook is missing"):
        serve(Layout("sample", tmp_path))


@pytest.mark.parametrize("profile", ["../x", "", "a b"])
def test_a_profile_that_is_none_is_refused(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"--profile={profile}", "--port", "8866"]) == 1
    assert "is not a profile's name" in capsys.readouterr().err


def test_one_url_is_printed_and_missing_models_are_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    layout = Layout("sample", tmp_path)
    layout.model("kickstarter").mkdir(parents=True)
    assert missing(layout) == ["steam"]
    announce(layout, "http://localhost:8866/")
    assert capsys.readouterr().out == "http://localhost:8866/\n"


@pytest.fixture(scope="module")
def server(root: Path) -> Server:
    made = Server(config_file_paths=[str(HERE)])
    cold = "--VoilaConfiguration.preheat_kernel=False"  # this server is never started: its pool would wait for ever
    made.initialize([str(root / "notebooks" / "app.ipynb"), "--port=8866", cold])
    return made


def test_voila_takes_every_setting_we_ship(server: Server) -> None:
    """A misspelt name in voila.json would change nothing and be seen by nobody."""
    settings = json.loads((HERE / "voila.json").read_text())
    for name, value in settings["Voila"].items():
        assert getattr(server, name) == value
    for name, value in settings["VoilaConfiguration"].items():
        assert server.voila_configuration.has_trait(name)
        taken = import_item(value) if name.endswith("_class") else value
        assert getattr(server.voila_configuration, name) == taken or name == "preheat_kernel"
    classes = {cls.__name__: cls for cls in restartable()}
    for name in ("VoilaExecutor", "MappingKernelManager", "KernelManager", "KernelRestarter"):
        assert set(settings[name]) <= set(classes[name].class_trait_names(config=True))


def test_a_kernel_that_is_starting_is_not_taken_for_an_idle_one(caplog: pytest.LogCaptureFixture) -> None:
    kernels = Kernels(cull_idle_timeout=1)
    kernels._kernels["starting"] = ServerKernelManager(kernel_name="python3")
    with caplog.at_level(logging.WARNING):
        asyncio.run(kernels.cull_kernels())
    assert caplog.records == []
    assert "starting" in kernels


def restartable() -> list[type]:
    from jupyter_client.manager import KernelManager
    from jupyter_client.restarter import KernelRestarter
    from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
    from voila.execute import VoilaExecutor

    return [VoilaExecutor, MappingKernelManager, KernelManager, KernelRestarter]


def test_idle_sessions_end_and_nothing_but_the_page_is_served(server: Server) -> None:
    assert server.config.MappingKernelManager.cull_idle_timeout > 0
    assert server.config.MappingKernelManager.cull_interval > 0
    settings = server.voila_configuration
    assert not any(re.fullmatch(rule, "app.ipynb") for rule in settings.file_allowlist)
    assert settings.strip_sources
    assert not settings.show_tracebacks
    assert server.port_retries == 0


def test_our_page_comes_before_voilas(server: Server) -> None:
    assert server.template_paths[0] == str(TEMPLATE)
    assert server.static_paths[0] == str(TEMPLATE / "static")
    assert server.init_settings()["headers"] == HEADERS


@pytest.mark.parametrize("path", sorted(p for p in TEMPLATE.rglob("*") if p.is_file()), ids=lambda p: p.name)
def test_no_file_of_the_page_names_another_host(path: Path) -> None:
    text = path.read_text()
    hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", text)) - {"www.w3.org"}
    assert hosts == set()


def test_the_style_sheet_can_stand_in_a_template() -> None:
    sheet = (TEMPLATE / "page.css").read_text()
    assert not re.search(r"\{[{%#]", sheet)
    assert sheet.count("{") == sheet.count("}")


def test_the_page_says_what_goes_on_before_the_kernel_starts() -> None:
    page = (TEMPLATE / "index.html.j2").read_text()
    assert page.index("Loading the models") < page.index("kernel_start")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    """WCAG 2.1 AA: 4.5 to 1 for text."""
    sheet = (TEMPLATE / "page.css").read_text()
    colours: dict[str, str] = {}
    for k, block in enumerate(re.findall(r":root \{(.*?)\n\s*\}", sheet, re.S)[:2]):
        if k == 0 or scheme == "dark":
            colours.update(re.findall(r"--cw-([\w-]+): (#[0-9a-f]{6})", block))
    pairs = [("ink", g) for g in ("page", "card", "sunken", "warn", "alarm")]
    pairs += [("soft", g) for g in ("page", "card", "sunken")]
    pairs += [("accent", g) for g in ("page", "card", "accent-soft", "chosen", "sunken")]
    pairs += [("accent-ink", "accent"), ("up", "card"), ("down", "card")]
    weak = [(a, b) for a, b in pairs if contrast(colours[a], colours[b]) < 4.5]
    assert weak == []


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
