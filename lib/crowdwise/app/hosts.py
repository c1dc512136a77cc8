"""By which names the app may be called, so that no other site's page can speak to it in a visitor's name."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from crowdwise.base.errors import Problem

# RFC 1123: labels of letters, digits and inner hyphens, 253 signs at most.
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*")


def read_hosts(text: str) -> tuple[str, ...]:
    """Give host names from a list with commas or blanks between them, in small letters, each once.

    Raises
    ------
    Problem
        If one of them is no host name: a URL, a port or a wildcard does not belong here.
    """
    names = tuple(dict.fromkeys(part.casefold() for part in re.split(r"[,\s]+", text) if part))
    for name in names:
        if not NAME.fullmatch(name):
            raise Problem(
                f"{name!r} is not a host name",
                where="CROWDWISE_HOSTS",
                remedy="Use names alone, without https://, port, path or *, as in CROWDWISE_HOSTS=games.example.org",
            )
    return names


def is_known(host: str, names: Collection[str]) -> bool:
    """Whether a request's ``Host`` is one that the app goes by.

    An address in digits and ``localhost`` always are. Any other name must be among `names`: else a foreign site could
    let its own name lead to this machine, and its pages would be of one origin with ours (DNS rebinding).
    """
    bare = re.sub(r":\d*$", "", host.casefold().strip())
    if bare == "localhost" or bare in names:
        return True
    try:
        ipaddress.ip_address(bare.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def origins(names: Collection[str]) -> str:
    """Give the pattern of the origins whose pages may speak to the app beside those of its own ``Host``.

    A proxy that does not pass the ``Host`` on leaves only the ``Origin`` to tell a visitor's page by.
    """
    return "|".join(rf"https?://{re.escape(name)}(?::\d+)?" for name in sorted(names))
