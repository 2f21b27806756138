/* The files of a pack against its manifest.json. */

const MANIFEST_KEYS = [
  "digest", "documents", "dry_run", "files", "format", "ledger", "project", "system", "tool", "versions",
];

const readManifest = async (file) => {
  if (file.size > 64 * 1048576) throw new Refused("it is longer than any manifest");
  const written = textOf(await wholeFile(file));
  let value;
  try {
    value = JSON.parse(written);
  } catch {
    throw new Refused("it is not JSON");
  }
  /* Without its spaces it must be what its value is written as, else two programs could read two things in it. */
  const dense = written.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
  if (JSON.stringify(value) !== dense) throw new Refused("it is not written in the one way that can be read in one way only");
  if (!isObject(value)) throw new Refused("it is no manifest");
  const unknown = Object.keys(value).find((key) => !MANIFEST_KEYS.includes(key));
  if (unknown !== undefined) throw new Refused(`it has the unknown key ${unknown}`);
  if (value.digest !== undefined) {
    const due = typeof value.digest === "string" && digest(value.digest, []) === "" ? written.replaceAll(value.digest, "0".repeat(64)) : "";
    if (hexOf(sha256(new TextEncoder().encode(due))) !== value.digest) throw new Refused("it does not have the digest that it names");
  }
  return value;
};

const goodPath = (path) =>
  typeof path === "string" && path !== "" && path !== "manifest.json" && !/[\\\u0000]|^[A-Za-z]:/.test(path) &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/* Compare the files with the manifest; the answer lists what differs. */
const verifyFiles = async (files, { tell = async () => {} } = {}) => {
  const report = { problems: [], unknown: [], notes: [], checked: 0, digests: new Map(), manifest: null };
  const problem = (where, message) => report.problems.push({ where, message });
  const file = files.get("manifest.json");
  if (!file) {
    problem("manifest.json", "the file is missing");
    return report;
  }
  let manifest;
  try {
    manifest = await readManifest(file);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problem("manifest.json", `the manifest cannot be read: ${error.message}`);
    return report;
  }
  if (manifest.format !== 1) {
    report.unknown.push({ where: "manifest.json", message: "this format of a manifest is not known here and cannot be verified" });
    return report;
  }
  report.manifest = manifest;
  if (!Array.isArray(manifest.files)) {
    problem("manifest.json", "the manifest lists no files");
    return report;
  }
  const named = new Set(["manifest.json"]);
  for (const entry of manifest.files) {
    const wrong = object({ path: anyText, sha256: digest, size: whole() })(entry, []);
    if (wrong) {
      problem("manifest.json", `an entry ${wrong}`);
      continue;
    }
    const { path } = entry;
    if (!goodPath(path)) {
      problem(path, "the manifest names a file outside the pack");
      continue;
    }
    if (named.has(path)) problem(path, "the manifest names the file twice");
    named.add(path);
    const found = files.get(path);
    if (!found) problem(path, "the file is missing");
    else {
      const made = await digestOfFile(found, tell);
      report.checked += 1;
      if (found.size !== entry.size || made !== entry.sha256) problem(path, "the file was altered");
      else report.digests.set(entry.sha256, [...(report.digests.get(entry.sha256) ?? []), path]);
    }
  }
  for (const path of [...files.keys()].sort()) if (!named.has(path)) problem(path, "the manifest does not name this file");
  return report;
};

/* Files below a folder, by their path in it. */
const below = (files, folder) =>
  new Map([...files].filter(([path]) => path.startsWith(folder)).map(([path, file]) => [path.slice(folder.length), file]));

/* Everything: the pack's files, and the ledger in it. A folder that is itself a log is verified as one. */
const verifyAll = async (files, options = {}) => {
  const { stage = () => {}, tell } = options;
  const inPack = below(files, "evidence/ledger/");
  const alone = !files.has("manifest.json") && [...files.keys()].some((path) => path.startsWith("log/") || path === "checkpoint");
  let pack = null;
  if (!alone) {
    stage("Files of the pack");
    pack = await verifyFiles(files, { tell });
  }
  const part = alone ? files : inPack;
  let ledger = null;
  if (part.size) {
    stage("Records");
    ledger = await verifyLedger(part, options);
  }
  return { alone, pack, ledger, problems: [...(pack?.problems ?? []), ...(ledger?.problems ?? [])], unknown: [...(pack?.unknown ?? []), ...(ledger?.unknown ?? [])] };
};
