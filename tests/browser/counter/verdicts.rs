//! What each kind of card and each other code says, word for word.

use tests::city::{self, City, DAY, NOW};

use super::Counter;

/// A text that is scanned at the library, and what is then seen: outcome, title, sentence, advice.
pub(crate) type Told = (String, [&'static str; 4]);

/// Each kind of card, and of other codes.
pub(crate) fn at_the_library() -> Vec<Told> {
    let revoked = city::identity().claim(65_535, city::status_at(city::REVOKED, city::DESK_LIST));
    let suspended = city::identity().claim(65_535, city::status_at(city::SUSPENDED, city::DESK_LIST));
    let unmarked = city::identity().claim(65_535, city::status_at(city::MEANINGLESS, city::DESK_LIST));
    let bus_only = city::identity().claim(9, "transit");
    let hotline = "Do not accept the card for this service. Give it back; questions go to the hotline.";
    let refresh = "This says nothing against the holder. Load the city's current lists, then scan again.";
    let the_card = "Scan one of the two codes on the card.";
    let another_code = "This code is not a city card.";
    let valid = ["valid", "Valid", "The card is good.", "Serve the holder."];
    let not_valid = |sentence, advice| ["not_valid", "Not valid", sentence, advice];
    let cannot_tell = |sentence, advice| ["cannot_tell", "Cannot tell", sentence, advice];
    let renew = "Tell the holder where to renew it. Give the card back.";
    let explain = "Explain what the card opens. Give it back.";
    vec![
        (city::identity().text(), valid),
        (city::service_card().text(), valid),
        (city::old_ferry_card().text(), valid),
        // What another programme's cards look like: tag 61, hexadecimal inside, a map in a byte string.
        (city::identity().tags(&[61, 18]).wrapped().hex_text(), valid),
        (revoked.text(), not_valid("The card was revoked.", hotline)),
        (suspended.text(), not_valid("The card is suspended for now.", hotline)),
        (
            city::identity().claim(4, NOW - DAY).text(),
            not_valid("The card is genuine, but its time is over.", renew),
        ),
        (
            city::identity().forged_by(city::FORGER).text(),
            not_valid("The city did not sign this: it is forged or altered.", hotline),
        ),
        (bus_only.text(), not_valid("The card is genuine, but does not open this service.", explain)),
        (
            city::identity().claim(1, "https://cards.far-away.example").text(),
            cannot_tell("The card is from an issuer that is not on the list here.", refresh),
        ),
        (unmarked.text(), cannot_tell("Whether the card was revoked is not known here.", refresh)),
        ("5901234123457".to_owned(), cannot_tell(another_code, the_card)),
        ("https://library.port-alder.example/hours".to_owned(), cannot_tell(another_code, the_card)),
    ]
}

#[test]
fn each_card_gets_its_words() {
    let Some(counter) = Counter::open() else { return };
    for (text, words) in at_the_library() {
        counter.paste(&text);
        assert_eq!(counter.told(), words);
        counter.page.press("Escape");
        counter.is_ready();
    }
    counter.kept_to_itself();
}

#[test]
fn old_lists_and_a_slow_clock_are_told_from_a_bad_card() {
    let Some(counter) = Counter::of(&City::port_alder(), NOW + 8 * DAY, "desk=library") else { return };
    assert_eq!(counter.page.text("#lists"), "Lists: 8 days old");
    counter.paste(&city::identity().text());
    assert_eq!(
        counter.told(),
        [
            "valid_stale",
            "Valid, but the lists are old",
            "The card is good by the lists here, but they are old.",
            "Serve the holder, and load the city's current lists soon.",
        ]
    );
    let Some(counter) = Counter::of(&City::port_alder(), NOW - 9 * DAY, "desk=library") else { return };
    counter.paste(&city::identity().text());
    assert_eq!(
        counter.told(),
        [
            "cannot_tell",
            "Cannot tell",
            "This machine's clock is behind.",
            "Set the clock of this machine, then scan again.",
        ]
    );
}

#[test]
fn a_holder_leaves_the_screen_after_three_seconds_and_a_reason_after_sixty() {
    let Some(counter) = Counter::open() else { return };
    counter.page.hold();
    counter.paste(&city::service_card().text());
    assert_eq!(counter.told()[0], "valid");
    assert!(counter.page.shows("#portrait"));
    counter.page.advance(2_999);
    assert_eq!(counter.told()[0], "valid");
    counter.page.advance(1);
    counter.is_ready();
    assert!(counter.page.shows("#ready") && !counter.page.shows("#verdict"));
    let left = counter.page.run("return document.documentElement.outerHTML", Vec::new());
    let left = left.as_str().unwrap();
    assert!(!left.contains(&city::number()) && !left.contains("base64"), "{left}");
    assert_eq!(counter.page.attribute("#portrait", "src"), None);
    let stored = "return indexedDB.databases().then((all) => [localStorage.length, sessionStorage.length, all.length])";
    assert_eq!(counter.page.run(stored, Vec::new()), serde_json::json!([0, 0, 0]));

    counter.paste("5901234123457");
    assert_eq!(counter.told()[0], "cannot_tell");
    counter.page.advance(59_999);
    assert_eq!(counter.told()[0], "cannot_tell");
    counter.page.advance(1);
    counter.is_ready();
}
