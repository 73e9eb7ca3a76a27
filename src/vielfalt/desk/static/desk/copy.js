/* A button beside each permanent link that copies its address. Without this script the link itself is there. */
"use strict";

(() => {
  if (!navigator.clipboard) return;
  for (const link of document.querySelectorAll("a[data-copy]")) {
    const { copy, copied } = link.dataset;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: copy });
    const said = Object.assign(document.createElement("span"), { className: "muted" });
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link.href);
      said.textContent = copied;
    });
    link.after(" ", button, " ", said);
  }
})();
