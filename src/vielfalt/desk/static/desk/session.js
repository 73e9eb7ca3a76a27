/* Says in time that the session ends, and keeps it open when the reader wants it.

   Without this script a page that is sent too late leads to logging in, as before. */
"use strict";

(() => {
  const box = document.getElementById("session-end");
  const now = () => Date.now() / 1000;
  const [idle, whole, warned] = ["idle", "whole", "warned"].map((name) => Number(box.dataset[name]));
  const last = now() + whole;
  let ends, timer;

  const clear = () => box.querySelector(".kern-alert")?.remove();
  const show = (when) => {
    clear();
    box.append(box.querySelector(`template[data-when="${when}"]`).content.cloneNode(true));
    box.querySelector("button")?.addEventListener("click", stay);
  };
  const after = (seconds, act) => { clearTimeout(timer); timer = setTimeout(act, Math.max(seconds, 0) * 1000); };

  /* Timers stand still while a computer sleeps, so the clock is asked each time. */
  const warn = () => {
    if (now() >= ends) return over();
    show(ends < last ? "idle" : "whole");
    after(ends - now(), over);
  };
  const over = () => { clearTimeout(timer); show("over"); };
  const begin = () => {
    clear();
    ends = Math.min(now() + idle, last);
    after(ends - warned - now(), warn);
  };
  /* Any page keeps the session open; one that leads elsewhere says that it is over. */
  const stay = async () => {
    const answer = await fetch(box.dataset.page, { method: "HEAD" });
    if (answer.redirected) over(); else begin();
  };

  begin();
})();
