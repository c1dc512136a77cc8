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
      keep_address(cells);
      loading.hidden = true;
      document.body.classList.add("cw-shown");
      watch();
    }
    cells.style.display = "";
    shown.observe(cells, { childList: true, subtree: true });
    show();
  };

  document.addEventListener("DOMContentLoaded", function () {
    var failed = document.querySelector(".cw-failed");
    if (!failed) { window.voila_finish(); return; }
    ended = true;
    loading.hidden = true;
    say(failed.textContent);
  });

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

  // The address opens the visitor's history by a random code and, behind the #, holds what stands in the tabs. A kernel
  // may be older than the page, so it learns the address from here: by a hidden field, once the widgets are on screen.
  function keep_address(cells) {
    var arrivals = 0;
    var waiting;
    var brought = new MutationObserver(begin);
    brought.observe(cells, { childList: true, subtree: true });
    begin();

    function begin() {
      if (!cells.querySelector(".cw-arrived input") || !cells.querySelector(".cw-address")) { return; }
      brought.disconnect();
      new MutationObserver(soon).observe(cells.querySelector(".cw-address"), { childList: true, subtree: true });
      window.addEventListener("hashchange", function () { (/^#s=/.test(window.location.hash) ? tell : soon)(); });
      tell();
    }
    function tell() {
      var field = cells.querySelector(".cw-arrived input");
      arrivals += 1;
      field.value = arrivals + " " + window.location.search + window.location.hash;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    // Browsers refuse an address that changes with every key.
    function soon() {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(write, 250);
    }
    function write() {
      var held = cells.querySelector("[data-unit]");
      if (!held) { return; }
      var address = new URL(window.location.href);
      if (held.dataset.unit) { address.searchParams.set("unit", held.dataset.unit); }
      address.hash = held.dataset.state;
      if (address.href === window.location.href) { return; }
      try {
        window.history.replaceState(window.history.state, "", address);
      } catch (refused) {
        waiting = window.setTimeout(write, 5000);
      }
    }
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
