//! The keyboard alone: every key goes where the focus is, and the focus must be seen wherever it goes.
//!
//! What is counted are page actions: a field that is typed in or chosen in, a box that is ticked, a button or a link that
//! is pressed, a key that acts. Moving on with Tab is none.

use std::cell::Cell;

use serde_json::{Value, json};

use super::at;
use crate::rig::Page;

/// Most Tab stops on the way to anything.
const FARTHEST: usize = 120;

/// Nothing, or what is wrong with how the focus is shown: no line around it, out of sight, or cut off.
const UNSEEN: &str = "
    const on = document.activeElement;
    if (!on || on === document.body || on === document.documentElement) return '';
    const what = on.outerHTML.slice(0, 200), style = getComputedStyle(on), box = on.getBoundingClientRect();
    const width = parseFloat(style.outlineWidth), far = parseFloat(style.outlineOffset) + width;
    if (style.outlineStyle === 'none' || width < 2) return 'no line around ' + what;
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return 'out of sight: ' + what;
    for (let around = on.parentElement; around !== document.documentElement; around = around.parentElement) {
      if (getComputedStyle(around).overflow === 'visible') continue;
      const edge = around.getBoundingClientRect();
      const cut = box.left - far < edge.left - 1 || box.right + far > edge.right + 1
        || box.top - far < edge.top - 1 || box.bottom + far > edge.bottom + 1;
      if (cut) return 'the line is cut off: ' + what;
    }
    return ''";

/// Two hands on a keyboard.
pub(super) struct Hands<'p> {
    page: &'p Page,
    acts: Cell<u32>,
}

impl<'p> Hands<'p> {
    pub(super) fn on(page: &'p Page) -> Self {
        Self { page, acts: Cell::new(0) }
    }

    /// Page actions so far.
    pub(super) fn acts(&self) -> u32 {
        self.acts.get()
    }

    /// Presses a key that acts.
    pub(super) fn press(&self, key: &str) {
        self.act();
        self.page.press(key);
    }

    /// Presses a key and waits for the step that it leads to.
    pub(super) fn press_to(&self, key: &str, step: &str) {
        self.press(key);
        at(self.page, step);
    }

    /// Moves on with Tab to an element.
    pub(super) fn to(&self, css: &str) {
        self.move_to(css, |page| page.press("Tab"));
    }

    /// Moves back to an element.
    pub(super) fn back_to(&self, css: &str) {
        self.move_to(css, |page| page.press_with_shift("Tab"));
    }

    /// Moves on to a field and types into it, in place of what was there.
    pub(super) fn write(&self, css: &str, text: &str) {
        self.to(css);
        self.act();
        for typed in text.chars() {
            self.letter(typed);
        }
        assert_eq!(self.page.run("return document.activeElement.value", Vec::new()), json!(text), "{css}");
    }

    /// Moves on to a box and ticks it.
    pub(super) fn tick(&self, css: &str) {
        self.to(css);
        self.press(" ");
        assert_eq!(self.page.run("return document.activeElement.checked", Vec::new()), json!(true), "{css}");
    }

    /// Moves on to a list and goes down in it to a value.
    pub(super) fn choose(&self, css: &str, value: &str) {
        self.to(css);
        self.act();
        for _ in 0..FARTHEST {
            if self.page.run("return document.activeElement.value", Vec::new()) == json!(value) {
                return;
            }
            self.page.press("ArrowDown");
        }
        panic!("{value} is not in {css}");
    }

    /// Moves on to a button or a link and presses it.
    pub(super) fn enter(&self, css: &str) {
        self.to(css);
        self.press("Enter");
    }

    /// Presses a key with a letter or sign on it that acts.
    pub(super) fn strike(&self, sign: char) {
        self.act();
        self.letter(sign);
    }

    /// Types one letter where the focus is.
    fn letter(&self, typed: char) {
        let key = json!({ "type": "keyDown", "key": typed, "text": typed });
        self.page.cdp("Input.dispatchKeyEvent", key);
        self.page.cdp("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": typed }));
    }

    /// Presses a key that opens a document in a tab of its own, and closes that tab, as Ctrl+W does.
    pub(super) fn press_and_close(&self, key: &str) {
        let tabs = || {
            let told = self.page.cdp("Target.getTargets", json!({}));
            let all = told["targetInfos"].as_array().unwrap().clone();
            all.into_iter().filter(|one| one["type"] == "page").map(|one| one["targetId"].clone()).collect()
        };
        let before: Vec<Value> = tabs();
        self.press(key);
        let opened = (0..500).find_map(|_| {
            self.page.until("document.readyState === 'complete'");
            tabs().into_iter().find(|tab| !before.contains(tab))
        });
        let opened = opened.unwrap_or_else(|| panic!("{key} opened nothing"));
        self.page.cdp("Target.closeTarget", json!({ "targetId": opened }));
        self.page.cdp("Page.bringToFront", json!({}));
        self.page.until("document.visibilityState === 'visible'");
    }

    /// Counts an act that was done by other means: a scanner's.
    pub(super) fn act(&self) {
        self.acts.set(self.acts.get() + 1);
    }

    fn move_to(&self, css: &str, step: impl Fn(&Page)) {
        let is_there = "return document.activeElement.matches(arguments[0])";
        for _ in 0..FARTHEST {
            if self.page.run(is_there, vec![json!(css)]) == json!(true) {
                return;
            }
            step(self.page);
            let wrong = self.page.run(UNSEEN, Vec::new());
            assert_eq!(wrong, json!(""));
        }
        let on = self.page.run("return document.activeElement.outerHTML.slice(0, 300)", Vec::new());
        panic!("the keyboard does not reach {css}; the focus is on {on}");
    }
}
