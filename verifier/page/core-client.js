// The page's own core (core.wasm), in two workers: one decides, one reads frames, so that neither waits for the other.
// What a worker knew of a card is gone with it: `forget` ends both and starts new ones.

import { Problem } from "./kiosk.js";

/** The browser does not run the core. */
export class Blocked extends Error {
  constructor(cause) {
    super("the core does not start", { cause });
  }
}

export class Core {
  #module;
  #held;
  #desk;
  #eyes;
  #asked = false;
  /** Seconds that the clock of who served this page is ahead of the page's own. */
  #ahead = 0;

  /** Starts with lists that were kept: `{ bundle, fingerprint }`, or null. */
  static async start(held) {
    const core = new Core();
    core.#module = await compile(new URL("core.wasm", import.meta.url));
    core.#held = held;
    core.#desk = core.#worker();
    core.#eyes = core.#worker();
    await Promise.all([core.#desk.ready, core.#eyes.ready]);
    return core;
  }

  /** Whether lists that were kept are damaged. */
  get damaged() { return this.#desk.ready.then((fault) => fault !== null); }

  /** Checks by these lists from now on. */
  hold(held) {
    if (same(held?.bundle, this.#held?.bundle)) return;
    this.#held = held;
    this.#desk = this.#anew(this.#desk);
  }

  /** Judges by another clock than the page's: at a kiosk one clock says how old the lists are and what is valid. */
  setClock(now) { this.#ahead = now - seconds(); }

  state(desk, language) { return this.#decide("state", { desk, language, now: this.#now() }); }

  verify(text, pressed, desk, language) {
    this.#asked = true;
    return this.#decide("verify", { text, pressed, desk, language, now: this.#now() });
  }

  /** What taking a bundle would mean. */
  look(bundle, language) { return this.#decide("look", { bundle, language }); }

  /** What of the bundle that an index describes is to be fetched: `{ bundle, missing: [{ place, length }] }`. */
  missing(index) { return this.#decide("missing", { index }); }

  /** The bundle that an index describes; `fetched` is what was missing, one piece behind the other. */
  assemble(index, fetched) { return this.#decide("assemble", { index, fetched }); }

  /** Takes a bundle; gives what is to be kept. `keep` keeps it, and nothing is taken where it fails. */
  async take(bundle, fingerprint, keep) {
    const taken = { bundle: await this.#decide("take", { bundle, fingerprint }), fingerprint };
    try {
      await keep(taken);
      this.#held = taken;
    } catch (error) {
      this.#desk = this.#anew(this.#desk);
      throw error;
    }
  }

  /** The texts of all codes in a picture file, or in a frame of the camera. */
  async readCodes(frame) {
    this.#asked = true;
    const eyes = this.#eyes;
    const moved = frame instanceof Blob ? [] : [frame];
    try {
      return await eyes.ask("read", { frame }, moved);
    } catch (error) {
      if (error instanceof Problem) throw error;
      // The reader gave up on this frame, and is of no use any more.
      if (eyes === this.#eyes) this.#eyes = this.#anew(eyes);
      return [];
    }
  }

  /** Leaves nothing of the cards checked so far in memory. */
  forget() {
    if (!this.#asked) return;
    this.#asked = false;
    this.#desk = this.#anew(this.#desk);
    this.#eyes = this.#anew(this.#eyes);
  }

  async #decide(what, asked) {
    const desk = this.#desk;
    try {
      return await desk.ask(what, asked);
    } catch (error) {
      if (!(error instanceof Problem) && desk === this.#desk) this.#desk = this.#anew(desk);
      throw error;
    }
  }

  #now() { return seconds() + this.#ahead; }

  #worker() { return new Asked({ module: this.#module, held: this.#held }); }

  #anew(worker) {
    worker.endWhenIdle();
    return this.#worker();
  }
}

/** A worker that is asked and answers. */
class Asked {
  #worker = new Worker(new URL("core-worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #count = 0;
  #ending = false;

  constructor(start) {
    this.#worker.onmessage = ({ data }) => this.#answered(data);
    this.#worker.onerror = () => this.#broken();
    this.ready = this.ask("start", start);
    this.ready.catch(() => {});
  }

  ask(what, asked, moved = []) {
    return new Promise((done, failed) => {
      const id = (this.#count += 1);
      this.#waiting.set(id, { done, failed });
      this.#worker.postMessage({ id, what, asked }, moved);
    });
  }

  /** Ends it, once it has answered what it was asked. */
  endWhenIdle() {
    this.#ending = true;
    if (this.#waiting.size === 0) this.#worker.terminate();
  }

  #answered({ id, answer, problem, fault }) {
    const { done, failed } = this.#waiting.get(id) ?? {};
    this.#waiting.delete(id);
    if (problem) failed?.(new Problem(problem));
    else if (fault) failed?.(new Error(fault));
    else done?.(answer);
    if (this.#ending) this.endWhenIdle();
  }

  #broken() {
    for (const { failed } of this.#waiting.values()) failed(new Error("the worker failed"));
    this.#waiting.clear();
    this.#worker.terminate();
  }
}

async function compile(address) {
  const answer = await fetch(address);
  // Some servers do not know the type that compiling while loading asks for.
  return WebAssembly.compile(await answer.arrayBuffer());
}

function same(a, b) {
  return a === b || (a?.length === b?.length && a?.every((byte, place) => byte === b[place]));
}

const seconds = () => Math.floor(Date.now() / 1000);
