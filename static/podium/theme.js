// The theme: auto, light or dark, remembered in this browser. Runs before the first paint.
(() => {
  "use strict";
  const KEY = "podium-theme";
  const NAMES = ["auto", "light", "dark"];
  const root = document.documentElement;

  const stored = () => {
    try {
      const name = localStorage.getItem(KEY);
      return NAMES.includes(name) ? name : "auto";
    } catch {
      return "auto"; // storage is switched off
    }
  };
  const apply = (name) => {
    if (name === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", name);
  };
  apply(stored());

  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-toggle]");
    const label = button.querySelector("[data-theme-name]");
    const show = (name) => {
      label.textContent = name[0].toUpperCase() + name.slice(1);
      button.setAttribute("aria-label", `Theme: ${name}. Change it.`);
    };
    show(stored());
    button.hidden = false;
    button.addEventListener("click", () => {
      const name = NAMES[(NAMES.indexOf(stored()) + 1) % NAMES.length];
      try {
        localStorage.setItem(KEY, name);
      } catch {
        // Nothing to remember it in: it holds for this page.
      }
      apply(name);
      show(name);
      dispatchEvent(new Event("podium:theme"));
    });
  });
})();
