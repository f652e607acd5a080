use super::*;
use crate::card::error::Problem;
use crate::card::marks::{Align, Area, Mark};
use crate::card::{Fonts, Press};
use crate::words::{Message, Words};

const CODE: [u8; 10] = [0xe7, 0x39, 0xce, 0x73, 0x9c, 0xe7, 0x39, 0xce, 0x73, 0x9c];

fn texts(words: &Words, language: &str, services: &[(&str, &str)]) -> SlipTexts {
    let say = |message| {
        words.say(language, message, &[("date", "2028-11-30"), ("hotline", "+1\u{A0}555\u{A0}0100")])
    };
    let opened =
        |(title, scope): &(&str, &str)| Opened { title: (*title).to_owned(), scope: (*scope).to_owned() };
    SlipTexts {
        language: language.to_owned(),
        city: "City of Riverton".to_owned(),
        card: say(Message::CardTitle),
        title: say(Message::SlipTitle),
        number: say(Message::SlipNumber),
        valid: say(Message::SlipValid),
        opens: say(Message::SlipOpens),
        services: services.iter().map(opened).collect(),
        recovery: say(Message::SlipRecovery),
        keep: say(Message::SlipRecoveryWhy),
        lost_title: say(Message::SlipLostTitle),
        lost: say(Message::SlipLost),
        kept_title: say(Message::SlipKeptTitle),
        kept: [Message::SlipKeptUntil, Message::SlipKeptAfter, Message::SlipNever].map(say).to_vec(),
        printed: say(Message::SlipPrint),
    }
}

const SERVICES: [(&str, &str); 5] = [
    ("Library", "Borrow books and use the computers in every city library of Riverton and its suburbs."),
    ("Clinic", "Register and be seen at the city's clinics. Nobody asks about your papers."),
    ("Bus and tram", "Travel by bus and tram at the residents' fare, also at night and on Sundays."),
    ("Museums", "See every museum of the city, with two children at no charge."),
    ("Swimming pools", "Swim in every pool of the city at half the price."),
];

fn slip(first: &str, second: Option<&str>, services: &[(&str, &str)]) -> Slip {
    let words = Words::built_in();
    Slip {
        number: "7QK2-M4XD-9".to_owned(),
        recovery: RecoveryCode::from_random(&CODE),
        hotline: "+1 555 0100".to_owned(),
        first: texts(&words, first, services),
        second: second.map(|second| texts(&words, second, services)),
    }
}

/// The boxes of all texts, as high as the texts are.
fn boxes(marks: &[Mark]) -> Vec<(Area, String)> {
    let texts = marks.iter().filter_map(|mark| match mark {
        Mark::Text { block, area, .. } => {
            Some((Area { height: block.height(), ..*area }, block.lines[0].text.clone()))
        }
        _ => None,
    });
    texts.collect()
}

#[test]
fn every_pair_of_languages_fits_and_nothing_overlaps() {
    let words = Words::built_in();
    let fonts = Fonts::new(false);
    for first in words.languages() {
        for second in ["ar", "de", "en", "uk"] {
            let slip = slip(first, Some(second).filter(|second| *second != first), &SERVICES);
            let marks =
                side(&fonts, &slip, true).unwrap_or_else(|problems| panic!("{first} {second}: {problems:?}"));
            let boxes = boxes(&marks);
            for (place, (area, text)) in boxes.iter().enumerate() {
                assert!(area.left >= 13.9 && area.left + area.width <= 134.1, "{text} is in the margin");
                assert!(area.top + area.height <= 201.0, "{text} is below the foot");
                for (other, beside) in &boxes[..place] {
                    let apart = area.left + area.width <= other.left + 0.01
                        || other.left + other.width <= area.left + 0.01
                        || area.top + area.height <= other.top + 0.01
                        || other.top + other.height <= area.top + 0.01;
                    assert!(apart, "{first} {second}: {text} stands on {beside}");
                }
            }
        }
    }
}

#[test]
fn languages_begin_where_they_are_read_from() {
    let fonts = Fonts::new(false);
    let places = |first, second| {
        let marks = side(&fonts, &slip(first, Some(second), &SERVICES), false).unwrap();
        let of_title = |language| {
            let title = Words::built_in().say(language, Message::SlipLostTitle, &[]);
            let found = marks.iter().find_map(|mark| match mark {
                Mark::Text { block, area, align } if block.lines[0].text == title => {
                    Some((area.left, *align))
                }
                _ => None,
            });
            found.unwrap()
        };
        [of_title(first), of_title(second)]
    };
    let [english, arabic] = places("en", "ar");
    assert!(english.0 < 15.0 && arabic.0 > 80.0);
    assert_eq!(
        (english.1, arabic.1),
        (Align::Start, Align::Start),
        "a text from the right begins on the right"
    );
    let [arabic, english] = places("ar", "en");
    assert!(english.0 < 15.0 && arabic.0 > 60.0, "mirrored");
    assert_eq!((english.1, arabic.1), (Align::Left, Align::End));
}

#[test]
fn what_is_too_long_names_its_field() {
    let fonts = Fonts::new(false);
    let long = "Borrow books and use the computers. ".repeat(13);
    let many = [("Library", long.as_str()); 9];
    let problems = side(&fonts, &slip("de", Some("en"), &many), true).unwrap_err();
    let [Problem::SlipTooTall { needed_mm, height_mm, longest: Field::Services }] = problems[..] else {
        panic!("{problems:?}");
    };
    assert!(needed_mm > height_mm && height_mm > 100.0);
    let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(3);
    let problems = side(&fonts, &slip("de", Some("en"), &[(&word, "x")]), true).unwrap_err();
    assert!(
        problems.iter().all(|problem| matches!(problem, Problem::TooLong { field: Field::Services, .. })),
        "{problems:?}"
    );
    let mut foreign = slip("en", None, &SERVICES);
    foreign.hotline = "張".to_owned();
    let problems = side(&fonts, &foreign, true).unwrap_err();
    assert!(
        matches!(&problems[..], [Problem::Uncovered { field: Field::Hotline, script: "Han", .. }]),
        "{problems:?}"
    );
}

#[test]
fn a_slip_repeats_and_its_debug_tells_no_code() {
    let press = Press::new(Fonts::new(false)).unwrap();
    let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let slips = [slip("ar", Some("en"), &SERVICES), slip("en", None, &SERVICES)];
    let pdf = press.print_slips(&slips, now).unwrap();
    assert_eq!(pdf, press.print_slips(&slips, now).unwrap());
    let document = lopdf::Document::load_mem(&pdf).unwrap();
    assert_eq!(document.get_pages().len(), 2);
    let catalog = document.catalog().unwrap();
    let preferences = catalog.get(b"ViewerPreferences").unwrap().as_dict().unwrap();
    assert_eq!(preferences.get(b"Duplex").unwrap().as_name().unwrap(), b"Simplex");
    assert!(preferences.get(b"PrintScaling").is_err());
    assert!(!format!("{slips:?}").contains("WWWW"));
    assert_eq!(*slips[0].recovery.printed(), "WWWW-WWWW-WWWW-WWWW");
}
