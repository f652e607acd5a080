//! The counter's page in a browser, over the real `verifier serve`: what the person at the counter reads.

mod blocked;
mod scans;
mod shown;
pub(crate) mod verdicts;

use tests::city::{City, NOW};
use tests::hall::Hall;
use tests::kiosk::Kiosk;

use crate::rig::{Page, Setup};

/// A counter of Port Alder that has just been opened, at its library.
struct Counter {
    hall: Hall,
    kiosk: Kiosk,
    page: Page,
}

impl Counter {
    /// None where there is no browser.
    fn open() -> Option<Self> {
        Self::of(&City::port_alder(), NOW, "desk=library&lang=en")
    }

    /// The counter of a city at a time, in Unix seconds, as an address's `place` shows it.
    fn of(city: &City, at: i64, place: &str) -> Option<Self> {
        Some(Self::with(Page::open(&Setup::default())?, city, at, place))
    }

    fn with(page: Page, city: &City, at: i64, place: &str) -> Self {
        Self::opened(page, city, at, place, &[])
    }

    /// … where the kiosk was opened with more arguments.
    fn opened(page: Page, city: &City, at: i64, place: &str, more: &[&str]) -> Self {
        let hall = Hall::empty("counter");
        hall.write("city.cbor", city.bundle());
        hall.verifier(&["trust", "--bundle", "city.cbor"]).good();
        let kiosk = Kiosk::open(&hall, &[&["--at", &at.to_string()], more].concat());
        let counter = Self { hall, kiosk, page };
        counter.go(place);
        counter
    }

    fn go(&self, place: &str) {
        self.page.go(&format!("{}/?{place}", self.kiosk.origin()));
        self.is_ready();
    }

    fn is_ready(&self) {
        self.page.until("document.documentElement.dataset.state === 'ready' && fingerprint.textContent");
    }

    fn paste(&self, text: &str) {
        paste(&self.page, text);
    }

    fn told(&self) -> [String; 4] {
        told(&self.page)
    }

    /// The page asked nobody but the kiosk, and complained of nothing.
    fn kept_to_itself(&self) {
        self.page.kept_to(&self.kiosk.origin());
    }
}

/// Pastes a text. A short one could be a part of what is being written: it wants Enter.
pub(crate) fn paste(page: &Page, text: &str) {
    page.paste(text);
    if text.len() < 20 {
        page.until("code.value !== ''");
        page.press("Enter");
    }
    page.until("!verdict.hidden");
}

/// Waits for a verdict; its outcome, and the title, sentence and advice that are seen.
pub(crate) fn told(page: &Page) -> [String; 4] {
    page.until("!verdict.hidden");
    let state = page.attribute("html", "data-state").unwrap();
    [state, page.text("#title"), page.text("#sentence"), page.text("#advice")]
}
