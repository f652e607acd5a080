// On every page: the warning before a session ends, keys for the day's commonest acts, one sending of a form.
import { warnWhenIdle } from "./idle.js";

document.documentElement.classList.add("scripted");
warnWhenIdle(document.body);

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
});

// A second click sends nothing: the first is under way.
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What is wrong is read first.
document.querySelector(".wrong[role=alert] a, [autofocus]")?.focus();
