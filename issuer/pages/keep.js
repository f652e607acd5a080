// Keeps what is typed, a moment after each change, so that nothing is lost when the page is.
import { post } from "./post.js";

const form = document.querySelector("form[data-keep]");
const told = document.querySelector("[data-kept]");
let waiting, busy = 0, sending = Promise.resolve();

function keep() {
  clearTimeout(waiting);
  waiting = undefined;
  const body = new FormData(form);
  body.delete("form_token");
  busy += 1;
  sending = sending.then(() => post(form.dataset.keep, new URLSearchParams(withVersion(body)))).then(async (answer) => {
    if (answer.status === 409) return say("conflict");
    if (!answer.ok) return say("lost");
    form.elements.version.value = answer.headers.get("X-Version");
    dispatchEvent(new Event("saved"));
    say("text");
    await refresh();
  }).catch(() => say("lost")).finally(() => { busy -= 1; });
}

// The version is the one after the last answer, not the one when the key was pressed.
function withVersion(body) {
  body.set("version", form.elements.version.value);
  return body;
}

function say(what) {
  if (told) told.textContent = told.dataset[what];
}

// A part of the page that the server works out anew.
async function refresh() {
  const part = form.dataset.refresh;
  if (!part) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const fresh = page.querySelector(part);
  if (fresh) document.querySelector(part).replaceChildren(...fresh.childNodes);
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(keep, form.dataset.refresh ? 150 : 900);
});
// A form that is sent while a draft is on its way waits for it: it would name a version that is no more.
form.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  waiting = undefined;
  if (!busy) return;
  event.preventDefault();
  const { submitter } = event;
  // The button that was pressed may have been drawn anew meanwhile.
  const name = submitter?.name, value = submitter?.value;
  sending.then(() => {
    const again = [...form.elements].find((one) => one.type === "submit" && one.name === name && one.value === value);
    form.requestSubmit(again ?? null);
  });
});
addEventListener("pagehide", () => {
  if (waiting === undefined) return;
  const body = withVersion(new FormData(form));
  navigator.sendBeacon(form.dataset.keep, new URLSearchParams(body));
});
