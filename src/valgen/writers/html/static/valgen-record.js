/* What happened in a test: its result, every step with what was expected and observed, its attachments. */
"use strict";
const valgenRecord = (() => {
  const { make, chunk, nodeOf, reference, pageLink, badge, words } = valgen;

  const size = (bytes) =>
    bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

  const linesInto = (cell, lines, none) => {
    if (!lines.length) cell.append(none);
    for (const line of lines) {
      const [text, tone] = typeof line === "string" ? [line, ""] : line;
      cell.append(make("div", tone ? `vg-line vg-${tone}` : "vg-line", text));
    }
    return cell;
  };

  const attachment = ([id, name, type, bytes, digest, captured, path, picture]) => {
    const item = make("li");
    const label = `${id}: ${name}`;
    if (path) {
      const link = make("a", picture ? "vg-shot" : "");
      link.href = path;
      if (picture) {
        const image = make("img");
        image.src = path;
        image.alt = `Screenshot ${label}`;
        image.loading = "lazy";
        link.append(image);
        item.append(link, make("div", "vg-soft", label));
      } else {
        link.append(label);
        item.append(link);
      }
    } else item.append(make("span", "", `${label} (the file is not in this pack)`));
    const more = make("details", "vg-digest", make("summary", "", `${type}, ${size(bytes)}`));
    more.append(make("div", "", "SHA-256 ", make("code", "", digest)), captured ? make("div", "", `Captured ${captured}`) : "");
    item.append(more);
    return item;
  };

  const table = (titles, className, caption) => {
    const element = make("table", `vg-table ${className}`);
    element.append(make("caption", "", caption));
    const row = make("tr");
    for (const title of titles) {
      const cell = make("th", "", title);
      cell.scope = "col";
      row.append(cell);
    }
    const body = make("tbody");
    element.append(make("thead", "", row), body);
    return [make("div", "vg-table-frame", element), body];
  };

  const draw = (inside, found, test) => {
    const parts = [];
    const facts = [];
    const dry = found.mode === "dry" && found.run;
    facts.push(found.run ? `Run ${found.run}${found.attempt ? `, attempt ${found.attempt}` : ""}` : "Never run in this environment");
    if (found.executor) facts.push(`executed by ${found.executor}`);
    if (found.started) facts.push(found.finished && found.finished !== found.started ? `${found.started} to ${found.finished}` : found.started);
    const line = make("p", "vg-record-head", badge({ word: found.outcome, tone: found.tone }), ` ${facts.join(", ")}. `);
    if (dry) line.prepend(make("strong", "vg-dry", "DRY RUN"), " ");
    if (test.address) line.append(reference(test, "Full record in the report"));
    parts.push(line);
    if (found.note && !/^never run/.test(found.note)) parts.push(make("p", found.stale ? "vg-warn" : "", found.stale ? `Stale: ${found.note}` : found.note));

    const titles = ["Step", "Instruction", "Expected", "Observed", "Result", "Time, UTC", "Attachments"];
    const [frame, body] = table(titles, "vg-role-steps vg-wide vg-record", `Steps of ${test.id}${test.where ? ` in ${test.where}` : ""}`);
    for (const [label, instruction, expected, observed, outcome, tone, time, attachments] of found.rows) {
      const head = make("th", "", label);
      head.scope = "row";
      const held = make("td");
      if (attachments.length) held.append(make("ul", "vg-attachments", ...attachments.map(attachment)));
      else held.append("none");
      body.append(make("tr", "", head, linesInto(make("td"), instruction, "–"), linesInto(make("td"), expected, "–"),
        linesInto(make("td"), observed, "–"), make("td", `vg-cell vg-${tone}`, outcome),
        make("td", "", time.replace(" UTC", "") || "not executed"), held));
    }
    parts.push(found.rows.length ? frame : make("p", "vg-empty", "The script has no step."));

    for (const [caption, columns, rows, leftOut] of found.tables ?? []) {
      const [shown, lines] = table(columns, "", caption);
      for (const row of rows) lines.append(make("tr", "", ...row.map((text) => make("td", "", text || "–"))));
      parts.push(shown);
      if (leftOut) parts.push(make("p", "vg-soft", `${leftOut} more rows stand in the report.`));
    }
    if (found.others?.length) {
      const [shown, lines] = table(["Run", "Mode", "Attempt", "Started", "Result", "What happened"], "", "Other attempts; every one is kept");
      for (const [run, mode, number, outcome, tone, started, message] of found.others) {
        lines.append(make("tr", "", make("td", "", run), make("td", "", mode === "dry" ? "DRY RUN" : "Formal"), make("td", "", String(number)),
          make("td", "", started || "–"), make("td", `vg-cell vg-${tone}`, outcome), make("td", "", message || "–")));
      }
      parts.push(shown);
    }
    inside.replaceChildren(...parts);
    for (const shown of inside.querySelectorAll(".vg-table-frame")) {
      if (shown.scrollWidth <= shown.clientWidth + 1) continue;
      shown.tabIndex = 0;
      shown.setAttribute("role", "region");
      shown.setAttribute("aria-label", shown.querySelector("caption").textContent);
    }
  };

  /* Fills an element with the record of a test, once its chunk is there. */
  const show = async (inside, test) => {
    inside.replaceChildren(make("p", "vg-soft", "Loading the steps …"));
    try {
      const found = (await chunk(test.chunk)).get(`${test.id} ${test.where}`);
      if (found) draw(inside, found, test);
      else inside.replaceChildren(make("p", "vg-soft", test.note ? `No result: ${test.note}.` : "No result is recorded."));
    } catch (error) {
      inside.replaceChildren(make("p", "vg-warn", `The steps could not be shown: ${error.message}. The pack may be incomplete.`));
    }
  };

  const tests = (valgen.data?.tests ?? []).map((one, number) => {
    const [id, base, where, stage, title, mode, kind, verifies, requirements, risks, result, run, dry, dryRun, deviations, note, address, part] = one;
    return {
      number, id, base: nodeOf(base), where, stage, title, mode, kind, verifies, requirements, risks, result: words[result], run,
      dry: words[dry], dryRun, deviations, note, address, chunk: part, key: where ? `${id} in ${where}` : id,
    };
  });

  /* A test that opens in place; its steps are loaded when it does. */
  const fold = (test) => {
    const box = make("details", "vg-test");
    const summary = make("summary", "", make("span", "vg-id", test.key), ` ${test.title} `, badge(test.result, "formal:"));
    if (valgen.data.dry) summary.append(" ", badge(test.dry, "dry run:"));
    const inside = make("div", "vg-test-in");
    box.append(summary, inside);
    box.addEventListener("toggle", () => {
      if (box.open && !inside.hasChildNodes()) show(inside, test);
    });
    return box;
  };

  const list = (held) => {
    const part = make("div", "vg-tests");
    const some = 25;
    part.append(...held.slice(0, some).map(fold));
    if (held.length > some) {
      part.append(valgen.button("vg-more", `Show ${held.length - some} more tests`, (event) => {
        event.target.replaceWith(...held.slice(some).map(fold));
      }));
    }
    return part;
  };

  return { tests, list, show, pageLink };
})();
