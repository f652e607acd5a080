// Runs the core (core.wasm) beside the page: answers what core-client.js asks.

import init, { Core, readCodes } from "./core.js";

/** Most pixels of a picture that are looked at, as at the kiosk. */
const MAX_PIXELS = 40_000_000;
/** What the core names when there is an answer, but no verdict. */
const REFUSALS = ["not-a-bundle", "other-city", "older", "damaged", "no-fingerprint", "no-desk", "no-time"];

let core;
let canvas;

const answers = {
  /** Gives null, or why the lists that were kept are of no use. */
  async start({ module, held }) {
    await init({ module_or_path: module });
    core = new Core();
    try {
      if (held?.bundle) core.load(held.bundle, held.fingerprint);
      return null;
    } catch (error) {
      return error.message;
    }
  },
  look: ({ bundle, language }) => JSON.parse(core.look(bundle, language)),
  take: ({ bundle, fingerprint }) => core.take(bundle, fingerprint),
  missing: ({ index }) => JSON.parse(core.missing(index)),
  assemble: ({ index, fetched }) => core.assemble(index, fetched),
  state: ({ desk, language, now }) => JSON.parse(core.state(desk, language, now)),
  verify: ({ text, pressed, desk, language, now }) =>
    JSON.parse(core.verify(text, pressed ?? undefined, desk, language, now)),
  read: ({ frame }) => read(frame),
};

onmessage = async ({ data: { id, what, asked } }) => {
  try {
    postMessage({ id, answer: await answers[what](asked) });
  } catch (error) {
    const reason = error.message;
    const problem = error instanceof NotAPicture ? { status: 422, detail: "not-a-picture" }
      : REFUSALS.includes(reason) ? { status: 409, detail: reason } : null;
    postMessage({ id, problem, fault: problem ? null : String(error) });
  }
};

async function read(frame) {
  const picture = frame instanceof Blob ? await opened(frame) : frame;
  const { width, height } = picture;
  try {
    if (width * height > MAX_PIXELS) throw new NotAPicture();
    return readCodes(luma(picture), width, height);
  } finally {
    picture.close();
    canvas?.getContext("2d").clearRect(0, 0, width, height);
  }
}

async function opened(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new NotAPicture();
  }
}

/** The picture's gray pixels, transparent places white. */
function luma(picture) {
  const { width, height } = picture;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const paper = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, width, height);
  paper.drawImage(picture, 0, 0);
  const { data } = paper.getImageData(0, 0, width, height);
  const gray = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < gray.length; at += 1, from += 4) {
    gray[at] = (data[from] * 77 + data[from + 1] * 150 + data[from + 2] * 29) >> 8;
  }
  return gray;
}

class NotAPicture extends Error {}
