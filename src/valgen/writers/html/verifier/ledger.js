/* A whole log or ledger: docs/format.md, "Verification", and docs/format-ledger.md, "Verification of a ledger".

   Files come as a map from path to {size, read(from, to)}. Nothing stops at the first problem: what can still be
   checked is checked, and every record is kept for showing. */

const OUTSIDE = /^(torn|lock|tmp|cache|dry)(\/|$)|^index\./;
const PIECE = 4 * 1048576;
const BATCH = 256;
const IGNORED = "/cache/\n/dry/\n/index.*\n/lock/\n/tmp/\n";
const FINGERPRINT = /^[0-9a-f]{64}$/;

class Report {
  constructor() {
    this.problems = [];
    this.unknown = [];
    this.visible = [];
    this.notes = [];
    this.records = [];
    this.checkpoints = 0;
    this.signatures = 0;
    this.blobs = 0;
    this.anchors = 0;
  }

  problem(where, message) {
    this.problems.push({ where, message });
  }

  /* What this page does not understand is neither right nor wrong. */
  cannot(where, message) {
    this.unknown.push({ where, message });
  }

  get ok() {
    return !this.problems.length && !this.unknown.length;
  }
}

/* Digest of a whole file, piece by piece. */
const digestOfFile = async (file, tell = () => {}) => {
  if (subtle && file.size > 65536 && file.size <= 16 * PIECE) {
    const bytes = await file.read(0, file.size);
    await tell(bytes.length);
    return hexOf(new Uint8Array(await subtle.digest("SHA-256", bytes)));
  }
  const made = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) {
    const bytes = await file.read(at, Math.min(at + PIECE, file.size));
    made.update(bytes);
    await tell(bytes.length);
  }
  return hexOf(made.finish());
};

/* Files that a record names and that need not be kept. */
const filesNamed = (body) => (body.kind === "document.issued" ? body.files : body.rendition ? [body.rendition] : []);

const wholeFile = (file) => file.read(0, file.size);

class LedgerCheck {
  constructor(files, { tell = async () => {}, fingerprint = "" } = {}) {
    this.files = files;
    this.tell = tell;
    this.fingerprint = fingerprint;
    this.report = new Report();
    this.tree = new Tree();
    this.people = new People(false);
    this.runs = new Runs("dry");
    this.kept = [];
    this.named = new Map();
    this.sizes = new Map();
    this.tasks = [];
  }

  async run() {
    const report = this.report;
    this.checkNames();
    await this.readCheckpoints();
    await this.readLines();
    await this.settle();
    this.checkEnd();
    await this.exactly(".gitattributes", "* -text\n");
    await this.exactly(".gitignore", report.mode === "ledger" ? IGNORED : "*\n");
    if (report.mode === "ledger") {
      await this.checkRoot();
      await this.checkAnchors();
    }
    await this.checkBlobs();
    this.conclude();
    return report;
  }

  /* Files */

  checkNames() {
    const names = [...this.files.keys()].filter((name) => !OUTSIDE.test(name));
    this.logs = names.filter((name) => /^log\/[0-9]{9}\.jsonl$/.test(name)).sort();
    for (const name of names) {
      if (name.startsWith("log/") && !this.logs.includes(name)) this.report.problem(name, "this file does not belong into the log");
    }
    if (!this.logs.length) this.report.problem("log/", "there are no records");
    this.names = names;
  }

  async exactly(name, content) {
    const file = this.files.get(name);
    if (file && (file.size !== content.length || textOfAny(await wholeFile(file)) !== content)) {
      this.report.problem(name, "this file does not say what it must");
    }
  }

  /* Checkpoints */

