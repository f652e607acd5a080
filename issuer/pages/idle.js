// Warns two minutes before an unused session ends. What was typed is kept in any case.
import { post } from "./post.js";

export function warnWhenIdle(body) {
  const warning = Number(body.dataset.untilWarning), end = Number(body.dataset.untilEnd);
  const dialog = document.getElementById("idle");
  if (!warning || !dialog) return;
  let used = Date.now(), told = Date.now();
  const stay = () => post("/stay").then((answer) => { if (answer.ok) told = used = Date.now(); else location.reload(); });
  document.getElementById("idle-stay").addEventListener("click", () => { dialog.close(); stay(); });
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { used = Date.now(); }, { passive: true });
  // Saving a draft by itself tells the server too.
  addEventListener("saved", () => { told = Date.now(); });
  setInterval(() => {
    const quiet = (Date.now() - told) / 1000;
    if (quiet > end + 5) location.reload();
    else if (quiet < warning / 2) return;
    // Somebody who types or points is at work.
    else if (used > told) stay();
    else if (quiet > warning && !dialog.open) dialog.showModal();
  }, 5000);
}
