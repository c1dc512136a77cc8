"""Serve the app: ``python -m crowdwise.app.serve --profile sample --port 8866``."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from crowdwise.app.endpoint import DEFAULT_PORT, check_port, read_base_url, read_port
from crowdwise.app.hosts import read_hosts
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.base.logs import set_up

HERE = Path(__file__).resolve().parent
DEFAULT_SESSIONS = 40
EVERYWHERE = ("0.0.0.0", "::")  # all addresses of this machine
# One thread a kernel: many sessions share few cores, and a request is small.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

logger = logging.getLogger("crowdwise.app")


def missing(layout: Layout) -> list[str]:
    """Name the systems whose model is not made yet in this profile."""
    return [system for system in SYSTEMS if not layout.model(system).is_dir()]


def bring_models(layout: Layout) -> None:
    """Fetch the models published to the bucket of ``CROWDWISE_S3``, if any; without them those that are here serve."""
    from crowdwise.storage.address import project_bucket
    from crowdwise.storage.publish import fetch_model
    from crowdwise.storage.s3 import Unreachable

    if project_bucket() is None:
        return
    for system in SYSTEMS:
        try:
            fetch_model(layout, system)
        except Problem as problem:
            logger.warning("no %s model was fetched, what is here is served: %s", system, problem)
            if isinstance(problem, Unreachable):
                return


def announce(layout: Layout, url: str) -> None:
    """Print where the app is, and log what it will lack."""
    for system in missing(layout):
        logger.warning(
            "no %s model in profile %s: its tab says so until `make report PROFILE=%s` has run",
            system,
            layout.profile,
            layout.profile,
        )
    print(url, flush=True)


def read_sessions(text: str) -> int:
    """Give how many pages may be open at once, from text.

    Raises
    ------
    Problem
        If it is not a whole number from 1 on.
    """
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise Problem(
            f"{text!r} is not a number of sessions",
            where="CROWDWISE_SESSIONS",
            remedy="Use a number from 1 on; each open page takes some 100 MB, as in CROWDWISE_SESSIONS=40",
        )
    return int(text)


def serve(
    layout: Layout,
    *,
    ip: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    base_url: str = "/",
    hosts: Sequence[str] = (),
    sessions: int = DEFAULT_SESSIONS,
) -> None:
    """Serve ``notebooks/app.ipynb`` by Voila until stopped.

    Parameters
    ----------
    base_url : str
        The path below which the app stands, with a slash at both ends.
    hosts : sequence of str
        Names by which the app is called beside localhost, this machine's name and addresses in digits.
    sessions : int
        How many pages may be open at once.

    Raises
    ------
    Problem
        If the notebook is missing, the port is taken, or ``CROWDWISE_RETENTION_DAYS`` is no number of days.
    """
    notebook = layout.root / "notebooks" / "app.ipynb"
    if not notebook.is_file():
        raise Problem("the app's notebook is missing", where=notebook, remedy="Restore it from the repository")
    from crowdwise.app.retention import keep_purging, read_retention, upgrade

    days = read_retention()
    check_port(ip, port)
    bring_models(layout)
    upgrade(layout)
    os.environ["CROWDWISE_PROFILE"] = layout.profile
    os.environ["CROWDWISE_ROOT"] = str(layout.root)
    if ip not in EVERYWHERE:
        os.environ["VOILA_APP_IP"] = f"[{ip}]" if ":" in ip else ip  # where kernels ask for their page's address
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    from tornado.ioloop import IOLoop

    from crowdwise.app.server import Server

    # Tornado warns of the ping times that Jupyter's own web sockets are set to; users can't mend that.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    names = [*hosts, socket.gethostname().casefold()]
    server = Server(config_file_paths=[str(HERE)], log_level=logging.ERROR, hosts=names, sessions=sessions)
    server.initialize([str(notebook), f"--Voila.ip={ip}", f"--port={port}", f"--Voila.base_url={base_url}"])
    shown = "localhost" if ip in (*EVERYWHERE, "127.0.0.1", "::1") else ip
    keep_purging(layout, days)
    IOLoop.current().add_callback(announce, layout, f"http://{shown}:{port}{base_url}")
    server.start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give its exit code."""
    given = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m crowdwise.app.serve", description=__doc__)
    parser.add_argument("--profile", default=given("CROWDWISE_PROFILE") or "sample")
    parser.add_argument("--port", default=given("PORT") or str(DEFAULT_PORT))
    parser.add_argument("--ip", default="127.0.0.1", help="0.0.0.0 to be reached from other machines")
    parser.add_argument("--hosts", default=given("CROWDWISE_HOSTS") or "", help="names it is called by, with commas")
    parser.add_argument("--base-url", default=given("CROWDWISE_BASE_URL") or "/", help="a path, behind a proxy")
    parser.add_argument("--sessions", default=given("CROWDWISE_SESSIONS") or str(DEFAULT_SESSIONS))
    options = parser.parse_args(arguments)
    try:
        set_up()
        serve(
            Layout(options.profile),
            ip=options.ip,
            port=read_port(options.port),
            base_url=read_base_url(options.base_url),
            hosts=read_hosts(options.hosts),
            sessions=read_sessions(options.sessions),
        )
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
