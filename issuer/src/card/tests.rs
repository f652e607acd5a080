//! Whole cards, from their texts to the pages.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lopdf::content::Content;
use lopdf::{Document, decode_text_string};

mod raster;
mod scripts;

use super::codes::{Code, CodeError};
use super::layout::{self, Desk, Plans};
use super::marks::Mark;
use super::memo::Memo;
use crate::words::Words;

use super::units::CARD_DOTS;
use super::{Card, CardError, Field, Fonts, Labels, Name, Paper, Portrait, Press, Problem, Signed};

fn portrait() -> Portrait {
    let ground = image::RgbImage::from_fn(270, 360, |x, y| image::Rgb([200, u8::from(x > y) * 90, 160]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    ground.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    Portrait::from_jpeg(jpeg.into_inner()).unwrap()
}

fn name(text: &str, language: &str) -> Name {
    Name { text: text.to_owned(), language: Some(language.to_owned()) }
}

pub(super) fn card(first: &str, second: Option<Name>) -> Card {
    Card {
        city: "City of Riverton".to_owned(),
        language: "en".to_owned(),
        labels: Labels::of(&Words::built_in(), "en", "en"),
        number: "7QK2-M4XD-9".to_owned(),
        name: name(first, "de"),
        second_name: second,
        guardian: None,
        address: None,
        birth_date: Some("1991-04-23".to_owned()),
        services: vec!["Library".to_owned(), "Clinic".to_owned(), "City transit".to_owned()],
        library_number: None,
        expiry: NaiveDate::from_ymd_opt(2028, 11, 30).unwrap(),
        hotline: Some("+1 555 010 0199".to_owned()),
        notice: vec!["This card belongs to its holder. Do not confiscate it.".to_owned()],
        portrait: Some(portrait()),
    }
}

pub(super) fn signed(card: Card) -> Signed {
    let base45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let text = |length: usize| base45.chars().cycle().take(length).collect::<String>();
    Signed { card, identity_code: text(360), service_code: text(1420) }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

pub(super) fn press() -> Press {
    Press::new(Fonts::new(false)).unwrap()
}

/// All texts that parts of the document are marked with.
fn spoken(pdf: &[u8]) -> Vec<String> {
    let document = Document::load_mem(pdf).unwrap();
    let mut texts = Vec::new();
    for page in document.get_pages().into_values() {
        let content = Content::decode(&document.get_page_content(page)).unwrap();
        let marked = content.operations.iter().filter(|operation| operation.operator == "BDC");
        for properties in marked.map(|operation| operation.operands[1].as_dict().unwrap()) {
            texts.push(decode_text_string(properties.get(b"ActualText").unwrap()).unwrap());
        }
    }
    texts
}

#[test]
fn names_can_be_copied_from_the_pages_in_every_script() {
    let cards = [
        signed(card("Zoë Müller-Nguyễn", None)),
        signed(card("ليلى السلام", Some(name("Layla al-Haddad", "en")))),
        signed(card("ნინო ბერიძე", Some(name("Nino Beridze", "en")))),
    ];
    let pdf = press().print(&cards, now()).unwrap();
    let texts = spoken(&pdf);
    for text in ["Zoë Müller-Nguyễn", "Layla al-Haddad", "ნინო ბერიძე", "Nino Beridze"]
    {
        assert!(texts.iter().any(|spoken| spoken == text), "{text} in {texts:?}");
    }
    // From right to left, letters as seen from the left, where glyphs alone do not tell them.
    let seen: String = "السلام".chars().rev().collect();
    assert!(texts.contains(&seen), "{texts:?}");
    assert_eq!(
        texts.iter().filter(|text| *text == "7QK2-M4XD-9").count(),
        6,
        "the number stands on every side"
    );
}

#[test]
fn printing_repeats_and_keeps_names_out_of_the_metadata() {
    let cards = [signed(card("Zoe Miller", None))];
    let pdf = press().print(&cards, now()).unwrap();
    assert_eq!(pdf, press().print(&cards, now()).unwrap());
    assert_ne!(pdf, press().print(&cards, now() + TimeDelta::seconds(1)).unwrap());
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(pdf.len() < 50_000, "{} bytes", pdf.len());
    assert!(!pdf.windows(3).any(|bytes| bytes == b"Zoe"));
    assert!(pdf.windows(9).any(|bytes| bytes == b"DCTDecode"));
}

#[test]
fn cards_in_one_document_share_fonts() {
    let one = press().print(&[signed(card("Zoë Müller", None))], now()).unwrap();
    let cards: Vec<Signed> = (0..10).map(|_| signed(card("Zoë Müller", None))).collect();
    let ten = press().print(&cards, now()).unwrap();
    assert!(ten.len() < 10 * one.len() - 50_000, "{} and {}", one.len(), ten.len());
}

#[test]
fn absent_fields_leave_no_hole() {
    let mut bare = card("Zoë Müller", None);
    bare.birth_date = None;
    bare.services.clear();
    bare.hotline = None;
    bare.notice.clear();
    press().preflight(&bare).unwrap();
    let fonts = Fonts::new(false);
    let plans = Plans::parse(layout::BUILT_IN).unwrap();
    let desk = Desk { fonts: &fonts, memo: &Memo::default(), plan: &plans.card, with_emblem: false };
    let tops = |card: &Card| {
        let marks = layout::front(desk, card, None).unwrap();
        let texts = marks.into_iter().filter_map(|mark| match mark {
            Mark::Text { block, area, .. } => Some((block.lines[0].text.clone(), area.top)),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    let top = |card: &Card, text: &str| tops(card).into_iter().find(|(known, _)| known == text).unwrap().1;
    let full = card("Zoë Müller", None);
    assert!((top(&bare, "Valid until") - top(&full, "Date of birth")).abs() < 0.01);
}

#[test]
fn a_name_of_two_lines_leaves_room_for_a_second_name() {
    let long = card("Maria Fernanda de los Ángeles Gutiérrez", Some(name("ნინო ბერიძე", "ka")));
    assert_eq!(press().preflight(&long).unwrap().name_lines, 2);
}

#[test]
fn a_name_with_initials_is_told_and_is_the_last_resort() {
    let long = "Maria Fernanda Concepción de los Ángeles Gutiérrez";
    let told = press().preflight(&card(long, Some(name("ნინო ბერიძე", "ka")))).unwrap();
    assert_eq!((told.name_lines, told.shortened), (2, vec![]));
    let longer = "Maria Fernanda Concepción de los Ángeles Esperanza Gutiérrez Villanueva";
    let told = press().preflight(&card(longer, Some(name("ნინო ბერიძე", "ka")))).unwrap();
    let printed = "Maria Fernanda Concepción de los Ángeles Esperanza G. Villanueva";
    assert_eq!(told.shortened, [(Field::Name, printed.to_owned())]);
}

#[test]
fn short_names_are_as_large_as_names_get() {
    for short in ["O", "Ng", "Teller", "王", "ليلى"] {
        let (fonts, plans) = (Fonts::new(true), Plans::parse(layout::BUILT_IN).unwrap());
        let desk = Desk { fonts: &fonts, memo: &Memo::default(), plan: &plans.card, with_emblem: false };
        let marks = layout::front(desk, &card(short, None), None).unwrap();
        let names = marks.into_iter().filter_map(|mark| match mark {
            Mark::Text { block, .. } if block.field == Field::Name => {
                Some((block.lines[0].text.clone(), block.size))
            }
            _ => None,
        });
        assert_eq!(names.collect::<Vec<_>>(), [(short.to_owned(), 11.0)]);
    }
}

#[test]
fn preflight_tells_everything_in_the_way_at_once() {
    let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(2);
    let mut bad = card(&long, Some(name("অনিকা", "bn")));
    bad.notice = vec!["張".to_owned()];
    let Err(CardError::Unprintable { number, problems }) = press().preflight(&bad) else {
        panic!("must fail")
    };
    assert_eq!(number, "7QK2-M4XD-9");
    assert!(matches!(
        &problems[..],
        [
            Problem::TooLong { field: Field::Name, .. },
            Problem::Uncovered {
                field: Field::SecondName,
                script: "Bengali",
                package: "fonts-noto-core",
                ..
            },
            Problem::Uncovered { field: Field::Notice, script: "Han", package: "fonts-noto-cjk", .. },
        ]
    ));
}

#[test]
fn preflight_tells_what_will_be_printed() {
    let told = press().preflight(&card("Zoë Müller", None)).unwrap();
    assert_eq!(told.fonts, ["DejaVuSans", "DejaVuSans-Bold"]);
    assert_eq!((told.name_lines, told.identity_room, told.service_room), (1, 535, 1704));
    assert!((told.name_size - 11.0).abs() < 0.01);
}

#[test]
fn a_code_that_does_not_fit_prints_nothing() {
    let mut large = signed(card("Zoë Müller", None));
    large.service_code = "A".repeat(2000);
    assert!(matches!(
        press().print(&[large], now()),
        Err(CardError::ServiceCode { source: CodeError::TooLong { characters: 2000, .. }, .. })
    ));
}

#[test]
fn proofs_show_what_is_printed() {
    let signed = signed(card("Zoë Müller", None));
    let [front, back] = press().proof(Paper::Card, &signed, 300).unwrap();
    assert_eq!([front.clone(), back.clone()], press().proof(Paper::Card, &signed, 300).unwrap());
    let back = image::load_from_memory(&back).unwrap().into_luma8();
    assert_eq!(back.dimensions(), CARD_DOTS);
    let plans = Plans::parse(layout::BUILT_IN).unwrap();
    let code = Code::fit(&signed.service_code, plans.card.code_sides()[1]).unwrap();
    let dots = code.choice().dots;
    let (left, top) = (
        (1011 - 15 - 608) + (608 - code.choice().side_dots()).div_ceil(2),
        (638 - code.choice().side_dots()) / 2,
    );
    for (x, y) in (0..code.choice().modules()).flat_map(|y| (0..code.choice().modules()).map(move |x| (x, y)))
    {
        let level = if code.dark(x, y) { 0 } else { 255 };
        let corner = (left + (x + 4) * dots, top + (y + 4) * dots);
        for (dx, dy) in [(0, 0), (dots - 1, dots - 1)] {
            assert_eq!(back.get_pixel(corner.0 + dx, corner.1 + dy).0, [level], "{x} {y}");
        }
    }
}