  async readCheckpoints() {
    this.newest = await this.note("checkpoint", async () => {
      const file = this.files.get("checkpoint");
      if (!file) throw new Refused("the file is missing");
      if (file.size > NOTE_LIMIT) throw new Refused(`it is longer than ${NOTE_LIMIT} bytes`);
      return wholeFile(file);
    });
    const list = this.files.get("checkpoints.jsonl");
    if (!list) {
      this.report.problem("checkpoints.jsonl", "the file is missing");
      return;
    }
    const before = new Sha256();
    let number = 0;
    let last = 0;
    for await (const { line, whole: complete } of linesOf(list, NOTE_LIMIT * 6 + 100)) {
      const where = `checkpoints.jsonl line ${number + 1}`;
      const digestBefore = hexOf(digestSoFar(before));
      if (!complete) this.report.problem(where, "the line has no end");
      const note = await this.note(where, async () => {
        const value = readCanonical(line, NOTE_LIMIT * 6 + 100);
        if (!hasExactly(value, ["checkpoint"]) || typeof value.checkpoint !== "string") throw new Refused("it holds no checkpoint");
        return utf8(value.checkpoint);
      });
      if (note) {
        if (note.way !== "kept" || note.count !== number || note.digest !== digestBefore) {
          this.report.problem(where, "the checkpoint does not stand where it says in the list");
        }
        if (note.size < last) this.report.problem(where, "the checkpoint covers fewer records than the one before it");
        last = note.size;
        this.kept.push(note);
      } else this.kept.push(null);
      before.update(line).update(Uint8Array.of(0x0a));
      number += 1;
    }
    this.fitTogether(hexOf(before.finish()));
  }

  fitTogether(digestOfAll) {
    const [newest, kept] = [this.newest, this.kept];
    if (!newest) return;
    const due = newest.way === "kept" ? newest.count + 1 : newest.count;
    const unfinished = kept.length === due + 1 && kept[due] && kept[due].size >= newest.size;
    if (kept.length !== due && !unfinished) {
      this.report.problem("checkpoints.jsonl", `the list has ${kept.length} lines, and the checkpoint names ${due}`);
    } else if (newest.way === "kept") {
      if (!kept[newest.count] || !sameBytes(kept[newest.count].bytes, newest.bytes)) {
        this.report.problem("checkpoint", "the checkpoint is not the one in the list");
      }
    } else if (unfinished ? kept[due].digest !== newest.digest : digestOfAll !== newest.digest) {
      this.report.problem("checkpoints.jsonl", "the list is not the one that the checkpoint names");
    }
    if (unfinished) {
      this.report.problem("checkpoint", "the newest checkpoint stands only in the list: a writer was interrupted, and the next one finishes it");
      this.covering = kept[due];
    }
  }

  async note(where, bytes) {
    try {
      const note = readNote(await bytes());
      note.where = where;
      return note;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.report.problem(where, `the checkpoint cannot be read: ${error.message}`);
      return null;
    }
  }

  /* Called when the tree has as many leaves as a checkpoint covers. */
  checkNote(note) {
    note.checked = true;
    this.report.checkpoints += 1;
    if (note.origin !== this.origin) this.report.problem(note.where, "the checkpoint is one of another log");
    if (hexOf(this.tree.root()) !== note.root) this.report.problem(note.where, `the first ${note.size} records are not those of the checkpoint`);
    const known = new Map(this.people.active("log").map((id) => [hintOf(note.origin, this.people.keys.get(id).raw), id]));
    const lines = note.signatures.filter((one) => one.name === note.origin && known.has(one.hint));
    if (!lines.length) this.report.problem(note.where, "no log key that counts at this place has signed the checkpoint");
    for (const one of lines) {
      const raw = this.people.keys.get(known.get(one.hint)).raw;
      this.task(raw, note.text, one.raw, () => this.report.problem(note.where, "a signature of the checkpoint does not hold"));
    }
  }

  /* Records */

  async readLines() {
    const notes = new Map();
    for (const note of [this.newest, ...this.kept]) if (note) notes.set(note.size, [...(notes.get(note.size) ?? []), note]);
    for (const [index, name] of this.logs.entries()) {
      let count = 0;
      const first = Number(name.slice(4, 13));
      if (first !== this.tree.size) this.report.problem(name, `the file begins with record ${first}, and record ${this.tree.size} is next`);
      const file = this.files.get(name);
      for await (const { line, at, whole: complete } of linesOf(file, LINE_LIMIT)) {
        const where = `${name} record ${this.tree.size}`;
        if (!complete) this.report.problem(where, "the line has no end");
        this.record(line, { where, name, file, at });
        count += 1;
        for (const note of notes.get(this.tree.size) ?? []) this.checkNote(note);
        if (this.tasks.length >= BATCH) await this.settle();
        await this.tell(line.length + 1);
      }
      const due = this.perFile;
      const last = index === this.logs.length - 1;
      if (due && (count > due || (!last && count < due) || !count)) {
        this.report.problem(name, `the file holds ${count} records, and ${last ? "at most " : ""}${due} are due`);
      }
    }
  }

