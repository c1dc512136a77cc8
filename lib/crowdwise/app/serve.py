"""Serve the app: ``python -m crowdwise.app.serve --profile sample --port 8866``."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.base.logs import set_up

HERE = Path(__file__).resolve().parent
DEFAULT_PORT = 8866
# One thread a kernel: many sessions share few cores, and a request is small.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

logger = logging.getLogger("crowdwise.app")


def read_port(text: str) -> int:
    """Give a port's number from text.

    Raises
    ------
    Problem
        If it is not a whole number from 1 to 65535.
    """
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Problem(f"{text!r} is not a port", where="PORT", remedy="Use a number from 1 to 65535, as in PORT=8866")
    return int(text)


def check_port(ip: str, port: int) -> None:
    """Make sure that the port can be listened on.

    Raises
    ------
    Problem
        If another program holds it, or the system does not let us have it.
    """
    with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                what, remedy = f"port {port} is taken", f"Stop what uses it, or choose another, as in PORT={port + 1}"
            else:
                what, remedy = f"port {port} cannot be had ({error.strerror})", "Choose another, as in PORT=8866"
            raise Problem(what, where=ip, remedy=remedy) from error


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


def serve(layout: Layout, *, ip: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
    """Serve ``notebooks/app.ipynb`` by Voila until stopped.

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
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    from tornado.ioloop import IOLoop

    from crowdwise.app.server import Server

    # Tornado warns of the ping times that Jupyter's own web sockets are set to; users can't mend that.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    server = Server(config_file_paths=[str(HERE)], log_level=logging.ERROR)
    server.initialize([str(notebook), f"--Voila.ip={ip}", f"--port={port}"])
    shown = "localhost" if ip in ("127.0.0.1", "0.0.0.0", "::", "::1") else ip
    keep_purging(layout, days)
    IOLoop.current().add_callback(announce, layout, f"http://{shown}:{port}/")
    server.start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.app.serve", description=__doc__)
    parser.add_argument("--profile", default=os.environ.get("CROWDWISE_PROFILE") or "sample")
    parser.add_argument("--port", default=str(DEFAULT_PORT))
    parser.add_argument("--ip", default="127.0.0.1", help="0.0.0.0 to be reached from other machines")
    options = parser.parse_args(arguments)
    try:
        set_up()
        serve(Layout(options.profile), ip=options.ip, port=read_port(options.port))
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
