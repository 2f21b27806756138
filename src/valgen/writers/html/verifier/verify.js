/* The page: takes a folder, has it checked, shows what came out. */

const at = (id) => document.getElementById(id);
const state = { running: null, result: null, list: null };

class Stopped extends Error {}

/* Files of the browser */

const wrapped = (file) => ({
  size: file.size,
  read: async (from, to) => {
    const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
    if (bytes.length !== Math.min(to, file.size) - from) throw new Error("a file changed while it was read");
    return bytes;
  },
});

const chosenFiles = (list) =>
  new Map(Array.from(list, (file) => [(file.webkitRelativePath || file.name).split("/").slice(1).join("/") || file.name, wrapped(file)]));

const droppedFiles = async (entries) => {
  const found = new Map();
  const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
  const walk = async (entry, path) => {
    if (entry.isFile) {
      found.set(path, wrapped(await fileOf(entry)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return;
      for (const one of some) await walk(one, path ? `${path}/${one.name}` : one.name);
    }
  };
  const alone = entries.length === 1 && entries[0].isDirectory;
  for (const entry of entries) await walk(entry, alone ? "" : entry.name);
  return found;
};

/* Checking */

const breathe = () => new Promise((done) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = done;
  channel.port2.postMessage(null);
});

const check = async (getFiles) => {
  if (state.running) state.running.stopped = true;
  const run = { stopped: false, done: 0, total: 1, last: performance.now() };
  Object.assign(state, { running: run, result: null, list: null });
  at("result").hidden = true;
  at("result").replaceChildren();
  at("working").hidden = false;
  at("doing").textContent = "Looking for files";
  at("bar").value = 0;
  at("share").textContent = "";
  try {
    const files = await getFiles();
    for (const [path, file] of files) run.total += path.startsWith("evidence/ledger/") ? 2 * file.size : file.size;
    const tell = async (bytes) => {
      run.done += bytes;
      if (run.stopped) throw new Stopped();
      if (performance.now() - run.last < 40) return;
      const share = Math.min(1, run.done / run.total);
      at("bar").value = share;
      at("share").textContent = `${Math.floor(share * 100)} %`;
      await breathe();
      run.last = performance.now();
    };
    const stage = (words) => {
      if (!run.stopped) at("doing").textContent = `${words}: ${many(files.size, "file")} in the folder`;
    };
    const result = await verifyAll(files, { tell, stage });
    if (run.stopped) throw new Stopped();
    Object.assign(state, { result, files: files.size, own: !(await browserSigns()) });
    draw();
  } catch (error) {
    if (run !== state.running) return;
    const stopped = error instanceof Stopped;
    notice("warn", stopped ? "Stopped" : "Cannot be verified", [
      stopped ? "The check was stopped. Nothing is known about this pack." : `The check could not be finished, so nothing is known about this pack: ${visible(error.message)}`,
    ]);
  } finally {
    if (run === state.running) {
      state.running = null;
      at("working").hidden = true;
    }
  }
};

/* What came out */

const notice = (tone, title, lines) => {
  const heading = Object.assign(make("h2", "", title), { tabIndex: -1, id: "verdict" });
  const box = make("section", `notice ${tone}`, heading, ...lines.map((line) => make("p", "", line)));
  box.setAttribute("aria-labelledby", "verdict");
  at("result").replaceChildren(box);
  at("result").hidden = false;
  return heading;
};

const givenFingerprint = () => at("fingerprint").value.replace(/[\s:-]/g, "").toLowerCase();

/* The verdict in words, never better than what was checked. */
const verdict = (result) => {
  const { pack, ledger } = result;
  const given = givenFingerprint();
  const problems = [...result.problems];
  const fits = ledger?.fingerprint && given === ledger.fingerprint;
  if (given && !FINGERPRINT.test(given)) problems.push({ where: "Root fingerprint", message: "what you gave is no fingerprint: 64 digits of 0-9 and a-f" });
  else if (given && !fits) problems.push({ where: "root.json", message: "the root fingerprint is not the one that you gave: this is another ledger" });
  if (problems.length) {
    return { tone: "bad", title: "Problems found", problems, lines: [`${many(problems.length, "problem")}: this is not what was written. The list below says where.`] };
  }
  if (result.unknown.length) {
    return { tone: "warn", title: "Cannot be verified", problems, lines: ["There is something here that this page does not know. Use a newer verifier."] };
  }
  if (!ledger) {
    return { tone: "warn", title: "Files as listed; no records", problems, lines: [
      `All ${many(pack.checked, "file")} are as manifest.json says. The pack holds no ledger, so there are no records and no signatures to check.`,
      "The manifest is signed by nobody: whoever can change a file can change the manifest as well.",
    ] };
  }
  if (ledger.mode === "dry") {
    return { tone: "warn", title: "Rehearsal: as written, but never evidence", problems, lines: [
      "These are records of dry runs. Nothing was altered by accident, and they prove nothing about who wrote them.",
    ] };
  }
  const lines = [
    `${many(ledger.records.length, "record")} and ${many(ledger.signatures, "signature")} of the ledger hold${pack ? `, and ${many(pack.checked, "file")} are as manifest.json says` : ". Files of a pack were not checked: this folder is a ledger alone"}.`,
    fits ? "The root fingerprint is the one that you gave." : "The root was taken from the ledger itself. Compare its fingerprint below with a document that you trust: whoever replaces the whole ledger brings another one.",
  ];
  return { tone: fits ? "good" : "warn", title: fits ? "No problem found" : "No problem found; compare the root fingerprint", problems, lines };
};

const checksOf = (result) => {
  const { pack, ledger } = result;
  const rows = [];
  if (pack) rows.push(["Files of the pack", `${many(pack.checked, "file")} compared with manifest.json, ${many(pack.problems.length, "problem")}`]);
  if (!ledger) return [...rows, ["Records", "none: there is no folder evidence/ledger"]];
  const kind = { ledger: "a ledger", dry: "a log of dry runs" }[ledger.mode] ?? "of an unknown sort";
  rows.push(
    ["Log", [said(ledger.origin || "without a name"), `, ${kind}`]],
    ["Records", many(ledger.records.length, "record")],
    ["Digest of all records", make("code", "", ledger.root)],
    ["Checkpoints", `${many(ledger.checkpoints, "checkpoint")} compared`],
    ["Signatures of records", `${many(ledger.signatures, "signature")}, ${state.own ? "by arithmetic of this page" : "by the browser"}`],
    ["Attachments and other content", many(ledger.blobs, "file")],
  );
  if (ledger.mode === "ledger") {
    const anchored = ledger.anchored ?? 0;
    rows.push(
      ["Root fingerprint", [make("code", "", ledger.fingerprint ?? "none"), givenFingerprint() ? "" : " (not compared)"]],
      ["Anchored", `${many(anchored, "record")} of ${ledger.records.length} by anchors and signatures; ${many(ledger.unanchored, "record")} beyond them`],
    );
  }
  return rows;
};

const findings = (title, list) => {
  const rows = list.slice(0, FIRST_ROWS).map(({ where, message }) => row(said(where), said(message)));
  const parts = [make("h2", "", title), table(title, ["Where", "What"], rows)[0]];
  if (list.length > FIRST_ROWS) parts.push(make("p", "", `${list.length - FIRST_ROWS} more are not listed.`));
  return parts;
};

const draw = (toVerdict = true) => {
  const { result } = state;
  const { pack, ledger } = result;
  const judged = verdict(result);
  const heading = notice(judged.tone, judged.title, judged.lines);
  const parts = [];
  if (judged.problems.length) parts.push(...findings("Problems", judged.problems));
  if (result.unknown.length) parts.push(...findings("Cannot be verified", result.unknown));
  parts.push(make("h2", "", "What was checked"), facts(checksOf(result)));
  if (pack?.manifest) parts.push(packFacts(pack.manifest));
  const notes = [...(pack?.notes ?? []), ...(ledger?.notes ?? [])];
  if (notes.length) parts.push(make("ul", "", ...notes.map((one) => make("li", "", said(one)))));
  if (ledger?.visible.length) {
    parts.push(make("details", "", make("summary", "", `${many(ledger.visible.length, "file")} in the ledger that no record names, so no evidence`),
      make("ul", "", ...ledger.visible.slice(0, FIRST_ROWS).map((one) => make("li", "", said(one))))));
  }
  if (ledger) {
    state.list = new RecordList(result);
    const rehearsal = ledger.mode === "dry" ? [make("p", "notice warn", "DRY RUN: rehearsal, never evidence.")] : [];
    parts.push(make("h2", "", "Signatures by document"), ...rehearsal, ...new Papers(result, state.list).draw());
    parts.push(make("h2", "", "Records"), ...rehearsal.map((one) => one.cloneNode(true)), ...state.list.draw());
  }
  at("result").append(...parts);
  if (toVerdict) heading.focus();
  followAddress();
};

const packFacts = (manifest) => {
  const told = (value) => (typeof value === "string" && value ? value : "not given");
  const system = isObject(manifest.system) ? `${told(manifest.system.name)} ${told(manifest.system.version)}` : "not given";
  const documents = (Array.isArray(manifest.documents) ? manifest.documents : []).filter(isObject);
  const listed = documents.map((one) => make("li", "", said(`${told(one.number)}, ${told(one.key)} ${told(one.version)}, ${told(one.status)}`)));
  return make("details", "", make("summary", "", "What the manifest says about the pack"), facts([
    ["Project", said(told(manifest.project))], ["System", said(system)], ["Written by", said(told(manifest.tool))],
    ["Dry runs shown", manifest.dry_run === true ? "yes" : manifest.dry_run === false ? "no" : "not given"],
    ["Documents", listed.length ? make("ul", "", ...listed) : "none"],
  ]));
};

const followAddress = () => {
  const found = /^#record-(\d{1,9})$/.exec(location.hash);
  if (found && state.list) state.list.open(Number(found[1]));
};

/* The door */

const begin = () => {
  at("choose").hidden = false;
  at("folder").addEventListener("change", (event) => {
    const files = Array.from(event.target.files);
    if (files.length) check(async () => chosenFiles(files));
    event.target.value = "";
  });
  at("stop").addEventListener("click", () => {
    if (state.running) state.running.stopped = true;
  });
  at("fingerprint").addEventListener("change", () => {
    const given = givenFingerprint();
    const well = !given || FINGERPRINT.test(given);
    at("fingerprint").setAttribute("aria-invalid", String(!well));
    at("fingerprint-said").textContent = well ? "" : "This is no fingerprint: it has 64 digits of 0-9 and a-f.";
    if (state.result) draw(false);
  });
  /* A folder that misses the marked place must not replace the page. */
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  document.addEventListener("dragover", () => at("drop").classList.add("over"));
  for (const kind of ["dragleave", "drop"]) document.addEventListener(kind, () => at("drop").classList.remove("over"));
  document.addEventListener("drop", (event) => {
    const entries = Array.from(event.dataTransfer?.items ?? [], (item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.length) check(() => droppedFiles(entries));
  });
  window.addEventListener("hashchange", followAddress);
};

begin();

/* What the page is made of, so that its parts can be tested one by one. */
window.valgenVerify = Object.freeze({
  verifyAll, verifyLedger, verifyFiles, holdsByOwn, holdsByBrowser, browserSigns, keyProblem, sha256, sha512, Sha256,
  digestOfFile, readCanonical, canonical, Tree, signedBytes, hexOf, bytesOfHex, bytesOfBase64, linesOf, visible,
});
