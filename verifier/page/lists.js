// The installed page's own lists: the first start, and newer ones from an address. What is good is only ever replaced
// by what is newer and whole.

import { own } from "./carrier.js";
import { kept } from "./kept.js";
import { Parts } from "./parts.js";

/** Largest bundle, in bytes. */
const MAX_BUNDLE = 33_554_432;
/** A bundle shorter than this is fetched whole, in bytes. */
const SHORT = 16_384;
/** Milliseconds that a download may take. */
const PATIENCE = 60_000;
/** Milliseconds between two questions for newer lists, … */
const INTERVAL = 6 * 3_600_000;
/** … after a failure, doubled with each further one up to the interval … */
const AGAIN = 5 * 60_000;
/** … and spread by this share either way, so that a city's counters do not all ask at once. */
const JITTER = 0.2;

/** Why lists were not taken; `reason` ends the name of the page's message `refused-…`. */
export class Refused extends Error {
  constructor(reason, cause) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** What is kept here; null before the first bundle. */
export const held = () => kept.read();

/**
 * Says what a bundle is: `{ city, fingerprint, sequence, first }`. Where `first` is set, a person must compare the
 * fingerprint before it is taken.
 */
export async function look(bundle, language) {
  if (bundle.length > MAX_BUNDLE) throw new Refused("not-a-bundle");
  const before = await kept.read();
  const offer = await refusing(own().look(bundle, language));
  if (!before) return offer;
  if (offer.fingerprint !== before.fingerprint) throw new Refused("other-city");
  return { ...offer, first: false };
}

/** Takes a bundle whose root a person has confirmed, now or at the first start. */
export const take = (bundle, fingerprint, url) => kept.alone(async () => {
  const before = await kept.read();
  // Another window may have taken newer lists meanwhile.
  if (before) own().hold(before);
  const keep = (taken) =>
    kept.write({ ...before, ...taken, url: url ?? before?.url ?? null }).catch((error) => {
      throw new Refused("storage", error);
    });
  await refusing(own().take(bundle, fingerprint, keep));
});

/** Fetches a bundle, or a piece of so many bytes. The browser asks with the ETag of what it had. */
export async function download(url, most = MAX_BUNDLE) {
  try {
    const asked = { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" };
    const answer = await fetch(url, { ...asked, signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return await capped(answer.body.getReader(), most);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("network", error);
  }
}

/** Takes what is newer by the pieces that changed, and says whether it did; where not, the bundle tells what is wrong. */
async function byPieces({ url, fingerprint, bundle }) {
  if (bundle.length < SHORT || new URL(url).search) return false;
  try {
    const index = await download(new URL("index.cbor", url));
    const { missing, bundle: whole } = await own().missing(index);
    const length = missing.reduce((sum, piece) => sum + piece.length, index.length);
    if (length > whole / 2) return false;
    const fetched = [];
    for (const { place, length } of missing) fetched.push(await download(new URL(place, url), length));
    const pieces = new Uint8Array(await new Blob(fetched).arrayBuffer());
    await take(await own().assemble(index, pieces), fingerprint);
    return true;
  } catch {
    return false;
  }
}

/** Asks the address for newer lists when their time has come; `told` hears when that changed something. */
export class Updates {
  #timer = 0;
  #told;

  constructor(told) { this.#told = told; }

  /** Looks when to ask next. */
  async plan() {
    clearTimeout(this.#timer);
    const lists = await kept.read();
    if (!lists?.url) return;
    // A clock that was set back must not put it off for long.
    const wait = Math.min(Math.max(0, (lists.next ?? 0) - Date.now()), INTERVAL * (1 + JITTER));
    this.#timer = setTimeout(() => this.now(), wait);
  }

  /** Asks now, whatever the plan was. */
  async now() {
    const lists = await kept.read();
    if (!lists?.url) return;
    let trouble = null;
    try {
      if (!(await byPieces(lists))) await take(await download(lists.url), lists.fingerprint);
    } catch (error) {
      trouble = error.reason ?? "damaged";
    }
    await noted(trouble).catch(() => {});
    await this.plan();
    this.#told();
  }
}

/** Parts of a bundle that the camera reads from a screen. */
export const parts = new Parts(kept);

const noted = (trouble) => kept.alone(async () => {
  const lists = await kept.read();
  const failures = trouble ? (lists.failures ?? 0) + 1 : 0;
  const wait = trouble ? Math.min(INTERVAL, AGAIN * 2 ** (failures - 1)) : INTERVAL;
  const next = Date.now() + wait * (1 + JITTER * (2 * Math.random() - 1));
  await kept.write({ ...lists, failures, trouble, next, asked: Date.now() });
});

async function refusing(answer) {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(error.status ? error.message : "damaged", error);
  }
}

async function capped(reader, most) {
  const pieces = [];
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    pieces.push(value);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new Refused("not-a-bundle");
    }
  }
}
