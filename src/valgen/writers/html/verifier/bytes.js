/* Canonical JSON, the tree of RFC 6962, signed notes: docs/format.md, "Canonical JSON", "Tree", "Checkpoints". */

const LINE_LIMIT = 1048576;
const NOTE_LIMIT = 65536;

/* What is wrong with bytes; its message is shown to the reader. */
class Refused extends Error {}

const textOf = (bytes) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("it is not UTF-8");
  }
};

const ESCAPES = new Map([["\b", "\\b"], ["\t", "\\t"], ["\n", "\\n"], ["\f", "\\f"], ["\r", "\\r"], ['"', '\\"'], ["\\", "\\\\"]]);

const quoted = (text) =>
  `"${text.replace(/["\\\u0000-\u001f]/g, (one) => ESCAPES.get(one) ?? `\\u00${HEX[one.charCodeAt(0)]}`)}"`;

/* The canonical form of a value; refuses what has none. */
const canonical = (value, level = 1) => {
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Refused("it holds a number that is no whole number of at most 2^53 - 1");
    return String(value);
  }
  if (level > 16) throw new Refused("it is nested deeper than 16 levels");
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, level + 1)).join(",")}]`;
  const parts = Object.keys(value).sort().map((key) => {
    if (!/^[\x00-\x7f]*$/.test(key)) throw new Refused("it has a key with other characters than ASCII");
    return `${quoted(key)}:${canonical(value[key], level + 1)}`;
  });
  return `{${parts.join(",")}}`;
};

/* The value of canonical bytes. */
const readCanonical = (bytes, limit = LINE_LIMIT) => {
  if (bytes.length > limit) throw new Refused(`it is longer than ${limit} bytes`);
  const text = textOf(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused("it is not JSON");
  }
  if (canonical(value) !== text || /[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""))) {
    throw new Refused("it is not in the one form that canonical JSON allows");
  }
  return value;
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const hasExactly = (value, required, optional = []) =>
  isObject(value) && required.every((key) => Object.hasOwn(value, key)) &&
  Object.keys(value).every((key) => required.includes(key) || optional.includes(key));

/* The leaves of a log, with the root over the first n of them for any n. */
class Tree {
  constructor() {
    this.levels = [[]];
  }

  get size() {
    return this.levels[0].length;
  }

  add(leaf) {
    let made = leaf;
    for (let level = 0; ; level += 1) {
      (this.levels[level] ??= []).push(made);
      const row = this.levels[level];
      if (row.length % 2) return;
      made = Tree.node(row[row.length - 2], row[row.length - 1]);
    }
  }

  root(size = this.size) {
    let made = null;
    for (let level = 0, rest = size; rest; level += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const left = this.levels[level][rest - 1];
      made = made ? Tree.node(left, made) : left;
    }
    return made ?? sha256();
  }

  static leaf(line) {
    return sha256(Uint8Array.of(0), line);
  }

  static node(left, right) {
    return sha256(Uint8Array.of(1), left, right);
  }
}

/* The bytes that a record signature covers. */
const signedBytes = (type, body) => {
  const [typeBytes, bodyBytes] = [utf8(type), utf8(body)];
  return joined(utf8(`DSSEv1 ${typeBytes.length} `), typeBytes, utf8(` ${bodyBytes.length} `), bodyBytes);
};

/* A checkpoint, its signatures not yet checked. */
const readNote = (bytes) => {
  if (bytes.length > NOTE_LIMIT) throw new Refused(`it is longer than ${NOTE_LIMIT} bytes`);
  const all = textOf(bytes);
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(all)) throw new Refused("it holds a control character");
  const cut = all.lastIndexOf("\n\n");
  if (cut < 0 || !all.endsWith("\n")) throw new Refused("it has no signature");
  const text = all.slice(0, cut + 1);
  const signatures = all.slice(cut + 2, -1).split("\n").map((line) => {
    const found = /^— (\S+) (\S+)$/.exec(line);
    const raw = found && !found[1].includes("+") ? bytesOfBase64(found[2]) : null;
    if (!raw || raw.length < 5) throw new Refused("it has a malformed signature line");
    return { name: found[1], hint: hexOf(raw.subarray(0, 4)), raw: raw.subarray(4) };
  });
  if (signatures.length > 100) throw new Refused("it has more than 100 signature lines");
  const lines = text.slice(0, -1).split("\n");
  if (lines.length !== 4) throw new Refused("it has not the four lines of a checkpoint");
  const [origin, size, root, extension] = lines;
  const rootBytes = bytesOfBase64(root);
  const place = /^(kept|after) (0|[1-9][0-9]{0,15}) ([0-9a-f]{64})$/.exec(extension);
  if (!ORIGIN.test(origin)) throw new Refused("its first line is not the name of a log");
  if (!/^(0|[1-9][0-9]{0,8})$/.test(size)) throw new Refused("its second line is not a number of records");
  if (rootBytes?.length !== 32) throw new Refused("its third line is not a root");
  if (!place) throw new Refused("its fourth line does not say which checkpoints are kept");
  return {
    origin, size: Number(size), root: hexOf(rootBytes), way: place[1], count: Number(place[2]), digest: place[3],
    signatures, text: utf8(text), bytes,
  };
};

const ORIGIN = /^[A-Za-z0-9._:/@-]{1,200}$/;

const hintOf = (origin, key) => hexOf(sha256(utf8(origin), Uint8Array.of(0x0a, 1), key).subarray(0, 4));
