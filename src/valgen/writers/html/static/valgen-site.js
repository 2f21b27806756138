/* Surroundings of a page: opening and closing the contents on narrow screens. */
"use strict";
(() => {
  const button = document.querySelector(".vg-menu");
  const side = document.querySelector(".vg-side");
  if (!button || !side) return;
  button.hidden = false;
  document.documentElement.classList.add("vg-js");
  const open = (yes) => {
    side.classList.toggle("vg-open", yes);
    button.setAttribute("aria-expanded", String(yes));
  };
  button.addEventListener("click", () => open(!side.classList.contains("vg-open")));
  side.addEventListener("click", (event) => {
    if (event.target.closest("a")) open(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("vg-open")) {
      open(false);
      button.focus();
    }
  });
})();
