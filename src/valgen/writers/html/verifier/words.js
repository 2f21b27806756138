/* What each record says, in words: who acted, what happened, which documents and records it is about.

   Sentences are made while the log is read, so that names and roles are those of the moment. */

const KIND_WORDS = {
  genesis: "Log begun", "keys.declared": "Machine keys added", "keys.retired": "Machine keys retired",
  "run.started": "Run started", "case.started": "Case started", "step.result": "Step result", "case.result": "Case result",
  "run.finished": "Run finished", "run.aborted": "Run aborted", recovery: "Recovery after a crash",
  "clock.anomaly": "Clock jump", "account.created": "Account created", "account.activated": "Account activated",
  "account.changed": "Account changed", "role.granted": "Role granted", "role.revoked": "Role revoked",
  proposal: "Proposal to a second administrator", "account.reset": "Account reset", "account.disabled": "Account disabled",
  "account.unlocked": "Account unlocked", "credentials.changed": "Credentials changed",
  "accounts.checked": "Check of accounts", "login.failed": "Failed log-in", "session.opened": "Session opened",
  "session.closed": "Session closed", refused: "Act refused", signature: "Signature", rejection: "Rejection",
  "document.changed": "Changes of a document", "document.issued": "Document issued", "execution.opened": "Execution opened",
  review: "Review of an execution", "audit.reviewed": "Review of the audit trail", anchor: "Anchor",
  verified: "Verification of the ledger", restored: "Restored copy",
};

const kindWords = (kind) => (Object.hasOwn(KIND_WORDS, kind) ? KIND_WORDS[kind] : `Unknown kind ${kind}`);
const shortened = (value) => {
  const whole = isObject(value) ? value.head : value;
  return whole.length > 300 ? `${whole.slice(0, 300)} …` : whole;
};
const because = (value) => (value && shortened(value) ? `: ${shortened(value)}` : "");
const NUMBERS = new Intl.NumberFormat("en");
const many = (count, one, more = `${one}s`) => `${NUMBERS.format(count)} ${count === 1 ? one : more}`;
const caseOf = (body) => `${body.case} in ${body.run}, attempt ${body.attempt}`;

const sentence = (body, people) => {
  const of = (id) => people.nameOf(id);
  const paper = () => `${body.document} ${body.version}${body.title ? ` “${body.title}”` : ""}`;
  const says = {
    genesis: () => `The ${body.mode === "dry" ? "log of dry runs" : "ledger"} ${body.origin} was begun with ${many(body.keys.length, "key")} by ${body.tool}`,
    "keys.declared": () => `${many(body.keys.length, "key")} of a machine added${because(body.reason)}`,
    "keys.retired": () => `${many(body.keys.length, "key")} of a machine retired${body.stolen ? ", possibly stolen" : ""}${because(body.reason)}`,
    "run.started": () => `${body.mode === "dry" ? "Dry run" : "Formal run"} ${body.run} of ${body.stage} in ${body.environment}${body.execution ? `, execution ${body.execution}, tester ${of(body.tester)}` : ""}`,
    "case.started": () => caseOf(body),
    "step.result": () => `${caseOf(body)}, step ${body.step}: ${body.outcome}: ${body.keyword}${shortened(body.text)}`,
    "case.result": () => `${caseOf(body)}: ${body.outcome}, executed by ${body.executor}${because(body.message)}`,
    "run.finished": () => `${body.run}: ${Object.entries(body.summary).map(([word, count]) => `${count} ${word}`).join(", ") || "no case"}; ${body.planned} planned, ${body.selected} chosen, ${body.executed} executed`,
    "run.aborted": () => `${body.run}${because(body.reason)}`,
    recovery: () => `${many(body.adopted, "record")} kept, ${many(body.quarantined.length, "piece")} set aside`,
    "clock.anomaly": () => `The clock jumped by ${NUMBERS.format(body.jump_ms / 1000)} s`,
    "account.created": () => `${body.account} for ${body.name} (${body.user}), ${body.service ? "a service" : body.function || "no function given"}, roles: ${body.roles.join(", ") || "none"}; identity checked by ${body.identity.by}, ${body.identity.how}, ${body.identity.on}`,
    "account.activated": () => `${of(body.account)} made an own key${body.totp ? ", with a second factor" : ""}`,
    "account.changed": () => `${of(body.account)}: ${["name", "function", "email"].filter((key) => body[key] !== undefined).map((key) => `${key} now “${body[key]}”`).join(", ") || "nothing changed"}${because(body.reason)}`,
    "role.granted": () => `${of(body.account)} got the role ${body.role}${because(body.reason)}`,
    "role.revoked": () => `${of(body.account)} lost the role ${body.role}${because(body.reason)}`,
    proposal: () => `${kindWords(body.act)} proposed${body.account ? ` for ${of(body.account)}` : ""}${because(body.reason)}`,
    "account.reset": () => `${of(body.account)} must make a new key; identity checked by ${body.identity.by}, ${body.identity.how}, ${body.identity.on}${because(body.reason)}`,
    "account.disabled": () => `${of(body.account)} may no longer act${because(body.reason)}`,
    "account.unlocked": () => `${of(body.account)} may try again${because(body.reason)}`,
    "credentials.changed": () => `${body.password ? "Password changed" : "Password kept"}, ${body.totp ? "with" : "without"} a second factor`,
    "accounts.checked": () => `${many(body.accounts.length, "account")} checked: ${body.conclusion}`,
    "login.failed": () => `${body.account ? of(body.account) : "An unknown user id"} at ${body.source}: ${body.reason}`,
    "session.opened": () => `By ${body.method} at ${body.source}`,
    "session.closed": () => `Ended: ${body.reason}`,
    refused: () => `${body.act}${body.account ? ` by ${of(body.account)}` : ""} about ${body.subject}: ${body.code}${because(body.reason)}`,
    signature: () => `${paper()} signed as ${body.meaning}, in the role ${body.role}${because(body.reason)}`,
    rejection: () => `${paper()} rejected, in the role ${body.role}${because(body.reason)}`,
    "document.changed": () => `${paper()} replaces ${body.previous || "nothing"}${because(body.reason)}`,
    "document.issued": () => `${paper()} issued as ${body.files.map((one) => one.name).join(", ") || "no file"}`,
    "execution.opened": () => `${body.execution} of ${body.stage} in ${body.environment} by ${body.protocol.document} ${body.protocol.version}, ${many(Object.keys(body.cases).length, "case")}, ${body.system.name} ${body.system.version}`,
    review: () => `${body.execution}: ${body.conclusion}, ${many(body.results.length, "case result")}, in the role ${body.role}${because(body.comment)}`,
    "audit.reviewed": () => `Records ${body.first} to ${body.last}: ${body.conclusion}`,
    anchor: () => `The first ${many(body.size, "record")}, by ${{ rfc3161: "a time stamp", git: "git", head: "a head that somebody keeps" }[body.medium]}${because(body.detail)}`,
    verified: () => `The first ${many(body.size, "record")} verified, attachments ${body.data ? "read in full" : "not read"}: ${body.problems ? many(body.problems, "problem") : "no problem"}`,
    restored: () => `A copy with ${many(body.kept, "record")} was put in place; ${many(body.known.size, "record")} had been known${because(body.reason)}`,
  };
  return says[body.kind]();
};

