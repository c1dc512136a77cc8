// What Python cannot do: swap the loading message for the page, and say when the session behind it is gone.
(function () {
  "use strict";
  var loading = document.getElementById("loading");
  var lost = document.getElementById("cw-lost");
  var words = document.getElementById("cw-lost-words");
  var ended = false;

  window.voila_heartbeat = function () {};
  window.voila_process = function () {};
  // Called when all cells are here, and by Voila when its scripts have started.
  window.voila_finish = function () {
    if (!window.themeLoaded) { window.cellLoaded = true; return; }
    var cells = document.getElementById("rendered_cells");
    var shown = new MutationObserver(show);
    function show() {
      if (!cells.querySelector(".cw-app")) { return; }
      shown.disconnect();
      name_groups(cells);
      name_tuning(cells);
      keep_unit(cells);
      loading.hidden = true;
      document.body.classList.add("cw-shown");
      watch();
    }
    cells.style.display = "";
    shown.observe(cells, { childList: true, subtree: true });
    show();
  };

  document.addEventListener("DOMContentLoaded", window.voila_finish);

  // A bar of radio buttons has words above it; say that they belong together.
  function name_groups(cells) {
    cells.querySelectorAll(".widget-radio").forEach(function (bar) {
      var group = bar.querySelector(".widget-radio-box");
      group.setAttribute("role", "radiogroup");
      group.setAttribute("aria-label", bar.querySelector(".widget-label").textContent);
    });
  }

  // So have a slider, which is drawn after the page is shown, and the boxes of genres.
  function name_tuning(cells) {
    var drawn = new MutationObserver(name);
    function name() {
      var handle = cells.querySelector(".cw-damping [role=slider]"), genres = cells.querySelector(".cw-genres");
      if (!handle || !genres) { return; }
      drawn.disconnect();
      handle.setAttribute("aria-label", cells.querySelector(".cw-damping .widget-label").textContent);
      genres.setAttribute("role", "group");
      genres.setAttribute("aria-label", "Genres");
    }
    drawn.observe(cells, { childList: true, subtree: true });
    name();
  }

  // While a test runs, the page brings a random code; in the address it outlives a reload.
  function keep_unit(cells) {
    var brought = new MutationObserver(keep);
    function keep() {
      var unit = cells.querySelector("[data-unit]");
      if (!unit) { return; }
      brought.disconnect();
      var address = new URL(window.location.href);
      address.searchParams.set("unit", unit.dataset.unit);
      window.history.replaceState(window.history.state, "", address);
    }
    brought.observe(cells, { childList: true, subtree: true });
    keep();
  }

  function say(text) {
    words.textContent = text;
    lost.hidden = false;
    document.body.classList.add("cw-is-lost");
  }

  function config() {
    return JSON.parse(document.getElementById("jupyter-config-data").textContent);
  }

  function ask() {
    var page = config();
    return fetch(page.baseUrl + "api/kernels/" + page.kernelId, { cache: "no-store" }).then(function (answer) {
      if (answer.status === 404) {
        ended = true;
        say("This session has ended: it was idle for long, or the app was started anew. Reload the page to go on.");
      } else {
        lost.hidden = true;
        document.body.classList.remove("cw-is-lost");
      }
    }, function () {
      say("The app cannot be reached. This page looks again every few seconds; reload it if that does not help.");
    });
  }

  function watch() {
    var every = 10000;
    (function again() {
      if (ended) { return; }
      (document.hidden ? Promise.resolve() : ask()).then(function () { window.setTimeout(again, every); });
    })();
    document.addEventListener("visibilitychange", function () { if (!document.hidden && !ended) { ask(); } });
  }

  // A kernel's end closes its socket at once: look then, not seconds later.
  var Socket = window.WebSocket;
  window.WebSocket = new Proxy(Socket, {
    construct: function (target, args) {
      var socket = new target(...args);
      socket.addEventListener("close", function () {
        if (!loading.hidden || ended) { return; }
        window.setTimeout(ask, 300);
      });
      return socket;
    }
  });

  document.getElementById("cw-reload").addEventListener("click", function () { window.location.reload(); });
})();
