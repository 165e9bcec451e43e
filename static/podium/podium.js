// Small things of every page: the reader's own time, the account menu, copying.
(() => {
  "use strict";

  // --- times: the page writes the contest's time; the reader's own is added where it differs ---
  const ownTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const ownDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
  const wallClock = (at, zone) =>
    new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone, dateStyle: "short", timeStyle: "short",
    }).format(at);

  const addOwnTime = (time) => {
    if (time.dataset.told) return;
    time.dataset.told = "yes";
    const at = new Date(time.dateTime);
    const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const [here, there] = [wallClock(at, mine), wallClock(at, time.dataset.zone)];
    if (here === there) return;
    const isSameDay = here.slice(0, 10) === there.slice(0, 10);
    const text = `${isSameDay ? "" : `${ownDay.format(at)}, `}${ownTime.format(at)} your time`;
    if (time.dataset.style === "full") {
      const note = document.createElement("small");
      note.className = "own-time";
      note.textContent = ` (${text})`;
      time.append(note);
    } else {
      time.title = text;
    }
  };
  const addOwnTimes = (root) => root.querySelectorAll("time[data-zone]").forEach(addOwnTime);
  addOwnTimes(document);
  document.addEventListener("htmx:afterSettle", () => addOwnTimes(document));

  // --- the account menu closes when one clicks or tabs elsewhere, and on Escape ---
  const menu = document.querySelector("details.menu");
  if (menu) {
    const closeUnlessInside = (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    };
    document.addEventListener("click", closeUnlessInside);
    document.addEventListener("focusin", closeUnlessInside);
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }

  // --- copy buttons; without a clipboard the text is selected instead ---
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected: copy it";
      }
    });
  }
})();
