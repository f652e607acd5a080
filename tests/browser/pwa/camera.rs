//! The app's camera, before which cards and screens are held: films for Chromium's own fake camera.

use shared::id::CardNumber;
use tests::city::{self, DAY, NOW};
use tests::hall::Hall;

use super::{Installed, film};
use crate::rig::Setup;

/// Notes each verdict that stands on the screen, once: outcome, title, sentence, advice, and whose card it is.
const NOTES: &str = "globalThis.notes = [];
    new MutationObserver(() => {
      if (verdict.hidden) return;
      const own = (css) => document.querySelector(css)?.textContent ?? '';
      const seen = [document.documentElement.dataset.state, title.textContent, sentence.textContent, advice.textContent,
        own('.full_name dd') + own('.number dd')].join('|');
      if (!face.hidden) globalThis.faces = true;
      if (!notes.includes(seen)) notes.push(seen);
    }).observe(document.documentElement, { attributes: true, subtree: true, childList: true, characterData: true })";

/// Cards of every kind before the camera, one after the other, without server or network; a code that is no card is told
/// apart from them, whoever's screen or package it is on.
#[test]
fn the_camera_sees_each_card() {
    let films = Hall::empty("film");
    // Each has a number of its own: two codes of one number are one card.
    let number = |name: &str| CardNumber::from_random([7, 7, 7, 7, name.as_bytes()[0]]).to_string();
    let identity = |name: &str| city::identity().field(1, number(name)).field(4, name);
    let hex = |name: &str| identity(name).tags(&[61, 18]).wrapped().hex_text();
    let revoked = city::status_at(city::REVOKED, city::DESK_LIST);
    let cards = [
        identity("Ana Valid").text(),
        identity("Bo Revoked").claim(65_535, revoked).text(),
        identity("Cy Expired").claim(4, NOW - DAY).text(),
        identity("Di Forged").forged_by(city::FORGER).text(),
        hex("Ed Dialect"),
        city::riverbend_card().hex_text(),
        city::identity().claim(1, "https://cards.far-away.example").text(),
        // Three seconds after a card what is no card is said too.
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        "5901234123457".to_owned(),
        "https://library.port-alder.example/hours".to_owned(),
        String::new(),
    ];
    let camera = Some(film(&films, &cards, 0.45));
    let Some(mut app) = Installed::with(&Setup { camera, ..Setup::default() }, NOW) else { return };
    app.first_lists();
    app.cut_off();
    app.page.run(NOTES, Vec::new());
    app.page.run("if (view.hidden) camera.click()", Vec::new());
    app.page.until("!view.hidden");
    let call = "Do not accept the card for this service. Give it back; questions go to the hotline.";
    let refresh = "This says nothing against the holder. Load the city's current lists, then scan again.";
    let good = "valid|Valid|The card is good.|Serve the holder.";
    // The name is shown of a good card only.
    let mut wanted = vec![
        format!("{good}|Ana Valid{}", number("A")),
        format!("{good}|Ed Dialect{}", number("E")),
        format!("{good}|Aino Virtasalo3918592438"),
        format!("not_valid|Not valid|The card was revoked.|{call}|{}", number("B")),
        format!(
            "not_valid|Not valid|The card is genuine, but its time is over.|Tell the holder where to renew it. \
             Give the card back.|{}",
            number("C")
        ),
        format!("not_valid|Not valid|The city did not sign this: it is forged or altered.|{call}|"),
        format!(
            "cannot_tell|Cannot tell|The card is from an issuer that is not on the list here.|{refresh}|"
        ),
        "cannot_tell|Cannot tell|This code is not a city card.|Scan one of the two codes on the card.|"
            .to_owned(),
    ];
    app.page.until(&format!("notes.length >= {}", wanted.len()));
    let seen = app.page.run("return notes", Vec::new());
    let mut seen: Vec<&str> = seen.as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    seen.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
}

