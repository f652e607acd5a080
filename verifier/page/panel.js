// Where the installed page is given its lists: a file, an address, or codes on another screen.

import { Refused, Updates, download, held, look, parts, take } from "./lists.js";

const byId = (id) => document.getElementById(id);
const panel = byId("lists-panel");

let words = {};
let language = "en";
let offered = null;
let changed = () => {};
let camera = () => {};
const updates = new Updates(() => { refresh(); changed(); });

/** Sets the panel up: `taken` hears of each change, `scan` turns the camera on. */
export function setUp(taken, scan) {
  [changed, camera] = [taken, scan];
  byId("lists-open").hidden = false;
  byId("lists-open").addEventListener("click", open);
  byId("bundle-file").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (file) await offer(async () => new Uint8Array(await file.arrayBuffer()));
    target.value = "";
  });
  byId("bundle-from").addEventListener("submit", (event) => {
    event.preventDefault();
    const url = new URL(byId("bundle-url").value, location.href).href;
    offer(() => download(url), url);
  });
  byId("bundle-camera").addEventListener("click", () => { parts.again(); panel.close(); camera(); });
  byId("trust").addEventListener("click", () => accept());
  byId("distrust").addEventListener("click", withdraw);
  byId("lists-close").addEventListener("click", () => panel.close());
  panel.addEventListener("close", withdraw);
  addEventListener("online", () => updates.now());
  updates.plan();
  parts.progress().then(({ have, of }) => count(have, of));
}

/** Shows the panel in these words, and at the first start by itself. */
export function show(state) {
  ({ words, language } = state);
  if (!state.city && !panel.open) open();
}

/** Opens the panel. */
export async function open() {
  await refresh();
  if (!panel.open) panel.showModal();
}

/** A part of a bundle was read from a screen. */
export async function part(text) {
  const { have, of, bundle } = await parts.add(text);
  count(have, bundle ? 0 : of);
  if (!bundle) return;
  await open();
  await offer(async () => bundle);
}

/** What was kept is of no use: lists are needed again, of the same city. */
export function damaged() {
  tell(words["refused-damaged"], true);
  open();
}

async function offer(fetched, url) {
  withdraw();
  tell(words.working);
  try {
    const bundle = await fetched();
    const { city, fingerprint, first } = await look(bundle, language);
    offered = { bundle, fingerprint, url };
    if (!first) {
      await accept();
      return;
    }
    byId("offer-city").textContent = city ?? "";
    byId("offer-fingerprint").textContent = fingerprint;
    byId("offer").hidden = false;
    tell("");
    byId("offer").focus();
  } catch (error) {
    failed(error);
  }
}

async function accept() {
  const { bundle, fingerprint, url } = offered;
  withdraw();
  try {
    await take(bundle, fingerprint, url);
    // The browser may otherwise remove the lists when it is short of room.
    navigator.storage?.persist?.();
    tell(words.taken);
    await updates.plan();
    await refresh();
    changed();
  } catch (error) {
    failed(error);
  }
}

/** Says how many parts of a bundle are read; nothing where none is under way. */
function count(have, of) {
  byId("parts").textContent = of ? `${words.parts} ${have} / ${of}` : "";
}

function withdraw() {
  offered = null;
  byId("offer").hidden = true;
}

function failed(error) {
  tell(words[`refused-${error instanceof Refused ? error.reason : "damaged"}`] ?? words["refused-damaged"], true);
}

function tell(text, isTrouble = false) {
  byId("lists-told").textContent = text;
  byId("lists-told").classList.toggle("trouble", isTrouble);
}

async function refresh() {
  const lists = await held();
  byId("lists-first").hidden = lists !== null;
  byId("lists-source").hidden = !lists?.url;
  byId("lists-url").textContent = lists?.url ?? "";
  byId("lists-asked").textContent = lists?.asked ? new Date(lists.asked).toLocaleString(language) : "";
  byId("lists-trouble").textContent = lists?.trouble ? words[`refused-${lists.trouble}`] ?? "" : "";
  if (lists?.url && !byId("bundle-url").value) byId("bundle-url").value = lists.url;
}
