"""What does a visitor of the app wait for, and what does a session cost? Beside an empty page of Voila's own.

    make report && python benchmarks/app.py

Serves the models of a profile that `make report` has made, opens pages in Chromium, asks for answers over the web
socket as a page does, and reads the memory of all processes as the system counts it (PSS: shared pages count in part).
The peer is a notebook with one line of text, served by `voila` with a preheated kernel and its default template.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import psutil
from measure import report

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from app_session import App, Session, free_port, served  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VISITS, ASKED, AT_ONCE, EACH = 7, 100, 20, 5
FURTHER = 3  # sessions opened to see what one more takes
PAUSE = 1.0  # seconds in which a visitor reads an answer before the next question
REST = 6.0  # seconds in which the next preheated kernel gets ready


@contextlib.contextmanager
def empty_page(folder: Path) -> Iterator[str]:
    """Serve a notebook with one line of text by Voila's own command; give its address."""
    cell = nbformat.v4.new_code_cell("import ipywidgets\nipywidgets.HTML('<p>ready</p>')")
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=metadata), folder / "empty.ipynb")
    port = free_port()
    command = [sys.executable, "-m", "voila", str(folder / "empty.ipynb"), "--no-browser", f"--port={port}"]
    command += ["--preheat_kernel=True", "--pool_size=1", "--Voila.ip=127.0.0.1", "--Voila.log_level=ERROR"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}/"
        try:
            for _ in range(600):
                with contextlib.suppress(urllib.error.URLError):
                    urllib.request.urlopen(f"{url}voila/static/voila.js", timeout=5).close()
                    break
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()


def visit(browser: Any, url: str, usable: str) -> tuple[float, float]:
    """Open a page in a browser that has never seen it; give the seconds to its first text and to its use."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.continue_() if "//127." in (u := route.request.url) or "//localhost" in u
               else route.abort())  # fmt: skip
    start = time.perf_counter()
    page.goto(url, wait_until="commit", timeout=120_000)
    page.wait_for_function("document.body && document.body.innerText.trim().length > 5", timeout=120_000)
    text = time.perf_counter() - start
    page.wait_for_selector(usable, timeout=120_000)
    ready = time.perf_counter() - start
    page.close(run_before_unload=True)
    context.close()
    return text, ready


def settle(app: App, patience: float = 90.0) -> None:
    """Rest, then wait until no kernel works any more: the preheated one has its models then."""
    time.sleep(REST)
    end, before = time.monotonic() + patience, -1.0
    while time.monotonic() < end:
        now = sum(sum(kernel.cpu_times()[:2]) for kernel in app.kernels().values())
        if now - before < 0.03:
            return
        before = now
        time.sleep(1)


def pages(app: App, peer: str, visits: int) -> dict[str, list[tuple[float, float]]]:
    """Visit both in turn, each time with a kernel that was preheated."""
    from playwright.sync_api import sync_playwright

    places = {"crowdwise": (app.url, ".cw-go:enabled"), "empty": (peer, ".widget-html-content p")}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in places}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for k in range(visits + 1):
            for name, place in places.items():
                settle(app)
                one = visit(browser, *place)
                if k:  # the first one is for the disk's cache
                    found[name].append(one)
        browser.close()
    return found


def memory(app: App) -> float:
    """Give the proportional set size of the server and all its kernels, in MB."""
    total = 0
    for process in (app.process, *app.process.children(recursive=True)):
        with contextlib.suppress(OSError, psutil.Error):
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def recommend(session: Session, k: int) -> None:
    """Ask for ten games for one of the players one may pick."""
    session.set("Pick a player", index=1 + k % 15)
    session.press("Recommend ten games")


def predict(session: Session, k: int) -> None:
    """Ask for a draft's chance and what it is made of."""
    session.set("Name", value="A first edition")
    session.set("Goal", value=1000.0 + 100 * k)
    session.press("Estimate its chance")


def ask(session: Session, action: Callable[[Session, int], None], times: int, pause: float = 0) -> list[float]:
    """Give the seconds that each of some actions took, from the click until the answer is there."""
    taken = []
    for k in range(times):
        time.sleep(pause)
        start = time.perf_counter()
        action(session, k)
        taken.append(time.perf_counter() - start)
    return taken


def at_once(app: App, sessions: int) -> list[float]:
    """Open many sessions, let all of them ask at the same time, and give the seconds of every answer."""
    with ThreadPoolExecutor(sessions) as pool:
        opened = list(pool.map(lambda _: Session(app), range(sessions)))
        settle(app)
        both = [recommend, predict]
        jobs = [pool.submit(ask, session, both[k % 2], EACH, PAUSE) for k, session in enumerate(opened)]
        taken = [seconds for job in jobs for seconds in job.result()]
        for session in opened:
            session.close()
    return taken


def main() -> int:
    """Measure, print the claims, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default=os.environ.get("CROWDWISE_PROFILE") or "sample")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder, where its data is")
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--sessions", type=int, default=AT_ONCE)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    given = parser.parse_args()
    models = [given.root / "data" / given.profile / system / "model" for system in ("steam", "kickstarter")]
    if not all(model.is_dir() for model in models):
        raise SystemExit(f"error: profile {given.profile} has no models yet. Run `make report PROFILE={given.profile}`")
    with tempfile.TemporaryDirectory() as name, empty_page(Path(name)) as peer:
        with served(given.root, Path(name) / "app.log", profile=given.profile) as app:
            seen = pages(app, peer, given.visits)
            first = Session(app)
            single = ask(first, recommend, ASKED)
            chances = ask(first, predict, ASKED)
            settle(app)
            before, further = memory(app), []
            for k in range(FURTHER):
                further.append(Session(app))
                recommend(further[-1], k)
                predict(further[-1], k)
                settle(app)
            more = (memory(app) - before) / FURTHER
            for session in (first, *further):
                session.close()
        with served(given.root, Path(name) / "app.log", profile=given.profile) as app:
            crowd = at_once(app, given.sessions)
    text, usable = (np.array([one[k] for one in seen["crowdwise"]]) for k in (0, 1))
    empty = float(np.median([ready for _, ready in seen["empty"]]))
    claims = [
        ("seconds to the first text, median", float(np.median(text)), "at most", 1.0),
        ("seconds until the controls can be used, median", float(np.median(usable)), "at most", 4.5),
        ("the same, slowest", float(usable.max()), "at most", 7.0),
        ("the same as a multiple of Voila's empty page", float(np.median(usable)) / empty, "at most", 1.3),
        ("ms from click to ten games, p95", 1000 * float(np.percentile(single, 95)), "at most", 100),
        ("ms from click to a chance explained, p95", 1000 * float(np.percentile(chances, 95)), "at most", 150),
        ("MB (PSS) that a further session takes", more, "at most", 150),
        (
            f"seconds of an action in {given.sessions} sessions at once, p95",
            float(np.percentile(crowd, 95)),
            "at most",
            1.5,
        ),
    ]
    print(f"Voila's empty page: usable after {empty:.1f} s\n")
    return 0 if report(f"The app, profile {given.profile}", {}, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
