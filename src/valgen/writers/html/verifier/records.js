/* The list of records: filters, pages, and one record in full with links to the others. */

const PER_PAGE = 100;

class RecordList {
  constructor(result) {
    this.report = result.ledger;
    this.digests = result.pack?.digests ?? new Map();
    this.folder = result.alone ? "" : "evidence/ledger/";
    this.records = this.report.records;
    this.found = this.records;
    this.page = 0;
    this.rows = new Map();
    this.body = null;
  }

  /* Elements of the whole section. */
  draw() {
    const { records } = this;
    const choices = (label, values) => {
      const select = make("select", "", make("option", "", "all"));
      select.firstChild.value = "";
      for (const [value, shown] of [...values].sort((one, other) => one[1].localeCompare(other[1], "en"))) {
        const option = make("option", "", visible(shown));
        option.value = value;
        select.append(option);
      }
      select.addEventListener("change", () => this.filter());
      return [select, this.labelled(label, select)];
    };
    const kinds = new Map();
    const people = new Map();
    const documents = new Map();
    for (const one of records) {
      kinds.set(one.kind ?? "", one.kind ? kindWords(one.kind) : "Cannot be read");
      if (one.actor) people.set(one.actor, this.report.people.nameOf(one.actor));
      for (const document of one.documents ?? []) documents.set(document, document);
    }
    if (kinds.has("")) {
      kinds.delete("");
      kinds.set("?", "Cannot be read");
    }
    const [kind, kindLabel] = choices("Kind", kinds);
    const [who, whoLabel] = choices("Person", people);
    const [document, documentLabel] = choices("Document", documents);
    const words = make("input", "");
    words.type = "search";
    words.addEventListener("input", () => this.filter());
    Object.assign(this, { kind, who, document, words });
    const clear = button("", "Clear filters", () => {
      for (const one of [kind, who, document, words]) one.value = "";
      this.filter();
    });
    this.count = make("p", "");
    this.count.setAttribute("role", "status");
    this.before = button("", "Earlier records", () => this.turn(-1));
    this.after = button("", "Later records", () => this.turn(1));
    this.part = make("span", "");
    const [frame, body] = table("Records", ["No.", "Time", "Who", "What", "In words"], []);
    this.body = body;
    const filters = make("div", "filters", kindLabel, whoLabel, documentLabel, this.labelled("Words", words), clear);
    filters.setAttribute("role", "search");
    filters.setAttribute("aria-label", "Filter the records");
    this.show();
    return [filters, this.count, frame, make("div", "pages", this.before, this.after, this.part)];
  }

  labelled(words, control) {
    control.id = `filter-${words.toLowerCase()}`;
    const label = make("label", "", words);
    label.htmlFor = control.id;
    return make("div", "", label, control);
  }

