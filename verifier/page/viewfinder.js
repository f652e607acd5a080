// The camera's picture and its switches.

import { Camera } from "./camera.js";

/** Milliseconds in which a code that stays in view, or comes back, is the same scan. */
const SAME = 3_000;

const byId = (id) => document.getElementById(id);
const view = byId("view");
const video = byId("video");

/** When each code was last in view; forgotten after `SAME`. */
const seen = new Map();
let words = {};

/** Sets the viewfinder up: `scanned(texts)` hears of codes that were not in view just before. */
export function setUp(scanned) {
  const found = (texts) => {
    const now = performance.now();
    const fresh = texts.filter((text) => !(now - seen.get(text) < SAME));
    for (const text of texts) seen.set(text, now);
    if (fresh.length) scanned(fresh);
  };
  setInterval(() => {
    const now = performance.now();
    for (const [text, at] of seen) if (now - at >= SAME) seen.delete(text);
  }, SAME);
  const camera = new Camera(video, found, shown);
  byId("camera").addEventListener("click", () => (camera.isOn ? camera.stop() : camera.start()));
  byId("torch").addEventListener("click", () => camera.light());
  byId("cameras").addEventListener("change", ({ target }) => camera.start(target.value));
  video.addEventListener("click", ({ offsetX, offsetY }) =>
    camera.focusAt(offsetX / video.clientWidth, offsetY / video.clientHeight));
  return camera;
}

/** Shows the switches in these words. */
export function show(spoken) {
  words = spoken;
  byId("camera-word").textContent = words[view.hidden ? "camera-on" : "camera-off"];
}

/** Starts by itself where the person at the counter has allowed it before. */
export async function resume(camera) {
  try {
    const { state } = await navigator.permissions.query({ name: "camera" });
    if (state === "granted" && !document.hidden) camera.start();
  } catch {
    // This browser does not say; the button does it.
  }
}

function shown({ isOn = false, trouble = null, device, cameras = [], torch = false, isLit = false }) {
  view.hidden = !isOn;
  document.documentElement.dataset.camera = isOn ? "on" : "off";
  byId("camera-told").textContent = trouble ? words[trouble] : "";
  byId("torch").hidden = !torch;
  byId("torch").setAttribute("aria-pressed", String(isLit));
  byId("cameras-label").hidden = cameras.length < 2;
  byId("cameras").replaceChildren(...cameras.map(({ id, name }) => new Option(name, id, false, id === device)));
  show(words);
}
