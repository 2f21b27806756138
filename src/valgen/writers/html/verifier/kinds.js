/* The kinds of records and the shape of each: docs/format.md and docs/format-ledger.md, "Record kinds" and after.

   A shape is a function of a value and a list; it returns what is wrong, empty when nothing is, and puts every blob
   that the value names into the list. */

const test = (says, holdsFor) => (value) => (holdsFor(value) ? "" : `is not ${says}`);
const textUpTo = (most, least = 0) =>
  test(`text of ${least} to ${most} characters`, (value) =>
    typeof value === "string" && value.length >= least &&
    (value.length <= most || (value.length <= 2 * most && [...value].length <= most)));
const anyText = test("text", (value) => typeof value === "string");
const text = textUpTo(4096);
const name = textUpTo(400);
const word = textUpTo(400, 1);
const truth = test("true or false", (value) => typeof value === "boolean");
const whole = (least = 0) => test(`a whole number from ${least}`, (value) => Number.isSafeInteger(value) && value >= least);
const matching = (says, pattern) => test(says, (value) => typeof value === "string" && pattern.test(value));
const oneOf = (...words) => test(`one of ${words.map((one) => one || "nothing").join(", ")}`, (value) => words.includes(value));
const either = (first, second) => (value, blobs) => (first(value, []) === "" ? first(value, blobs) : second(value, blobs));
const nothing = test("null", (value) => value === null);

const hex = (digits) => matching(`${digits} hex digits in lower case`, new RegExp(`^[0-9a-f]{${digits}}$`));
const digest = hex(64);
const account = matching("an account id", /^u-[0-9]{4,9}$/);
const noAccount = either(account, oneOf(""));
const session = hex(32);
const execution = matching("an execution id", /^exec-[0-9]{4,9}$/);
const run = matching("a run id", /^(dry|run)-[0-9]{4,9}$/);
const roleWord = matching("a role", /^[a-z][a-z0-9_]{0,39}$/);
const outcome = oneOf(
  "Passed", "Passed with deviation", "Failed", "Error", "Blocked", "Skipped", "Not executed", "Aborted", "N/A",
);
const time = test("a time in UTC", (value) => {
  const found = typeof value === "string" &&
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,6})?Z$/.exec(value);
  if (!found) return false;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return year > 0 && day >= 1 && day <= days && hour < 24 && minute < 60 && second <= 60;
});
const noTime = either(time, oneOf(""));

const list = (shape) => (value, blobs) => {
  if (!Array.isArray(value)) return "is not a list";
  for (const one of value) {
    const wrong = shape(one, blobs);
    if (wrong) return `holds something that ${wrong}`;
  }
  return "";
};
const map = (shape) => (value, blobs) => {
  if (!isObject(value)) return "is not an object";
  for (const one of Object.values(value)) {
    const wrong = shape(one, blobs);
    if (wrong) return `holds something that ${wrong}`;
  }
  return "";
};
const object = (required, optional = {}) => (value, blobs) => {
  if (!isObject(value)) return "is not an object";
  for (const key of Object.keys(required)) if (!Object.hasOwn(value, key)) return `lacks ${key}`;
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(required, key) ? required : Object.hasOwn(optional, key) ? optional : null;
    if (!known) return `has the unknown key ${key}`;
    const wrong = known[key](inner, blobs);
    if (wrong) return `has a value of ${key} that ${wrong}`;
  }
  return "";
};
const naming = (shape, use, inner = null) => (value, blobs) => {
  const wrong = shape(value, blobs);
  if (!wrong) blobs.push({ sha256: value.sha256, size: value.size, use, value, inner });
  return wrong;
};
const blob = (use) => naming(object({ sha256: digest, size: whole() }), use);
const rows = list(list(anyText));
const long = (shape, media = "application/json") =>
  (value, blobs) => (isObject(value) && Object.hasOwn(value, "sha256")
    ? naming(object({ head: textUpTo(1000), media_type: oneOf(media), sha256: digest, size: whole() }), "long value", shape)(value, blobs)
    : shape(value, blobs));
const longText = long(anyText, "text/plain");
const texts = list(anyText);