  filter() {
    const words = this.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [kind, who, document] = [this.kind.value, this.who.value, this.document.value];
    this.found = this.records.filter((one) => {
      if (kind && (one.kind ?? "?") !== kind) return false;
      if (who && one.actor !== who) return false;
      if (document && !one.documents?.includes(document)) return false;
      if (!words.length) return true;
      const all = `${one.seq} ${kindWords(one.kind ?? "")} ${one.who ?? ""} ${one.words ?? ""}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
    this.page = 0;
    this.show();
  }

  turn(by) {
    this.page += by;
    this.show();
    if (document.activeElement?.disabled || document.activeElement === document.body) (by < 0 ? this.after : this.before).focus();
  }

  show() {
    const first = this.page * PER_PAGE;
    const part = this.found.slice(first, first + PER_PAGE);
    this.rows.clear();
    this.body.replaceChildren(...part.map((one) => this.row(one)));
    this.count.textContent = this.found.length === this.records.length
      ? many(this.records.length, "record") : `${NUMBERS.format(this.found.length)} of ${many(this.records.length, "record")} shown`;
    this.before.disabled = this.page === 0;
    this.after.disabled = first + PER_PAGE >= this.found.length;
    this.part.textContent = part.length ? `Rows ${first + 1} to ${first + part.length} of ${this.found.length}` : "No record is left by the filters.";
  }

  row(one) {
    const opener = button("open", String(one.seq), () => this.toggle(one));
    opener.setAttribute("aria-expanded", "false");
    opener.setAttribute("aria-label", `Record ${one.seq}: ${one.kind ? kindWords(one.kind) : "cannot be read"}`);
    const words = make("td", "", said(one.words ?? "This record cannot be read."));
    if (one.wrong.length) words.append(make("p", "bad", said(`Not as it must be: ${one.wrong.join("; ")}.`)));
    const made = row(opener, make("td", "when", said(stamp(one.time))), said(one.who ?? ""), one.kind ? said(kindWords(one.kind)) : "", words);
    made.id = `record-${one.seq}`;
    this.rows.set(one.seq, { made, opener, more: null });
    return made;
  }

  async toggle(one) {
    const held = this.rows.get(one.seq);
    if (held.more) {
      held.more.remove();
      held.more = null;
      held.opener.setAttribute("aria-expanded", "false");
      return;
    }
    const cell = make("td", "", make("p", "soft", "Reading the record …"));
    cell.colSpan = 5;
    held.more = make("tr", "more", cell);
    held.made.after(held.more);
    held.opener.setAttribute("aria-expanded", "true");
    try {
      cell.replaceChildren(...(await this.full(one)));
    } catch (error) {
      cell.replaceChildren(make("p", "bad", said(`The record could not be read again: ${error.message}`)));
    }
  }

  /* Show a record that somebody followed a link to. */
  async open(seq) {
    const one = this.records[seq];
    if (!one) return;
    if (!this.found.includes(one)) {
      for (const part of [this.kind, this.who, this.document, this.words]) part.value = "";
      this.filter();
    }
    const page = Math.floor(this.found.indexOf(one) / PER_PAGE);
    if (page !== this.page || !this.rows.has(seq)) {
      this.page = page;
      this.show();
    }
    const held = this.rows.get(seq);
    if (!held.more) await this.toggle(one);
    for (const other of this.body.querySelectorAll(".chosen")) other.classList.remove("chosen");
    held.made.classList.add("chosen");
    held.opener.focus();
    held.made.scrollIntoView({ block: "center" });
  }

  /* One record */

  async full(one) {
    const line = await one.file.read(one.at, one.at + one.length);
    if (hexOf(Tree.leaf(line)) !== one.leaf) return [make("p", "bad", "The file was changed after it was checked. Check the pack again.")];
    let value;
    try {
      value = readCanonical(line);
    } catch {
      return [make("p", "bad", "This record cannot be read. These are its bytes as text:"), said(textOfAny(line.subarray(0, 4000)))];
    }
    const { body, sigs } = value;
    const own = isObject(body) ? Object.keys(body).filter((key) => !Object.hasOwn(HEADER, key)) : [];
    const parts = [facts(own.map((key) => [visible(fieldWords(key)), this.value(key, body[key])]))];
    const signers = (Array.isArray(sigs) ? sigs : []).map((each) => make("li", "", ...this.key(String(each?.key))));
    const linked = this.referring(one.seq);
    parts.push(make("details", "", make("summary", "", "Number, clock, keys and digest"), facts([
      ["Place", said(`${this.folder}${one.where}`)],
      ["Time as written", said(String(body?.time))],
      ["Acted", said(String(body?.actor))],
      ["Clock of the writer", said(`${body?.mono} ms since ${body?.boot || "an unnamed start"}`)],
      ["Log", said(String(body?.origin))],
      ["Signed by", signers.length ? make("ul", "", ...signers) : "nobody; a signed record or checkpoint binds it"],
      ["Leaf hash", make("code", "", one.leaf)],
    ])));
    if (linked.length) parts.push(facts([["Named by", make("ul", "", ...linked.map((seq) => make("li", "", this.link(seq))))]]));
    return parts;
  }

  key(id) {
    const known = this.report.people.keys.get(id);
    const holder = known?.holder ? this.report.people.nameOf(known.holder) : known ? `${known.role} key` : "unknown key";
    return [said(holder), " ", make("code", "", visible(id))];
  }

  link(seq, words = "") {
    const one = this.records[seq];
    const link = make("a", "", `record ${seq}`);
    link.href = `#record-${seq}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", link.href);
      this.open(seq);
    });
    return make("span", "", link, said(words || (one ? ` ${one.kind ? kindWords(one.kind) : ""}` : "")));
  }

