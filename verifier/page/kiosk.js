// What checks cards where the page does not by itself: the program on this computer.

/** What the page shows while nothing is scanned: city, desks, age of the lists, words. Null is the kiosk's own desk. */
export const state = (desk, language) =>
  ask(`v1/state?${new URLSearchParams({ ...(desk !== null && { desk }), language })}`);

/** The verdict on a code's text; `pressed` is the same text by the keys that were pressed, or null. */
export const verify = (text, pressed, desk, language) =>
  ask("v1/verify", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, pressed, desk, language }),
  });

/** The texts of all codes in a picture file, or in a frame of the camera. */
export async function readCodes(frame) {
  const body = frame instanceof Blob ? frame : await asPicture(frame);
  const type = body.type || "application/octet-stream";
  const answer = await ask("v1/read", { method: "POST", headers: { "Content-Type": type }, body });
  return answer.texts;
}

/** The lists that the kiosk trusts, with their root; null before the first. */
export async function bundle() {
  const answer = await fetch("v1/bundle", { cache: "no-store" });
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Problem(await answer.json());
  return {
    bundle: new Uint8Array(await answer.arrayBuffer()),
    fingerprint: answer.headers.get("X-Root-Fingerprint"),
  };
}

/** No verdict, but an answer: a problem (RFC 9457). */
export class Problem extends Error {
  constructor({ status, detail }) {
    super(detail);
    this.status = status;
  }
}

async function ask(address, request) {
  const answer = await fetch(address, { cache: "no-store", ...request });
  const body = await answer.json();
  if (!answer.ok) throw new Problem(body);
  return body;
}

function asPicture(frame) {
  const canvas = document.createElement("canvas");
  canvas.width = frame.width;
  canvas.height = frame.height;
  canvas.getContext("2d").drawImage(frame, 0, 0);
  frame.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
}
