"""What the app's server gives to whom: its page and what the page asks for, and nothing else."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import websocket

from app_session import OUTPUT, PATIENCE, App, Session, served
from crowdwise.app.endpoint import HEALTH

pytestmark = pytest.mark.services
IDLE = 6  # seconds; a busy machine takes some from giving a page to hearing its script
SETTINGS = Path(__file__).resolve().parents[2] / "lib/crowdwise/app/voila.json"


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which nothing was run yet."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "params").mkdir()
    (folder / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "app.ipynb", folder / "notebooks")
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def app(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with served(project, tmp_path_factory.mktemp("log") / "app.log", CROWDWISE_HOSTS="games.example.org") as running:
        yield running


@pytest.fixture
def session(app: App) -> Iterator[Session]:
    opened = Session(app)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "path",
    [
        *("/secret.txt", "/notebooks/app.ipynb", "/app.ipynb", "/../secret.txt", "/%2e%2e/secret.txt", "/x"),
        *("/voila/files/app.ipynb", "/voila/files/../secret.txt", "/voila/files/%2e%2e%2fsecret.txt", "/voila/tree"),
        *("/voila/static/../index.html.j2", "/voila/static/%2e%2e/page.css", "/voila/static//etc/passwd"),
        *("/voila/static/../../serve.py", "/static/../serve.py", "/voila/render/app.ipynb", "/voila/templates/lab/x"),
        *("/voila/templates/base/static/voila.js", "/voila/api/contents/", "/voila/api/themes/@jupyterlab/x"),
        *("/api/contents", "/api/contents/app.ipynb", "/api/kernels", "/api/kernelspecs", "/api/sessions", "/api/me"),
        *("/api/terminals", "/api/config/x", "/login", "/logout", "/files/app.ipynb", "/nbconvert/html/app.ipynb"),
        "/voila/labextensions/jupyterlab_pygments/package.json",
        "/voila/labextensions/@voila-dashboards/widgets-manager8/../../../../../secret.txt",
        "/voila/labextensions/@voila-dashboards/widgets-manager8/package.json",
    ],
)
def test_nothing_but_the_page_is_to_be_had(app: App, path: str) -> None:
    status, body = app.get(path)
    assert status in (403, 404)
    assert "secret" not in body.replace("secret.txt", "")
    assert "Traceback" not in body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", "/api/kernels"), ("POST", "/"), ("PUT", "/"), ("DELETE", "/"), ("POST", "/api/sessions")),
        *(("POST", "/api/terminals"), ("PUT", "/voila/static/page.js"), ("POST", "/voila/files/x")),
    ],
)
def test_no_kernel_is_started_and_nothing_is_written_by_other_requests(app: App, method: str, path: str) -> None:
    before = app.kernels()
    status, _ = app.request(method, path, json.dumps({"name": "python3"}), **{"Content-Type": "application/json"})
    assert status in (403, 404, 405)
    assert set(app.kernels()) <= set(before)


@pytest.mark.parametrize("action", ["", "/restart", "/interrupt"])
def test_a_kernel_is_not_ended_from_outside(app: App, session: Session, action: str) -> None:
    path = f"/api/kernels/{session.kernel_id}{action}"
    status, _ = app.request("POST" if action else "DELETE", path)
    assert status in (403, 404, 405)
    assert app.request("POST", f"/voila/api/shutdown/{session.kernel_id}")[0] == 403
    assert session.kernel_id in app.kernels()


def test_a_visitor_can_not_run_code_of_his_own(app: App, session: Session, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = {"code": f"open({str(mark)!r}, 'w')", "silent": False, "store_history": False, "allow_stdin": False}
    for kind in ("execute_request", "inspect_request", "complete_request", "debug_request"):
        session.send(kind, {**code, "user_expressions": {}, "cursor_pos": 0})
    session.send("kernel_info_request", {})  # allowed: what came before it has been seen when it is answered
    session.wait(lambda: "kernel_info_reply" in session.heard)
    assert not {"execute_reply", "inspect_reply", "complete_reply", "debug_reply"} & set(session.heard)
    assert not mark.exists()


def knock(app: App, kernel_id: str, **headers: str) -> int:
    """Give the status with which a web socket to a kernel is answered; 101 if it opens."""
    address = app.url.replace("http", "ws", 1) + f"api/kernels/{kernel_id}/channels?session_id={uuid.uuid4().hex}"
    try:
        websocket.create_connection(address, timeout=PATIENCE, **headers).close()
    except websocket.WebSocketBadStatusException as refused:
        return int(refused.status_code)
    return 101


def test_a_page_of_another_site_can_not_speak_to_a_kernel(app: App, session: Session) -> None:
    own = app.url.rstrip("/")
    port = urlsplit(app.url).port
    assert knock(app, session.kernel_id, origin=own) == 101
    for foreign in ("https://evil.example", f"http://evil.example:{port}", "http://localhost:1", "null"):
        assert knock(app, session.kernel_id, origin=foreign) == 403


def test_a_named_host_may_speak_through_a_proxy_that_keeps_or_drops_it(app: App, session: Session) -> None:
    for host in ("games.example.org", None):
        named = {"host": host} if host else {}
        assert knock(app, session.kernel_id, origin="https://games.example.org", **named) == 101


def test_a_foreign_name_that_leads_here_is_not_answered_to(app: App, session: Session) -> None:
    for path in ("/", "/voila/static/page.js", f"/{HEALTH}", f"/api/kernels/{session.kernel_id}"):
        status, body = app.get(path, Host="evil.example")
        assert (status, "CROWDWISE_HOSTS" in body) == (403, True)
    assert knock(app, session.kernel_id, origin="http://evil.example", host="evil.example") == 403
    assert knock(app, session.kernel_id, host="evil.example") == 403
    assert app.get(f"/{HEALTH}", Host="games.example.org")[0] == 200


def test_asking_for_its_health_starts_no_kernel(app: App) -> None:
    before = app.kernels()
    assert [app.get(f"/{HEALTH}") for _ in range(20)] == [(200, "ok\n")] * 20
    assert set(app.kernels()) <= set(before)


def test_the_page_stands_below_a_base_url_and_its_kernel_answers(project: Path, tmp_path: Path) -> None:
    with served(project, tmp_path / "app.log", "--base-url", "games/crowdwise") as app:
        assert urlsplit(app.url).path == "/games/crowdwise/"
        page = Session(app)
        assert any("make report" in words for words in page.texts(r"<code>([^<]+)"))
        assert app.get(f"/games/crowdwise/{HEALTH}")[0] == 200
        assert app.get("/")[0] == 404
        page.close()


@pytest.fixture
def short(project: Path, tmp_path: Path) -> Iterator[App]:
    """An app with room for two pages, in which a few idle seconds end a kernel that nobody is connected to."""
    settings = json.loads(SETTINGS.read_text())
    settings["MappingKernelManager"] |= {"cull_idle_timeout": IDLE, "cull_interval": 1}
    (tmp_path / "voila.json").write_text(json.dumps(settings))
    with served(project, tmp_path / "app.log", settings=tmp_path, CROWDWISE_SESSIONS="2") as running:
        yield running


def test_an_idle_session_ends_and_the_one_that_waits_for_a_visitor_stays(short: App) -> None:
    left, kept = Session(short), Session(short)
    end = time.monotonic() + PATIENCE
    while len(short.kernels()) < 3 and time.monotonic() < end:
        time.sleep(0.2)  # until the kernel of the next page is there
    status, body = short.get("/")
    assert status == 503
    assert "All 2 sessions are in use. A session ends when its page is closed" in body
    ended = short.kernels()[left.kernel_id]
    left.close()
    assert psutil.wait_procs([ended], timeout=PATIENCE)[1] == []
    assert kept.kernel_id in short.kernels()
    kept.send("comm_msg", {"comm_id": kept.control, "data": {"method": "request_states"}})
    kept.heard.clear()
    kept.wait(lambda: "comm_msg" in kept.heard)
    time.sleep(IDLE + 2)
    assert len(short.kernels()) == 2  # the page that is open, and the kernel that waits for the next one
    Session(short).close()
    kept.close()


LATE = """
import queue, threading, time
thread = get_ipython().kernel.iopub_thread
waiting, send = queue.Queue(), thread.send_multipart
thread.send_multipart = lambda *message, **options: waiting.put((time.monotonic() + 8, message, options))
def pass_on():
    while True:
        due, message, options = waiting.get()
        time.sleep(max(0, due - time.monotonic()))
        send(*message, **options)
threading.Thread(target=pass_on, daemon=True).start()
"""
WIDGET = "import ipywidgets\nipywidgets.HTML('here')"


@pytest.mark.parametrize(
    ("cell", "shown"), [(f"{LATE}{WIDGET}", True), (f"{WIDGET};", False), ("raise ValueError('secret')", False)]
)
def test_a_page_waits_for_what_comes_late_and_says_so_if_nothing_came(
    project: Path, tmp_path: Path, cell: str, shown: bool
) -> None:
    """On a busy machine what a kernel shows comes seconds after the word that it is done."""
    shutil.copytree(project, tmp_path / "project")
    notebook = tmp_path / "project" / "notebooks" / "app.ipynb"
    content = json.loads(notebook.read_text())
    content["cells"] = [{**content["cells"][1], "source": cell}]
    notebook.write_text(json.dumps(content))
    with served(tmp_path / "project", tmp_path / "app.log") as app:
        status, page = app.get("/")
    assert status == 200
    assert (OUTPUT in page, "The app could not start" in page) == (shown, not shown)
    assert "secret" not in page
