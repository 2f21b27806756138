/* Surroundings of a page: the list of documents, which can be closed to make room for wide tables. */
"use strict";

/* Puts a text on the clipboard; false where the browser refuses. */
const valgenCopy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "vg-sr";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
};

/* A # beside a heading or row leads there and puts the address on the clipboard. */
(() => {
  const live = document.createElement("p");
  live.className = "vg-copied";
  live.setAttribute("role", "status");
  let later = 0;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.(".vg-permalink, .headerlink");
    if (!link || !(await valgenCopy(link.href))) return;
    document.body.append(live);
    live.textContent = "Link copied";
    window.clearTimeout(later);
    later = window.setTimeout(() => {
      live.textContent = "";
    }, 2500);
  });
})();

/* Entries far away have no height yet, so a jump may end beside its target: it is repeated until the target stays. */
(() => {
  const settle = () => {
    let id = window.location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch { /* an address that was cut short leads nowhere */ }
    const target = id && document.getElementById(id);
    if (!target) return;
    let tries = 0;
    const stop = () => {
      tries = 99;
    };
    for (const act of ["wheel", "keydown", "pointerdown"]) window.addEventListener(act, stop, { once: true, passive: true });
    const again = () => {
      if (tries++ > 12) return;
      const before = target.getBoundingClientRect().top;
      target.scrollIntoView();
      if (tries < 3 || Math.abs(target.getBoundingClientRect().top - before) > 1) window.requestAnimationFrame(again);
    };
    window.requestAnimationFrame(again);
  };
  if (document.querySelector(".vg-entry")) {
    window.addEventListener("hashchange", settle);
    window.addEventListener("load", settle);
  }
})();

(() => {
  const root = document.documentElement;
  const button = document.querySelector(".vg-menu");
  const side = document.querySelector(".vg-side");
  if (!button || !side) return;
  root.classList.add("vg-js");
  button.hidden = false;

  const wide = window.matchMedia("(min-width: 60.01rem)");
  const isOpen = () => (wide.matches ? !root.classList.contains("vg-side-closed") : root.classList.contains("vg-side-open"));
  const tell = () => button.setAttribute("aria-expanded", String(isOpen()));
  const open = (yes) => {
    if (wide.matches) root.classList.toggle("vg-side-closed", !yes);
    else root.classList.toggle("vg-side-open", yes);
    tell();
  };
  tell();
  wide.addEventListener("change", tell);
  button.addEventListener("click", () => open(!isOpen()));
  side.addEventListener("click", (event) => {
    if (!wide.matches && event.target.closest("a")) open(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !wide.matches && isOpen()) {
      open(false);
      button.focus();
    }
  });

  /* In a long pack the current document would lie below the edge of the list. */
  const here = side.querySelector("[aria-current]");
  const scroll = side.querySelector(".vg-side-scroll");
  if (here && scroll && here.offsetTop > scroll.clientHeight * 0.5) scroll.scrollTop = here.offsetTop - 80;
})();
