/* Pieces of the page. Everything from a pack is put in as text: no markup is ever made from it. */

/* Characters that cannot be seen, or that turn the order of others round, are shown by their number. */
const visible = (value) =>
  String(value).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu,
    (one) => `U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );

const make = (tag, className, ...inside) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
};

/* Text from a pack, kept apart from what stands around it. */
const said = (value) => make("bdi", "", visible(value));

const button = (className, label, act) => {
  const element = make("button", className, label);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
};

const table = (caption, titles, rows) => {
  const head = make("tr", "", ...titles.map((title) => Object.assign(make("th", "", title), { scope: "col" })));
  const body = make("tbody", "", ...rows);
  const made = make("table", "", make("caption", "", caption), make("thead", "", head), body);
  const frame = make("div", "frame", made);
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", caption);
  return [frame, body];
};

const row = (head, ...cells) => {
  const first = make("th", "", head);
  first.scope = "row";
  return make("tr", "", first, ...cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : make("td", "", ...[cell].flat()))));
};

const facts = (pairs) => make("dl", "", ...pairs.map(([term, inside]) => make("div", "", make("dt", "", term), make("dd", "", ...[inside].flat()))));

const stamp = (value) => {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(value ?? "");
  return found ? `${found[1]} ${found[2]} UTC` : value || "no time";
};

const lasting = (ms) => {
  const minutes = Math.floor(ms / 60000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return many(minutes, "minute");
  return minutes < 2880 ? many(Math.floor(minutes / 60), "hour") : many(Math.floor(minutes / 1440), "day");
};
const FIRST_ROWS = 500;