  referring(seq) {
    if (!this.back) {
      this.back = new Map();
      for (const one of this.records) {
        for (const target of new Set(one.refs ?? [])) {
          if (!this.back.has(target)) this.back.set(target, []);
          if (this.back.get(target).length < 50) this.back.get(target).push(one.seq);
        }
      }
    }
    return this.back.get(seq) ?? [];
  }

  leaf(digest) {
    this.leaves ??= new Map(this.records.map((one) => [one.leaf, one.seq]));
    return this.leaves.get(digest);
  }

  /* The record that a value of a field points at, undefined for none. */
  target(key, value) {
    const { people, runs } = this.report;
    if (key === "run") return runs.runs.get(value)?.seq;
    if (key === "execution") return runs.executions.get(value)?.seq;
    if (key === "session") return people.sessions.get(value)?.seq;
    if (["account", "person", "tester"].includes(key)) return people.accounts.get(value)?.seq;
    if (["proposal", "first", "last", "upto"].includes(key) && value >= 0 && value < this.records.length) return value;
    if (key === "steps" || key === "results") return this.leaf(value);
    return undefined;
  }

  value(key, inside) {
    if (Array.isArray(inside)) {
      if (!inside.length) return "none";
      return make("ul", "", ...inside.map((one) => make("li", "", ...[this.value(key, one)].flat())));
    }
    if (isObject(inside)) return this.object(key, inside);
    const shown = inside === "" ? "nothing" : inside === null ? "nothing" : inside === true ? "yes" : inside === false ? "no" : said(String(inside));
    const seq = typeof inside === "string" || typeof inside === "number" ? this.target(key, inside) : undefined;
    const named = ["account", "person", "tester"].includes(key) ? this.report.people.nameOf(inside) : "";
    return [shown, ...(named && named !== inside ? [" ", said(named)] : []), ...(seq === undefined ? [] : [" (", this.link(seq), ")"])];
  }

  object(key, inside) {
    const parts = [];
    /* In these, the keys are data: ids, outcomes, names of facts. */
    const labelled = !["cases", "summary", "items"].includes(key);
    if (typeof inside.sha256 === "string" && FINGERPRINT.test(inside.sha256)) {
      const path = `blobs/${inside.sha256.slice(0, 2)}/${inside.sha256.slice(2)}`;
      const places = [...(this.report.held.has(path) ? [`${this.folder}${path}`] : []), ...(this.digests.get(inside.sha256) ?? [])];
      const other = [...new Set(places)].filter((one) => one !== `${this.folder}${path}`);
      if (this.report.held.has(path)) parts.push(["lies in", said(`${this.folder}${path}`)]);
      if (other.length) parts.push(["in the pack as", make("ul", "", ...other.map((one) => make("li", "", said(one))))]);
    }
    if (key === "head" && Number.isSafeInteger(inside.size) && inside.size > 0 && inside.size <= this.records.length) {
      parts.push(["the log up to", this.link(inside.size - 1)]);
    }
    const entries = Object.entries(inside).map(([name, value]) => [visible(labelled ? fieldWords(name) : name), this.value(name, value)]);
    return entries.length || parts.length ? facts([...entries, ...parts]) : "none";
  }
}
