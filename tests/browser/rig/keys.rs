//! Keys: a person's, and those of a scanner that types.

use std::cell::Cell;

use serde_json::{Value, json};

use super::Page;

/// A scanner that types as a US keyboard does.
#[derive(Clone, Copy)]
pub(crate) struct Scanner {
    /// Milliseconds from key to key, by the time that each key press carries: nobody waits for them.
    pub(crate) pace: u32,
    /// The key after the last.
    pub(crate) end: &'static str,
    /// What the computer's keyboard makes of what was pressed.
    pub(crate) layout: fn(char) -> char,
}

impl Scanner {
    /// A quick one, on a computer whose keyboard is a US one too.
    pub(crate) const FAST: Self = Self { pace: 5, end: "Enter", layout: |pressed| pressed };
}

/// Bit of the shift key in `modifiers`.
const SHIFT: u32 = 8;

impl Page {
    /// Presses one key by its name: `Tab`, `Enter`, `Escape`, `ArrowDown` …
    pub(crate) fn press(&self, key: &str) {
        let at = self.seconds();
        self.stroke(&named(key), 0, at);
    }

    /// Presses a key while shift is held.
    pub(crate) fn press_with_shift(&self, key: &str) {
        let at = self.seconds();
        self.stroke(&named(key), SHIFT, at);
    }

    /// Types a text as a scanner does, wherever the focus is.
    pub(crate) fn scan(&self, text: &str, scanner: Scanner) {
        let at = Cell::new(self.seconds());
        let stroke = |key: &Value, modifiers| {
            self.stroke(key, modifiers, at.get());
            at.set(at.get() + f64::from(scanner.pace) / 1000.0);
        };
        for pressed in text.chars() {
            let (code, shift) = us_key(pressed);
            let typed = (scanner.layout)(pressed).to_string();
            let key = json!({ "key": typed, "code": code, "text": typed });
            stroke(&key, if shift { SHIFT } else { 0 });
        }
        stroke(&named(scanner.end), 0);
    }

    /// Puts a text on the clipboard and presses Ctrl+V.
    pub(crate) fn paste(&self, text: &str) {
        let origin = self.run("return location.origin", Vec::new());
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        self.cdp("Browser.grantPermissions", json!({ "origin": origin, "permissions": permissions }));
        let copy = "navigator.clipboard.writeText(arguments[0]).then(() => arguments[1](true), \
                    (error) => arguments[1](String(error)))";
        let copied = self.run_later(copy, vec![json!(text)]);
        assert_eq!(copied, json!(true));
        let key = json!({
            "type": "keyDown", "modifiers": 2, "key": "v", "code": "KeyV", "windowsVirtualKeyCode": 86,
            "commands": ["paste"],
        });
        self.cdp("Input.dispatchKeyEvent", key);
    }

    /// One key down and up, at a time in seconds since 1970.
    fn stroke(&self, key: &Value, modifiers: u32, at: f64) {
        for kind in ["keyDown", "keyUp"] {
            let mut event = key.clone();
            event["type"] = json!(kind);
            event["modifiers"] = json!(modifiers);
            event["timestamp"] = json!(at);
            if kind == "keyUp" {
                event.as_object_mut().unwrap().remove("text");
            }
            self.cdp("Input.dispatchKeyEvent", event);
        }
    }

    /// The browser's own time, which key presses carry.
    fn seconds(&self) -> f64 {
        self.run("return globalThis.clockOfStory.real.now() / 1000", Vec::new()).as_f64().unwrap()
    }
}

/// What the protocol wants to know of a key that types nothing.
fn named(key: &str) -> Value {
    let (number, text) = match key {
        "Tab" => (9, None),
        "Enter" => (13, Some("\r")),
        "Escape" => (27, None),
        " " => (32, Some(" ")),
        "ArrowLeft" => (37, None),
        "ArrowUp" => (38, None),
        "ArrowRight" => (39, None),
        "ArrowDown" => (40, None),
        function if function.starts_with('F') => (111 + function[1..].parse::<u32>().unwrap(), None),
        other => panic!("{other}: give it its number here"),
    };
    let code = if key == " " { "Space" } else { key };
    let mut event = json!({ "key": key, "code": code, "windowsVirtualKeyCode": number });
    if let Some(text) = text {
        event["text"] = json!(text);
    }
    event
}

/// The key of a US keyboard that types this, and whether with shift.
fn us_key(typed: char) -> (String, bool) {
    const SIGNS: [(&str, &str); 18] = [
        ("Space", "  "),
        ("Minus", "-_"),
        ("Equal", "=+"),
        ("Period", ".>"),
        ("Comma", ",<"),
        ("Slash", "/?"),
        ("Semicolon", ";:"),
        ("Quote", "'\""),
        ("Digit1", "1!"),
        ("Digit2", "2@"),
        ("Digit3", "3#"),
        ("Digit4", "4$"),
        ("Digit5", "5%"),
        ("Digit6", "6^"),
        ("Digit7", "7&"),
        ("Digit8", "8*"),
        ("Digit9", "9("),
        ("Digit0", "0)"),
    ];
    if typed.is_ascii_alphabetic() {
        return (format!("Key{}", typed.to_ascii_uppercase()), typed.is_ascii_uppercase());
    }
    let of = |(code, signs): &(&str, &str)| {
        let place = signs.chars().position(|sign| sign == typed)?;
        Some(((*code).to_owned(), place == 1))
    };
    SIGNS.iter().find_map(of).unwrap_or_else(|| panic!("no key of a US keyboard types {typed:?}"))
}
