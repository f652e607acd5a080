// Brings a part of the page up to date while it is looked at.
const part = document.querySelector("[data-live]");
let busy = false;

async function look() {
  if (busy || document.hidden || part.contains(document.activeElement)) return;
  busy = true;
  try {
    const answer = await fetch(part.dataset.live, { headers: { "X-Stamp": part.dataset.stamp } });
    if (answer.status === 200) {
      part.dataset.stamp = answer.headers.get("X-Stamp") ?? "";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      part.replaceChildren(...page.body.childNodes);
    }
  } catch {
    // The next look may reach the server again.
  } finally {
    busy = false;
  }
}

setInterval(look, 2000);
document.addEventListener("visibilitychange", look);
