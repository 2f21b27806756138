/* Tables: matrices can be filtered and sorted; wide tables can be reached by keyboard when they scroll.
   Without this script every table is a plain, complete table. */
"use strict";
(() => {
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const words = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const shownText = (cell) => {
    if (!cell.querySelector(".vg-permalink, .vg-sr")) return words(cell);
    const copy = cell.cloneNode(true);
    for (const extra of copy.querySelectorAll(".vg-permalink, .vg-sr")) extra.remove();
    return words(copy);
  };
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  const FEWEST_ROWS = 10;
  let made = 0;

  const enhance = (table) => {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...body.rows].map((element, place) => {
      const cells = [...element.cells].map(shownText);
      return { element, place, cells, all: cells.join(" ").toLowerCase() };
    });
    if (rows.length < FEWEST_ROWS) return;
    const number = ++made;
    const caption = table.closest(".vg-table-frame")?.getAttribute("aria-label") || "table";

    const bar = make("div", "vg-bar");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", `Filter: ${caption}`);
    const label = make("label", "", "Filter ");
    const field = make("input");
    field.type = "search";
    field.id = `vg--filter-${number}`;
    field.placeholder = "Id or words";
    label.htmlFor = field.id;
    const search = make("span", "vg-choice");
    search.append(label, field);
    bar.append(search);

    /* A choice for each column whose cells carry a tone: results, coverage, classifications. */
    const choices = [];
    heads.forEach((head, column) => {
      const toned = rows.some(({ element }) => element.cells[column]?.classList.contains("vg-cell"));
      const values = [...new Set(rows.map((row) => row.cells[column]))].sort(order.compare);
      /* A cell such as "OQ-014 VAL: Passed" is no choice but a list of results. */
      if (!toned || values.length < 2 || values.length > 15 || values.some((value) => /\d|.{41}/.test(value))) return;
      const select = make("select");
      select.id = `vg--choice-${number}-${column}`;
      select.append(new Option("all", ""));
      for (const value of values) select.append(new Option(value, `=${value}`));
      const name = make("label", "", `${words(head)} `);
      name.htmlFor = select.id;
      const pair = make("span", "vg-choice");
      pair.append(name, select);
      bar.append(pair);
      choices.push({ select, column });
    });

    const reset = make("button", "", "Show all");
    reset.type = "button";
    const count = make("p", "vg-count");
    count.setAttribute("role", "status");
    bar.append(reset, count);

    const apply = () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const yes =
          wanted.every((word) => row.all.includes(word)) &&
          choices.every(({ select, column }) => !select.value || `=${row.cells[column]}` === select.value);
        row.element.hidden = !yes;
        if (yes) shown += 1;
      }
      const all = shown === rows.length;
      count.textContent = all ? `${rows.length} rows` : `${shown} of ${rows.length} rows shown (filtered)`;
      bar.classList.toggle("vg-filtered", !all);
      reset.disabled = all;
    };
    let waiting = 0;
    field.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(apply, 100);
    });
    for (const { select } of choices) select.addEventListener("change", apply);
    const clear = () => {
      field.value = "";
      for (const { select } of choices) select.value = "";
      apply();
    };
    reset.addEventListener("click", () => {
      clear();
      field.focus();
    });

    /* A link to a row that a filter hides would lead nowhere. */
    const reveal = () => {
      const id = decodeURIComponent(window.location.hash.slice(1));
      const target = id && document.getElementById(id);
      if (target && target.hidden && table.contains(target)) {
        clear();
        target.scrollIntoView();
      }
    };
    window.addEventListener("hashchange", reveal);

    heads.forEach((head, column) => {
      const button = make("button", "vg-sort", words(head));
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const next = now === "ascending" ? "descending" : now === "descending" ? "" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        if (next) head.setAttribute("aria-sort", next);
        const sign = next === "descending" ? -1 : 1;
        const sorted = [...rows].sort((a, b) =>
          next ? sign * order.compare(a.cells[column], b.cells[column]) || a.place - b.place : a.place - b.place,
        );
        body.append(...sorted.map((row) => row.element));
      });
    });

    const frame = table.closest(".vg-table-frame") || table;
    frame.before(bar);
    apply();
  };

  for (const table of document.querySelectorAll("table.vg-role-matrix, table.vg-role-index")) enhance(table);

  /* Asking each of thousands of tables how wide it is would lay out the whole page. All tables of a page have the same
     room, so its width tells which are wider than it; those that come near are measured as well. */
  const frames = [...document.querySelectorAll(".vg-table-frame:not([tabindex])")];
  const set = (frame, wide) => {
    if (wide === (frame.getAttribute("role") === "region")) return;
    if (wide) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", frame.dataset.name || "Table");
    } else for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
  };
  const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const reachable = () => {
    const room = document.querySelector("main, .body, body").clientWidth;
    for (const frame of frames) set(frame, room < (frame.firstElementChild?.classList.contains("vg-wide") ? 60 : 36) * unit);
  };
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) set(target, target.scrollWidth > target.clientWidth + 1);
  }, { rootMargin: "400px" });
  reachable();
  for (const frame of frames) near.observe(frame);
  let later = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(later);
    later = window.setTimeout(() => {
      reachable();
      for (const frame of frames) {
        near.unobserve(frame);
        near.observe(frame);
      }
    }, 200);
  });
})();