  record(line, place) {
    const { report } = this;
    const seq = this.tree.size;
    const leafBytes = Tree.leaf(line);
    const leaf = hexOf(leafBytes);
    this.tree.add(leafBytes);
    const shown = { seq, leaf, file: place.file, at: place.at, length: line.length, where: place.where, wrong: [], body: null };
    report.records.push(shown);
    const wrong = (message) => {
      shown.wrong.push(message);
      report.problem(place.where, message);
    };
    let value;
    try {
      value = readCanonical(line);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong(`the record cannot be read: ${error.message}`);
      return;
    }
    if (!hasExactly(value, ["body", "sigs", "type"]) || !isObject(value.body) || typeof value.body.kind !== "string") {
      wrong("this is no record");
      return;
    }
    const { body, sigs, type } = value;
    if (seq === 0) this.found(body, wrong);
    const kind = Object.hasOwn(KINDS, body.kind) ? KINDS[body.kind] : null;
    if (!kind || (report.mode === "dry" && !kind.dry)) {
      shown.wrong.push("this kind is not known here");
      report.cannot(place.where, `records of the kind ${body.kind} are not known here and cannot be verified`);
      describeUnknown(shown, body);
      return;
    }
    if (type !== `application/vnd.valgen.${body.kind}.v1+json`) wrong("type and kind of the record differ");
    const blobs = [];
    const misshapen = bodyProblem(body, report.mode === "ledger", blobs);
    if (misshapen) {
      wrong(`the record ${misshapen}`);
      return;
    }
    if (body.seq !== seq) wrong(`the record is number ${body.seq}, and ${seq} is next`);
    if (body.origin !== this.origin) wrong("the record is one of another log");
    if ((body.kind === "genesis") !== (seq === 0)) wrong("a genesis record is record 0, and only that");
    for (const one of blobs) this.name(one, place.where, body);
    for (const one of filesNamed(body)) this.name({ sha256: one.sha256, size: one.size, use: "file", optional: true }, place.where, body);
    const fresh = body.kind === "account.activated" ? [[body.key, "person", body.account]]
      : body.kind === "genesis" || body.kind === "keys.declared" ? body.keys.map((one) => [one.key, one.role, ""]) : [];
    for (const [key, role, holder] of fresh) this.people.declare(key, role, holder).forEach(wrong);
    this.checkSignatures(value, wrong);
    describe(shown, body, this);
    this.people.take(body, this.tree).forEach(wrong);
    if (body.kind === "anchor" && (body.size > seq || hexOf(this.tree.root(body.size)) !== body.root)) {
      wrong("the anchored records are not the first ones of this ledger");
    }
    if (body.kind === "verified" && (body.size > seq || hexOf(this.tree.root(body.size)) !== body.root)) {
      wrong("the verified records are not the first ones of this ledger");
    }
    this.runs.take(body, leaf, this.people).forEach(wrong);
  }

  /* The first record says what sort of log this is. */
  found(body, wrong) {
    const { report } = this;
    this.origin = typeof body.origin === "string" ? body.origin : "";
    report.origin = this.origin;
    if (body.kind !== "genesis") {
      wrong("the first record is no genesis record");
      return;
    }
    if (body.format !== 1) report.cannot("log/", `format ${body.format} of records is not known here and cannot be verified`);
    if (body.mode !== "dry" && body.mode !== "ledger") report.cannot("log/", `a log of the mode ${body.mode} is not known here and cannot be verified`);
    report.mode = body.mode === "ledger" ? "ledger" : body.mode === "dry" ? "dry" : "";
    this.perFile = Number.isSafeInteger(body.lines_per_file) && body.lines_per_file > 0 ? body.lines_per_file : 0;
    if (body.lines_per_file === 0) wrong("a file must hold at least one record");
    this.people = new People(report.mode === "ledger");
    this.runs = new Runs(report.mode);
    this.genesis = body;
    if (report.mode === "ledger" && !/^valgen:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/./.test(this.origin)) {
      wrong("the name of the ledger has not the form that ledgers have");
    }
  }

