// A bundle that comes as a series of codes: `LCB1/{digest8}/{i}/{n}/{part in Base45}`, in any order, any number of
// times. `digest8` begins the SHA-256 of the whole, which is checked at the end.

const FORM = /^LCB1\/([0-9A-F]{8})\/([1-9]\d{0,4})\/([1-9]\d{0,4})\/(.+)$/is;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/** Most parts of one bundle. */
const MOST = 20_000;

/** Whether a text is a part of a bundle. */
export const isPart = (text) => text.startsWith("LCB1/");

/**
 * Puts parts together. `store` keeps them over a reload: reading a long series takes minutes. Where it cannot, they are
 * read in one go.
 */
export class Parts {
  #store;
  #kept = null;
  #done = null;
  #turn = Promise.resolve();
  #digest = null;
  #parts = new Map();
  #count = 0;

  constructor(store) { this.#store = store; }

  /** How many were read before this page was loaded. */
  async progress() {
    await (this.#kept ??= this.#restored());
    return { have: this.#parts.size, of: this.#count, bundle: null };
  }

  /** Reads the bundle that was read last once more. */
  again() { this.#done = null; }

  /** `{ have, of, bundle }`; `bundle` is null until all are here, and parts of another bundle begin anew. */
  add(text) {
    // One after the other, however fast they come: the last part comes once.
    const added = this.#turn.then(() => this.#add(text));
    this.#turn = added.catch(() => {});
    return added;
  }

  async #add(text) {
    await this.progress();
    const [, digest, place, count, part] = FORM.exec(text.replace(/[\r\n\t]+$/, "")) ?? [];
    const bytes = part && Number(count) <= MOST && Number(place) <= Number(count) ? base45(part) : null;
    const name = digest?.toUpperCase();
    // The screen goes on showing what is already here.
    if (bytes && name !== this.#done) {
      if (name !== this.#digest || Number(count) !== this.#count) this.#begin(name, Number(count));
      await this.#put(Number(place), bytes);
    }
    const progress = { have: this.#parts.size, of: this.#count, bundle: null };
    if (this.#count === 0 || progress.have < progress.of) return progress;
    progress.bundle = await this.#whole();
    // What does not fit together is read again from the start.
    if (progress.bundle.length) this.#done = this.#digest;
    this.#begin(null, 0);
    return progress;
  }

  #begin(digest, count) {
    this.#digest = digest;
    this.#count = count;
    this.#parts.clear();
    this.#store.removeParts().catch(() => {});
  }

  async #put(place, bytes) {
    if (this.#parts.has(place)) return;
    this.#parts.set(place, bytes);
    await this.#store.writePart({ digest: this.#digest, count: this.#count, place, bytes }).catch(() => {});
  }

  async #restored() {
    for (const { digest, count, place, bytes } of await this.#store.parts().catch(() => [])) {
      [this.#digest, this.#count] = [digest, count];
      this.#parts.set(place, bytes);
    }
  }

  /** Empty where the digest is another's. */
  async #whole() {
    const digest = this.#digest;
    const inOrder = Array.from({ length: this.#count }, (_, place) => this.#parts.get(place + 1));
    const bundle = new Uint8Array(await new Blob(inOrder).arrayBuffer());
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bundle));
    const start = [...hash.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return start.toUpperCase() === digest ? bundle : new Uint8Array();
  }
}

/** The bytes of a text in Base45 (RFC 9285), null where it is none. */
function base45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((sign) => ALPHABET.indexOf(sign));
    const number = values.reduceRight((sum, value) => sum * 45 + value, 0);
    if (values.includes(-1) || values.length === 1 || number > (values.length === 3 ? 0xffff : 0xff)) return null;
    bytes.push(...(values.length === 3 ? [number >> 8, number & 0xff] : [number]));
  }
  return Uint8Array.from(bytes);
}
