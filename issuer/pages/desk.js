// On every page: the warning before a session ends, keys for the day's commonest acts, one sending of a form.
import { warnWhenIdle } from "./idle.js";

document.documentElement.classList.add("scripted");
warnWhenIdle(document.body);

// A key that is held, or pressed twice in haste, acts once: the page that the first press brings takes none for a moment.
const MOMENT = 400;
let settled = false;
setTimeout(() => {
  settled = true;
  document.documentElement.dataset.settled = "";
}, MOMENT);

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus();
  else if (settled && !event.repeat) target.click();
});

// A second click sends nothing: the first is under way.
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else event.target.dataset.sent = "1";
});
addEventListener("pageshow", (event) => {
  // A page that the browser had kept shows what was, not what is.
  if (event.persisted) location.reload();
  for (const form of document.forms) delete form.dataset.sent;
});

// What is wrong is read first.
document.querySelector(".wrong[role=alert] a, [autofocus]")?.focus();
