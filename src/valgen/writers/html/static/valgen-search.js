/* Search over the entries and sections of the site. The index is a script, because a page opened from a file share
   may not read other files. Results are built from text nodes only. */
"use strict";
(() => {
  const LIMIT = 200;
  const found = document.querySelector(".vg-found");
  const list = document.querySelector(".vg-hits");
  const field = document.getElementById("vg--query");
  if (!found || !list || !field) return;

  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  /* Higher is better; 0 when a word is missing. An id or a word of the heading counts more than the text. */
  const score = (words, heading, text) => {
    let total = 0;
    for (const word of words) {
      const place = heading.indexOf(word);
      if (place === 0) total += heading.length === word.length || !/[\p{L}\p{N}]/u.test(heading[word.length]) ? 40 : 12;
      else if (place > 0) total += 8;
      else if (text.includes(word)) total += 1;
      else return 0;
    }
    return total;
  };

  const marked = (text, words) => {
    const part = document.createDocumentFragment();
    const low = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      let next = -1;
      let length = 0;
      for (const word of words) {
        const place = low.indexOf(word, at);
        if (place >= 0 && (next < 0 || place < next)) [next, length] = [place, word.length];
      }
      if (next < 0) break;
      part.append(text.slice(at, next));
      const mark = document.createElement("mark");
      mark.textContent = text.slice(next, next + length);
      part.append(mark);
      at = next + length;
    }
    part.append(text.slice(at));
    return part;
  };

  const excerpt = (text, words) => {
    const low = text.toLowerCase();
    const places = words.map((word) => low.indexOf(word)).filter((place) => place >= 0);
    const first = places.length ? Math.min(...places) : 0;
    const start = Math.max(0, first - 80);
    const piece = text.slice(start, start + 260);
    return (start > 0 ? "… " : "") + piece + (start + 260 < text.length ? " …" : "");
  };

  const search = (query) => {
    list.replaceChildren();
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (!words.length) {
      found.textContent = "";
      return;
    }
    const hits = [];
    for (const [page, title, records] of valgenSearchIndex) {
      for (const record of records) {
        const [place, heading, text] = record;
        /* Folding ten thousand texts takes longer than searching them, so it is done once. */
        if (record.length === 3) record.push(fold(heading || title), fold(text));
        const points = score(words, record[3], record[4]);
        if (points) hits.push([points, hits.length, page + place, heading || title, title, text]);
      }
    }
    hits.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    const count = hits.length === 1 ? "1 place holds" : `${hits.length} places hold`;
    const first = hits.length > LIMIT ? `; the first ${LIMIT} are shown` : "";
    found.textContent = `${hits.length ? count : "No place holds"} “${query}”${first}.`;
    for (const [, , address, heading, title, text] of hits.slice(0, LIMIT)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = address;
      link.append(marked(heading, words));
      const where = document.createElement("span");
      where.className = "vg-where";
      where.textContent = title;
      item.append(link, " ", where);
      if (text) {
        const piece = document.createElement("p");
        piece.append(marked(excerpt(text, words), words));
        item.append(piece);
      }
      list.append(item);
    }
  };

  const query = (new URLSearchParams(window.location.search).get("q") || "").trim();
  for (const input of document.querySelectorAll('input[name="q"]')) input.value = query;
  if (typeof valgenSearchIndex === "undefined") {
    found.textContent = "The search index could not be loaded; use the index of ids.";
    return;
  }
  search(query);
  let waiting = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => search(field.value.trim()), 150);
  });
})();