const keysOf = (...roles) => list(object({ role: oneOf(...roles), key: digest }));
const attachment = naming(
  object({ id: word, name: text, media_type: textUpTo(200), size: whole(), sha256: digest }, { captured_at: noTime }),
  "attachment",
);
const file = object({ name, media_type: textUpTo(200), sha256: digest, size: whole() });
const reason = textUpTo(1000, 1);
const stage = oneOf("IQ", "OQ", "PQ");
const identity = object({ by: name, how: name, on: name });
const code = object({ salt: hex(32), sha256: digest, expires: time });
const attempt = { run, case: word, attempt: whole(1) };
const head = object({ size: whole(1), root: digest });
const signer = {
  name: textUpTo(200), function: textUpTo(200), session, components: oneOf("all", "password"), zone: textUpTo(100), head,
};
const MEANINGS = ["authored", "reviewed", "approved", "executed", "witnessed", "verified copy", "closed"];
const signed = {
  document: word, number: name, version: textUpTo(100), title: text, content: digest, manifest: blob("content manifest"),
  rendition: file, role: roleWord, reason, ...signer,
};

/* Kind: who signs it, the keys that it must have, the keys that it may have. "dry" kinds occur in dry logs as well. */
const KINDS = {
  genesis: { dry: true, by: "its keys", keys: { mode: anyText, format: whole(1), lines_per_file: whole(1), keys: null, tool: textUpTo(200) } },
  "keys.declared": { dry: true, by: "its keys", keys: { keys: null, reason: textUpTo(1000) } },
  "run.started": {
    dry: true, by: "recorder",
    keys: {
      run, stage, mode: oneOf("dry", "formal"), environment: name, tool: textUpTo(200), pid: whole(), argv: long(texts),
      settings: textUpTo(64), plan: blob("plan"), facts: blob("facts"),
    },
  },
  "case.started": { dry: true, by: "recorder", keys: { ...attempt, worker: textUpTo(200) } },
  "step.result": {
    dry: true, by: "nobody",
    keys: {
      ...attempt, step: whole(), kind_of_step: oneOf("Given", "When", "Then"), keyword: text, text: longText, outcome,
      observed: truth, started: noTime, duration_ms: whole(),
    },
    may: {
      expected: long(texts), actual: long(texts), tables: long(list(rows)), data_table: long(rows),
      doc_string: long(either(nothing, anyText), "text/plain"), message: longText, trace: longText,
      attachments: list(attachment),
    },
  },
  "case.result": {
    dry: true, by: "recorder",
    keys: { ...attempt, outcome, message: longText, started: noTime, finished: time, executor: name, steps: list(digest) },
  },
  "run.finished": {
    dry: true, by: "recorder",
    keys: {
      run, planned: whole(), selected: whole(), executed: whole(),
      summary: (value, blobs) => map(whole())(value, blobs) || list(outcome)(Object.keys(value), blobs),
    },
  },
  "run.aborted": { dry: true, by: "recorder", keys: { run, reason: longText, detected_by: oneOf("recorder", "recovery") } },
  recovery: {
    dry: true, by: "recorder",
    keys: { adopted: whole(), quarantined: list(object({ file: text, size: whole(), sha256: digest })) },
  },
  "clock.anomaly": {
    dry: true, by: "recorder",
    keys: { previous_time: time, previous_mono: whole(), jump_ms: whole(-Number.MAX_SAFE_INTEGER) }, may: { run },
  },
  "keys.retired": { by: "administrator or root", keys: { keys: list(digest), stolen: truth, reason: textUpTo(1000) } },
  "account.created": {
    by: "administrator or root",
    keys: {
      account, person: account, user: matching("a user id", /^[a-z][a-z0-9._-]{1,63}$/), name: textUpTo(200, 1),
      function: textUpTo(200), email: textUpTo(200), service: truth, roles: list(roleWord), identity, code,
    },
  },
  "account.activated": { by: "person", keys: { account, key: digest, code: textUpTo(64), totp: truth } },
  "account.changed": {
    by: "administrator", keys: { account, reason },
    may: { name: textUpTo(200, 1), function: textUpTo(200), email: textUpTo(200) },
  },
  "role.granted": { by: "administrator", two: true, keys: { account, role: roleWord, reason }, may: { proposal: whole(-2) } },
  "role.revoked": { by: "administrator", keys: { account, role: roleWord, reason } },
  proposal: {
    by: "administrator", keys: { act: oneOf("role.granted", "account.reset", "restored"), account: noAccount, reason },
  },
  "account.reset": { by: "administrator", two: true, keys: { account, identity, code, reason, proposal: whole(-2) } },
  "account.disabled": { by: "administrator", keys: { account, reason } },
  "account.unlocked": { by: "administrator", keys: { account, reason } },
  "credentials.changed": { by: "person", keys: { account, password: truth, totp: truth } },
  "accounts.checked": {
    by: "person",
    keys: {
      accounts: list(object({ account, state: oneOf("waiting", "active", "disabled"), roles: list(roleWord) })),
      findings: longText, conclusion: reason,
    },
  },
  "login.failed": {
    by: "recorder",
    keys: { account: noAccount, source: name, reason: oneOf("credentials", "second factor", "locked", "not active", "too soon") },
  },
  "session.opened": {
    by: "person",
    keys: { session, method: oneOf("password", "password and one-time code"), source: name, zone: textUpTo(100) },
  },
  "session.closed": { by: "recorder", keys: { session, reason: oneOf("left", "idle", "credentials", "taken over") } },
  refused: { by: "recorder", keys: { act: word, account: noAccount, subject: name, code: textUpTo(40), reason: longText } },
  signature: { by: "person", keys: { ...signed, meaning: oneOf(...MEANINGS) } },
  rejection: { by: "person", keys: signed },
  "document.changed": {
    by: "recorder",
    keys: {
      document: word, version: textUpTo(100), previous: textUpTo(100), reason: longText, change_ref: name, author: name,
      changes: long(rows),
    },
  },
  "document.issued": { by: "person", keys: { document: word, version: textUpTo(100), content: digest, files: list(file) } },
  "execution.opened": {
    by: "person",
    keys: {
      execution, stage, environment: name,
      protocol: object({ document: name, number: name, version: name, content: digest, manifest: digest }),
      system: object({ name, version: name }), cases: map(textUpTo(200)), code: list(object({ path: text, sha256: digest })),
      session,
    },
  },
  review: {
    by: "person",
    keys: {
      execution, upto: whole(), results: list(digest), conclusion: oneOf("accepted", "returned"), comment: longText,
      role: roleWord, ...signer,
    },
  },
  "audit.reviewed": {
    by: "person",
    keys: {
      first: whole(), last: whole(), scope: reason, findings: longText, conclusion: reason, next: textUpTo(40),
      role: roleWord, ...signer,
    },
  },
  verified: {
    by: "recorder",
    keys: {
      size: whole(1), root: digest, data: truth, compared: oneOf("given", "remembered", ""), problems: whole(), findings: longText,
      tool: textUpTo(200),
    },
  },
  anchor: {
    by: "recorder",
    keys: { size: whole(1), root: digest, medium: oneOf("rfc3161", "git", "head"), file: blob("anchor"), detail: textUpTo(1000) },
  },
  restored: {
    by: "administrator", two: true,
    keys: { known: object({ size: whole(1), root: digest }), kept: whole(), reason, proposal: whole(-2) },
  },
};

