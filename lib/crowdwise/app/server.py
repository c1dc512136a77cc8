"""Voila with our own page and nothing else to be had from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voila.app import Voila

TEMPLATE = Path(__file__).resolve().parent / "template"

# A second wall behind html.escape: whatever a name holds, no script but our files runs, and no other machine is asked.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PING = 30_000  # milliseconds between a server's calls to a page, and what it waits for the answer


class Server(Voila):
    """Voila whose pages and static files come from this package's ``template`` folder first."""

    def setup_template_dirs(self) -> None:
        """Put our template before Voila's base template, which gives the scripts of widgets."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATE))
        self.static_paths.insert(0, str(TEMPLATE / "static"))

    def init_settings(self) -> dict[str, Any]:
        """Send our headers with every answer."""
        return {**super().init_settings(), "headers": HEADERS, "ws_ping_interval": PING, "ws_ping_timeout": PING}
