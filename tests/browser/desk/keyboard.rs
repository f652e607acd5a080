//! The whole visit by keyboard alone, from signing in to the hand-over, by one officer.

use tests::captures::Camera;

use super::hands::Hands;
use super::{Desk, at, browser, settled};
use crate::rig::camera::{film, page_of};
use crate::rig::{Page, Scanner};

/// Most page actions of a practised officer.
const MOST: u32 = 60;

/// How the card is scanned before it is handed over.
#[derive(Clone, Copy)]
enum Scan {
    /// By a scanner that types.
    Typed,
    /// By the camera of the desk.
    Filmed,
}

fn signs_in(desk: &Desk, page: &Page, hands: &Hands<'_>) {
    page.go(&format!("{}/sign-in", desk.origin));
    let cells = Desk::demo_cells(page, "registrar");
    for (field, cell) in ["#login", "#password", "#code"].into_iter().zip(&cells) {
        hands.write(field, cell);
    }
    hands.press("Enter");
    settled(page, "document.querySelector('.who') !== null");
}

fn papers_and_person(page: &Page, hands: &Hands<'_>) {
    hands.press_to("F3", "language");
    hands.enter("button[value='ar']");
    at(page, "papers");
    for paper in ["passport", "school-letter"] {
        hands.tick(&format!("input[name='paper'][value='{paper}']"));
    }
    hands.write("#birth_year", "1990");
    hands.choose("#address_kind", "none");
    page.until("document.querySelector('#meter .done') !== null");
    hands.press_to("F9", "person");
    for (field, text) in [
        ("#full_name", "Layla al-Haddad"),
        ("#second_name", "ليلى الحداد"),
        ("#second_lang", "ar"),
        ("#birth_day", "15"),
        ("#birth_month", "5"),
    ] {
        hands.write(field, text);
    }
    hands.press_to("F9", "photo");
}

/// The photo is taken, and cut closer and to the side by keys.
fn photo(page: &Page, hands: &Hands<'_>) {
    page.until("document.querySelector('video').videoWidth > 0");
    hands.press("F7");
    page.until("!document.querySelector('canvas').hidden && document.activeElement.matches('button.keep')");
    hands.back_to("#photo-form canvas");
    page.run("globalThis.before = document.activeElement.toDataURL()", Vec::new());
    hands.strike('+');
    for arrow in ["ArrowLeft", "ArrowDown"] {
        hands.press(arrow);
    }
    page.until("document.activeElement.toDataURL() !== before && document.querySelector('[name=zoom]').value === '110'");
    hands.enter("button.keep");
    settled(page, "document.querySelector('.portrait img')?.naturalWidth > 0");
    hands.press_to("F9", "review");
}

fn review_and_print(page: &Page, hands: &Hands<'_>) {
    let names = page.run(
        "return [...document.querySelectorAll('input[name=confirm]')].map((box) => box.value)",
        Vec::new(),
    );
    let names = names.as_array().unwrap();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        hands.tick(&format!("input[name='confirm'][value={name}]"));
    }
    hands.press_to("F9", "print");
    hands.press_and_close("F7");
    hands.press_to("F9", "scan");
}

fn by_keyboard(language: &'static str, scan: Scan) {
    let desk = Desk::open(&format!("desk_keyboard_{language}"));
    let before_it = desk.hall.file("camera.mjpeg");
    std::fs::write(&before_it, issuer::card::portrait::drawn(11).unwrap().repeat(60)).unwrap();
    let Some(page) = browser(language, Some(before_it.clone())) else { return };
    let hands = Hands::on(&page);
    signs_in(&desk, &page, &hands);
    papers_and_person(&page, &hands);
    photo(&page, &hands);
    review_and_print(&page, &hands);

    let path = page.run("return location.pathname", Vec::new()).as_str().unwrap().replace("/scan", "");
    desk.hall.write("card.pdf", Desk::fetched(&page, &format!("{path}/card.pdf")));
    let back = page_of(&desk.hall, "card.pdf", 2);
    match scan {
        Scan::Typed => {
            let (width, height) = back.dimensions();
            let codes = reader::codes_in_luma(back.into_raw(), width, height);
            page.scan(&codes[0], Scanner::FAST);
            hands.act();
        }
        Scan::Filmed => {
            // The resident's card is held before the camera, where the face was.
            film(&before_it, &Camera::GOOD, &[back]);
            hands.enter("button.camera");
        }
    }
    at(&page, "hand-over");
    hands.press_and_close("F7");
    hands.press("F9");
    page.until("location.pathname === '/' && document.querySelector('.done') !== null");
    println!("{} page actions from signing in to the hand-over, {language}", hands.acts());
    assert!(hands.acts() < MOST, "{} page actions", hands.acts());
    assert_eq!(desk.figures(&page).handed_over, 1);
    page.asked_nobody_but(&desk.origin);
}

#[test]
fn a_whole_visit_by_keyboard_in_english() {
    by_keyboard("en", Scan::Typed);
}

#[test]
fn a_whole_visit_by_keyboard_in_arabic() {
    by_keyboard("ar", Scan::Filmed);
}
