// Scanners that type. They press keys fast and end with Enter or Tab. What they pressed is kept beside what the
// computer's keyboard made of it: it is the same on every keyboard.

const SIGNS = {
  Space: "  ", Minus: "-_", Equal: "=+", Period: ".>", Slash: "/?", Semicolon: ";:",
  Digit1: "1!", Digit2: "2@", Digit3: "3#", Digit4: "4$", Digit5: "5%",
  Digit6: "6^", Digit7: "7&", Digit8: "8*", Digit9: "9(", Digit0: "0)",
};
/** Milliseconds a key of a scanner; people take longer. */
const FAST = 35;
/** Keys after which fast typing is a scan. */
const SCAN = 20;

/** Calls `scanned(text, pressed)` for all that is typed or pasted into `form`'s `box`, whatever has the focus. */
export function listen(form, box, scanned) {
  let pressed = "";
  let first = 0;
  let last = 0;
  let count = 0;

  const forget = () => { pressed = ""; count = 0; };
  const submit = () => {
    const text = box.value;
    const keys = pressed;
    box.value = "";
    forget();
    if (text || keys) scanned(text, keys || null);
  };
  const isScan = () => count >= SCAN && (last - first) / count < FAST;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isElsewhere(event)) return;
    if (event.key === "Tab" && isScan()) {
      event.preventDefault();
      submit();
      return;
    }
    const key = usKey(event);
    if (key === null) {
      // An edit: what was pressed no longer tells what the text is.
      if (event.key === "Backspace" || event.key === "Delete") pressed = null;
      return;
    }
    // A space presses a button that has the focus, unless a scan is under way.
    const own = event.target.closest("select, button, input");
    const scanning = count > 0 && event.timeStamp - last < FAST;
    if (own !== box && (!own || scanning || key !== " ") && !event.target.closest("select")) box.focus();
    if (document.activeElement !== box) return;
    if (box.value === "" && event.timeStamp - last > 1000) forget();
    if (count === 0) first = event.timeStamp;
    last = event.timeStamp;
    count += 1;
    if (pressed !== null) pressed += key;
  });

  box.addEventListener("paste", () => { pressed = null; });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (isElsewhere(event) || event.clipboardData?.files.length || text.length < SCAN) return;
    event.preventDefault();
    box.value = "";
    forget();
    scanned(text, null);
  });
}

/** What is typed into a dialog is no scan. */
const isElsewhere = ({ target }) => Boolean(target.closest?.("dialog"));

/** What a US keyboard types with this key; null where it types nothing of a card. */
function usKey({ code = "", key = "", shiftKey }) {
  if (code.startsWith("Key")) return shiftKey ? code.slice(3) : code.slice(3).toLowerCase();
  if (SIGNS[code]) return SIGNS[code][shiftKey ? 1 : 0];
  const numpad = { NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadDecimal: "." };
  if (/^Numpad\d$/.test(code)) return code.slice(6);
  return numpad[code] ?? (key.length === 1 ? key : null);
}
