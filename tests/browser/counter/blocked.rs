//! A kiosk in a browser that does not run the page's own core: the program on the computer checks.

use tests::city::{City, NOW};

use super::Counter;
use super::verdicts::at_the_library;
use crate::rig::{Page, Setup};

/// What stands on the screen is the same, word for word, whoever checks.
#[test]
fn the_kiosk_takes_over() {
    let Some(page) = Page::open(&Setup::default()) else { return };
    page.without(&["*/core.wasm"]);
    let counter = Counter::with(page, &City::port_alder(), NOW, "desk=library&lang=en");
    for (asked, (text, words)) in (1..).zip(at_the_library()) {
        counter.paste(&text);
        assert_eq!(counter.told(), words);
        let verify = format!("{}/v1/verify", counter.kiosk.origin());
        assert_eq!(counter.page.requests().iter().filter(|request| request.url == verify).count(), asked);
        counter.page.press("Escape");
        counter.is_ready();
    }
}
