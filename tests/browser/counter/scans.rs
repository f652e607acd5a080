//! The ways by which a code gets into the page.

use image::GrayImage;
use tests::city;
use tests::hall::Hall;

use super::Counter;
use crate::rig::{Scanner, camera};

/// A scanner of each pace and with each key at the end, whatever has the focus.
#[test]
fn a_scanner_types() {
    let Some(counter) = Counter::open() else { return };
    let card = city::identity().text();
    for (pace, end) in [(5, "Enter"), (50, "Enter"), (5, "Tab")] {
        counter.page.scan(&card, Scanner { pace, end, ..Scanner::FAST });
        assert_eq!(counter.told()[..3], ["valid", "Valid", "The card is good."], "{pace} ms, {end}");
        assert_eq!(counter.page.text(".full_name dd"), "Zoë Żurawska-Ñandú");
        counter.page.press("Escape");
        counter.is_ready();
    }
    // The focus is elsewhere: the scan still ends in a verdict, and the desk stays as it was.
    counter.page.run("done.focus(); picture.focus()", Vec::new());
    counter.page.scan(&card, Scanner::FAST);
    assert_eq!(counter.told()[0], "valid");
    assert_eq!(counter.page.run("return desk.value", Vec::new()), "library");
    counter.kept_to_itself();
}

/// A scanner that types as a US keyboard does, on a computer with a French one.
#[test]
fn a_scanner_on_a_french_computer_is_understood() {
    let Some(counter) = Counter::open() else { return };
    let french = |pressed: char| {
        let us = "0123456789AQZWM$%*-./:";
        let fr = "à&é\"'(-è_çQAWZ?458):!M";
        us.chars().position(|key| key == pressed).and_then(|place| fr.chars().nth(place)).unwrap_or(pressed)
    };
    counter.page.scan(&city::identity().text(), Scanner { layout: french, ..Scanner::FAST });
    assert_eq!(counter.told()[..2], ["valid", "Valid"]);
}

#[test]
fn a_picture_file_is_read() {
    let Some(counter) = Counter::open() else { return };
    let hall = &counter.hall;
    let card = camera::picture_of(hall, "card.png", &city::service_card().text());
    counter.page.upload("#picture", &card);
    assert_eq!(counter.told()[..3], ["valid", "Valid", "The card is good."]);
    assert!(counter.page.shows("#portrait"));
    counter.page.press("Escape");

    // No code in it: a card that cannot be read, not another code.
    let blank = hall.file("blank.png");
    GrayImage::from_pixel(400, 300, image::Luma([200])).save(&blank).unwrap();
    counter.page.upload("#picture", &blank);
    assert_eq!(
        counter.told(),
        [
            "cannot_tell",
            "Cannot tell",
            "The code could not be read.",
            "Scan again: hold steady, more light, or the other code.",
        ]
    );
    counter.page.press("Escape");

    hall.write("letter.txt", "no picture");
    counter.page.upload("#picture", &hall.file("letter.txt"));
    assert_eq!(
        counter.told()[2],
        "This picture could not be read. Choose a PNG, JPEG or WebP picture of at most 10 MB."
    );
}

/// A printed card, from the issuer's own demo: its page as a picture.
#[test]
fn a_printed_card_is_read() {
    let Some(page) = crate::rig::Page::open(&crate::rig::Setup::default()) else { return };
    let hall = Hall::empty("printed");
    hall.issuer(&["demo", "--no-serve"]).good();
    hall.verifier(&["trust", "--bundle", "demo-city/public/bundle.cbor"]).good();
    let numbers = String::from_utf8(hall.read("demo-city/demo-cards.txt")).unwrap();
    let number = numbers.lines().next().unwrap();
    let back = camera::page_of(&hall, &format!("demo-city/cards/{number}.pdf"), 2);
    back.save(hall.file("back.png")).unwrap();
    let kiosk = tests::kiosk::Kiosk::open(&hall, &[]);
    let counter = Counter { hall, kiosk, page };
    counter.go("desk=library&lang=en");
    counter.page.upload("#picture", &counter.hall.file("back.png"));
    assert_eq!(counter.told()[..2], ["valid", "Valid"]);
    assert_eq!(counter.page.text(".number dd"), number);
    assert!(counter.page.shows("#portrait"));
}
