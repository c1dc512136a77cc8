"""Whether the app on this machine answers: ``python -m crowdwise.app.health``, for a container's health check."""

from __future__ import annotations

import http.client
import os
import sys

from crowdwise.app.endpoint import DEFAULT_PORT, HEALTH, read_base_url, read_port
from crowdwise.base.errors import Problem

PATIENCE = 4.0  # seconds; a health check waits 5


def check(port: int, base_url: str = "/", *, patience: float = PATIENCE) -> None:
    """Ask the app for a static file; no kernel is started by it.

    Raises
    ------
    Problem
        If it does not answer within `patience` seconds, or not with what stands in the file.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    where, remedy = f"http://127.0.0.1:{port}{base_url}{HEALTH}", "Start it by `make app`, or read its log"
    try:
        connection.request("GET", base_url + HEALTH)
        answer = connection.getresponse()
        healthy = answer.status == 200 and answer.read(16).strip() == b"ok"
    except (OSError, http.client.HTTPException) as error:
        raise Problem(f"the app does not answer ({error})", where=where, remedy=remedy) from error
    finally:
        connection.close()
    if not healthy:
        raise Problem(f"something else than the app answers ({answer.status})", where=where, remedy=remedy)


def main() -> int:
    """Check the app that ``PORT`` and ``CROWDWISE_BASE_URL`` name; give 0 if it is well."""
    try:
        port = read_port(os.environ.get("PORT") or str(DEFAULT_PORT))
        check(port, read_base_url(os.environ.get("CROWDWISE_BASE_URL", "")))
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
