// What stands on the screen. Nothing of a person is kept anywhere else, and `clear` removes it.

const RIGHT_TO_LEFT = ["ar"];
const byId = (id) => document.getElementById(id);
const root = document.documentElement;

/** Shows city, desks, languages and words. */
export function showState(state) {
  root.lang = state.language;
  root.dir = RIGHT_TO_LEFT.includes(state.language) ? "rtl" : "ltr";
  document.title = state.words.title;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = state.words[element.dataset.word];
  }
  byId("city").textContent = state.city ?? state.words["no-city"];
  byId("fingerprint").textContent = state.fingerprint ?? "";
  byId("fingerprint").parentElement.hidden = !state.fingerprint;
  options(byId("desk"), [{ id: "", name: state.words["any-desk"] }, ...state.services], state.desk);
  options(byId("language"), state.languages, state.language);
  showLists(state);
  if (root.dataset.state === "loading") root.dataset.state = "ready";
}

/** Shows how old the lists are. */
export function showLists({ lists, stale }) {
  byId("lists").textContent = lists;
  byId("lists").classList.toggle("stale", stale);
}

/** Shows a verdict. */
export function showVerdict(answer, words) {
  const { screen } = answer;
  clear();
  root.dataset.state = answer.outcome;
  byId("ready").hidden = true;
  byId("verdict").hidden = false;
  byId("title").textContent = screen.title;
  byId("sentence").textContent = screen.sentence;
  byId("advice").textContent = screen.advice;
  byId("return").hidden = answer.outcome === "valid" || answer.reason === "not_a_card";
  showFace(answer.claims?.face);
  byId("rows").replaceChildren(...screen.rows.map(({ field, label, value }) => entry(label, value, field)));
  const more = [[words.scope, screen.scope, "scope"]];
  if (answer.outcome !== "valid") more.push([words.hotline, screen.hotline, "hotline"]);
  byId("more").replaceChildren(
    ...more.filter(([, text]) => text).map(([label, text, field]) => entry(label, text, field)));
  const spoken = [screen.title, screen.sentence, screen.advice];
  if (answer.claims?.face) spoken.push(words.face);
  byId("spoken").textContent = spoken.join(". ").replaceAll(/([.:?!؟])\./g, "$1");
  window.scrollTo(0, 0);
}

/** Says, in the language wanted, that this browser cannot check cards: the words are in the page itself. */
export function showBlocked(language) {
  const said = [...byId("blocked").children];
  const stem = language.split("-")[0];
  const [chosen] = [...said.filter(({ lang }) => lang === stem), ...said];
  for (const text of said) text.hidden = text !== chosen;
  root.lang = chosen.lang;
  root.dir = RIGHT_TO_LEFT.includes(chosen.lang) ? "rtl" : "ltr";
  root.dataset.state = "blocked";
  byId("blocked").hidden = false;
}

/** Shows that a check is under way. */
export function showWorking(words) {
  clear();
  root.dataset.state = "working";
  byId("ready-title").textContent = words.working;
}

/** Removes the verdict, and all of the person with it. */
export function clear(words) {
  const had = byId("verdict").contains(document.activeElement);
  for (const id of ["title", "sentence", "advice", "spoken"]) byId(id).textContent = "";
  for (const id of ["rows", "more"]) byId(id).replaceChildren();
  showFace(null);
  byId("verdict").hidden = true;
  byId("ready").hidden = false;
  root.dataset.state = "ready";
  if (words) byId("ready-title").textContent = words.ready;
  if (had || document.activeElement === document.body) byId("code").focus({ preventScroll: true });
}

function showFace(face) {
  const known = face && ["webp", "png", "jpeg", "avif"].includes(face.format);
  byId("face").hidden = !known;
  if (known) byId("portrait").src = `data:image/${face.format};base64,${face.data}`;
  else byId("portrait").removeAttribute("src");
}

function entry(label, value, field) {
  const group = document.createElement("div");
  const term = document.createElement("dt");
  const text = document.createElement("dd");
  // A name stands in its own direction, whatever the page's.
  const own = document.createElement("bdi");
  group.className = field;
  term.textContent = label;
  own.textContent = value;
  text.append(own);
  group.append(term, text);
  return group;
}

function options(select, entries, chosen) {
  select.replaceChildren(...entries.map(({ id, name }) => new Option(name, id, false, id === chosen)));
}