/* Keys of formal runs in a ledger, and of the genesis record of one. */
const FORMAL = { execution, session: either(session, oneOf("")), tester: account };
const FOUNDING = { threshold: whole(1), single_administrator: truth };

const HEADER = {
  seq: whole(), time, mono: whole(), boot: textUpTo(200), actor: name, kind: word, salt: hex(32),
  origin: matching("the name of a log", ORIGIN),
};

/* What is wrong with a body of a known kind; blobs that it names go into the list. */
const bodyProblem = (body, inLedger, blobs) => {
  const kind = KINDS[body.kind];
  const required = { ...HEADER, ...kind.keys };
  if ("keys" in kind.keys && kind.keys.keys === null) {
    const roles = !inLedger ? ["log", "recorder"] : body.kind === "genesis" ? ["root", "log", "recorder"] : ["log", "recorder"];
    required.keys = keysOf(...roles);
  }
  if (inLedger && body.kind === "genesis") Object.assign(required, FOUNDING);
  if (inLedger && body.kind === "run.started" && body.mode === "formal") Object.assign(required, FORMAL);
  return object(required, kind.may ?? {})(body, blobs);
};

const PLAN = list(object({
  id: word, title: anyText, mode: oneOf("Automated", "Manual", "Unscripted"), path: text, line: whole(), selected: truth,
  fingerprint: textUpTo(200), items: map(textUpTo(200)),
  steps: list(object(
    { number: whole(), kind: oneOf("Given", "When", "Then"), keyword: text, text: anyText },
    { table: rows, doc_string: either(nothing, anyText), background: truth },
  )),
}));

const FACTS = object({
  host: map(anyText), packages: map(text), plugins: list(text), code: list(object({ path: text, sha256: digest })),
  git: either(nothing, object({ commit: textUpTo(200), dirty: truth, branch: text })),
});

const CONTENT_MANIFEST = object({
  document: object({ key: text, type: text, number: text, version: text, title: text }),
  content: digest,
  template: object({ name: text, sha256: digest }),
  references: list(object({ key: text, number: text, version: text, content: either(digest, oneOf("")) })),
  items: map(textUpTo(200)),
  snapshot: list(naming(object({ path: text, sha256: digest, size: whole() }), "snapshot")),
});
