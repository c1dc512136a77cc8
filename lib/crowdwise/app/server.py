"""Voila with our own page and nothing else to be had from it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

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


class PageHandler(TornadoVoilaHandler):
    """Voila's page, with the cookie that its farewell needs.

    A page that closes asks the server to end its kernel. Voila refuses that request for want of an ``_xsrf`` cookie,
    which it never sets on a page of its own: kernels would pile up until they are culled.
    """

    def get_generator(self, path: str | None = None) -> AsyncGenerator[str, None]:
        """Set the cookie, then give the page piece by piece."""
        _ = self.xsrf_token
        return super().get_generator(path)


class Server(Voila):
    """Voila whose pages and static files come from this package's ``template`` folder first."""

    def setup_template_dirs(self) -> None:
        """Put our template before Voila's base template, which gives the scripts of widgets."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATE))
        self.static_paths.insert(0, str(TEMPLATE / "static"))

    def init_settings(self) -> dict[str, Any]:
        """Send our headers with every answer."""
        return {**super().init_settings(), "headers": HEADERS}

    def init_handlers(self) -> list[Any]:
        """Serve the page by our handler."""
        swap = {TornadoVoilaHandler: PageHandler}
        return [(route[0], swap.get(route[1], route[1]), *route[2:]) for route in super().init_handlers()]
