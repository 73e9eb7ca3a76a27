/* A form is sent once, however often its button is pressed: the second answer would be shown in the place of the first,
   with a link that is shown once, say. After ten seconds, and on a page that was gone back to, it can be sent again. */
"use strict";

(() => {
  const sent = new WeakMap();
  addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.timeStamp - sent.get(event.target) < 10_000) event.preventDefault();
    else sent.set(event.target, event.timeStamp);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form);
  });
})();
