"""Where the app listens: its port, and the path below which it stands."""

from __future__ import annotations

import errno
import re
import socket

from crowdwise.base.errors import Problem

DEFAULT_PORT = 8866
HEALTH = "voila/static/health.txt"  # below the base URL; a file, so that asking for it starts no kernel


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


def read_base_url(text: str) -> str:
    """Give the path below which the app stands, with a slash at both ends: ``/``, unless a proxy serves more than it.

    Raises
    ------
    Problem
        If it is no path of plain segments; a whole URL is none.
    """
    path = f"/{text.strip('/')}/" if text.strip("/") else "/"
    if not re.fullmatch(r"/(?:[A-Za-z0-9~-][A-Za-z0-9._~-]*/)*", path):
        raise Problem(
            f"{text!r} is not a path below which the app can stand",
            where="CROWDWISE_BASE_URL",
            remedy="Use letters, digits, -, . and _ between slashes, as in CROWDWISE_BASE_URL=/crowdwise/",
        )
    return path


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
