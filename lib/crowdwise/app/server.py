"""Voila with our own page and nothing else to be had from it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError, RequestHandler
from traitlets import Integer, List, Unicode
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from crowdwise.app.hosts import is_known, origins

TEMPLATE = Path(__file__).resolve().parent / "template"

# A second wall behind html.escape: whatever a name holds, no script but our files runs, and no other machine is asked.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class KnownHost(RequestHandler):
    """Answers only where it is called by a name it goes by."""

    def prepare(self) -> Any:
        """Refuse a request for another host, by 403 and a sentence, before anything is done for it."""
        if is_known(self.request.host, self.settings["hosts"]):
            return super().prepare()
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("The app does not go by this name. Whoever runs it lists its names in CROWDWISE_HOSTS.\n")
        return None


class PageHandler(TornadoVoilaHandler):
    """Voila's page, with the cookie that its farewell needs, and nothing below it.

    A page that closes asks the server to end its kernel. Voila refuses that request for want of an ``_xsrf`` cookie,
    which it never sets on a page of its own: kernels would pile up until they are culled.
    """

    def get_generator(self, path: str | None = None) -> AsyncGenerator[str, None]:
        """Set the cookie, then give the page piece by piece.

        Raises
        ------
        HTTPError
            404, if anything below the page is asked for; 503, if no further session has room.
        """
        if path:
            raise HTTPError(404)
        manager = self.settings["kernel_manager"]
        most = self.settings["sessions"]
        # A kernel in the pool is a session to come: it's counted already, and given away here. One that is about to be
        # started counts as there, so that for this second one page more than the most may be let in.
        if len(manager) - manager.get_pool_size(self.notebook_path) >= most:
            self.set_header("Retry-After", "60")
            raise HTTPError(503, reason=f"All {most} sessions are in use")
        _ = self.xsrf_token
        return super().get_generator(path)


class SessionHandler(KernelHandler):
    """Says whether a page's kernel still lives; only the page's own farewell ends it."""

    SUPPORTED_METHODS = ("GET", "HEAD", "OPTIONS")


class Kernels(AsyncMappingKernelManager):
    """The kernels behind the pages; one that is still starting is not idle, and has had no activity yet."""

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that was idle for long."""
        if self.get_kernel(kernel_id).trait_has_value("last_activity"):
            await super().cull_kernel_if_idle(kernel_id)


# What a page asks for. All else that Voila offers (lists, log-in, contents, other templates) is not to be had.
PAGES_OWN = {
    TornadoVoilaHandler: PageHandler,
    KernelHandler: SessionHandler,
    VoilaKernelWebsocketHandler: VoilaKernelWebsocketHandler,
    VoilaShutdownKernelHandler: VoilaShutdownKernelHandler,
    RequestInfoSocketHandler: RequestInfoSocketHandler,
    MultiStaticFileHandler: MultiStaticFileHandler,
    FileFindHandler: FileFindHandler,
}


class Server(Voila):
    """Voila whose pages and static files come from this package's ``template`` folder first."""

    hosts = List(Unicode(), config=True, help="Names by which the app goes, beside localhost and addresses in digits.")
    sessions = Integer(40, min=1, config=True, help="How many pages may be open at once; each holds a kernel.")

    def setup_template_dirs(self) -> None:
        """Put our template before Voila's base template, which gives the scripts of widgets."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATE))
        self.static_paths.insert(0, str(TEMPLATE / "static"))

    def init_settings(self) -> dict[str, Any]:
        """Send our headers with every answer, and let only our own pages' scripts speak to kernels."""
        ours = {"headers": HEADERS, "hosts": frozenset(self.hosts), "sessions": self.sessions}
        if self.hosts:
            ours["allow_origin_pat"] = origins(self.hosts)
        return {**super().init_settings(), **ours}

    def init_handlers(self) -> list[Any]:
        """Serve what the page asks for, each by a handler that looks at the host first."""
        kept = []
        for pattern, handler, *rest in super().init_handlers():
            if handler not in PAGES_OWN:
                continue
            own = PAGES_OWN[handler]
            if own is FileFindHandler:  # whatever else is installed for JupyterLab is none of a visitor's business
                names = "|".join(map(re.escape, self.voila_configuration.extension_allowlist))
                pattern = pattern.replace("(.*)", f"((?:{names})/static/.*)")
            kept.append((pattern, type(own.__name__, (KnownHost, own), {}), *rest))
        return kept
