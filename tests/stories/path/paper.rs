//! From a row in a spreadsheet to a verdict on a picture of the printed card.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::hall::Hall;

const RESIDENTS: &str = "\
language,full_name,second_name,second_lang,birth_date,services,photo
en,Zoë Müller-Nguyễn,,,1988-03-09,library transit,zoe.jpg
ar,Layla al-Haddad,ليلى الحداد,ar,1990-05-15,,layla.jpg
en,Nino Beridze,ნინო ბერიძე,ka,2001,clinic,nino.jpg
";

/// A city with three residents whose cards are issued; the JSON line of each.
fn city(story: &str) -> (Hall, Vec<Value>) {
    let hall = Hall::new(story);
    for (seed, name) in ["zoe", "layla", "nino"].into_iter().enumerate() {
        let portrait = issuer::card::portrait::drawn(u64::try_from(seed).unwrap()).unwrap();
        hall.write(&format!("{name}.jpg"), portrait);
    }
    let cards = hall.issue(RESIDENTS);
    hall.publish_and_trust();
    (hall, cards)
}

fn text<'a>(card: &'a Value, key: &str) -> &'a str {
    card[key].as_str().unwrap()
}

#[test]
fn a_printed_card_is_scanned_and_good() {
    let (hall, cards) = city("paper");
    assert_eq!(cards.iter().map(|card| card["row"].clone()).collect::<Vec<_>>(), [1, 2, 3]);
    let written: BTreeSet<&str> =
        cards.iter().flat_map(|card| [text(card, "identity_qr"), text(card, "service_qr")]).collect();
    assert_eq!(written.len(), 6);

    hall.run("qpdf", &["--check", "cards.pdf"]);
    for dpi in ["300", "200"] {
        hall.run("pdftoppm", &["-r", dpi, "-png", "cards.pdf", &format!("page-{dpi}")]);
        let pages: Vec<String> = (1..=6).map(|page| format!("page-{dpi}-{page}.png")).collect();
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        // A second reader, which shares no code with ours.
        let read = hall
            .run("zbarimg", &[&["-q", "--raw", "-Sdisable", "-Sqrcode.enable"], pages.as_slice()].concat());
        let read: BTreeSet<&str> = read.lines().collect();
        assert_eq!(read, written, "zbar at {dpi} dpi");
        // Ours, with the verdict.
        let verdicts = hall.verifier(&[&["check", "--json"], pages.as_slice()].concat()).good().json();
        assert_eq!(verdicts.len(), 6, "at {dpi} dpi");
        for (place, verdict) in verdicts.iter().enumerate() {
            assert_eq!(verdict["outcome"], "valid", "{verdict}");
            assert_eq!(verdict["number"], cards[place / 2]["number"]);
            assert_eq!(verdict["kind"], if place % 2 == 0 { "identity" } else { "service" });
            assert_eq!(verdict["dialect"], "spec");
        }
    }
}

#[test]
fn each_code_says_what_it_should_and_no_more() {
    let (hall, cards) = city("claims");
    let verdict = |card: usize, code: &str, desk: &[&str]| {
        let answer = hall.check_lines(desk, text(&cards[card], code)).json();
        assert_eq!(answer.len(), 1);
        answer[0].clone()
    };
    let layla = verdict(1, "identity_qr", &[]);
    assert_eq!(
        layla["claims"],
        json!({
            "full_name": "Layla al-Haddad", "second_name": "ليلى الحداد", "second_lang": "ar",
            "birth_date": "19900515", "language": "ar",
        })
    );
    assert_eq!(layla["services"], json!(["library", "clinic", "transit"]));
    assert_eq!(layla["issuer"], "https://card.alder.example");
    assert!(layla["lists_age_s"].as_u64().unwrap() < 600);
    // A year alone is printed and stays out of the credential.
    assert_eq!(verdict(2, "identity_qr", &[])["claims"]["birth_date"], Value::Null);
    let service = verdict(0, "service_qr", &[]);
    assert_eq!(service["claims"].as_object().unwrap().keys().collect::<Vec<_>>(), ["face"]);
    assert_eq!(service["claims"]["face"]["format"], "webp");
    // The transit desk sees no name, even when the identity code is scanned.
    let transit = verdict(1, "identity_qr", &["--desk", "transit"]);
    assert_eq!((&transit["outcome"], &transit["claims"]), (&json!("valid"), &json!({"language": "ar"})));
    // A card opens what it names.
    let refused = verdict(2, "service_qr", &["--desk", "library"]);
    assert_eq!(
        (&refused["outcome"], &refused["reason"]),
        (&json!("not_valid"), &json!("service_not_granted"))
    );
}

#[test]
fn names_come_back_from_the_printed_page() {
    let (hall, _) = city("names");
    let printed = hall.run("pdftotext", &["cards.pdf", "-"]);
    for name in ["Zoë Müller-Nguyễn", "Layla al-Haddad", "Nino Beridze", "ნინო ბერიძე"]
    {
        assert!(printed.contains(name), "{name} is not in:\n{printed}");
    }
    // Right to left, poppler gives the letters back between marks of direction.
    let letters: String = printed.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202c}')).collect();
    assert!(letters.contains("ليلى") && letters.contains("الحداد"), "{printed}");
    let about = hall.run("pdfinfo", &["cards.pdf"]);
    for name in ["Zoë", "Layla", "Nino", "ليلى"] {
        assert!(!about.contains(name), "{about}");
    }
    assert!(about.contains("Pages:           6"), "{about}");
}

#[test]
fn a_sheet_carries_every_code_and_the_bars_of_libraries() {
    let hall = Hall::new("sheet");
    hall.write(
        "residents.csv",
        RESIDENTS.replace(",zoe.jpg", ",").replace(",layla.jpg", ",").replace(",nino.jpg", ","),
    );
    let arguments = [
        "issue",
        "--json",
        "--batch",
        "residents.csv",
        "--out",
        "sheets.pdf",
        "--layout",
        "a4",
        "--skip",
        "9",
    ];
    let cards = hall.issuer(&arguments).good().json();
    hall.run("qpdf", &["--check", "sheets.pdf"]);
    hall.run("pdftoppm", &["-r", "300", "-png", "sheets.pdf", "sheet"]);
    // One place was left on the first sheet: the others go to a second one.
    let pages = ["sheet-1.png", "sheet-2.png", "sheet-3.png", "sheet-4.png"];
    let codes = |page: &str| {
        let read = hall.run("zbarimg", &["-q", "--raw", "-Sdisable", "-Sqrcode.enable", page]);
        read.lines().map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let written = |key: &str, rows: std::ops::Range<usize>| {
        cards[rows].iter().map(|card| text(card, key).to_owned()).collect::<BTreeSet<String>>()
    };
    assert_eq!(codes(pages[0]), written("identity_qr", 0..1));
    assert_eq!(codes(pages[1]), written("service_qr", 0..1));
    assert_eq!(codes(pages[2]), written("identity_qr", 1..3));
    assert_eq!(codes(pages[3]), written("service_qr", 1..3));
    // The second resident asked for everything, the third for the clinic alone.
    let bars = hall.run("zbarimg", &["-q", "--raw", "-Sdisable", "-Scode128.enable", pages[3]]);
    let number = shared::id::CardNumber::parse(text(&cards[1], "number")).unwrap();
    assert_eq!(bars.lines().collect::<Vec<_>>(), [issuer::card::library_number(&number).unwrap()]);
}