/* Names for the fields of records; what is not here is shown as it is called in the record. */
const FIELD_WORDS = {
  account: "Account", act: "Act", actual: "Observed", attachments: "Attachments", attempt: "Attempt", author: "Author",
  case: "Case", cases: "Planned cases", change_ref: "Change request", changes: "Changes", code: "Code",
  comment: "Comment", compared: "Root compared with the one", components: "Given at signing", conclusion: "Conclusion", content: "Content digest",
  data: "Attachments read in full", data_table: "Data table", detail: "Detail", doc_string: "Doc string", document: "Document",
  duration_ms: "Duration in ms", environment: "Environment", execution: "Execution", executor: "Executed by",
  expected: "Expected", facts: "Facts of the computer", file: "File", files: "Files", findings: "Findings",
  finished: "Finished", first: "First record", function: "Function", head: "Log that the signer saw",
  identity: "Check of identity", keyword: "Keyword", keys: "Keys", last: "Last record", manifest: "Content manifest",
  meaning: "Meaning", medium: "Sort of anchor", message: "Message", method: "Shown by", mode: "Mode", name: "Name",
  next: "Next due", number: "Number", observed: "Asserted or observed", outcome: "Outcome", person: "Person",
  plan: "Plan", previous: "Version before", problems: "Problems", proposal: "Proposal", protocol: "Protocol", reason: "Reason",
  rendition: "File that was shown", results: "Results", role: "Role", roles: "Roles", root: "Digest of the log",
  run: "Run", scope: "Scope", service: "A service", session: "Session", sha256: "SHA-256", single_administrator:
  "Single-administrator mode", size: "Size", source: "Terminal", stage: "Stage", started: "Started", step: "Step",
  steps: "Steps", stolen: "Possibly stolen", subject: "About", summary: "Summary", system: "System", tables: "Tables",
  tester: "Tester", text: "Text", threshold: "Root keys needed", title: "Title", tool: "Program", totp: "Second factor",
  upto: "Up to record", user: "User id", version: "Version", worker: "Process", zone: "Time zone",
};
const fieldWords = (key) => (Object.hasOwn(FIELD_WORDS, key) ? FIELD_WORDS[key] : key);

/* Who acted: where a person did not sign, the name is what the recorder says. */
const whoOf = (body, people) => {
  if (!people.inLedger) return body.actor;
  const named = people.nameOf(body.actor);
  const own = !["recorder", "nobody"].includes(KINDS[body.kind].by);
  return own || named === body.actor ? named : `${named}, says the recorder`;
};

const documentsOf = (body) =>
  [body.document, body.protocol?.document].filter((one) => typeof one === "string");

/* Puts into a shown record what the page lists. */
const describe = (shown, body, check) => {
  const { people } = check;
  Object.assign(shown, {
    time: body.time, actor: body.actor, kind: body.kind, documents: documentsOf(body),
    who: whoOf(body, people),
    words: sentence(body, people),
  });
  shown.refs = [
    check.runs.runs.get(body.run)?.seq, check.runs.executions.get(body.execution)?.seq,
    people.sessions.get(body.session)?.seq, people.accounts.get(body.account)?.seq, people.accounts.get(body.tester)?.seq,
    body.proposal >= 0 ? body.proposal : undefined,
  ].filter((seq) => seq !== undefined);
  if (body.kind === "anchor") shown.anchor = { size: body.size, root: body.root, medium: body.medium, file: body.file };
  if (body.head) shown.head = body.head.size;
  if (["signature", "rejection", "document.issued", "review", "audit.reviewed"].includes(body.kind)) {
    const account = people.accounts.get(body.actor);
    shown.body = body;
    shown.reset = account?.reset ?? null;
  }
};

const describeUnknown = (shown, body) => {
  const told = (value) => (typeof value === "string" ? value : "");
  Object.assign(shown, {
    time: told(body.time), actor: told(body.actor), kind: body.kind, documents: [], who: told(body.actor),
    words: "This page does not know such records, so it says nothing about this one.",
  });
};
