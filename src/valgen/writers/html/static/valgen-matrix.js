/* The matrix page: its three views and what opens under a row. */
"use strict";
(() => {
  const root = document.getElementById("vg--matrix");
  const { data, make, button, nodeOf, kinds, words, reference, pageLink, badge, plural, readAddress, writeAddress } = valgen;
  if (!root) return;
  if (!data) {
    root.append(make("p", "vg-notice vg-bad", "The data of this page could not be loaded: the folder _data is missing beside it."));
    return;
  }
  const { tests } = valgenRecord;
  const COVERAGE = ["Not covered (GAP)", "Covered-Failed", "Covered-Not executed", "Covered-Passed with deviation", "Covered-Passed"];
  const RESULTS = ["Failed", "Error", "Aborted", "Blocked", "Skipped", "Not executed", "N/A", "Passed with deviation", "Passed"];
  const PRIORITY = ["High", "Medium", "Low", "not scored", "none"];
  const STAGES = ["IQ", "OQ", "PQ"];
  const kindOrder = kinds.map((kind) => kind.key);
  const unique = (values) => [...new Set(values)];
  const ids = (list) => list.map((one) => nodeOf(one).id);
  /* Rows stay low: further ids stand in the details, in the export and on paper. */
  const SOME = 4;
  const parts = (cell, found) => {
    const rest = make("span", "vg-rest");
    found.forEach((one, place) => (place < SOME ? cell : rest).append(place ? ", " : "", ...one));
    if (found.length > SOME) cell.append(make("span", "vg-cut", ` and ${found.length - SOME} more`), rest);
  };
  const links = (list) => (row, cell) => parts(cell, list(row).map((one) => [reference(nodeOf(one))]));
  const riskText = ([risk, priority]) => `${nodeOf(risk).id} ${priority || "not scored"}`;
  const riskFill = (risks) => (row, cell) => {
    parts(cell, risks(row).map(([risk, priority]) => [reference(nodeOf(risk)), ` ${priority || "not scored"}`]));
  };
  /* An outline with thirty rows is one test in a cell, as in the documents. */
  const byBase = (held) => {
    const found = new Map();
    for (const test of held) {
      if (!found.has(test.base)) found.set(test.base, new Set());
      found.get(test.base).add(test.id);
    }
    return [...found].map(([base, rows]) => [base, rows.size]);
  };
  const testText = (held) => byBase(held).map(([base, rows]) => (rows > 1 ? `${base.id} (${rows} rows)` : base.id)).join(", ");
  const counted = (held, which) => {
    const found = new Map();
    for (const test of held) found.set(test[which].word, (found.get(test[which].word) ?? 0) + 1);
    return [...found].sort((a, b) => RESULTS.indexOf(a[0]) - RESULTS.indexOf(b[0]));
  };
  const countedText = (held, which) => counted(held, which).map(([word, number]) => `${number} ${word}`).join(", ");
  const countedTone = (held, which) => {
    if (!held.length) return "";
    const tones = new Set(held.map((test) => test[which].tone));
    return tones.has("bad") ? "bad" : tones.has("warn") ? "warn" : "good";
  };
  const modeWord = { true: "Coverage (dry run)", false: "Coverage (formal)" };

  // Rows

  const items = data.items.map((one, number) => {
    const [node, category, priority, gxp, clauses, up, risks, chain, held, deviations, status, dry] = one;
    const found = nodeOf(node);
    return {
      number, key: found.id, node: found, category, priority, gxp, clauses, up, risks, held: held.map((test) => tests[test]), deviations,
      chain: new Map(chain.map(([kind, list]) => [kinds[kind].key, list])), status: words[status], dry: words[dry],
    };
  });
  const below = kinds.filter((kind) => items.some((row) => row.chain.has(kind.key)));
  const risksOf = (risks) => (risks.length ? unique(risks.map(([, priority]) => priority || "not scored")) : ["none"]);
  const itemView = {
    key: "items", title: "Requirements, risks and specifications", unit: "item", rows: items,
    columns: [
      { key: "id", title: "Id", weight: 8, value: (row) => row.key },
      { key: "type", title: "Type", weight: 6.5, value: (row) => row.node.kind.key, order: (row) => kindOrder.indexOf(row.node.kind.key) },
      { key: "title", title: "Title", weight: 16, value: (row) => row.node.title },
      { key: "category", title: "Category", weight: 10, value: (row) => row.category, hidden: true },
      { key: "priority", title: "Priority", weight: 6, value: (row) => row.priority, hidden: true },
      { key: "gxp", title: "GxP", weight: 4, value: (row) => (row.gxp ? "Yes" : "No"), hidden: true },
      { key: "result", title: "Formal result", weight: 10, value: (row) => countedText(row.held, "result") || "no test", tone: (row) => countedTone(row.held, "result") },
      ...(data.dry ? [{ key: "dryresult", title: "Dry run result", weight: 10, value: (row) => countedText(row.held, "dry") || "no test", tone: (row) => countedTone(row.held, "dry") }] : []),
      { key: "deviations", title: "Deviations", weight: 8, value: (row) => row.deviations.join(", ") || "none", hidden: !items.some((row) => row.deviations.length) },
      { key: "status", title: modeWord[false], weight: 12, value: (row) => row.status.word, tone: (row) => row.status.tone, order: (row) => COVERAGE.indexOf(row.status.word) },
      ...(data.dry ? [{ key: "dry", title: modeWord[true], weight: 12, value: (row) => row.dry.word, tone: (row) => row.dry.tone, order: (row) => COVERAGE.indexOf(row.dry.word) }] : []),
      { key: "clauses", title: "Clauses", weight: 13.5, value: (row) => ids(row.clauses).join(", "), fill: links((row) => row.clauses) },
      { key: "up", title: "Upstream", weight: 9, value: (row) => ids(row.up).join(", "), fill: links((row) => row.up) },
      { key: "risks", title: "Risks", weight: 10, value: (row) => row.risks.map(riskText).join(", "), fill: riskFill((row) => row.risks) },
      ...below.map((kind) => ({
        key: `below-${kind.key.toLowerCase()}`, title: kind.key, weight: 8, hidden: ["SUP"].includes(kind.key),
        value: (row) => ids(row.chain.get(kind.key) ?? []).join(", "), fill: links((row) => row.chain.get(kind.key) ?? []),
      })),
      {
        key: "tests", title: "Tests", weight: 16, value: (row) => testText(row.held), order: (row) => row.held.length,
        fill: (row, cell) => parts(cell, byBase(row.held).map(([base, rows]) => [reference(base), rows > 1 ? ` (${rows} rows)` : ""])),
      },
    ],
    facets: [
      { key: "type", title: "Type", values: (row) => [row.node.kind.key], order: kindOrder },
      { key: "status", title: modeWord[false], values: (row) => [row.status.word], order: COVERAGE },
      ...(data.dry ? [{ key: "dry", title: modeWord[true], values: (row) => [row.dry.word], order: COVERAGE }] : []),
      { key: "result", title: "Formal result", values: (row) => unique(row.held.map((test) => test.result.word)), order: RESULTS },
      ...(data.dry ? [{ key: "dryresult", title: "Dry run result", values: (row) => unique(row.held.map((test) => test.dry.word)), order: RESULTS }] : []),
      { key: "risk", title: "Risk priority", values: (row) => risksOf(row.risks), order: PRIORITY },
      { key: "stage", title: "Stage", values: (row) => unique(row.held.map((test) => test.stage)), order: STAGES },
      { key: "environment", title: "Environment", values: (row) => unique(row.held.map((test) => test.where || "none")) },
      { key: "clause", title: "Clause", values: (row) => ids(row.clauses) },
      { key: "category", title: "Category", values: (row) => (row.category ? [row.category] : []) },
      { key: "priority", title: "Priority", values: (row) => (row.priority ? [row.priority] : []), order: ["Must", "Should", "Could", "Won't"] },
    ],
    groups: [
      { key: "type", title: "Type", values: (row) => [row.node.kind.key], order: kindOrder },
      { key: "category", title: "Category", values: (row) => (row.category ? [row.category] : []) },
      { key: "status", title: modeWord[false], values: (row) => [row.status.word], order: COVERAGE },
      ...(data.dry ? [{ key: "dry", title: modeWord[true], values: (row) => [row.dry.word], order: COVERAGE }] : []),
      { key: "clause", title: "Clause", values: (row) => ids(row.clauses) },
    ],
    detail: (row, inside) => itemDetail(row, inside),
  };

  const testView = {
    key: "tests", title: "Tests and their results", unit: "planned test",
    rows: tests,
    columns: [
      { key: "id", title: "Test", weight: 12, value: (row) => row.key },
      { key: "title", title: "Title", weight: 22, value: (row) => row.title },
      { key: "stage", title: "Stage", weight: 6.5, value: (row) => row.stage },
      { key: "where", title: "Environment", weight: 10, value: (row) => row.where || "planned nowhere" },
      { key: "mode", title: "Mode", weight: 8, value: (row) => row.mode, hidden: true },
      { key: "kind", title: "Kind", weight: 8, value: (row) => row.kind, hidden: true },
      { key: "verifies", title: "Verifies", weight: 11, value: (row) => ids(row.verifies).join(", "), fill: links((row) => row.verifies) },
      { key: "requirements", title: "User requirements", weight: 12, value: (row) => ids(row.requirements).join(", "), fill: links((row) => row.requirements) },
      { key: "risks", title: "Risks", weight: 11, value: (row) => row.risks.map(riskText).join(", "), fill: riskFill((row) => row.risks) },
      { key: "result", title: "Formal result", weight: 9, value: (row) => row.result.word, tone: (row) => row.result.tone, order: (row) => RESULTS.indexOf(row.result.word) },
      { key: "run", title: "Formal run", weight: 8, value: (row) => row.run || "none", hidden: !data.formal },
      ...(data.dry ? [
        { key: "dry", title: "Dry run result", weight: 9, value: (row) => row.dry.word, tone: (row) => row.dry.tone, order: (row) => RESULTS.indexOf(row.dry.word) },
        { key: "dryrun", title: "Dry run", weight: 8, value: (row) => row.dryRun || "none" },
      ] : []),
      { key: "deviations", title: "Deviations", weight: 8, value: (row) => row.deviations.join(", ") || "none", hidden: !tests.some((row) => row.deviations.length) },
    ],
    facets: [
      { key: "stage", title: "Stage", values: (row) => [row.stage], order: STAGES },
      { key: "environment", title: "Environment", values: (row) => [row.where || "planned nowhere"] },
      { key: "result", title: "Formal result", values: (row) => [row.result.word], order: RESULTS },
      ...(data.dry ? [{ key: "dry", title: "Dry run result", values: (row) => [row.dry.word], order: RESULTS }] : []),
      { key: "risk", title: "Risk priority", values: (row) => risksOf(row.risks), order: PRIORITY },
      { key: "mode", title: "Mode", values: (row) => [row.mode] },
      { key: "kind", title: "Kind", values: (row) => row.kind.split(", ") },
      { key: "verified", title: "Verifies", values: (row) => (row.verifies.length || row.risks.length ? ["something"] : ["nothing (orphan)"]) },
    ],
    groups: [
      { key: "stage", title: "Stage", values: (row) => [row.stage], order: STAGES },
      { key: "environment", title: "Environment", values: (row) => [row.where || "planned nowhere"] },
      { key: "result", title: "Formal result", values: (row) => [row.result.word], order: RESULTS },
      ...(data.dry ? [{ key: "dry", title: "Dry run result", values: (row) => [row.dry.word], order: RESULTS }] : []),
      { key: "requirement", title: "User requirement", values: (row) => ids(row.requirements) },
    ],
    detail: (row, inside) => testDetail(row, inside),
  };

  const clauses = data.clauses.map(([node, title, regulation, family, evidence, applicable, requirements, status, dry], number) => {
    const found = nodeOf(node);
    return { number, key: found.id, node: found, title, regulation, family, evidence, applicable, requirements, status: words[status], dry: words[dry] };
  });
  const clauseView = {
    key: "clauses", title: "Clauses of the regulations", unit: "clause", rows: clauses,
    columns: [
      { key: "id", title: "Clause", weight: 11, value: (row) => row.key },
      { key: "title", title: "Subject", weight: 22, value: (row) => row.title },
      { key: "regulation", title: "Regulation", weight: 14, value: (row) => row.regulation, hidden: true },
      { key: "evidence", title: "Evidence", weight: 8, value: (row) => row.evidence },
      { key: "applicable", title: "Applicable", weight: 18, value: (row) => row.applicable },
      { key: "requirements", title: "Requirements", weight: 14, value: (row) => ids(row.requirements).join(", "), fill: links((row) => row.requirements) },
      { key: "status", title: modeWord[false], weight: 12, value: (row) => row.status.word, tone: (row) => row.status.tone },
      ...(data.dry ? [{ key: "dry", title: modeWord[true], weight: 12, value: (row) => row.dry.word, tone: (row) => row.dry.tone }] : []),
    ],
    facets: [
      { key: "regulation", title: "Regulation", values: (row) => [row.regulation] },
      { key: "family", title: "Family", values: (row) => [row.family] },
      { key: "status", title: modeWord[false], values: (row) => [row.status.word], order: COVERAGE },
      ...(data.dry ? [{ key: "dry", title: modeWord[true], values: (row) => [row.dry.word], order: COVERAGE }] : []),
      { key: "evidence", title: "Evidence", values: (row) => [row.evidence] },
    ],
    groups: [
      { key: "regulation", title: "Regulation", values: (row) => [row.regulation] },
      { key: "family", title: "Family", values: (row) => [row.family] },
      { key: "status", title: modeWord[false], values: (row) => [row.status.word], order: COVERAGE },
    ],
    detail: (row, inside) => clauseDetail(row, inside),
  };

  // Details

  const ways = (key, address, where) => {
    const line = make("p", "vg-ways");
    if (address) line.append(reference({ address }, where), " ");
    line.append(pageLink("graph", key, "Show in graph"), " ");
    line.append(button("vg-link", "Copy link", async (event) => {
      const done = await valgenCopy(window.location.href.replace(/#.*/, "") + `#${encodeURIComponent(key)}`);
      event.target.textContent = done ? "Link copied" : "Could not be copied";
      valgen.announce(event.target.textContent);
    }));
    return line;
  };
  const listed = (title, list) => {
    if (!list.length) return "";
    const lines = list.map((one) => {
      const [node, more] = Array.isArray(one) ? one : [one, ""];
      const found = nodeOf(node);
      const line = make("li", "", reference(found), ` ${found.title} `);
      if (more) line.append(make("span", "vg-soft", `${more} `));
      if (found.status?.word && found.status.word === found.dry.word) line.append(badge(found.status));
      else {
        if (found.status?.word && (data.formal || !data.dry)) line.append(badge(found.status, "formal:"));
        if (data.dry && found.dry?.word) line.append(" ", badge(found.dry, "dry run:"));
      }
      return line;
    });
    const some = 12;
    const shown = make("ul", "", ...lines.slice(0, some));
    const part = make("div", "vg-linked", make("h3", "", `${title} (${list.length})`), shown);
    if (lines.length > some) {
      part.append(button("vg-more", `Show ${lines.length - some} more`, (event) => {
        shown.append(...lines.slice(some));
        event.target.remove();
      }));
    }
    return part;
  };
  const facts = (pairs) => make("dl", "vg-facts", ...pairs.filter(([, text]) => text)
    .map(([label, text]) => make("div", "", make("dt", "", label), make("dd", "", text))));
  const testsPart = (held) => (held.length
    ? [make("h3", "", `Tests (${held.length} planned)`), valgenRecord.list(held)]
    : [make("h3", "", "Tests"), make("p", "vg-empty", "No test covers it.")]);

  const itemDetail = (row, inside) => {
    inside.append(
      make("h2", "", `${row.key} ${row.node.title}`), ways(row.key, row.node.address, "Open in its document"),
      facts([
        ["Type", row.node.kind.name], ["Category", row.category], ["Priority", row.priority], ["GxP-critical", row.gxp ? "Yes" : "No"],
        ["Deviations", row.deviations.join(", ")], [modeWord[false], row.status.word], [modeWord[true], data.dry ? row.dry.word : ""],
      ]),
      make("div", "vg-columns", listed("Clauses", row.clauses), listed(row.node.kind.key === "RSK" ? "Assesses" : "Satisfies", row.up),
        row.node.kind.key === "RSK" ? "" : listed("Risks", row.risks.map(([risk, priority]) => [risk, `priority ${priority || "not scored"}`])),
        ...below.map((kind) => listed(kind.name, row.chain.get(kind.key) ?? []))),
      ...testsPart(row.held),
    );
  };
  const testDetail = (row, inside) => {
    const record = make("div", "vg-test-in");
    inside.append(make("h2", "", `${row.key} ${row.title}`), ways(row.base.id, row.address, "Open in its document"));
    inside.append(make("div", "vg-columns", listed("Verifies", row.verifies), listed("User requirements", row.requirements),
      listed("Risks", row.risks.map(([risk, priority]) => [risk, `priority ${priority || "not scored"}`]))), record);
    valgenRecord.show(record, row);
  };
  const byKey = new Map(items.map((row) => [row.key, row]));
  const clauseDetail = (row, inside) => {
    const held = unique(row.requirements.flatMap((one) => byKey.get(nodeOf(one).id)?.held ?? []));
    inside.append(make("h2", "", `${row.key} ${row.title}`));
    if (valgen.byId.has(row.key)) inside.append(ways(row.key, row.node.address, "Open in the matrix by regulation"));
    inside.append(facts([["Regulation", row.regulation], ["Evidence", row.evidence], ["Applicable", row.applicable]]),
      listed("Requirements", row.requirements), ...testsPart(held));
  };

  // Views

  const views = [itemView, testView, clauseView].filter((view) => view.rows.length || view === itemView);
  const tabs = make("div", "vg-views");
  tabs.setAttribute("role", "group");
  tabs.setAttribute("aria-label", "View");
  const place = make("div");
  root.append(tabs, place);
  let shown = null;
  let grid = null;
  for (const view of views) {
    view.button = button("vg-view", `${view.title} (${view.rows.length.toLocaleString("en")})`, () => show(view, new URLSearchParams(), true));
    tabs.append(view.button);
  }
  const keep = () => writeAddress([...(shown === itemView ? [] : [["view", shown.key]]), ...grid.write()]);
  const show = (view, values, write) => {
    if (shown !== view) {
      shown = view;
      grid = valgenGrid(place, view, keep);
      for (const one of views) one.button.setAttribute("aria-pressed", String(one === view));
    }
    grid.read(values);
    if (write) {
      keep();
      valgen.announce(`${view.title}: ${plural(view.rows.length, view.unit)}`);
    }
  };
  const follow = () => {
    const { id, values } = readAddress();
    if (!id) {
      show(views.find((view) => view.key === values.get("view")) ?? itemView, values);
      const first = values.get("open");
      if (first) grid.reveal(first);
      return;
    }
    const test = tests.find((one) => one.key === id || one.id === id || one.base.id === id);
    const view = byKey.has(id) ? itemView : test ? testView : clauses.some((one) => one.key === id) ? clauseView : itemView;
    show(view, new URLSearchParams());
    if (!grid.reveal(test && view === testView ? test.key : id)) {
      valgen.announce(`${id} is not in the matrix`);
      root.prepend(make("p", "vg-notice vg-warn", `${id} is not in the matrix of this pack.`));
    }
  };
  window.addEventListener("hashchange", follow);
  follow();
})();
