/* Surroundings of a page: the list of documents, which can be closed to make room for wide tables. */
"use strict";
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
