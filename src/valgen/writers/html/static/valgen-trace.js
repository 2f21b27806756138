/* What the interactive pages share: the trace as objects, links, the loader of chunks, the address of a view.
   Every text of the data becomes a text node; nothing in it is read as markup. */
"use strict";
const valgen = (() => {
  const data = typeof valgenTrace === "undefined" ? null : valgenTrace;

  const make = (tag, className, ...content) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...content);
    return element;
  };
  const button = (className, text, act) => {
    const element = make("button", className, text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };

  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const kinds = (data?.kinds ?? []).map(([key, name, layer, shape]) => ({ key, name, layer, shape }));
  const words = (data?.words ?? []).map(([word, tone]) => ({ word, tone }));
  const nodes = (data?.nodes ?? []).map(([id, kind, title, status, dry, rows, address], number) => ({
    number, id, kind: kinds[kind], title, status: words[status], dry: words[dry], rows, address, up: [], down: [],
  }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const [lower, upper, link] of data?.edges ?? []) {
    const edge = { lower: nodes[lower], upper: nodes[upper], word: data.links[link][1] };
    edge.lower.up.push(edge);
    edge.upper.down.push(edge);
  }
  /* A number stands for a node; a text is an id that the graph does not have. */
  const nodeOf = (value) => (typeof value === "number" ? nodes[value] : { id: value, title: "", address: "" });

  const reference = (node, text) => {
    const shown = text ?? node.id;
    if (!node.address) return make("span", "vg-unresolved", shown);
    const link = make("a", "vg-ref", shown);
    link.href = node.address;
    return link;
  };
  const pageLink = (page, id, text) => {
    const link = make("a", "", text);
    link.href = `${page}.html#${encodeURIComponent(id)}`;
    link.setAttribute("aria-label", `${id}: ${text}`);
    return link;
  };
  const badge = ({ word, tone }, before) => make("span", `vg-badge vg-${tone}`, before ? `${before} ${word}` : word);

  /* Chunks: what happened in the tests, loaded when somebody looks. */
  const waiting = new Map();
  const chunks = new Map();
  const receive = (number, entries) => {
    chunks.set(number, new Map(entries));
    waiting.get(number)?.resolve(chunks.get(number));
  };
  const chunk = (number) => {
    if (chunks.has(number)) return Promise.resolve(chunks.get(number));
    if (!waiting.has(number)) {
      const one = {};
      one.promise = new Promise((resolve, reject) => Object.assign(one, { resolve, reject }));
      waiting.set(number, one);
      const script = make("script");
      script.src = `_data/steps-${String(number).padStart(4, "0")}.js`;
      script.addEventListener("error", () => {
        waiting.delete(number);
        script.remove();
        one.reject(new Error(`${script.getAttribute("src")} could not be loaded`));
      });
      document.head.append(script);
    }
    return waiting.get(number).promise;
  };

  /* The state of a page stands behind # of its address: an id alone, or name=value pairs. */
  const readAddress = () => {
    const text = window.location.hash.slice(1);
    if (!text) return { id: "", values: new URLSearchParams() };
    if (/^[a-z]+=/.test(text)) return { id: "", values: new URLSearchParams(text.replaceAll("+", "%2B")) };
    let id = text;
    try {
      id = decodeURIComponent(text);
    } catch { /* an address that was cut short is taken as it is */ }
    return { id, values: new URLSearchParams() };
  };
  const writeAddress = (pairs) => {
    const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    window.history.replaceState(null, "", text ? `#${text}` : window.location.pathname + window.location.search);
  };

  const live = make("p", "vg-sr");
  live.setAttribute("role", "status");
  document.body.append(live);
  const announce = (text) => {
    live.textContent = text;
  };

  const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

  return {
    data, kinds, words, nodes, byId, nodeOf, make, button, fold, order, reference, pageLink, badge, chunk, receive,
    readAddress, writeAddress, announce, plural,
  };
})();
const valgenChunk = valgen.receive;
