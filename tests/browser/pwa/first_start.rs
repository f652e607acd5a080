//! The first start, by keyboard alone, and where the browser cannot check.

use serde_json::json;
use tests::city;

use super::Installed;
use crate::counter::told;
use crate::rig::{Page, Scanner, Setup, Width};

/// A person who types, not a scanner.
const PERSON: Scanner = Scanner { pace: 180, ..Scanner::FAST };

/// From nothing to a verdict and back: the city's address typed, the fingerprint compared, a card scanned.
#[test]
fn the_keyboard_is_enough() {
    let Some(app) = Installed::open() else { return };
    let page = &app.page;
    std::fs::copy(app.hall.file("city.cbor"), app.site.folder().join("city.cbor")).unwrap();
    page.until("document.getElementById('lists-panel').open");
    let first = "To check cards, this device needs the city's lists once. The city hands them out as a file, at an \
                 address, or as codes on a screen.";
    assert_eq!(page.text("#lists-first"), first);
    tab_to(page, "bundle-url");
    page.scan("city.cbor", PERSON);
    page.until("!offer.hidden && document.activeElement === offer");
    assert_eq!(page.text("#offer-fingerprint"), super::fingerprint());
    tab_to(page, "trust");
    page.press("Enter");
    app.is_told("The lists are loaded.");
    page.press("Escape");
    page.until("!document.getElementById('lists-panel').open");
    app.is_ready();
    // Wherever the focus is then: two scanners, and a person who presses the button.
    for pace in [5, 50] {
        page.scan(&city::identity().text(), Scanner { pace, ..Scanner::FAST });
        assert_eq!(told(page)[..3], ["valid", "Valid", "The card is good."], "{pace} ms");
        tab_to(page, "done");
        page.press("Enter");
        app.is_ready();
        assert_eq!(focused(page), json!("code"));
    }
    tab_to(page, "lists-open");
    page.press("Enter");
    page.until("document.getElementById('lists-panel').open");
    assert!(page.text("#lists-source").contains("/city.cbor"));
    page.press("Escape");
    page.until("!document.getElementById('lists-panel').open");
    assert_eq!(focused(page), json!("lists-open"));
    page.kept_to(&app.site.origin());
}

fn focused(page: &Page) -> serde_json::Value {
    page.run("return document.activeElement.id", Vec::new())
}

/// Presses Tab until an element has the focus. Each that has it on the way can be seen whole: nothing lies over it.
fn tab_to(page: &Page, id: &str) {
    let mut way = Vec::new();
    let seen = "const box = document.activeElement.getBoundingClientRect();
                const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return document.activeElement === document.body || document.activeElement.contains(middle)
                  || middle?.contains(document.activeElement)";
    while focused(page) != json!(id) {
        assert!(way.len() < 20, "the focus never came to {id}: {way:?}");
        page.press("Tab");
        way.push(focused(page));
        assert_eq!(
            page.run(seen, Vec::new()),
            json!(true),
            "something lies over {:?}, {}",
            way.last(),
            page.run("return document.activeElement.outerHTML", Vec::new())
        );
    }
}

/// A site whose server forbids WebAssembly, as a browser may: nothing can be checked, which is said, and nothing else is
/// there to be pressed.
#[test]
fn a_browser_that_cannot_check_says_so() {
    let Some(app) = Installed::open() else { return };
    app.site.says("Content-Security-Policy: script-src 'self'");
    for (language, words) in [
        (
            "en",
            "This browser does not run the part of the page that checks cards (WebAssembly). Open the page in another \
             browser, or allow it in this one's settings.",
        ),
        ("ar", ""),
    ] {
        // Under another name the server's page is a new one to the browser.
        let origin = app.site.origin().replace("127.0.0.1", "localhost");
        app.page.go(&format!("{origin}/?lang={language}"));
        app.page.until("document.documentElement.dataset.state === 'blocked'");
        assert!(app.page.text("#blocked").starts_with(words), "{}", app.page.text("#blocked"));
        let direction = app.page.attribute("html", "dir");
        assert_eq!(direction.as_deref(), Some(if language == "ar" { "rtl" } else { "ltr" }));
        for hidden in ["#ready", "#scan", "footer", ".pickers"] {
            assert!(!app.page.shows(hidden), "{hidden}");
        }
        app.page.is_accessible();
        app.page.screenshots(&format!("app-blocked-{language}"));
    }
}

/// What the browser's own check of an app asks for, so that it can be installed.
#[test]
fn the_browser_would_install_it() {
    let Some(app) = Installed::with(&Setup::default(), city::NOW) else { return };
    app.is_kept();
    app.page.size(Width::Phone);
    let manifest = app.page.cdp("Page.getAppManifest", json!({}));
    assert_eq!(manifest["errors"], json!([]), "{manifest}");
    let errors = app.page.cdp("Page.getInstallabilityErrors", json!({}));
    assert_eq!(errors["installabilityErrors"], json!([]), "{errors}");
}