  checkSignatures({ body, sigs, type }, wrong) {
    const well = Array.isArray(sigs) && sigs.every((one) =>
      hasExactly(one, ["key", "sig"]) && typeof one.key === "string" && FINGERPRINT.test(one.key) &&
      typeof one.sig === "string" && bytesOfBase64(one.sig)?.length === 64);
    if (!well || sigs.some((one, index) => index && sigs[index - 1].key >= one.key)) {
      wrong("its signatures are not written as they must be");
      return;
    }
    const message = sigs.length ? signedBytes(type, canonical(body)) : null;
    for (const one of sigs) {
      const key = this.people.keys.get(one.key);
      if (!key) wrong("it is signed by a key that was not known at this place");
      else {
        this.report.signatures += 1;
        this.task(key.raw, message, bytesOfBase64(one.sig), () => wrong("a signature does not hold"));
      }
    }
    this.people.signers(body, sigs.map((one) => one.key)).forEach(wrong);
  }

  task(key, message, signature, otherwise) {
    this.tasks.push(holds(key, message, signature).then((good) => good || otherwise()));
  }

  async settle() {
    await Promise.all(this.tasks.splice(0));
  }

  checkEnd() {
    const size = this.tree.size;
    for (const note of new Set([this.newest, ...this.kept])) {
      if (!note || note.checked) continue;
      this.report.problem(note.where, note.size > size ? `the checkpoint covers ${note.size} records, and there are ${size}` : "the checkpoint covers no record");
    }
    const covered = (this.covering ?? this.newest)?.size ?? 0;
    if (covered < size) this.report.problem(`record ${covered}`, `${size - covered} records lie beyond the newest checkpoint`);
    this.report.root = hexOf(this.tree.root());
    if (!this.report.mode && !this.report.unknown.length && !this.report.problems.length) this.report.cannot("log/", "nothing is known about this log");
  }

  /* Root and anchors of a ledger */