/// A printed card of the demo city, both sides, from its own PDF.
#[test]
fn the_camera_reads_printed_cards() {
    use crate::rig::camera;
    use tests::captures::Camera;
    let hall = Hall::empty("printed_film");
    hall.issuer(&["demo", "--no-serve"]).good();
    let numbers = String::from_utf8(hall.read("demo-city/demo-cards.txt")).unwrap();
    let numbers: Vec<&str> = numbers.lines().collect();
    let side = |number: &str, page| camera::page_of(&hall, &format!("demo-city/cards/{number}.pdf"), page);
    let cards = [side(numbers[0], 1), side(numbers[0], 2), side(numbers[3], 2)];
    let file = hall.file("cards.mjpeg");
    // Held by a hand, in a room.
    let held = Camera { fill: 0.7, tilt: [6.0, -5.0, 4.0], blur: 0.7, noise: 3.0, ..Camera::GOOD };
    camera::film(&file, &held, &cards);
    let now = i64::try_from(crate::rig::since_1970().as_secs());
    let setup = Setup { camera: Some(file), ..Setup::default() };
    let Some(app) = Installed::with(&setup, now.unwrap()) else { return };
    app.page.until("document.getElementById('lists-panel').open");
    app.page.upload("#bundle-file", &hall.file("demo-city/public/bundle.cbor"));
    app.page.until("!offer.hidden");
    let root = String::from_utf8(hall.read("demo-city/public/root.txt")).unwrap();
    assert_eq!(app.page.text("#offer-fingerprint"), root.trim());
    app.page.click("#trust");
    app.is_told("The lists are loaded.");
    app.page.press("Escape");
    app.page.run(NOTES, Vec::new());
    app.page.run("if (view.hidden) camera.click()", Vec::new());
    app.page.until(
        "notes.some((note) => note.startsWith('valid|') ) && notes.some((note) => note.includes('revoked'))",
    );
    let seen = app.page.run("return notes.map((note) => note.split('|')[0])", Vec::new()).to_string();
    assert!(!seen.contains("cannot_tell"), "{seen}");
    app.page.until("globalThis.faces && !verdict.hidden");
    app.page.hold();
    app.page.screenshot("app-printed-card");
}

/// The lists come as codes on another screen. A reload in the middle loses none of them.
#[test]
fn the_lists_come_over_a_screen() {
    let films = Hall::empty("loop_film");
    let parts = verifier::parts::split(&city::City::port_alder().bundle()).unwrap();
    let camera = Some(film(&films, &parts, 0.5));
    let Some(app) = Installed::with(&Setup { camera, ..Setup::default() }, NOW) else { return };
    app.page.until("document.getElementById('lists-panel').open");
    app.page.click("#bundle-camera");
    app.page.until("parts.textContent");
    app.page.screenshot("app-parts");
    app.page.run("camera.click()", Vec::new());
    app.page.until("view.hidden");
    let read = app.page.text("#parts");
    assert!(read.starts_with("Parts read: ") && read.ends_with(&format!(" / {}", parts.len())), "{read}");
    app.page.reload();
    app.page.until("document.getElementById('lists-panel').open");
    app.page.until("parts.textContent");
    let first = |text: &str| text.split(' ').nth(2).unwrap().parse::<usize>().unwrap();
    let again = app.page.run("return parts.textContent", Vec::new());
    assert!(first(again.as_str().unwrap()) >= first(&read), "{again} after {read}");
    app.page.click("#bundle-camera");
    app.trusts();
    assert_eq!(app.page.text("#parts"), "");
    app.page.run("if (!view.hidden) camera.click()", Vec::new());
    assert_eq!(app.paste(&city::identity().text())[0], "valid");
    // The lists alone are kept then.
    let keys =
        "indexedDB.databases().then(([{ name }]) => { indexedDB.open(name).onsuccess = ({ target }) => {
                  target.result.transaction('lists').objectStore('lists').getAllKeys().onsuccess =
                    ({ target }) => arguments[0](target.result) } })";
    assert_eq!(app.page.run_later(keys, Vec::new()), serde_json::json!(["lists"]));
}
