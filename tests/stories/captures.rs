//! Codes of printed cards, seen by scanners and by cameras at counters, read by three readers that share no code:
//! ours, zbar, and (feature `zxing-cpp`) zxing-cpp.
//!
//! `cargo test -p tests captures -- --nocapture` prints how many captures each reader read.

mod readers;

use std::collections::{BTreeMap, BTreeSet};

use image::GrayImage;
use readers::{Reader, libraries, readers};
use serde_json::Value;
use tests::captures::{CAPTURES, Camera, Trouble, cut_out, series};
use tests::hall::Hall;

/// What cards are printed on: a name, and what `issuer issue` is told. Every code on each of them is read.
const LAYOUTS: [(&str, &[&str]); 4] = [
    ("card", &[]),
    ("a4", &["--layout", "a4"]),
    ("a4-short", &["--layout", "a4", "--per-sheet", "8", "--duplex", "short"]),
    ("letter", &["--layout", "letter"]),
];

/// A card in dots of 300 dpi.
const CARD: (u32, u32) = (1011, 638);

/// A code where it was printed: its card alone, as a picture of 300 dpi.
struct Printed {
    card: GrayImage,
    /// Pages of fronts have identity codes, pages of backs have service codes.
    is_front: bool,
}

/// A city with a card for each resident: portraits make the service codes as large as they get.
fn city(story: &str) -> (Hall, Vec<Value>) {
    let hall = Hall::new(story);
    for (seed, name) in ["zoe", "layla"].into_iter().enumerate() {
        let portrait = issuer::card::portrait::drawn(u64::try_from(seed).unwrap()).unwrap();
        hall.write(&format!("{name}.jpg"), portrait);
    }
    let cards = hall.issue(
        "language,full_name,second_name,second_lang,birth_date,services,photo\n\
         en,Zoë Müller-Nguyễn,,,1988-03-09,library clinic,zoe.jpg\n\
         ar,Layla al-Haddad,ليلى الحداد,ar,1990-05-15,,layla.jpg\n",
    );
    (hall, cards)
}

fn texts(cards: &[Value]) -> BTreeSet<String> {
    let of = |card: &Value, key: &str| card[key].as_str().unwrap().to_owned();
    cards.iter().flat_map(|card| [of(card, "identity_qr"), of(card, "service_qr")]).collect()
}

/// The pages of a PDF as pictures.
fn rasters(hall: &Hall, pdf: &str, dpi: &str) -> Vec<String> {
    let name = format!("{pdf}-{dpi}");
    hall.run("pdftoppm", &["-r", dpi, "-gray", "-png", pdf, &name]);
    let mut pages: Vec<String> = std::fs::read_dir(hall.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| file.starts_with(&format!("{name}-")))
        .collect();
    pages.sort();
    assert!(!pages.is_empty());
    pages
}

/// Every code of a PDF with its card cut out of the page, found by measuring the file.
fn printed(hall: &Hall, pdf: &str) -> Vec<Printed> {
    let pages: Vec<GrayImage> = rasters(hall, pdf, "300")
        .iter()
        .map(|page| image::open(hall.file(page)).unwrap().into_luma8())
        .collect();
    let found = hall.issuer(&["card", "check", "--json", pdf]).good().json();
    let number = |value: &Value| value.as_f64().unwrap();
    let dots = |mm: f64| format!("{:.0}", mm / 25.4 * 300.0).parse::<i64>().unwrap();
    let printed = found.iter().map(|code| {
        let page = usize::try_from(code["page"].as_u64().unwrap()).unwrap();
        assert_eq!(code["card_known"], true, "{code}");
        let left = dots(number(&code["on_page_mm"][0]) - number(&code["left_mm"]));
        let top = dots(number(&code["on_page_mm"][1]) - number(&code["top_mm"]));
        Printed { card: cut_out(&pages[page - 1], left, top, CARD), is_front: page % 2 == 1 }
    });
    printed.collect()
}

#[test]
fn every_code_on_every_layout_is_read_by_every_reader() {
    let (hall, first) = city("layouts");
    let mut written = texts(&first);
    let mut tally: BTreeMap<(Hardship, Reader), (usize, usize)> = BTreeMap::new();
    for (layout, arguments) in LAYOUTS {
        let pdf = format!("{layout}.pdf");
        if layout == "card" {
            std::fs::rename(hall.file("cards.pdf"), hall.file(&pdf)).unwrap();
        } else {
            let issue = ["issue", "--again", "--json", "--batch", "residents.csv", "--out", &pdf];
            written = texts(&hall.issuer(&[&issue[..], arguments].concat()).good().json());
        }
        assert_eq!(written.len(), 4);
        for dpi in ["300", "200"] {
            let pages = rasters(&hall, &pdf, dpi);
            for reader in readers() {
                let read: BTreeSet<String> =
                    pages.iter().flat_map(|page| reader.read(&hall.file(page))).collect();
                assert_eq!(read, written, "{reader:?}, {layout} at {dpi} dpi");
            }
        }
        let codes = printed(&hall, &pdf);
        for (hardship, camera) in hard() {
            for code in &codes {
                hall.write("frame.jpg", camera.take(&code.card));
                for reader in readers() {
                    let read = reader.read(&hall.file("frame.jpg"));
                    assert!(
                        read.iter().all(|text| written.contains(text)),
                        "{reader:?} read what was not written"
                    );
                    let (good, of) = tally.entry((hardship, reader)).or_default();
                    *good += usize::from(!read.is_empty());
                    *of += 1;
                }
            }
        }
    }
    for ((hardship, reader), (good, of)) in tally {
        println!("{hardship:?}, {reader:?}: {good} of {of}");
        assert!(100 * good >= least(reader, hardship) * of, "{hardship:?}, {reader:?}: {good} of {of}");
    }
}

