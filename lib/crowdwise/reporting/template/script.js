// What a page can do without: its contents follow the reader, tables sort and filter, all code opens at once.
(() => {
  "use strict";
  const make = (name, attributes = {}, text = "") => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };

  // --- contents ---
  const links = new Map(
    [...document.querySelectorAll(".contents a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link])
  );
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const contents = document.querySelector(".contents");
  let marked = null;

  const follow = () => {
    const atEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 4;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < window.innerHeight * 0.35);
    const here = links.get((atEnd ? headings.at(-1) : passed.at(-1))?.id);
    if (here === marked) return;
    marked?.removeAttribute("aria-current");
    here?.setAttribute("aria-current", "true");
    marked = here;
    if (here && contents.scrollHeight > contents.clientHeight) {
      contents.scrollTop = here.offsetTop - contents.clientHeight / 2;
    }
  };

  if (headings.length && "IntersectionObserver" in window) {
    // A heading counts as seen from the line on upwards, however far: a jump over several is noticed too.
    const watch = new IntersectionObserver(follow, { rootMargin: "1000000px 0px -65% 0px" });
    headings.forEach((heading) => watch.observe(heading));
    const end = document.querySelector("footer");
    if (end) new IntersectionObserver(follow).observe(end);
  }
  if (contents && window.matchMedia("(max-width: 62rem)").matches) contents.querySelector("details")?.removeAttribute("open");

  // --- code ---
  const code = [...document.querySelectorAll("details.code")];
  if (code.length && contents) {
    const button = make("button", { type: "button", class: "show-code", "aria-pressed": "false" }, "Show all code");
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(open));
      for (const each of code) each.open = open;
    });
    contents.append(button);
  }

  // --- tables ---
  const MISSING = /^[–—-]?$/;
  const NUMBER = /^[<>≤≥~≈]?\s*([+−-]?)\s*[$€£×]?\s*([+−-]?)(\d[\d,]*(?:\.\d+)?|\.\d+)(?![\d-]*-\d)/;

  // A cell's number: the first thing in it, as in "1,234", "12 %", ".45 [.44, .46]", "−0.3"; NaN if there is none.
  const numberOf = (text) => {
    const found = NUMBER.exec(text);
    if (!found) return NaN;
    const size = Number(found[3].replaceAll(",", ""));
    return /[−-]/.test(found[1] + found[2]) ? -size : size;
  };

  const sorted = (rows, column, direction) => {
    const texts = rows.map((row) => row.cells[column].textContent.trim());
    const known = texts.filter((text) => !MISSING.test(text));
    const numeric = known.length > 0 && known.every((text) => !Number.isNaN(numberOf(text)));
    const keys = new Map(rows.map((row, k) => [row, numeric ? numberOf(texts[k]) : texts[k]]));
    const missing = new Set(rows.filter((row, k) => MISSING.test(texts[k])));
    const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    const compare = numeric ? (a, b) => a - b : words.compare;
    // What is missing stays last, whichever way the rest is sorted.
    return [...rows].sort(
      (a, b) => missing.has(a) - missing.has(b) || (missing.has(a) ? 0 : direction * compare(keys.get(a), keys.get(b)))
    );
  };

  const letSort = (table, rows) => {
    const heads = [...table.tHead.rows[0].cells];
    const order = [
      [null, 1],
      ["ascending", 1],
      ["descending", -1],
    ];
    heads.forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const at = order.findIndex(([word]) => word === head.getAttribute("aria-sort"));
        const [word, direction] = order[(at + 1) % order.length];
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        if (word) head.setAttribute("aria-sort", word);
        table.tBodies[0].append(...(word ? sorted(rows, column, direction) : rows));
      });
    });
  };

  const letFilter = (table, rows, before) => {
    const box = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    const label = make("label", {}, "Filter rows ");
    const count = make("output", {}, `${rows.length} rows`);
    label.append(box);
    const tools = make("div", { class: "table-tools" });
    tools.append(label, count);
    before.before(tools);
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      const texts = (row) => row.textContent.toLowerCase();
      for (const row of rows) row.hidden = !words.every((word) => texts(row).includes(word));
      const left = rows.filter((row) => !row.hidden).length;
      count.textContent = words.length ? `${left} of ${rows.length} rows` : `${rows.length} rows`;
    });
  };

  const scrollers = [];
  for (const table of document.querySelectorAll("main table")) {
    const scroller = make("div", { class: "scroller" });
    table.before(scroller);
    scroller.append(table);
    scrollers.push(scroller);
    if (table.tHead?.rows.length !== 1 || table.tBodies.length !== 1) continue;
    const rows = [...table.tBodies[0].rows];
    const width = table.tHead.rows[0].cells.length;
    if (rows.length < 3 || rows.some((row) => row.cells.length !== width)) continue;
    letSort(table, rows);
    if (rows.length > 12) letFilter(table, rows, scroller);
  }

  // What scrolls sideways can be scrolled by keyboard too. All is measured first, then changed, once a frame at most.
  let asked = false;
  const reach = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const found = [...scrollers, ...document.querySelectorAll(".outputs, pre")];
      const wide = found.map((each) => each.scrollWidth > each.clientWidth + 1);
      found.forEach((each, k) => (wide[k] ? each.setAttribute("tabindex", "0") : each.removeAttribute("tabindex")));
    });
  };
  reach();
  window.addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
})();
