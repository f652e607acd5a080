//! From the language to the hand-over: one officer enrols and prints, a colleague at another desk scans and hands over.

use serde_json::json;
use tests::captures::Camera;

use super::{Desk, at, browser, settled};
use crate::rig::camera::{film, page_of};
use crate::rig::{Page, Scanner};

/// What the story looks for, in the officer's language.
struct Words {
    language: &'static str,
    signed: &'static str,
    good: &'static str,
    destroyed: &'static str,
    done: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    signed: "The card is signed.",
    good: "The card is good.",
    destroyed: "What we know of you is destroyed on",
    done: "The card is handed over and the case is closed.",
};

const ARABIC: Words = Words {
    language: "ar",
    signed: "البطاقة موقّعة.",
    good: "البطاقة صالحة.",
    destroyed: "ما نعرفه عنك يُتلف في",
    done: "سُلّمت البطاقة وأُغلقت الحالة.",
};

/// Looks at a state of a page that a tour of all pages does not come to.
fn looked_at(page: &Page, words: &Words, name: &str) {
    super::looked_at(page, &format!("{name}-{}", words.language));
}

fn tick(page: &Page, name: &str, value: &str) {
    page.click(&format!("input[name='{name}'][value='{value}']"));
}

fn visit(words: &Words) {
    let story = format!("desk_visit_{}", words.language);
    let desk = Desk::open(&story);
    let faces = desk.hall.file("faces.mjpeg");
    let drawn = issuer::card::portrait::drawn(11).unwrap();
    std::fs::write(&faces, drawn.repeat(60)).unwrap();
    let Some(page) = browser(words.language, Some(faces)) else { return };
    desk.sign_in(&page, "registrar");

    page.press("F3");
    at(&page, "language");
    page.click("button[value='ar']");
    at(&page, "papers");
    tick(&page, "paper", "passport");
    page.fill("#birth_year", "1990");
    page.choose("#address_kind", "none");
    // What is missing is worked out while the officer ticks.
    page.until("document.querySelector('#meter .lack') !== null");
    looked_at(&page, words, "papers-missing");
    tick(&page, "paper", "school-letter");
    page.until("document.querySelector('#meter .done') !== null");
    page.press("F9");
    at(&page, "person");
    page.fill("#full_name", "Layla al-Haddad");
    page.fill("#second_name", "ليلى الحداد");
    page.fill("#second_lang", "ar");
    page.fill("#birth_day", "15");
    page.fill("#birth_month", "5");
    page.until("document.querySelector('[data-kept]').textContent !== ''");
    page.reload();
    at(&page, "person");
    page.until("full_name.value === 'Layla al-Haddad' && birth_month.value === '5'");
    page.press("F9");
    at(&page, "photo");
    page.until("document.querySelector('video').videoWidth > 0");
    looked_at(&page, words, "photo-camera");
    page.press("F7");
    page.until("!document.querySelector('canvas').hidden && photo.files.length === 1");
    looked_at(&page, words, "photo-crop");
    page.click("button.keep");
    settled(&page, "document.querySelector('.portrait img')?.naturalWidth > 0");
    page.press("F9");
    at(&page, "review");
    page.until("[...document.querySelectorAll('.proof')].every((side) => side.naturalWidth > 0)");
    page.run("for (const box of document.querySelectorAll('input[name=confirm]')) box.click()", Vec::new());
    page.press("F9");
    at(&page, "print");
    assert_eq!(page.text(".done"), words.signed);
    let path = page.run("return location.pathname", Vec::new()).as_str().unwrap().to_owned();
    let case = path.strip_suffix("/print").unwrap();
    desk.hall.write("card.pdf", Desk::fetched(&page, &format!("{case}/card.pdf")));
    page.press("F9");
    at(&page, "scan");
    page.kept_to(&desk.origin);

    let cards = desk.hall.file("cards.mjpeg");
    film(&cards, &Camera::GOOD, &[page_of(&desk.hall, "card.pdf", 2)]);
    let Some(colleague) = browser(words.language, Some(cards)) else { return };
    desk.sign_in(&colleague, "approver");
    colleague.go(&format!("{}{case}", desk.origin));
    at(&colleague, "scan");
    colleague.scan("NOT A CARD", Scanner::FAST);
    colleague.until("document.querySelector('.wrong') !== null");
    looked_at(&colleague, words, "scan-wrong");
    colleague.click("button.camera");
    at(&colleague, "hand-over");
    assert_eq!(colleague.text(".done"), words.good);
    assert!(colleague.text("#main").contains(words.destroyed), "{}", colleague.text("#main"));
    looked_at(&colleague, words, "hand-over");
    let slip = Desk::fetched(&colleague, &format!("{case}/slip.pdf"));
    assert!(slip.starts_with(b"%PDF-"));
    colleague.press("F9");
    colleague.until("location.pathname === '/'");
    assert_eq!(colleague.text(".done"), words.done);
    for browser in [&page, &colleague] {
        browser.keeps_nothing_of(&["Layla", "Haddad", "ليلى", "الحداد"]);
    }
    // The wrong scan is in its console, by intention; it asked nobody else either.
    colleague.asked_nobody_but(&desk.origin);
}

#[test]
fn a_whole_visit_in_english() {
    visit(&ENGLISH);
}

#[test]
fn a_whole_visit_in_arabic() {
    visit(&ARABIC);
}

#[test]
fn a_step_that_is_sent_while_a_draft_is_on_its_way_is_no_conflict() {
    let Some(page) = browser("en", None) else { return };
    let desk = Desk::open("desk_draft");
    desk.sign_in(&page, "registrar");
    page.press("F3");
    at(&page, "language");
    page.click("button[value='fr']");
    at(&page, "papers");
    page.choose("#address_kind", "none");
    for paper in ["passport", "school-letter"] {
        tick(&page, "paper", paper);
    }
    page.until("document.querySelector('#meter .done') !== null");
    // The next draft takes a second to come back; the form is sent long before.
    page.cdp(
        "Network.emulateNetworkConditions",
        json!({ "offline": false, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1 }),
    );
    page.fill("#birth_year", "1990");
    page.run("globalThis.typed = clockOfStory.real.now()", Vec::new());
    page.until("clockOfStory.real.now() - typed > 400");
    page.click("button[value='on']");
    at(&page, "person");
    assert_eq!(page.run("return birth_year.value", Vec::new()), json!("1990"));
}