/// What makes reading hard for an old webcam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hardship {
    /// A blur of 1.5 pixels.
    Blur,
    /// JPEG of quality 50.
    Jpeg,
    /// 20 degrees to one of four sides.
    Tilt,
    /// All of these.
    All,
}

/// Of 100 codes, how many a reader must read. Ours reads all; the others show how far our codes carry without what
/// our reader does to a picture first. zbar reads no code blurred by 1.5 pixels and half of the tilted ones.
fn least(reader: Reader, hardship: Hardship) -> usize {
    match (reader, hardship) {
        (Reader::Ours, _) | (_, Hardship::Jpeg) => 100,
        (Reader::Zbar, _) => 0,
        #[cfg(feature = "zxing-cpp")]
        (Reader::ZxingCpp, Hardship::Tilt) => 100,
        #[cfg(feature = "zxing-cpp")]
        (Reader::ZxingCpp, Hardship::Blur) => 90,
        #[cfg(feature = "zxing-cpp")]
        (Reader::ZxingCpp, Hardship::All) => 75,
    }
}

/// An old webcam: 1280 x 720 pixels, the card filling 60 % of the width.
fn hard() -> Vec<(Hardship, Camera)> {
    let blur = Camera { blur: 1.5, ..Camera::GOOD };
    let mut hard = vec![(Hardship::Blur, blur), (Hardship::Jpeg, Camera { quality: 50, ..Camera::GOOD })];
    for tilt in [[20.0, 0.0, 0.0], [-20.0, 0.0, 0.0], [0.0, 20.0, 0.0], [0.0, -20.0, 0.0]] {
        hard.push((Hardship::Tilt, Camera { tilt, ..Camera::GOOD }));
        hard.push((Hardship::All, Camera { tilt, quality: 50, ..blur }));
    }
    hard
}

#[test]
fn codes_are_read_from_captures() {
    let (hall, cards) = city("captures");
    let written = texts(&cards);
    let codes = printed(&hall, "cards.pdf");
    let [identity, service] =
        [true, false].map(|front| codes.iter().find(|code| code.is_front == front).unwrap());
    for (name, code) in [("identity", identity), ("service", service)] {
        let captures: Vec<(Trouble, Camera)> = series().collect();
        let halves: Vec<_> = captures.chunks(captures.len().div_ceil(2)).collect();
        let mut tally: BTreeMap<(Reader, Trouble), u64> = BTreeMap::new();
        std::thread::scope(|scope| {
            let running: Vec<_> = halves
                .into_iter()
                .enumerate()
                .map(|(half, captures)| {
                    let (hall, written) = (&hall, &written);
                    scope.spawn(move || read_all(hall, &format!("{name}-{half}"), code, captures, written))
                })
                .collect();
            for counted in running {
                for (key, count) in counted.join().unwrap() {
                    *tally.entry(key).or_default() += count;
                }
            }
        });
        for reader in libraries() {
            let count = |trouble| tally.get(&(reader, trouble)).copied().unwrap_or(0);
            let all: u64 = Trouble::ALL.into_iter().map(count).sum();
            let each: Vec<String> =
                Trouble::ALL.into_iter().map(|trouble| format!("{trouble:?} {}", count(trouble))).collect();
            println!("{name}, {reader:?}: {all} of {CAPTURES} ({})", each.join(", "));
            // Ours reads nearly all; 94 % by any good reader is what the size of modules was chosen for.
            let least = if reader == Reader::Ours { 97 } else { 94 };
            assert!(100 * all >= least * CAPTURES, "{name}, {reader:?}: {all} of {CAPTURES}");
        }
    }
}

/// How many captures each reader read, by trouble.
fn read_all(
    hall: &Hall,
    name: &str,
    code: &Printed,
    captures: &[(Trouble, Camera)],
    written: &BTreeSet<String>,
) -> BTreeMap<(Reader, Trouble), u64> {
    let mut tally = BTreeMap::new();
    let frame = format!("{name}.jpg");
    for (trouble, camera) in captures {
        hall.write(&frame, camera.take(&code.card));
        for reader in libraries() {
            let read = reader.read(&hall.file(&frame));
            assert!(read.iter().all(|text| written.contains(text)), "{reader:?} read what was not written");
            *tally.entry((reader, *trouble)).or_default() += u64::from(!read.is_empty());
        }
    }
    tally
}
