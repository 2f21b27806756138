/* A table of many rows: filters, sorting by several columns, groups, columns to choose, details in place, export.
   Rows are drawn as one scrolls, a hundred at a time; printing draws all that the filters leave. */
"use strict";
const valgenGrid = (root, view, changed) => {
  const { make, button, fold, order, announce, plural } = valgen;
  const STEP = 100;
  const NONE = "(none)";
  let made = 0;

  const facets = view.facets.filter((facet) => view.rows.some((row) => facet.values(row).length));
  const state = { words: "", chosen: new Map(), sort: [], group: "", columns: new Set(), open: new Set() };
  const closed = new Set();
  const standard = () => view.columns.filter((column) => !column.hidden).map((column) => column.key);
  let list = [];
  let shownRows = [];
  let first = 0;
  let drawn = 0;
  let current = null;

  // Controls

  const bar = make("div", "vg-bar vg-grid-bar");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Filter and arrange");
  const field = make("input");
  field.type = "search";
  field.id = "vg--grid-words";
  field.placeholder = "Id or words";
  const fieldLabel = make("label", "", "Filter ");
  fieldLabel.htmlFor = field.id;
  bar.append(make("span", "vg-choice", fieldLabel, field));

  const popups = [];
  const popup = (title, build) => {
    const box = make("details", "vg-popup");
    const summary = make("summary", "", title);
    const inside = make("div", "vg-popup-in");
    box.append(summary, inside);
    box.addEventListener("toggle", () => {
      if (!box.open) return;
      for (const other of popups) if (other !== box) other.open = false;
      build(inside);
      const edge = inside.getBoundingClientRect();
      box.classList.toggle("vg-popup-left", edge.right > document.documentElement.clientWidth);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && box.open) {
        box.open = false;
        summary.focus();
        event.stopPropagation();
      }
    });
    popups.push(box);
    bar.append(box);
    return { box, summary };
  };
  document.addEventListener("pointerdown", (event) => {
    for (const box of popups) if (box.open && !box.contains(event.target)) box.open = false;
  });

  const tick = (text, checked, act, extra) => {
    const box = make("input");
    box.type = "checkbox";
    box.checked = checked;
    box.addEventListener("change", () => act(box.checked));
    return make("label", "vg-tick", box, make("span", "", text), extra ? make("span", "vg-soft", extra) : "");
  };

  const facetParts = new Map();
  for (const facet of facets) {
    const part = popup(facet.title, (inside) => {
      const chosen = state.chosen.get(facet.key) ?? new Set();
      const counts = new Map();
      for (const row of view.rows) {
        if (!matches(row, facet.key)) continue;
        for (const value of facet.values(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const known = facet.order ?? [];
      const place = (value) => (known.includes(value) ? known.indexOf(value) : known.length);
      const values = [...new Set([...counts.keys(), ...chosen])].sort((a, b) => place(a) - place(b) || order.compare(a, b));
      const set = make("fieldset", "", make("legend", "", facet.title));
      for (const value of values) {
        const act = (yes) => {
          const now = new Set(state.chosen.get(facet.key));
          if (yes) now.add(value);
          else now.delete(value);
          if (now.size) state.chosen.set(facet.key, now);
          else state.chosen.delete(facet.key);
          refresh();
        };
        set.append(tick(value, chosen.has(value), act, (counts.get(value) ?? 0).toLocaleString("en")));
      }
      const none = button("", "Clear", () => {
        state.chosen.delete(facet.key);
        for (const box of set.querySelectorAll("input")) box.checked = false;
        refresh();
      });
      inside.replaceChildren(set, none);
    });
    facetParts.set(facet.key, part);
  }

  const groups = make("select");
  groups.id = "vg--grid-group";
  groups.append(new Option("nothing", ""), ...view.groups.map((group) => new Option(group.title, group.key)));
  const groupLabel = make("label", "", "Group by ");
  groupLabel.htmlFor = groups.id;
  bar.append(make("span", "vg-choice", groupLabel, groups));
  groups.addEventListener("change", () => {
    state.group = groups.value;
    closed.clear();
    refresh();
  });

  popup("Columns", (inside) => {
    const set = make("fieldset", "", make("legend", "", "Columns"));
    view.columns.forEach((column, place) => {
      if (!place) return;
      const act = (yes) => {
        if (yes) state.columns.add(column.key);
        else state.columns.delete(column.key);
        refresh();
      };
      set.append(tick(column.title, state.columns.has(column.key), act));
    });
    const back = button("", "As at first", () => {
      state.columns = new Set(standard());
      for (const box of popups) if (box.contains(back)) box.open = false;
      refresh();
    });
    inside.replaceChildren(set, back);
  });

  const clear = button("", "Clear filters", () => {
    state.words = "";
    field.value = "";
    state.chosen.clear();
    refresh();
    field.focus();
  });
  const fold1 = button("", "Close all groups", () => {
    const names = list.filter((one) => one.group !== undefined).map((one) => one.group);
    const all = names.every((name) => closed.has(name));
    closed.clear();
    if (!all) for (const name of names) closed.add(name);
    refresh();
  });
  const copy = button("", "Copy link to this view", async () => {
    const done = await valgenCopy(window.location.href);
    announce(done ? "The link is copied" : "The link could not be copied; it stands in the address bar");
    copy.textContent = done ? "Link copied" : "See address bar";
    window.setTimeout(() => {
      copy.textContent = "Copy link to this view";
    }, 2000);
  });
  const save = button("", "Save as CSV", () => export_());
  bar.append(clear, fold1, copy, save);

  const count = make("p", "vg-count");
  count.setAttribute("role", "status");
  const told = make("p", "vg-told");
  const hint = make("p", "vg-hint", "Arrow keys move between rows, Enter opens one. Hold Shift to sort by several columns.");
  const line = make("div", "vg-count-line", count, told);

  // Table

  const frame = make("div", "vg-table-frame vg-frame-matrix vg-grid-frame");
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", view.title);
  frame.tabIndex = 0;
  const table = make("table", "vg-table vg-role-matrix vg-grid");
  const caption = make("caption", "vg-sr", view.title);
  const cols = make("colgroup");
  const head = make("thead");
  table.append(caption, cols, head);
  const earlier = button("vg-more", "Show earlier rows", () => drawBefore(STEP));
  const more = button("vg-more", "Show more rows", () => draw(STEP));
  frame.append(earlier, table, more);
  root.replaceChildren(bar, line, hint, frame);
  new ResizeObserver(() => frame.style.setProperty("--vg-frame", `${frame.clientWidth}px`)).observe(frame);
  const atEdge = (edge, act) => {
    new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) act(STEP);
    }, { root: frame, rootMargin: "600px" }).observe(edge);
  };
  atEdge(earlier, (many) => drawBefore(many));
  atEdge(more, (many) => draw(many));

  /* The first column is as wide as its ids, within bounds. */
  const longest = view.rows.reduce((most, row) => Math.max(most, row.key.length), 0);
  view.columns[0].weight = Math.min(Math.max(longest * 0.85 + 4, 9), 19);

  const columnsNow = () => view.columns.filter((column, place) => !place || state.columns.has(column.key));

  const drawHead = () => {
    const columns = columnsNow();
    const sum = columns.reduce((total, column) => total + (column.weight ?? 8), 0);
    cols.replaceChildren(...columns.map((column) => {
      const col = make("col");
      col.style.width = `${(100 * (column.weight ?? 8)) / sum}%`;
      return col;
    }));
    table.style.minWidth = `${Math.round(sum * 0.72)}rem`;
    const row = make("tr");
    for (const column of columns) {
      const cell = make("th");
      cell.scope = "col";
      const place = state.sort.findIndex((one) => one.key === column.key);
      const sorted = state.sort[place];
      const sorter = button("vg-sort", column.title, (event) => sortBy(column.key, event.shiftKey));
      sorter.dataset.key = column.key;
      if (sorted && place === 0) cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      if (sorted && state.sort.length > 1) {
        sorter.append(make("span", "vg-sort-place", ` ${place + 1}`));
        if (place) sorter.append(make("span", "vg-sr", sorted.down ? " descending" : " ascending"));
      }
      if (sorted && place) sorter.classList.add(sorted.down ? "vg-sort-down" : "vg-sort-up");
      cell.append(sorter);
      row.append(cell);
    }
    const kept = document.activeElement?.dataset?.key;
    head.replaceChildren(row);
    if (kept) [...head.querySelectorAll(".vg-sort")].find((one) => one.dataset.key === kept)?.focus();
  };

  const sortBy = (key, add) => {
    const now = state.sort.find((one) => one.key === key);
    if (!add) state.sort = !now ? [{ key, down: false }] : now.down ? [] : [{ key, down: true }];
    else if (!now) state.sort.push({ key, down: false });
    else if (!now.down) now.down = true;
    else state.sort = state.sort.filter((one) => one !== now);
    refresh();
    const column = view.columns.find((one) => one.key === key);
    const one = state.sort.find((found) => found.key === key);
    announce(one ? `Sorted by ${column.title}, ${one.down ? "descending" : "ascending"}` : `Not sorted by ${column.title}`);
  };

  // Rows

  const textOf = (row) => (row.text ??= fold([row.more ?? "", ...view.columns.map((column) => column.value(row))].join(" ")));
  let wanted = [];
  const matches = (row, except) => {
    for (const facet of facets) {
      const chosen = facet.key === except ? null : state.chosen.get(facet.key);
      if (chosen && !facet.values(row).some((value) => chosen.has(value))) return false;
    }
    return wanted.every((word) => textOf(row).includes(word));
  };

  const arrange = () => {
    wanted = fold(state.words).split(/\s+/).filter(Boolean);
    const rows = view.rows.filter((row) => matches(row));
    const keys = state.sort.map(({ key, down }) => [view.columns.find((column) => column.key === key), down ? -1 : 1]);
    if (keys.length) {
      const made = new Map(rows.map((row) => [row, keys.map(([column]) => (column.order ?? column.value)(row))]));
      const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
      rows.sort((a, b) => {
        for (let place = 0; place < keys.length; place += 1) {
          const found = compare(made.get(a)[place], made.get(b)[place]);
          if (found) return found * keys[place][1];
        }
        return a.number - b.number;
      });
    }
    shownRows = rows;
    const group = view.groups.find((one) => one.key === state.group);
    if (!group) return rows.map((row) => ({ row }));
    const held = new Map();
    for (const row of rows) {
      for (const name of group.values(row).length ? group.values(row) : [NONE]) {
        if (!held.has(name)) held.set(name, []);
        held.get(name).push(row);
      }
    }
    const known = group.order ?? [];
    const place = (name) => (name === NONE ? 1e6 : known.includes(name) ? known.indexOf(name) : known.length);
    const names = [...held.keys()].sort((a, b) => place(a) - place(b) || order.compare(a, b));
    return names.flatMap((name) => {
      const inside = closed.has(name) ? [] : held.get(name).map((row) => ({ row }));
      return [{ group: name, title: group.title, count: held.get(name).length }, ...inside];
    });
  };

  const drawRow = (row, number) => {
    const element = make("tr", "vg-grid-row");
    element.setAttribute("aria-rowindex", String(number + 2));
    columnsNow().forEach((column, place) => {
      const cell = make(place ? "td" : "th");
      if (place) {
        column.fill ? column.fill(row, cell) : cell.append(column.value(row) || "–");
        if (!cell.hasChildNodes()) cell.append("–");
        const tone = column.tone?.(row);
        if (tone && tone !== "neutral") cell.className = `vg-cell vg-${tone}`;
      } else {
        cell.scope = "row";
        const open = button("vg-open", column.value(row), () => toggle(row));
        if (row.key.length <= 16) open.classList.add("vg-nobreak");
        open.tabIndex = row === current ? 0 : -1;
        open.setAttribute("aria-expanded", "false");
        cell.append(open);
      }
      element.append(cell);
    });
    element.valgenRow = row;
    return element;
  };

  const drawDetail = (row, element) => {
    const opener = element.querySelector(".vg-open");
    const cell = make("td");
    cell.colSpan = columnsNow().length;
    const inside = make("div", "vg-detail-in");
    inside.id = `vg--detail-${++made}`;
    inside.setAttribute("role", "group");
    inside.setAttribute("aria-label", `Details of ${row.key}`);
    view.detail(row, inside);
    cell.append(inside);
    const below = make("tr", "vg-detail", cell);
    below.valgenRow = row;
    element.after(below);
    element.classList.add("vg-is-open");
    opener.setAttribute("aria-expanded", "true");
    opener.setAttribute("aria-controls", inside.id);
  };

  const toggle = (row) => {
    const element = [...frame.querySelectorAll(".vg-grid-row")].find((one) => one.valgenRow === row);
    if (state.open.delete(row.key)) {
      if (element?.nextElementSibling?.classList.contains("vg-detail")) element.nextElementSibling.remove();
      element?.classList.remove("vg-is-open");
      element?.querySelector(".vg-open").setAttribute("aria-expanded", "false");
      element?.querySelector(".vg-open").removeAttribute("aria-controls");
    } else {
      state.open.add(row.key);
      if (element) drawDetail(row, element);
    }
    setCurrent(row);
    changed();
  };

  const setCurrent = (row) => {
    current = row;
    for (const opener of frame.querySelectorAll('.vg-open[tabindex="0"]')) opener.tabIndex = -1;
    const element = [...frame.querySelectorAll(".vg-grid-row")].find((one) => one.valgenRow === row);
    if (element) element.querySelector(".vg-open").tabIndex = 0;
  };

  /* Makes the rows from one place of the list to another; details are opened once the rows are in the page. */
  const makeRows = (start, stop) => {
    let body = make("tbody");
    const bodies = [body];
    const later = [];
    for (let at = start; at < stop; at += 1) {
      const one = list[at];
      if (one.row) {
        const element = drawRow(one.row, at);
        body.append(element);
        if (state.open.has(one.row.key)) later.push([one.row, element]);
      } else {
        body = make("tbody", "vg-group");
        bodies.push(body);
        const cell = make("th");
        cell.scope = "rowgroup";
        cell.colSpan = columnsNow().length;
        const shut = button("vg-group-open", "", () => {
          if (!closed.delete(one.group)) closed.add(one.group);
          refresh();
          [...frame.querySelectorAll(".vg-group-open")].find((found) => found.dataset.name === one.group)?.focus();
        });
        shut.dataset.name = one.group;
        shut.append(`${one.title}: ${one.group} `, make("span", "vg-soft", `(${plural(one.count, "row")})`));
        shut.setAttribute("aria-expanded", String(!closed.has(one.group)));
        cell.append(shut);
        const heading = make("tr", "", cell);
        heading.setAttribute("aria-rowindex", String(at + 2));
        body.append(heading);
      }
    }
    return [bodies.filter((part) => part.hasChildNodes()), later];
  };
  const afterDrawing = (later) => {
    for (const [row, element] of later) drawDetail(row, element);
    earlier.hidden = first <= 0;
    more.hidden = drawn >= list.length;
    earlier.textContent = `Show earlier rows (${first.toLocaleString("en")} above)`;
    more.textContent = `Show more rows (${(list.length - drawn).toLocaleString("en")} below)`;
    if (!current || !frame.querySelector('.vg-open[tabindex="0"]')) {
      const first = frame.querySelector(".vg-grid-row");
      if (first) setCurrent(first.valgenRow);
    }
  };

  const draw = (many) => {
    const stop = Math.min(list.length, drawn + many);
    if (stop <= drawn) return;
    const [bodies, later] = makeRows(drawn, stop);
    drawn = stop;
    table.append(...bodies);
    afterDrawing(later);
  };
  const drawBefore = (many) => {
    const start = Math.max(0, first - many);
    if (start >= first) return;
    const [bodies, later] = makeRows(start, first);
    const height = frame.scrollHeight;
    const top = frame.scrollTop;
    first = start;
    head.after(...bodies);
    afterDrawing(later);
    frame.scrollTop = top + frame.scrollHeight - height;
  };
  /* Draws the rows around one place of the list only: nobody waits for thousands of rows to see one. */
  const drawAt = (place) => {
    for (const body of [...table.tBodies]) body.remove();
    first = drawn = Math.max(0, Math.min(place - 20, list.length - STEP));
    draw(STEP);
  };

  const describe = () => {
    const parts = state.words ? [`words “${state.words}”`] : [];
    for (const facet of facets) {
      const chosen = state.chosen.get(facet.key);
      if (chosen) parts.push(`${facet.title}: ${[...chosen].join(" or ")}`);
    }
    return parts.join("; ");
  };

  const refresh = (quiet) => {
    list = arrange();
    for (const body of [...table.tBodies]) body.remove();
    first = drawn = 0;
    drawHead();
    if (current && !shownRows.includes(current)) current = null;
    const all = shownRows.length === view.rows.length;
    const unit = view.unit;
    count.textContent = all
      ? plural(view.rows.length, unit)
      : `${shownRows.length.toLocaleString("en")} of ${plural(view.rows.length, unit)} shown`;
    line.classList.toggle("vg-filtered", !all);
    told.textContent = describe();
    clear.disabled = all && !state.words && !state.chosen.size;
    fold1.hidden = !state.group;
    fold1.textContent = list.some((one) => one.group !== undefined && !closed.has(one.group)) ? "Close all groups" : "Open all groups";
    table.setAttribute("aria-rowcount", String(list.length + 1));
    for (const facet of facets) {
      const size = state.chosen.get(facet.key)?.size;
      const { box, summary } = facetParts.get(facet.key);
      summary.textContent = size ? `${facet.title} (${size})` : facet.title;
      box.classList.toggle("vg-chosen", Boolean(size));
    }
    if (!list.length) {
      const cell = make("td", "", "No row has all of this.");
      cell.colSpan = columnsNow().length;
      table.append(make("tbody", "", make("tr", "", cell)));
    }
    draw(STEP);
    earlier.hidden = true;
    more.hidden = drawn >= list.length;
    if (!quiet) changed();
  };

  let pause = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => {
      state.words = field.value.trim();
      refresh();
    }, 120);
  });

  // Keyboard: one stop of the Tab key for all rows

  table.addEventListener("keydown", (event) => {
    const row = event.target.closest(".vg-grid-row, .vg-detail")?.valgenRow;
    if (event.key === "Escape" && row && state.open.has(row.key)) {
      toggle(row);
      [...frame.querySelectorAll(".vg-grid-row")].find((one) => one.valgenRow === row)?.querySelector(".vg-open").focus();
      return;
    }
    if (!event.target.classList.contains("vg-open")) return;
    const here = event.target.closest("tr");
    const rows = () => [...frame.querySelectorAll(".vg-grid-row")];
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };
    let to = -1;
    if (event.key in moves) {
      const at = rows().indexOf(here) + moves[event.key];
      if (at >= rows().length) draw(STEP);
      const before = rows().length;
      if (at < 0) drawBefore(STEP);
      to = Math.max(0, Math.min(rows().length - 1, at + rows().length - (at < 0 ? before : rows().length)));
    } else if (event.key === "Home") {
      if (first) drawAt(0);
      to = 0;
    } else if (event.key === "End") {
      if (drawn < list.length) drawAt(list.length);
      to = rows().length - 1;
    } else return;
    event.preventDefault();
    const next = rows()[to];
    setCurrent(next.valgenRow);
    next.querySelector(".vg-open").focus();
  });
  table.addEventListener("click", (event) => {
    const row = event.target.closest(".vg-grid-row");
    if (!row || event.target.closest("a, button, input, summary") || String(window.getSelection())) return;
    toggle(row.valgenRow);
  });

  // Print and export

  window.addEventListener("beforeprint", () => {
    if (!root.contains(frame)) return;
    drawBefore(list.length);
    draw(list.length);
    /* A button in a header that paper repeats is drawn empty. */
    for (const sorter of head.querySelectorAll(".vg-sort")) sorter.replaceWith(sorter.textContent);
  });
  window.addEventListener("afterprint", () => {
    if (root.contains(frame)) drawHead();
  });

  /* The wide forms count as formulas in Japanese spreadsheets. */
  const harmless = (text) => (/^\s*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const export_ = () => {
    const columns = columnsNow();
    const lines = [columns.map((column) => column.title), ...shownRows.map((row) => columns.map((column) => column.value(row)))];
    const text = lines.map((cells) => cells.map((cell) => quoted(harmless(cell))).join(",")).join("\r\n");
    const link = make("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = `${view.key}.csv`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    announce(`${plural(shownRows.length, "row")} saved as ${link.download}`);
  };

  // Address

  const read = (values) => {
    state.words = values.get("q") ?? "";
    field.value = state.words;
    state.chosen.clear();
    for (const facet of facets) {
      const found = values.getAll(facet.key);
      if (found.length) state.chosen.set(facet.key, new Set(found));
    }
    state.sort = (values.get("sort") ?? "")
      .split(",")
      .filter(Boolean)
      .map((one) => ({ key: one.replace(/^-/, ""), down: one.startsWith("-") }))
      .filter(({ key }) => view.columns.some((column) => column.key === key));
    state.group = view.groups.some((group) => group.key === values.get("group")) ? values.get("group") : "";
    groups.value = state.group;
    const columns = values.get("columns");
    state.columns = new Set(columns === null ? standard() : columns.split(","));
    state.open = new Set(values.getAll("open"));
    refresh(true);
  };
  const write = () => {
    const pairs = [];
    if (state.words) pairs.push(["q", state.words]);
    for (const facet of facets) for (const value of state.chosen.get(facet.key) ?? []) pairs.push([facet.key, value]);
    if (state.sort.length) pairs.push(["sort", state.sort.map(({ key, down }) => (down ? `-${key}` : key)).join(",")]);
    if (state.group) pairs.push(["group", state.group]);
    const columns = view.columns.map((column) => column.key).filter((key) => state.columns.has(key));
    if (columns.join() !== standard().join()) pairs.push(["columns", columns.join()]);
    for (const key of state.open) pairs.push(["open", key]);
    return pairs;
  };

  /* Shows a row whatever the filters say, opens it and goes there. */
  const reveal = (key) => {
    const row = view.rows.find((one) => one.key === key);
    if (!row) return false;
    if (!shownRows.includes(row)) {
      state.words = field.value = "";
      state.chosen.clear();
    }
    state.open.add(key);
    current = row;
    refresh(true);
    const at = list.findIndex((one) => one.row === row);
    if (at >= drawn) drawAt(at);
    const element = [...frame.querySelectorAll(".vg-grid-row")].find((one) => one.valgenRow === row);
    setCurrent(row);
    element?.scrollIntoView({ block: "start" });
    frame.scrollTop -= head.offsetHeight + 4;
    element?.querySelector(".vg-open").focus({ preventScroll: true });
    return true;
  };

  return { read, write, reveal };
};
