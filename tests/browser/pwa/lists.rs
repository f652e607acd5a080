//! The app's lists: newer ones, those that are refused, and a device without room or with a wrong clock.

use serde_json::json;
use tests::city::{self, City, DAY, NOW};

use super::Installed;

const GOOD: [&str; 4] = ["valid", "Valid", "The card is good.", "Serve the holder."];

fn newer() -> City {
    City::port_alder().with(|city| city.trust_list.sequence += 1)
}

/// What is no better than what is here changes nothing, and each says why.
#[test]
fn only_newer_lists_of_the_same_city_are_taken() {
    let Some(app) = Installed::with_lists() else { return };
    app.give(&newer().bundle(), "The lists are loaded.");
    let older = "These lists are older than those here. Nothing was changed.";
    app.give(&City::port_alder().bundle(), older);
    let other = City::port_alder().with(|city| city.root = city::OTHER_ROOT);
    app.give(&other.bundle(), "These lists are not of the city that is trusted here. Nothing was changed.");
    app.give(b"a letter", "These are no lists of a city. Nothing was changed.");
    let mut damaged = newer().with(|city| city.trust_list.sequence += 1).bundle();
    *damaged.last_mut().unwrap() ^= 1;
    app.give(&damaged, "These lists are damaged, or were changed on the way. Load them again.");
    app.page.press("Escape");
    app.page.reload();
    app.is_ready();
    assert_eq!(app.paste(&city::identity().text()), GOOD);
}

/// The browser gives no room: the lists that are here stay, and so they do after a new start.
#[test]
fn a_full_device_keeps_what_it_has() {
    let Some(app) = Installed::open() else { return };
    app.is_kept();
    let full = "There is no room on this device to keep the lists. Free some, then load them again.";
    let quota = |bytes: Option<u64>| {
        let mut asked = json!({ "origin": app.site.origin() });
        if let Some(bytes) = bytes {
            asked["quotaSize"] = json!(bytes);
        }
        app.page.cdp("Storage.overrideQuotaForOrigin", asked);
    };
    // From the first start on: nothing is trusted that could not be kept.
    quota(Some(1));
    app.page.until("document.getElementById('lists-panel').open");
    app.page.upload("#bundle-file", &app.hall.file("city.cbor"));
    app.page.until("!offer.hidden");
    app.page.click("#trust");
    app.is_told(full);
    app.page.screenshot("app-full");
    quota(None);
    app.first_lists();
    // Later: the browser looks at the room now and then only, so it is told here that there is none.
    app.page.run(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }",
        Vec::new(),
    );
    app.give(&newer().bundle(), full);
    app.page.press("Escape");
    assert_eq!(app.paste(&city::identity().text()), GOOD);
    app.ready();
    app.page.reload();
    app.is_ready();
    assert_eq!(app.paste(&city::identity().text()), GOOD);
    app.ready();
    app.give(&newer().bundle(), "The lists are loaded.");
}

/// The address is asked for newer lists when the time has come, and whoever does not answer is waited for.
#[test]
fn newer_lists_come_from_the_address() {
    let Some(mut app) = Installed::open() else { return };
    let bundle = app.site.folder().join("bundle.cbor");
    let revoked = city::identity().claim(65_535, city::status_at(city::GOOD, city::DESK_LIST));
    std::fs::write(&bundle, City::port_alder().bundle()).unwrap();
    app.page.until("document.getElementById('lists-panel').open");
    app.page.fill("#bundle-url", "bundle.cbor");
    app.page.click("#bundle-from button");
    app.trusts();
    assert_eq!(app.paste(&revoked.text()), GOOD);
    app.ready();
    // The city revokes the card and publishes; six hours and a fifth later at the latest the app knows.
    let lists = newer().with(|city| {
        city.lists[0]
            .statuses
            .set(u64::try_from(city::GOOD).unwrap(), shared::status_list::Status::Revoked)
            .unwrap();
        city.lists.iter_mut().for_each(|list| list.issued_at = NOW + 60);
    });
    std::fs::write(&bundle, lists.bundle()).unwrap();
    app.is_kept();
    app.page.at(NOW + 8 * 3_600);
    app.again();
    app.page.until("lists.textContent === 'Lists: 7 h old'");
    assert_eq!(app.paste(&revoked.text())[2], "The card was revoked.");
    app.ready();
    // No answer: what is here stays, and the panel says so.
    app.site.stop();
    app.page.at(NOW + 16 * 3_600);
    app.again();
    app.page.click("#lists-open");
    let trouble = "The address does not answer. The lists here stay in use.";
    app.page.until(&format!("document.getElementById('lists-trouble').textContent === '{trouble}'"));
    app.page.is_accessible();
    app.page.screenshots("app-lists");
    app.page.press("Escape");
    assert_eq!(app.paste(&revoked.text())[2], "The card was revoked.");
    app.site.start();
}

#[test]
fn old_lists_and_a_clock_set_back_are_told() {
    let Some(app) = Installed::with_lists() else { return };
    app.page.at(NOW + 8 * DAY);
    app.again();
    assert_eq!(app.page.text("#lists"), "Lists: 8 days old");
    assert_eq!(app.page.attribute("#lists", "class").as_deref(), Some("stale"));
    let card = city::identity().text();
    let stale = [
        "valid_stale",
        "Valid, but the lists are old",
        "The card is good by the lists here, but they are old.",
        "Serve the holder, and load the city's current lists soon.",
    ];
    assert_eq!(app.paste(&card), stale);
    app.page.is_accessible();
    app.page.screenshots("app-stale-en");
    app.ready();
    app.page.at(NOW - 9 * DAY);
    app.again();
    assert_eq!(app.page.text("#lists"), "This machine's clock is behind.");
    assert_eq!(app.page.attribute("#lists", "class").as_deref(), Some("stale"));
    let behind = [
        "cannot_tell",
        "Cannot tell",
        "This machine's clock is behind.",
        "Set the clock: in this device's settings under \"Date and time\", choose \"Set automatically\". Then scan again.",
    ];
    assert_eq!(app.paste(&card), behind);
    app.page.screenshots("app-clock-en");
}
