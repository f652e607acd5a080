// The counter: scan, see at once, go back to ready.

import { forget, isInstalled, own, readCodes, start, state, verify } from "./carrier.js";
import { install } from "./install.js";
import { Problem } from "./kiosk.js";
import * as panel from "./panel.js";
import { isPart } from "./parts.js";
import { listen } from "./scanner.js";
import { clear, showBlocked, showLists, showState, showVerdict, showWorking } from "./screen.js";
import { play } from "./sound.js";
import { byCard, deciding } from "./verdicts.js";
import * as viewfinder from "./viewfinder.js";

/** Milliseconds that a verdict stays on the screen. */
const STAYS = { valid: 3_000, valid_stale: 60_000, not_valid: 60_000, cannot_tell: 60_000 };
/** Milliseconds in which a card's other code joins the first, and the card is not announced again. */
const SAME = 3_000;
/** Milliseconds between looks at the age of the lists. */
const LOOKS = 30_000;

const byId = (id) => document.getElementById(id);
// Desk and language stand in the address, and nowhere else. Where no desk was picked it is the one that the kiosk was
// opened with.
const place = new URL(location.href).searchParams;
let desk = place.get("desk");
let language = place.get("lang") ?? navigator.language;
let words = {};
let leaving = 0;
let turn = 0;
/** What is on the screen, and when it was announced. */
let shown = { answer: null, at: 0 };

async function refresh() {
  try {
    const now = await state(desk, language);
    ({ words, desk, language } = now);
    showState(now);
    viewfinder.show(words);
    if (isInstalled) panel.show(now);
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
  shown = { answer: null, at: 0 };
  showWorking(words);
  try {
    const answers = await verdicts();
    if (mine === turn) show(deciding(answers));
  } catch (error) {
    if (mine === turn) error instanceof Problem ? failed(error) : lost();
  }
}

function checkText(text, pressed) {
  if (isInstalled && isPart(text)) panel.part(text);
  else check(async () => [await verify(text, pressed, desk, language)]);
}

function checkPicture(frame) {
  check(async () => {
    const texts = await readCodes(frame);
    // A picture in which no code can be seen is a card that cannot be read.
    return Promise.all((texts.length ? texts : [""]).map((text) => verify(text, null, desk, language)));
  });
}

/** Codes that came into the camera's view: what is on the screen stays until there is something else to say. */
async function checkSeen(texts) {
  const [parts, codes] = [texts.filter(isPart), texts.filter((text) => !isPart(text))];
  if (isInstalled) for (const part of parts) await panel.part(part);
  if (!codes.length || byId("lists-panel").open) return;
  const mine = ++turn;
  try {
    const answers = await Promise.all(codes.map((text) => verify(text, null, desk, language)));
    if (mine === turn) announce(answers);
  } catch {
    if (mine === turn) lost();
  }
}

function announce(answers) {
  const before = performance.now() - shown.at < SAME ? shown.answer : null;
  const cards = byCard(before ? [before, ...answers] : answers);
  // Another card, or another code, than the one on the screen; or more of the same card.
  const own = before && cards.find((answer) => answer.screen.card && answer.screen.card === before.screen.card);
  const others = cards.filter((answer) => answer !== own && answer !== before);
  const next = deciding(others.length ? others : [own ?? before]);
  // A poster beside a card that is on the screen says nothing.
  if (own && next.reason === "not_a_card") return;
  show(next, !others.length && next.outcome === before.outcome);
}

function show(answer, isKnown = false) {
  // The kiosk's advice names its command; here there is none.
  const own = { no_trust_list: words["load-trust"], clock_behind: words["set-clock"] }[answer.reason];
  if (isInstalled && own) answer.screen.advice = own;
  showVerdict(answer, words);
  if (!isKnown) {
    play(answer.outcome);
    shown.at = performance.now();
  }
  shown.answer = answer;
  clearTimeout(leaving);
  leaving = setTimeout(ready, STAYS[answer.outcome]);
}

function ready() {
  turn += 1;
  clearTimeout(leaving);
  shown = { answer: null, at: 0 };
  clear(words);
  forget();
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

async function begin() {
  const camera = viewfinder.setUp(checkSeen);
  if (isInstalled) await install(() => { byId("renewed").textContent = words.renewed; }).catch(() => {});
  try {
    await start();
  } catch {
    showBlocked(language);
    return;
  }
  await refresh();
  if (isInstalled) {
    panel.setUp(refresh, () => camera.start());
    if (await own().damaged) panel.damaged();
    if (byId("lists-panel").open === false) viewfinder.resume(camera);
  }
  byId("code").focus();
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
document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && !byId("lists-panel").open) ready(); });
// A page put aside and found again shows nobody.
addEventListener("pagehide", ready);
byId("done").addEventListener("click", ready);
for (const id of ["desk", "language"]) byId(id).addEventListener("change", picked);
setInterval(look, LOOKS);
await begin();
