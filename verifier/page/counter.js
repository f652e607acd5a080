// The counter: scan, see at once, go back to ready.

import { Problem, readCodes, state, verify } from "./kiosk.js";
import { listen } from "./scanner.js";
import { clear, showLists, showState, showVerdict, showWorking } from "./screen.js";
import { play } from "./sound.js";

/** Milliseconds that a verdict stays on the screen. */
const STAYS = { valid: 3_000, valid_stale: 60_000, not_valid: 60_000, cannot_tell: 60_000 };
/** Milliseconds between looks at the age of the lists. */
const LOOKS = 30_000;
/** From the outcome that decides for several codes of one picture to the one that decides last. */
const WORST_FIRST = ["not_valid", "cannot_tell", "valid_stale", "valid"];

const byId = (id) => document.getElementById(id);
// Desk and language stand in the address, and nowhere else.
const place = new URL(location.href).searchParams;
let desk = place.get("desk") ?? "";
let language = place.get("lang") ?? navigator.language;
let words = {};
let leaving = 0;
let turn = 0;

async function refresh() {
  try {
    const now = await state(desk, language);
    ({ words, desk, language } = now);
    showState(now);
  } catch {
    lost();
  }
}

async function look() {
  try {
    showLists(await state(desk, language));
  } catch {
    // The next scan says it.
  }
}

/** Makes verdicts and shows the one that decides; only the newest scan is shown. */
async function check(verdicts) {
  const mine = ++turn;
  clearTimeout(leaving);
  showWorking(words);
  try {
    const answers = await verdicts();
    if (mine === turn) show(deciding(answers));
  } catch (error) {
    if (mine === turn) error instanceof Problem ? failed(error) : lost();
  }
}

function checkText(text, pressed) {
  check(async () => [await verify(text, pressed, desk, language)]);
}

function checkPicture(frame) {
  check(async () => {
    const texts = await readCodes(frame);
    // A picture in which no code can be seen is a card that cannot be read.
    return Promise.all((texts.length ? texts : [""]).map((text) => verify(text, null, desk, language)));
  });
}

/** The worst; of two alike, the one with a face. */
function deciding(answers) {
  const rank = (answer) => WORST_FIRST.indexOf(answer.outcome) * 2 + (answer.claims?.face ? 0 : 1);
  return answers.reduce((worst, answer) => (rank(answer) < rank(worst) ? answer : worst));
}

function show(answer) {
  showVerdict(answer, words);
  play(answer.outcome);
  clearTimeout(leaving);
  leaving = setTimeout(ready, STAYS[answer.outcome]);
}

function ready() {
  turn += 1;
  clearTimeout(leaving);
  clear(words);
}

function failed(problem) {
  const sentence = problem.status === 413 || problem.status === 422 ? words["not-a-picture"] : problem.message;
  show(untold(sentence));
}

function lost() {
  show(untold(words.lost ?? "The verifier on this computer does not answer. Start it again."));
}

function untold(sentence) {
  return { outcome: "cannot_tell", screen: { title: words.title ?? "", sentence, advice: "", rows: [] } };
}

function picked() {
  const address = new URL(location.href);
  desk = byId("desk").value;
  language = byId("language").value;
  address.search = new URLSearchParams({ desk, lang: language });
  history.replaceState(null, "", address);
  ready();
  refresh();
}

listen(byId("scan"), byId("code"), checkText);
byId("picture").addEventListener("change", ({ target }) => {
  if (target.files.length) checkPicture(target.files[0]);
  target.value = "";
});
document.addEventListener("paste", (event) => {
  const [file] = event.clipboardData?.files ?? [];
  if (file) { event.preventDefault(); checkPicture(file); }
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (file) checkPicture(file);
});
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") ready(); });
// A page put aside and found again shows nobody.
addEventListener("pagehide", ready);
byId("done").addEventListener("click", ready);
for (const id of ["desk", "language"]) byId(id).addEventListener("change", picked);
setInterval(look, LOOKS);
await refresh();
byId("code").focus();
