// Who checks cards: this page by itself, or the kiosk that served it. The rest of the page has one `verify` and one
// `readCodes`, and does not ask.

import * as kiosk from "./kiosk.js";
import { Blocked, Core } from "./core-client.js";
import { kept } from "./kept.js";

const { home, core: built } = document.documentElement.dataset;

/** Whether this is the installed page, which has its own lists. */
export const isInstalled = home === "pwa";

let core = null;

/** Starts what checks cards. In the installed page nothing else can: it throws [`Blocked`] where it cannot start. */
export async function start() {
  if (built !== "built") return;
  try {
    core = await Core.start(isInstalled ? await kept.read() : await kiosk.bundle());
  } catch (error) {
    core = null;
    if (isInstalled) throw new Blocked(error);
  }
}

/** The page's own core; none where the kiosk checks. */
export const own = () => core;

/** What the page shows while nothing is scanned: city, desks, age of the lists, words. */
export async function state(desk, language) {
  if (isInstalled) return core.state(desk ?? "", language);
  const answer = await kiosk.state(desk, language);
  if (core) {
    // The kiosk may have taken newer lists; they are few enough to be compared whole.
    core.hold(await kiosk.bundle());
    core.setClock(answer.now);
  }
  return answer;
}

/** The verdict on a code's text; `pressed` is the same text by the keys that were pressed, or null. */
export const verify = (text, pressed, desk, language) =>
  (core ?? kiosk).verify(text, pressed, desk ?? "", language);

/** The texts of all codes in a picture file, or in a frame of the camera. */
export const readCodes = (frame) => (core ?? kiosk).readCodes(frame);

/** Least milliseconds between two frames that are read. */
export const pace = () => (core ? 40 : 500);

/** Leaves nothing of the cards checked so far in memory. */
export const forget = () => core?.forget();
