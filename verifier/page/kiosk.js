// What checks cards: the program on this computer. An installed page has another file of these three names.

/** What the page shows while nothing is scanned: city, desks, age of the lists, words. */
export const state = (desk, language) =>
  ask(`/v1/state?${new URLSearchParams({ desk, language })}`);

/** The verdict on a code's text; `pressed` is the same text by the keys that were pressed, or null. */
export const verify = (text, pressed, desk, language) =>
  ask("/v1/verify", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, pressed, desk, language }),
  });

/** The texts of all codes in a picture. */
export async function readCodes(frame) {
  const type = frame.type || "application/octet-stream";
  const answer = await ask("/v1/read", { method: "POST", headers: { "Content-Type": type }, body: frame });
  return answer.texts;
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
