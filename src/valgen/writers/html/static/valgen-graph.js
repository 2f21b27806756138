/* The trace graph: what an id comes from and leads to, in layers, as a drawing and as text.
   Left is what is asked for, right what shows that it is met. Drawn as SVG, so that every node is a link that the
   keyboard reaches and a screen reader names. */
"use strict";
(() => {
  const root = document.getElementById("vg--graph");
  const { data, make, button, nodes, byId, kinds, fold, order, reference, pageLink, badge, plural, readAddress, writeAddress } = valgen;
  if (!root) return;
  if (!data) {
    root.append(make("p", "vg-notice vg-bad", "The data of this page could not be loaded: the folder _data is missing beside it."));
    return;
  }
  const MOST = 1000;
  const IN_LAYER = 30;
  const SYMBOLS = { good: "✓", bad: "✕", warn: "▲", neutral: "○", muted: "–" };
  const state = { focus: null, steps: 2, way: "both", by: data.formal ? "status" : data.dry ? "dry" : "status", all: false };
  const statusOf = (node) => node[state.by] ?? { word: "", tone: "neutral" };

  // Controls

  const bar = make("div", "vg-bar");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "What is drawn");
  const labelled = (text, control, id) => {
    control.id = id;
    const label = make("label", "", `${text} `);
    label.htmlFor = id;
    const pair = make("span", "vg-choice", label, control);
    bar.append(pair);
    return control;
  };
  const field = labelled("Id or words", make("input"), "vg--graph-find");
  field.type = "search";
  field.autocomplete = "off";
  const choice = (text, id, options, value, act) => {
    const select = labelled(text, make("select"), id);
    select.append(...options.map(([key, name]) => new Option(name, key, false, key === value)));
    select.addEventListener("change", () => {
      act(select.value);
      draw();
      keep();
    });
    return select;
  };
  const steps = choice("Steps", "vg--graph-steps", [1, 2, 3, 4].map((one) => [String(one), String(one)]), "2", (value) => {
    state.steps = Number(value);
  });
  const way = choice("Direction", "vg--graph-way", [["both", "up and down"], ["up", "up: what it comes from"], ["down", "down: what shows it"]], "both", (value) => {
    state.way = value;
  });
  if (data.dry) {
    choice("Status", "vg--graph-by", [["status", "by formal results"], ["dry", "by dry runs"]], state.by, (value) => {
      state.by = value;
    });
  }
  const whole = button("", "Whole graph", () => {
    window.location.hash = "all=1";
  });
  if (nodes.length > MOST) {
    whole.disabled = true;
    whole.title = `The whole graph is drawn up to ${MOST} nodes; this one has ${nodes.length}.`;
  }
  bar.append(whole);
  const hits = make("ul", "vg-graph-hits");
  hits.setAttribute("aria-label", "Ids found");
  const told = make("p", "vg-graph-told");
  told.setAttribute("role", "status");

  const texts = nodes.map((node) => fold(`${node.id} ${node.title}`));
  const find = () => {
    const wanted = fold(field.value).split(/\s+/).filter(Boolean);
    const found = [];
    if (wanted.length) {
      nodes.forEach((node, place) => {
        if (wanted.every((word) => texts[place].includes(word))) found.push([fold(node.id).startsWith(wanted[0]) ? 0 : 1, node]);
      });
      found.sort((a, b) => a[0] - b[0] || order.compare(a[1].id, b[1].id));
    }
    hits.replaceChildren(...found.slice(0, 10).map(([, node]) => {
      const link = make("a", "", node.id, ` ${node.title}`);
      link.href = `#${encodeURIComponent(node.id)}`;
      return make("li", "", link);
    }));
    if (found.length > 10) hits.append(make("li", "vg-soft", `and ${found.length - 10} more`));
    if (wanted.length && !found.length) hits.append(make("li", "vg-soft", "No id or title has these words."));
    return found;
  };
  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const [first] = find();
      if (first) choose(first[1]);
    } else if (event.key === "ArrowDown") {
      hits.querySelector("a")?.focus();
      event.preventDefault();
    }
  });
  hits.addEventListener("keydown", (event) => {
    const links = [...hits.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)].focus();
    else if (event.key === "ArrowUp") (at ? links[at - 1] : field).focus();
    else if (event.key === "Escape") field.focus();
    else return;
    event.preventDefault();
  });
  const choose = (node) => {
    hits.replaceChildren();
    field.value = "";
    if (readAddress().id === node.id) follow();
    else window.location.hash = encodeURIComponent(node.id);
  };

  // What is drawn

  const reach = (start, steps, edges, end) => {
    const found = new Map([[start, 0]]);
    let edge = [start];
    for (let step = 1; step <= steps && edge.length; step += 1) {
      const next = [];
      for (const node of edge) {
        for (const one of node[edges]) {
          if (found.has(one[end])) continue;
          found.set(one[end], step);
          next.push(one[end]);
        }
      }
      edge = next;
    }
    return found;
  };
  const neighbourhood = () => {
    const up = state.way === "down" ? new Map() : reach(state.focus, state.steps, "up", "upper");
    const down = state.way === "up" ? new Map() : reach(state.focus, state.steps, "down", "lower");
    return { up, down, found: new Set([state.focus, ...up.keys(), ...down.keys()]) };
  };

  /* Layers from left to right; within a layer, nodes stand near the middle of those they are linked to. */
  const arrange = (found) => {
    const layers = new Map();
    for (const node of found) {
      const layer = node.kind.layer;
      if (!layers.has(layer)) layers.set(layer, []);
      layers.get(layer).push(node);
    }
    const columns = [...layers.keys()].sort((a, b) => a - b).map((layer) => layers.get(layer));
    const place = new Map();
    const number = (column) => column.forEach((node, at) => place.set(node, at / Math.max(1, column.length - 1)));
    for (const column of columns) {
      column.sort((a, b) => order.compare(a.id, b.id));
      number(column);
    }
    const pull = (column) => {
      const wanted = new Map(column.map((node) => {
        const near = [...node.up.map((edge) => edge.upper), ...node.down.map((edge) => edge.lower)].filter((one) => place.has(one) && one !== node);
        return [node, near.length ? near.reduce((sum, one) => sum + place.get(one), 0) / near.length : place.get(node)];
      }));
      column.sort((a, b) => wanted.get(a) - wanted.get(b) || order.compare(a.id, b.id));
      number(column);
    };
    for (let sweep = 0; sweep < 4; sweep += 1) {
      for (const column of sweep % 2 ? [...columns].reverse() : columns) pull(column);
    }
    return columns;
  };

  // Drawing

  const NS = "http://www.w3.org/2000/svg";
  const svg = (tag, attributes, ...content) => {
    const element = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  };
  const shape = (kind, w, h) => {
    const cut = h / 3;
    if (kind === "risk") return `M${cut} 0H${w - cut}L${w} ${h / 2}L${w - cut} ${h}H${cut}L0 ${h / 2}Z`;
    if (kind === "procedure") return `M0 0H${w - cut}L${w} ${cut}V${h}H0ZM${w - cut} 0V${cut}H${w}`;
    if (kind === "deviation") return `M${cut} 0H${w - cut}L${w} ${cut}V${h - cut}L${w - cut} ${h}H${cut}L0 ${h - cut}V${cut}Z`;
    if (kind === "clause") return `M0 0H${w}V${h}H0ZM5 0V${h}`;
    const round = kind === "test" ? h / 2 : 4;
    return `M${round} 0H${w - round}A${round} ${round} 0 0 1 ${w - round} ${h}H${round}A${round} ${round} 0 0 1 ${round} 0Z`.replace(
      /^.*$/,
      (path) => (kind === "test" ? path
        : `M${round} 0H${w - round}Q${w} 0 ${w} ${round}V${h - round}Q${w} ${h} ${w - round} ${h}H${round}Q0 ${h} 0 ${h - round}V${round}Q0 0 ${round} 0Z`),
    );
  };
  const pen = document.createElement("canvas").getContext("2d");
  const cutText = (text, most, font) => {
    pen.font = `${font} system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Arial, sans-serif`;
    if (pen.measureText(text).width <= most) return text;
    let stop = text.length;
    while (stop > 1 && pen.measureText(`${text.slice(0, stop)}…`).width > most) stop -= 1;
    return `${text.slice(0, stop)}…`;
  };

  const picture = svg("svg", { class: "vg-graph", role: "group", preserveAspectRatio: "xMidYMid meet" });
  const canvas = make("div", "vg-graph-frame", picture);
  const zoom = make("div", "vg-graph-zoom");
  zoom.setAttribute("role", "group");
  zoom.setAttribute("aria-label", "Zoom");
  const zoomButton = (text, label, act) => {
    const one = button("", text, act);
    one.setAttribute("aria-label", label);
    zoom.append(one);
  };
  zoomButton("+", "Zoom in", () => scale(0.8));
  zoomButton("−", "Zoom out", () => scale(1.25));
  zoomButton("Fit", "Fit: show all of it", () => fit(true));

  let world = { w: 100, h: 100 };
  let box = { x: 0, y: 0, w: 100, h: 100 };
  const apply = () => picture.setAttribute("viewBox", [box.x, box.y, box.w, box.h].map((one) => one.toFixed(1)).join(" "));
  const scale = (factor, at) => {
    const w = Math.min(Math.max(box.w * factor, 150), world.w * 3 + 500);
    const real = w / box.w;
    const centre = at ?? { x: box.x + box.w / 2, y: box.y + box.h / 2 };
    box = { x: centre.x - (centre.x - box.x) * real, y: centre.y - (centre.y - box.y) * real, w, h: box.h * real };
    apply();
  };
  const centreOf = (node) => {
    const at = places.get(node);
    return at ? { x: at.x + at.w / 2, y: at.y + at.h / 2 } : { x: world.w / 2, y: world.h / 2 };
  };
  const fit = (everything) => {
    const wide = picture.clientWidth || 800;
    const high = picture.clientHeight || 500;
    let one = Math.max(world.w / wide, world.h / high, 0.75);
    if (!everything) one = Math.min(one, 1.4);
    box = { w: wide * one, h: high * one, x: 0, y: 0 };
    const middle = everything || !state.focus ? { x: world.w / 2, y: world.h / 2 } : centreOf(state.focus);
    box.x = world.w <= box.w ? (world.w - box.w) / 2 : Math.min(Math.max(middle.x - box.w / 2, -10), world.w - box.w + 10);
    box.y = world.h <= box.h ? (world.h - box.h) / 2 : Math.min(Math.max(middle.y - box.h / 2, -10), world.h - box.h + 10);
    apply();
  };
  let places = new Map();
  let drawnColumns = [];

  const linkOf = (node) => [...picture.querySelectorAll(".vg-node-link")].find((one) => one.valgenNode === node);

  const drawPicture = (found, compact) => {
    const W = compact ? 118 : 164;
    const H = compact ? 24 : 46;
    const gapX = compact ? 46 : 50;
    const gapY = compact ? 6 : 12;
    const top = 26;
    const columns = arrange(found);
    places = new Map();
    drawnColumns = [];
    const heads = [];
    const extras = [];
    let x = 4;
    let high = 0;
    for (const column of columns) {
      const cap = compact ? column.length : IN_LAYER;
      const shown = column.slice(0, cap);
      if (state.focus && !shown.includes(state.focus) && column.includes(state.focus)) shown[shown.length - 1] = state.focus;
      const names = kinds.filter((kind) => column.some((node) => node.kind === kind)).map((kind) => kind.key === "clause" ? "Clauses" : kind.key);
      heads.push(svg("text", { x, y: 14, class: "vg-graph-layer" }, `${names.join(", ")} (${column.length})`));
      const rows = compact ? Math.max(34, Math.round(Math.sqrt(2 * found.size))) : IN_LAYER;
      for (let start = 0; start < shown.length; start += rows) {
        const part = shown.slice(start, start + rows);
        drawnColumns.push(part);
        part.forEach((node, at) => places.set(node, { x, y: top + at * (H + gapY), w: W, h: H }));
        high = Math.max(high, part.length * (H + gapY));
        x += W + (start + rows < shown.length ? 14 : gapX);
      }
      if (column.length > shown.length) {
        extras.push(svg("text", { x: x - W - gapX, y: top + shown.length * (H + gapY) + 14, class: "vg-graph-more" }, `and ${column.length - shown.length} more, see the text`));
        high += 20;
      }
    }
    /* Columns that are lower than the highest stand in the middle of it. */
    for (const column of drawnColumns) {
      const free = (high - column.length * (H + gapY)) / 2;
      if (free > 0 && !compact && !extras.length) for (const node of column) places.get(node).y += free;
    }
    world = { w: Math.max(x - gapX + 8, W), h: top + high + 4 };

    const lines = svg("g", { class: "vg-edges" });
    for (const node of places.keys()) {
      for (const edge of node.up) {
        const to = places.get(edge.upper);
        const from = places.get(node);
        if (!to) continue;
        const near = state.focus && (edge.upper === state.focus || edge.lower === state.focus);
        const same = Math.abs(to.x - from.x) < W;
        const [x1, y1] = [same ? from.x + W : from.x, from.y + H / 2];
        const [x2, y2] = [to.x + W, to.y + H / 2];
        const bend = same ? 40 : Math.max(30, (x1 - x2) / 2);
        const path = same ? `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}` : `M${x1} ${y1}C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}`;
        const line = svg("path", { d: path, class: near ? "vg-edge vg-edge-near" : "vg-edge" });
        line.append(svg("title", {}, `${edge.lower.id} ${edge.word} ${edge.upper.id}`));
        lines.append(line);
      }
    }
    const drawn = svg("g", {});
    for (const [node, { x: left, y, w, h }] of places) {
      const status = statusOf(node);
      const link = svg("a", {
        href: `#${encodeURIComponent(node.id)}`, class: "vg-node-link", tabindex: "-1",
        "aria-label": `${node.id}, ${node.kind.name}, ${node.title || "no title"}${node.rows ? `, ${plural(node.rows, "row")}` : ""}${status.word ? `, ${status.word}` : ""}${node === state.focus ? ", in the middle" : ""}`,
      });
      link.valgenNode = node;
      link.append(svg("path", { d: shape(node.kind.shape, w, h) }, svg("title", {}, `${node.id} ${node.title}\n${status.word}`)));
      /* The texts lie on the link, not in it: they are cut to its width, its name is not. */
      const part = svg("g", {
        class: `vg-node vg-node-${status.tone}${node === state.focus ? " vg-node-focus" : ""}`, transform: `translate(${left} ${y})`,
      }, link);
      const inset = node.kind.shape === "risk" || node.kind.shape === "test" ? (compact ? 10 : 15) : compact ? 7 : 10;
      const first = svg("text", { x: inset, y: compact ? 16 : 19, class: "vg-node-id", "aria-hidden": "true" });
      first.append(svg("tspan", { class: "vg-node-sign" }, `${SYMBOLS[status.tone] ?? "○"} `), cutText(node.id, w - 2 * inset - 12, compact ? "600 11px" : "600 12.5px"));
      part.append(first);
      if (!compact) part.append(svg("text", { x: inset, y: 35, class: "vg-node-title", "aria-hidden": "true" }, cutText(node.title || node.kind.name, w - 2 * inset, "400 11.5px")));
      drawn.append(part);
    }
    picture.replaceChildren(...heads, lines, drawn, ...extras);
    picture.classList.toggle("vg-graph-small", compact);
    picture.setAttribute("aria-label", state.focus && !compact ? `Drawing: neighbourhood of ${state.focus.id}` : "Drawing: whole trace graph");
    const start = linkOf(state.focus) ?? picture.querySelector(".vg-node-link");
    start?.setAttribute("tabindex", "0");
    picture.style.height = `${Math.round(Math.min(Math.max(world.h / 1.1, 260), window.innerHeight * 0.68))}px`;
    fit(compact);
  };

  const go = (node) => {
    for (const one of picture.querySelectorAll('.vg-node-link[tabindex="0"]')) one.setAttribute("tabindex", "-1");
    const link = linkOf(node);
    link.setAttribute("tabindex", "0");
    link.focus({ preventScroll: true });
    const at = centreOf(node);
    if (at.x < box.x || at.x > box.x + box.w || at.y < box.y || at.y > box.y + box.h) {
      box.x = at.x - box.w / 2;
      box.y = at.y - box.h / 2;
      apply();
    }
  };
  picture.addEventListener("keydown", (event) => {
    const node = event.target.closest?.(".vg-node-link")?.valgenNode;
    if (event.key === "+" || event.key === "=") scale(0.8);
    else if (event.key === "-") scale(1.25);
    else if (event.key === "0") fit(true);
    else if (node && event.key.startsWith("Arrow")) {
      const at = drawnColumns.findIndex((column) => column.includes(node));
      const inside = drawnColumns[at].indexOf(node);
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step) go(drawnColumns[at][Math.min(Math.max(inside + step, 0), drawnColumns[at].length - 1)]);
      else {
        const other = drawnColumns[at + (event.key === "ArrowRight" ? 1 : -1)];
        if (!other) return;
        const y = centreOf(node).y;
        go([...other].sort((a, b) => Math.abs(centreOf(a).y - y) - Math.abs(centreOf(b).y - y))[0]);
      }
    } else return;
    event.preventDefault();
  });
  const pointIn = (event) => {
    const edge = picture.getBoundingClientRect();
    return { x: box.x + ((event.clientX - edge.left) / edge.width) * box.w, y: box.y + ((event.clientY - edge.top) / edge.height) * box.h };
  };
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    scale(event.deltaY > 0 ? 1.15 : 0.87, pointIn(event));
  }, { passive: false });
  let drag = null;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button === 0) drag = { x: event.clientX, y: event.clientY, box: { ...box }, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const by = box.w / picture.clientWidth;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.abs(dx) + Math.abs(dy) > 5) drag.moved = true;
    if (!drag.moved) return;
    box = { ...drag.box, x: drag.box.x - dx * by, y: drag.box.y - dy * by };
    apply();
  });
  window.addEventListener("pointerup", () => window.setTimeout(() => {
    drag = null;
  }, 0));
  picture.addEventListener("click", (event) => {
    if (drag?.moved) event.preventDefault();
  });
  picture.addEventListener("dragstart", (event) => event.preventDefault());

  // The same as text

  const text = make("section", "vg-graph-text");
  text.setAttribute("aria-label", "The same as text");
  const entry = (node, more) => {
    const link = make("a", "vg-id", node.id);
    link.href = `#${encodeURIComponent(node.id)}`;
    const status = statusOf(node);
    const line = make("li", "", link, ` ${node.title} `);
    if (status.word) line.append(badge(status), " ");
    if (more) line.append(make("span", "vg-soft", more));
    return line;
  };
  const byKind = (list, more) => kinds.flatMap((kind) => {
    const held = list.filter((node) => node.kind === kind).sort((a, b) => order.compare(a.id, b.id));
    return held.length ? [make("h3", "", `${kind.name} (${held.length})`), make("ul", "", ...held.map((node) => entry(node, more?.(node))))] : [];
  });
  const wordsOf = (node, distance, found) => {
    const said = [...node.up, ...node.down].filter((edge) => found.has(edge.lower) && found.has(edge.upper)).slice(0, 4)
      .map((edge) => (edge.lower === node ? `${edge.word} ${edge.upper.id}` : `${edge.lower.id} ${edge.word} it`));
    return `${said.join("; ")}${distance > 1 ? `; ${distance} steps away` : ""}`;
  };
  const writeText = (part) => {
    if (!state.focus) {
      text.replaceChildren(make("h2", "", "The same as text"), ...byKind(nodes));
      return;
    }
    const node = state.focus;
    const lines = [make("h2", "", `${node.id} ${node.title}`)];
    const status = make("p", "", `${node.kind.name}. `);
    if (node.status?.word) status.append(badge(node.status, "formal:"), " ");
    if (data.dry && node.dry?.word && node.dry !== node.status) status.append(badge(node.dry, "dry run:"), " ");
    const ways = make("p", "vg-ways");
    if (node.address) ways.append(reference(node, "Open in its document"), " ");
    if (node.kind.key !== "deviation") ways.append(pageLink("matrix", node.id, "Show in matrix"));
    lines.push(status, ways);
    for (const [title, found] of [["Above: what it comes from", part.up], ["Below: what shows that it is met", part.down]]) {
      const held = [...found.keys()].filter((one) => one !== node);
      if (!found.size) continue;
      lines.push(make("h2", "", `${title} (${held.length})`));
      if (held.length) lines.push(...byKind(held, (one) => wordsOf(one, found.get(one), part.found)));
      else lines.push(make("p", "vg-empty", "Nothing."));
    }
    text.replaceChildren(...lines);
  };

  // Legend

  const legend = make("ul", "vg-legend");
  legend.setAttribute("aria-label", "Signs");
  const sample = (kind) => svg("svg", { class: "vg-sample", viewBox: "-1 -1 42 22", width: "36", height: "19", "aria-hidden": "true", focusable: "false" }, svg("path", { d: shape(kind, 40, 20) }));
  const shapes = new Map();
  for (const kind of kinds) shapes.set(kind.shape, [...(shapes.get(kind.shape) ?? []), kind.key === "clause" ? "clause" : kind.key === "deviation" ? "deviation" : kind.key]);
  for (const [kind, names] of shapes) legend.append(make("li", "", sample(kind), ` ${names.join(", ")}`));
  for (const [tone, word] of [["good", "passed"], ["bad", "failed or gap"], ["warn", "not executed"], ["neutral", "otherwise covered"]]) {
    legend.append(make("li", "", make("span", `vg-legend-sign vg-key-${tone}`, SYMBOLS[tone]), ` ${word}`));
  }

  const draw = (moved) => {
    steps.disabled = way.disabled = state.all || !state.focus;
    if (!state.focus && !state.all) {
      canvas.hidden = legend.hidden = true;
      const counts = kinds.map((kind) => [kind.name, nodes.filter((node) => node.kind === kind).length]);
      told.textContent = "Type an id or words of a title to see what it comes from and what it leads to.";
      text.replaceChildren(make("h2", "", "What the graph holds"), make("ul", "", ...counts.map(([name, count]) => make("li", "", `${name}: ${count.toLocaleString("en")}`))));
      return;
    }
    canvas.hidden = legend.hidden = false;
    if (state.all) {
      state.focus = null;
      drawPicture(new Set(nodes), true);
      told.textContent = `The whole graph: ${plural(nodes.length, "node")}.`;
      writeText();
      return;
    }
    const part = neighbourhood();
    drawPicture(part.found, false);
    told.textContent = `${state.focus.id} with ${plural(part.found.size - 1, "neighbour")} within ${plural(state.steps, "step")}${{ both: "", up: " up", down: " down" }[state.way]}.`;
    writeText(part);
    if (moved && document.activeElement && picture.contains(document.activeElement) === false && moved === "drawing") go(state.focus);
  };
  const keep = () => {
    if (state.all) return;
    const plain = state.steps === 2 && state.way === "both";
    if (!state.focus || plain) return;
    writeAddress([["id", state.focus.id], ["steps", String(state.steps)], ["way", state.way]]);
  };

  const follow = () => {
    const inside = picture.contains(document.activeElement) ? "drawing" : "text";
    const { id, values } = readAddress();
    const name = values.get("id") ?? id;
    state.all = values.has("all") && nodes.length <= MOST;
    if (["1", "2", "3", "4"].includes(values.get("steps"))) state.steps = Number(values.get("steps"));
    if (["both", "up", "down"].includes(values.get("way"))) state.way = values.get("way");
    steps.value = String(state.steps);
    way.value = state.way;
    state.focus = byId.get(name) ?? byId.get(name.replace(/\[.*$/, "")) ?? null;
    if (!name && !state.all && nodes.length <= MOST && nodes.length) state.all = true;
    draw(inside);
    if (name && !state.focus) told.textContent = `${name} is not in the trace of this pack.`;
    else keep();
  };
  bar.append(zoom);
  root.append(bar, hits, told, canvas, legend, text);
  window.addEventListener("hashchange", follow);
  let later = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(later);
    later = window.setTimeout(() => fit(state.all), 150);
  });
  follow();
})();
