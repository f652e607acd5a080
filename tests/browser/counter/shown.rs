//! How the page looks, and how it is used without a mouse or without seeing it.

use serde_json::json;
use tests::city::{self, City, NOW};

use super::Counter;
use crate::rig::{Page, Setup, Width};

/// A text for each state of the page.
fn states() -> [(&'static str, String); 5] {
    let revoked = city::identity().claim(65_535, city::status_at(city::REVOKED, city::DESK_LIST));
    [
        ("ready", String::new()),
        ("face", city::service_card().text()),
        ("name", city::identity().text()),
        ("revoked", revoked.text()),
        ("other", "5901234123457".to_owned()),
    ]
}

/// Every state in English and in Arabic: no fault that axe knows, no scrolling sideways, and a picture of each.
#[test]
fn every_state_is_accessible_and_fits() {
    let Some(counter) = Counter::open() else { return };
    for language in ["en", "ar"] {
        counter.go(&format!("desk=library&lang={language}"));
        let direction = counter.page.attribute("html", "dir");
        assert_eq!(direction.as_deref(), Some(if language == "ar" { "rtl" } else { "ltr" }));
        for (name, text) in states() {
            if !text.is_empty() {
                counter.paste(&text);
                counter.told();
            }
            for width in Width::ALL {
                counter.page.size(width);
                for dark in [false, true] {
                    counter.page.dark(dark);
                    counter.page.is_accessible();
                }
            }
            counter.page.screenshots(&format!("counter-{name}-{language}"));
            counter.page.press("Escape");
            counter.is_ready();
        }
    }
    counter.kept_to_itself();
}

#[test]
fn the_verdict_is_spoken() {
    let Some(counter) = Counter::open() else { return };
    counter.paste(&city::service_card().text());
    counter.told();
    let spoken = "return [spoken.textContent, spoken.role, spoken.ariaLive]";
    let said = "Valid. The card is good. Serve the holder. Does the face match?";
    assert_eq!(counter.page.run(spoken, Vec::new()), json!([said, "status", "assertive"]));
}

/// From an opened page to a verdict and back, by Tab, arrows, Enter and Escape.
#[test]
fn the_keyboard_is_enough() {
    let Some(counter) = Counter::open() else { return };
    let focused = || counter.page.run("return document.activeElement.id", Vec::new());
    assert_eq!(focused(), json!("code"));
    counter.paste(&city::identity().claim(4, city::NOW - 1).text());
    assert_eq!(counter.told()[0], "not_valid");
    let mut way = Vec::new();
    while focused() != json!("done") {
        assert!(way.len() < 12, "the focus never came to the button: {way:?}");
        counter.page.press("Tab");
        way.push(focused());
    }
    counter.page.press("Enter");
    counter.is_ready();
    assert_eq!(focused(), json!("code"));
    // Backwards to the desk: another one by an arrow.
    while focused() != json!("desk") {
        counter.page.press_with_shift("Tab");
    }
    counter.page.press("ArrowDown");
    counter.page.until("new URL(location.href).searchParams.get('desk') === 'clinic'");
    assert_eq!(counter.page.run("return desk.value", Vec::new()), json!("clinic"));
}

/// A person picks desk and language by hand; the address remembers them.
#[test]
fn desk_and_language_are_picked() {
    let Some(counter) = Counter::open() else { return };
    counter.page.choose("#language", "pt");
    counter.page.until("document.documentElement.lang === 'pt'");
    counter.page.choose("#desk", "transit");
    counter.page.until("new URL(location.href).searchParams.get('desk') === 'transit'");
    counter.page.reload();
    counter.is_ready();
    counter.page.fill("#code", &city::identity().text());
    counter.page.click("#scan button");
    assert_eq!(counter.told()[..2], ["valid", "Válido"]);
    // Transit learns no name.
    let seen = counter.page.text("#verdict");
    assert!(!seen.contains("urawska") && seen.contains(&city::number()), "{seen}");
}

#[test]
fn a_kiosk_opens_at_its_own_desk() {
    let Some(page) = Page::open(&Setup::default()) else { return };
    let counter = Counter::opened(page, &City::port_alder(), NOW, "lang=en", &["--desk", "transit"]);
    let picked = || counter.page.run("return document.getElementById('desk').value", Vec::new());
    assert_eq!(picked(), json!("transit"));
    counter.page.fill("#code", &city::identity().text());
    counter.page.click("#scan button");
    assert_eq!(counter.told()[..2], ["valid", "Valid"]);
    let seen = counter.page.text("#verdict");
    assert!(!seen.contains("urawska") && seen.contains(&city::number()), "{seen}");
    // No desk in particular is a choice too, and stays one.
    counter.page.choose("#desk", "");
    counter.page.until("new URL(location.href).searchParams.get('desk') === ''");
    counter.page.reload();
    counter.is_ready();
    assert_eq!(picked(), json!(""));
    counter.kept_to_itself();
}