  async checkRoot() {
    const { report } = this;
    const file = this.files.get("root.json");
    if (!file) {
      report.problem("root.json", "the file is missing");
      return;
    }
    const bytes = file.size <= LINE_LIMIT ? await wholeFile(file) : new Uint8Array();
    const line = bytes.subarray(0, -1);
    let value = null;
    try {
      value = bytes.at(-1) === 0x0a ? readCanonical(line) : null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    const shape = object({ keys: list(digest), origin: name, threshold: whole(1) });
    if (value === null || shape(value, [])) {
      report.problem("root.json", "the file is not written as it must be");
      return;
    }
    const roots = (Array.isArray(this.genesis?.keys) ? this.genesis.keys : []).filter((one) => one?.role === "root").map((one) => one.key).sort();
    if (value.keys.join() !== roots.join() || value.origin !== this.origin || value.threshold !== this.genesis?.threshold || value.threshold > roots.length) {
      report.problem("root.json", "the file does not say what the genesis record says");
    }
    report.fingerprint = hexOf(sha256(line));
    report.compared = Boolean(this.fingerprint);
    if (this.fingerprint && this.fingerprint !== report.fingerprint) {
      report.problem("root.json", "the root fingerprint is not the one that you gave: this is another ledger");
    }
  }

  async checkAnchors() {
    const { report } = this;
    const recorded = new Map();
    for (const shown of report.records) {
      if (shown.anchor) {
        const name = `anchors/${String(shown.anchor.size).padStart(9, "0")}.${{ rfc3161: "tsr", git: "git", head: "head" }[shown.anchor.medium]}`;
        recorded.set(name, [...(recorded.get(name) ?? []), shown]);
      }
    }
    for (const [name, list] of recorded) {
      const file = this.files.get(name);
      for (const shown of list) {
        if (!file) report.problem(shown.where, `the anchor file ${name} is missing`);
        else if (file.size !== shown.anchor.file.size || (await digestOfFile(file)) !== shown.anchor.file.sha256) {
          report.problem(name, `the file is not the one that record ${shown.seq} names`);
        }
      }
    }
    for (const name of this.names.filter((one) => one.startsWith("anchors/"))) {
      const found = /^anchors\/([0-9]{9})\.(tsr|git|head)$/.exec(name);
      const size = found ? Number(found[1]) : 0;
      const note = [...this.kept, this.newest].find((one) => one?.size === size);
      if (!found) report.cannot(name, "this is no anchor of a known kind and cannot be verified");
      else if (found[2] === "head") await this.checkHead(name, size);
      else if (!note) report.problem(name, "the anchor belongs to no kept checkpoint");
      else await this.checkAnchor(name, found[2], note);
    }
  }

  /* A checkpoint that somebody else kept must be one of this ledger, signed by a log key of it. */
  async checkHead(name, size) {
    const { report } = this;
    const other = await this.note(name, () => wholeFile(this.files.get(name)));
    if (!other) return;
    report.anchors += 1;
    const same = other.origin === this.origin && other.size === size && size > 0 && size <= this.tree.size;
    if (!same || hexOf(this.tree.root(size)) !== other.root) {
      report.problem(name, "what somebody else kept is no checkpoint of this ledger");
      return;
    }
    const logs = [...this.people.keys.values()].filter((key) => key.role === "log");
    const answers = await Promise.all(other.signatures.flatMap((line) => logs
      .filter((key) => line.name === this.origin && line.hint === hintOf(this.origin, key.raw))
      .map((key) => holds(key.raw, other.text, line.raw))));
    if (!answers.length || answers.includes(false)) report.problem(name, "no log key of this ledger has signed it");
    else report.anchored = Math.max(report.anchored ?? 0, size);
  }

  async checkAnchor(name, medium, note) {
    const { report } = this;
    const bytes = await wholeFile(this.files.get(name));
    report.anchors += 1;
    if (medium === "git") {
      let fits = false;
      try {
        fits = object({ commit: anyText, path: anyText, remote: anyText, time: anyText })(readCanonical(bytes), []) === "";
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      if (!fits) report.problem(name, "the anchor is not written as it must be");
      else report.notes.push(`${name} counts only for whoever compares it with the repository that it names.`);
    } else {
      /* The imprint of an RFC 3161 token: the identifier of SHA-256, perhaps NULL, and 32 bytes. */
      const imprint = hexOf(sha256(note.bytes));
      const found = new RegExp(`0609608648016503040201(0500)?0420${imprint}`).test(hexOf(bytes));
      if (!found) report.problem(name, "the time stamp is not over this checkpoint by SHA-256");
      else {
        report.anchored = Math.max(report.anchored ?? 0, note.size);
        report.notes.push(`${name} holds the digest of its checkpoint. Who issued the time stamp, and when, is not checked here.`);
      }
    }
  }

  /* Blobs */

  name(one, where, body) {
    const path = `blobs/${one.sha256.slice(0, 2)}/${one.sha256.slice(2)}`;
    if (!this.named.has(path)) this.named.set(path, []);
    this.named.get(path).push({ ...one, where, body: one.use === "content manifest" ? body : null });
    return path;
  }

  async checkBlobs() {
    const { report } = this;
    for (const [path, uses] of this.named) {
      const file = this.files.get(path);
      if (!file && uses.every((one) => one.optional)) continue;
      const where = `${path} (record ${uses[0].where.split(" record ").at(-1)})`;
      if (!file) {
        report.problem(where, "the content that a record names is missing");
        continue;
      }
      const bytes = file.size <= PIECE ? await wholeFile(file) : null;
      if (bytes) await this.tell(bytes.length);
      const found = bytes ? hexOf(sha256(bytes)) : await digestOfFile(file, this.tell);
      report.blobs += 1;
      this.sizes.set(path, file.size);
      if (found !== uses[0].sha256 || uses.some((one) => one.size !== file.size)) {
        report.problem(where, "the content is not the one that a record names");
        continue;
      }
      for (const one of uses) await this.checkContent(one, bytes ?? (await file.read(0, 4096)), bytes !== null, where, file);
    }
    const own = new Set(["checkpoint", "checkpoints.jsonl", ".gitattributes", ".gitignore"]);
    if (report.mode === "ledger") own.add("root.json");
    for (const name of this.names) {
      const anchor = report.mode === "ledger" && name.startsWith("anchors/");
      if (!own.has(name) && !name.startsWith("log/") && !anchor && !this.named.has(name)) report.visible.push(name);
    }
    report.visible.sort();
  }

  async checkContent(one, bytes, all, where, file) {
    const { report } = this;
    if (one.use === "long value") {
      try {
        const content = all ? bytes : await wholeFile(file);
        const written = textOf(content);
        const start = [...written.slice(0, 2000)].slice(0, 1000).join("");
        if (start !== one.value.head) throw new Refused("it does not begin as the record says");
        const wrong = one.inner(one.value.media_type === "text/plain" ? written : readCanonical(content, Infinity), []);
        if (wrong) throw new Refused(`it ${wrong}`);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        report.problem(where, `the long value is not what the record says: ${error.message}`);
      }
      return;
    }
    const shape = { plan: PLAN, facts: FACTS, "content manifest": CONTENT_MANIFEST }[one.use];
    if (!shape) return;
    const blobs = [];
    try {
      const value = readCanonical(all ? bytes : await wholeFile(file), Infinity);
      const wrong = shape(value, blobs);
      if (wrong) throw new Refused(`it ${wrong}`);
      if (one.body) {
        const { document, number, version, title, content } = one.body;
        const said = value.document;
        if (said.key !== document || said.number !== number || said.version !== version || said.title !== title || value.content !== content) {
          throw new Refused("it is about another document");
        }
        const paths = value.snapshot.map((part) => part.path);
        if (paths.some((path, index) => index && !comesBefore(paths[index - 1], path))) throw new Refused("its snapshot is not in order");
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      report.problem(where, `the ${one.use} cannot be accepted: ${error.message}`);
    }
    for (const part of blobs) {
      const path = this.name(part, one.where, null);
      if (this.sizes.has(path) && this.sizes.get(path) !== part.size) report.problem(where, `the size that it gives for ${part.sha256} is wrong`);
    }
  }

  conclude() {
    const { report } = this;
    report.single = report.mode === "ledger" && this.people.single;
    if (report.single) report.notes.push("Single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3).");
    if (report.mode === "dry") report.notes.push("This is a log of dry runs: rehearsals, which are never evidence. It has no root, no people and no anchor.");
    for (const shown of report.records) if (shown.head && !shown.wrong.length) report.anchored = Math.max(report.anchored ?? 0, shown.head);
    report.unanchored = report.records.length - (report.anchored ?? 0);
    report.people = this.people;
    report.runs = this.runs;
    report.held = this.sizes;
  }
}

/* Whether one text comes before another by code points; the order of JavaScript is that of UTF-16. */
const comesBefore = (one, other) => {
  const [first, second] = [utf8(one), utf8(other)];
  const at = first.findIndex((byte, index) => byte !== second[index]);
  return at < 0 ? first.length < second.length : at < second.length && first[at] < second[at];
};

const textOfAny = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/* The digest of what was fed so far, without ending it. */
const digestSoFar = (made) => {
  const copy = new Sha256();
  Object.assign(copy, { buffer: made.buffer.slice(), used: made.used, total: made.total, state: made.state.slice() });
  return copy.finish();
};

/* The lines of a file: bytes without their newline, where they begin, and whether there was a newline.
   A line beyond the limit is given up to the limit and a byte, which is enough to refuse it. */
async function* linesOf(file, limit) {
  let rest = new Uint8Array();
  let start = 0;
  let dropped = 0;
  for (let at = 0; at < file.size; ) {
    const end = Math.min(at + PIECE, file.size);
    const piece = await file.read(at, end);
    at = end;
    let from = 0;
    for (let stop = piece.indexOf(0x0a); stop >= 0; stop = piece.indexOf(0x0a, from)) {
      const line = rest.length ? joined(rest, piece.subarray(from, stop)) : piece.subarray(from, stop);
      yield { line, at: start, whole: true };
      start += line.length + dropped + 1;
      rest = new Uint8Array();
      dropped = 0;
      from = stop + 1;
    }
    rest = joined(rest, piece.subarray(from));
    if (rest.length > limit + 1) {
      dropped += rest.length - limit - 1;
      rest = rest.slice(0, limit + 1);
    }
  }
  if (rest.length) yield { line: rest, at: start, whole: false };
}

const verifyLedger = (files, options) => new LedgerCheck(files, options).run();
