"""The app in a real browser: what people do with it, on a desk and on a phone, by mouse and by keyboard."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from project_copy import clean_environment

pytestmark = pytest.mark.browser
SHOTS = Path(__file__).resolve().parent / "screenshots"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
WAIT = 40_000  # milliseconds; a busy machine is slow


@contextmanager
def served(root: Path, **values: str) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = clean_environment(CROWDWISE_ROOT=str(root), OMP_NUM_THREADS="1", **values)
    command = [sys.executable, "-m", "crowdwise.app.serve", "--profile", "sample", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url == f"http://localhost:{port}/"
            with urllib.request.urlopen(f"{url}voila/static/health.txt", timeout=10) as answer:
                assert answer.read().strip() == b"ok"
            yield url, psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def app(sample_root: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The app over the outputs of the sample pipeline."""
    with served(sample_root) as running:
        yield running


@pytest.fixture(scope="module")
def bare(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """The app of a project in which nothing was run yet."""
    project = tmp_path_factory.mktemp("bare")
    (project / "params").mkdir()
    (project / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "app.ipynb", project / "notebooks")
    with served(project) as running:
        yield running


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a page; at the test's end no request may have left the machine, and no script may have failed."""
    asked: list[str] = []
    failed: list[str] = []
    contexts = []

    def open_page(url: str, *, width: int = 1280, scheme: str = "light", ready: bool = True) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(url, wait_until="commit")
        if ready:
            page.wait_for_selector(".cw-go:enabled")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert asked
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts <= LOOPBACK
    assert failed == []


def keep(page: Any, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def fits(page: Any) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def choose_games(page: Any, *letters: str) -> list[str]:
    page.get_by_text("Games I own", exact=True).click()
    for k, words in enumerate(letters):
        page.get_by_label("Find a game you own").fill(words)
        page.locator(".cw-found .jupyter-button:visible").first.click()
        page.locator(".cw-chip").nth(k).wait_for()
    return [str(name) for name in page.locator(".cw-chip .widget-html-content").all_inner_texts()]


def names(page: Any) -> list[str]:
    return [str(name) for name in page.locator(".cw-game:visible h3").all_inner_texts()]


def predict(page: Any, name: str, goal: str = "5000") -> None:
    page.get_by_role("tab", name="Will it be funded?").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Short description").fill("A <b>bold</b> game & more")
    page.get_by_label("Goal").fill(goal)
    page.get_by_role("button", name="Estimate its chance").click()
    page.wait_for_selector(".cw-chance-number")


def test_a_known_player_gets_ten_games_with_reasons(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    page.get_by_label("Pick a player").select_option(index=1)
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    assert len(set(names(page))) == 10
    assert "Owns" in page.locator(".cw-hint:visible").all_inner_texts()[0]
    reasons = page.locator(".cw-why:visible").all_inner_texts()
    assert any(re.fullmatch(r"Because you play .+ \(\d+\s%.*", reason) for reason in reasons)
    assert all(price for price in page.locator(".cw-price:visible").all_inner_texts())
    keep(page, "steam-player")


def test_chosen_games_get_ten_others(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    chosen = choose_games(page, "a", "e", "o")
    page.get_by_placeholder("hours").first.fill("12,5")
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    assert not set(names(page)) & set(chosen)
    page.get_by_role("button", name=f"Remove {chosen[0]}", exact=True).or_(
        page.get_by_title(f"Remove {chosen[0]}", exact=True)
    ).first.click()
    page.locator(".cw-chip").nth(2).wait_for(state="detached")
    keep(page, "steam-games")


def test_similar_games_are_given_for_any_game(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    page.get_by_text("Games like one", exact=True).click()
    page.get_by_label("Find a game you like").fill("a")
    page.locator(".cw-found .jupyter-button:visible").first.click()
    page.wait_for_selector(".cw-game:visible")
    page.get_by_role("button", name=re.compile("^More like ")).first.click()
    page.wait_for_selector(".cw-alike li")
    assert page.locator(".cw-alike li").count() >= 1
    keep(page, "steam-alike")


def test_a_project_gets_its_chance_and_markup_in_its_name_is_text(
    app: tuple[str, Any], visit: Callable[..., Any]
) -> None:
    page = visit(app[0])
    predict(page, "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>")
    assert "<script>window.hacked = 1</script>" in page.locator(".cw-chance h2").inner_text()
    assert page.evaluate("window.hacked === undefined")
    assert re.fullmatch(r"([<>]\s)?\d+\s%", page.locator(".cw-chance-number").inner_text())
    assert re.search(r"all\s\d+\s%", page.locator(".cw-scale").inner_text())
    hints = " ".join(page.locator(".cw-chance .cw-hint").all_inner_texts())
    assert "of all projects, as" in hints
    assert re.search(r"\d+\s% to \d+\s% did", hints)
    assert page.locator(".cw-drivers li").count() >= 3
    assert all("points" in words for words in page.locator(".cw-points").all_inner_texts())
    keep(page, "kickstarter")


def test_a_bad_draft_is_a_sentence(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    page.get_by_role("tab", name="Will it be funded?").click()
    page.get_by_label("Name").fill("A bad draft")
    page.get_by_label("Goal").fill("-5")
    page.get_by_role("button", name="Estimate its chance").click()
    alarm = page.locator(".cw-alarm:visible")
    alarm.wait_for()
    assert alarm.inner_text().startswith("Goal: ")
    assert "Traceback" not in page.content()


def test_made_up_data_is_said_to_be(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    assert "Made-up data" in page.locator(".cw-app .cw-notice").first.inner_text()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (320, "dark")])
def test_it_fits_a_phone(app: tuple[str, Any], visit: Callable[..., Any], width: int, scheme: str) -> None:
    page = visit(app[0], width=width, scheme=scheme)
    choose_games(page, "a", "e")
    page.get_by_role("button", name="Recommend ten games").click()
    page.wait_for_selector(".cw-game:visible")
    assert fits(page)
    keep(page, f"steam-{width}-{scheme}")
    predict(page, "A project with a rather long name that has to wrap somewhere")
    assert fits(page)
    keep(page, f"kickstarter-{width}-{scheme}")


def test_it_is_dark_where_the_reader_wants_it_dark(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0], scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 200
    page.get_by_label("Pick a player").select_option(index=1)
    page.get_by_role("button", name="Recommend ten games").click()
    page.wait_for_selector(".cw-game:visible")
    keep(page, "steam-dark")
    predict(page, "A dark horse")
    keep(page, "kickstarter-dark")


def press_until(page: Any, key: str, reached: str) -> None:
    for _ in range(8):
        page.keyboard.press(key)
        if page.evaluate(reached):
            return
    raise AssertionError(f"{key} does not lead to {reached}")


def test_the_keyboard_is_enough(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    page.get_by_label("A known player").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label("Find a game you own").wait_for()
    press_until(page, "Tab", "document.activeElement.labels?.[0]?.textContent === 'Find a game you own'")
    page.keyboard.type("a", delay=20)
    page.wait_for_selector(".cw-found .jupyter-button:visible")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-chip")
    press_until(page, "Tab", "document.activeElement.classList.contains('cw-go')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-game:visible")
    page.get_by_role("tab", name="What to play next").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_label("Goal").wait_for()
    assert page.get_by_role("tab", name="Will it be funded?").get_attribute("aria-selected") == "true"


def test_every_control_has_a_name(app: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(app[0])
    choose_games(page, "a")
    nameless = """[...document.querySelectorAll('input, select, textarea, button')].filter(e => e.offsetParent
        && !(e.labels && [...e.labels].some(l => l.textContent.trim())) && !e.title && !e.getAttribute('aria-label')
        && !e.textContent.trim()).map(e => e.outerHTML)"""
    assert page.evaluate(nameless) == []
    page.get_by_role("tab", name="Will it be funded?").click()
    page.get_by_label("Goal").wait_for()
    assert page.evaluate(nameless) == []


def kernel_of(page: Any, server: psutil.Process) -> psutil.Process:
    config = page.evaluate("document.getElementById('jupyter-config-data').textContent")
    (kernel_id,) = re.findall(r'"kernelId": "([\w-]+)"', config)
    (found,) = [child for child in server.children() if any(kernel_id in part for part in child.cmdline())]
    return found


def test_the_page_says_when_its_session_is_gone_and_a_reload_mends_it(
    bare: tuple[str, psutil.Process], visit: Callable[..., Any]
) -> None:
    page = visit(bare[0], ready=False)
    page.wait_for_selector(".cw-app")
    assert not page.locator("#cw-lost").is_visible()
    kernel_of(page, bare[1]).kill()
    page.wait_for_selector("#cw-lost:visible")
    assert "session has ended" in page.locator("#cw-lost").inner_text()
    sides = page.locator("#cw-lost").bounding_box()
    assert sides["x"] > 0
    assert sides["x"] + sides["width"] < 1280
    keep(page, "lost")
    page.get_by_role("button", name="Reload the page").click()
    page.wait_for_selector("#cw-lost", state="hidden")
    page.wait_for_selector(".cw-app")
    assert not page.locator("#cw-lost").is_visible()


def test_a_closed_page_leaves_no_kernel(bare: tuple[str, psutil.Process], visit: Callable[..., Any]) -> None:
    page = visit(bare[0], ready=False)
    page.wait_for_selector(".cw-app")
    kernel = kernel_of(page, bare[1])
    page.close(run_before_unload=True)
    _, alive = psutil.wait_procs([kernel], timeout=20)
    assert alive == []


def test_the_app_imports_neither_training_nor_plotting_libraries(
    app: tuple[str, psutil.Process], visit: Callable[..., Any]
) -> None:
    page = visit(app[0])
    maps = Path(f"/proc/{kernel_of(page, app[1]).pid}/maps").read_text()
    assert "numpy" in maps
    assert not re.search(r"site-packages/(sklearn|lightfm|matplotlib)/", maps)


def test_a_project_without_models_says_what_to_run(bare: tuple[str, Any], visit: Callable[..., Any]) -> None:
    page = visit(bare[0], ready=False)
    page.wait_for_selector(".cw-app .cw-notice")
    assert "make report PROFILE=sample" in page.locator(".cw-notice:visible").inner_text()
    page.get_by_role("tab", name="Will it be funded?").click()
    page.locator(".cw-notice:visible", has_text="kickstarter").wait_for()
    assert page.get_by_role("button", name="Estimate its chance").is_disabled()
    assert page.get_by_label("Goal").is_disabled()
    keep(page, "bare")


def test_text_is_on_screen_before_the_kernel_is(bare: tuple[str, Any], visit: Callable[..., Any]) -> None:
    started = time.monotonic()
    page = visit(bare[0], ready=False)
    page.wait_for_selector("#loading_text, .cw-app")
    assert "Crowdwise" in page.locator("h1").inner_text()
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "path",
    [
        *("voila/files/app.ipynb", "voila/files/app.png", "voila/files/../data/README.md", "voila/tree"),
        *("voila/static/../index.html.j2", "voila/render/app.ipynb", "data/README.md", "../params"),
    ],
)
def test_no_file_is_served_that_is_not_meant_to_be(bare: tuple[str, Any], path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{bare[0]}{path}", timeout=20)
    assert caught.value.code in (403, 404)
    body = caught.value.read().decode()
    assert "Traceback" not in body
    assert "https://" not in body


def test_the_answers_forbid_scripts_from_elsewhere(bare: tuple[str, Any]) -> None:
    with urllib.request.urlopen(bare[0], timeout=30) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert "from crowdwise" not in answer.read().decode()
