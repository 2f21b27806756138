/* Signatures by document, and reviews. */

class Papers {
  constructor(result, list) {
    this.report = result.ledger;
    this.digests = result.pack?.digests ?? new Map();
    this.inPack = Boolean(result.pack);
    this.list = list;
  }

  draw() {
    const acts = this.report.records.filter((one) => one.body);
    const papers = new Map();
    for (const one of acts) {
      const { body } = one;
      if (!("document" in body)) continue;
      const key = `${body.document}\u0000${body.version}\u0000${body.content}`;
      if (!papers.has(key)) papers.set(key, []);
      papers.get(key).push(one);
    }
    const parts = [...papers.values()].flatMap((group) => this.paper(group));
    const reviews = acts.filter((one) => one.kind === "review" || one.kind === "audit.reviewed");
    if (reviews.length) parts.push(make("h3", "", "Reviews"), this.reviews(reviews));
    return parts.length ? parts : [make("p", "", this.report.mode === "dry" ? "A log of dry runs holds no signatures of people." : "No document is signed in this ledger.")];
  }

  files(body) {
    const held = (one) => {
      const all = this.digests.get(one.sha256) ?? [];
      const own = all.filter((path) => !path.startsWith("evidence/ledger/"));
      const places = own.length ? own : all;
      const where = places.length ? `in this pack as ${places.join(", ")}` : this.inPack ? "not in this pack" : "no pack to look into";
      return make("li", "", said(one.name), `, ${where}, SHA-256 `, make("code", "", one.sha256));
    };
    return make("ul", "", ...body.map(held));
  }

  paper(group) {
    const signed = group.filter((one) => one.kind === "signature" || one.kind === "rejection");
    const issued = group.filter((one) => one.kind === "document.issued");
    const { body } = signed[0] ?? issued[0];
    const rejected = signed.filter((one) => one.kind === "rejection" && !one.wrong.length).at(-1);
    const caption = `${body.document} ${body.version}`;
    const parts = [make("h3", "", said(`${caption}${body.title ? ` “${body.title}”` : ""}`))];
    const about = [];
    if (body.number) about.push(["Number", said(body.number)]);
    about.push(["Content digest", make("code", "", body.content)]);
    const shown = new Map(signed.map((one) => [one.body.rendition.sha256, one.body.rendition]));
    if (shown.size) about.push(["File that was signed", this.files([...shown.values()])]);
    for (const one of issued) about.push([`Issued in record ${one.seq}`, [said(`by ${one.who}, ${stamp(one.time)}`), this.files(one.body.files), this.list.link(one.seq)]]);
    parts.push(facts(about));
    if (!signed.length) return parts;
    const rows = signed.map((one) => row(
      said(`${one.body.name}`),
      [said(one.body.function || "no function given"), make("div", "soft", said(`role ${one.body.role}`))],
      one.kind === "rejection" ? "rejected" : said(one.body.meaning),
      [said(stamp(one.time)), make("div", "soft", said(`signer's zone: ${one.body.zone || "not given"}`))],
      said(one.body.reason),
      this.state(one, rejected),
      [this.list.link(one.seq, " "), make("div", "soft", `saw ${many(one.head, "record")}`)],
    ));
    parts.push(table(`Signatures on ${visible(caption)}`, ["Name", "Function", "Meaning", "Time", "Reason", "State", "Record"], rows)[0]);
    return parts;
  }

  state(one, rejected) {
    if (one.wrong.length) return make("div", "bad", said(`Does not hold: ${one.wrong.join("; ")}`));
    const parts = [make("div", "good", "Holds")];
    if (rejected && one.kind === "signature" && one.seq < rejected.seq) parts[0] = make("div", "warn", `Holds, but no longer counts: rejected in record ${rejected.seq}`);
    if (one.reset) {
      const age = lasting(Math.max(0, millis(one.time) - millis(one.reset.time)));
      parts.push(make("div", "warn", `Key made after a reset in record ${one.reset.seq}, ${age} before`));
    }
    if (this.report.single) parts.push(make("div", "warn", "Single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"));
    if (one.seq >= (this.report.anchored ?? 0)) parts.push(make("div", "soft", "Not covered by an anchor or a later signature"));
    return parts;
  }

  reviews(list) {
    const rows = list.map((one) => row(
      said(one.body.name), said(one.body.function || "no function given"),
      said(one.kind === "review" ? one.body.execution : `Audit trail, records ${one.body.first} to ${one.body.last}`),
      said(one.body.conclusion), said(stamp(one.time)), this.state(one, null), this.list.link(one.seq, " "),
    ));
    return table("Reviews", ["Name", "Function", "What", "Conclusion", "Time", "State", "Record"], rows)[0];
  }
}
