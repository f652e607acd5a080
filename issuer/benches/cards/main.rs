//! How fast cards are printed, and how large they get: `cargo bench -p issuer --features beside-krilla`.
//!
//! On one core, as the targets are meant: `taskset -c 0 cargo bench -p issuer --features beside-krilla`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a measurement, not a program"
)]

use std::time::Instant;

use chrono::{DateTime, NaiveDate};
use issuer::card::photo::FACE_BUDGET;
use issuer::card::{Card, Emblem, Fonts, Labels, Name, Photo, Press, Signed, portrait};
use issuer::words::{Message, Words};

mod krilla;

use self::krilla::{Krilla, Ready};

const EMBLEM: &[u8] = include_bytes!("../../src/card/emblem.svg");

const IN_ONE: usize = 500;
const ROUNDS: usize = 15;

fn main() {
    let press = Press::new(Fonts::new(true)).unwrap();
    let photos = photos();
    let cards: Vec<Signed> = (0..IN_ONE).map(|seed| card(seed, &photos)).collect();
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    // Fonts are read once.
    let all = press.print(&cards, now).unwrap();
    let one = press.print(&cards[..1], now).unwrap();
    let seconds = median(|round| drop(press.print(&cards[round..=round], now).unwrap()));
    report("one card a document", 1.0 / seconds, one.len());
    let (press, emblem) = (Press::new(Fonts::new(true)).unwrap(), Emblem::read(EMBLEM).unwrap());
    let press = press.with_emblem(&emblem).unwrap();
    let arabic: Vec<Signed> = (0..ROUNDS).map(|seed| in_arabic(card(seed, &photos))).collect();
    let longest = arabic.iter().map(|card| press.print(std::slice::from_ref(card), now).unwrap().len()).max();
    let seconds = median(|round| drop(press.print(&arabic[round..=round], now).unwrap()));
    report("one in Arabic and English, with emblem", 1.0 / seconds, longest.unwrap());
    let seconds = median(|_| drop(press.print(&cards, now).unwrap()));
    report(&format!("{IN_ONE} in a document"), IN_ONE as f64 / seconds, all.len() / IN_ONE);
    if let Some(peak) = peak() {
        println!("{:42}{peak:>7} MB at most until here", "memory, with the cards themselves:");
    }
    let seconds = median(|round| drop(press.preflight(&cards[round].card).unwrap()));
    println!("{:42}{:7.0} a second", "layout alone:", 1.0 / seconds);
    let made = || {
        let photo = Photo::decode(&photos[0]).unwrap();
        (photo.portrait_jpeg().unwrap(), photo.face_webp(FACE_BUDGET).unwrap())
    };
    let seconds = median(|_| drop(made()));
    let (portrait, face) = made();
    let sizes = format!("{} and {} bytes", portrait.jpeg().len(), face.len());
    println!("{:42}{:7.0} a second, {sizes}", "a photo made portrait and face:", 1.0 / seconds);
    let ready: Vec<Ready> = cards.iter().map(Ready::of).collect();
    let krilla = Krilla::new();
    let (one, all) = (krilla.print(&ready[..1]), krilla.print(&ready));
    let seconds = median(|round| drop(krilla.print(&ready[round..=round])));
    report("krilla, one card a document", 1.0 / seconds, one.len());
    let seconds = median(|_| drop(krilla.print(&ready)));
    report(&format!("krilla, {IN_ONE} in a document"), IN_ONE as f64 / seconds, all.len() / IN_ONE);
}

fn report(what: &str, a_second: f64, bytes: usize) {
    println!("{:42}{a_second:7.0} a second, {bytes:6} bytes a card", format!("{what}:"));
}

/// The most memory that the process has taken, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1000)
}

fn median(mut work: impl FnMut(usize)) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            let start = Instant::now();
            work(round);
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Every card of another person: names, numbers, codes and pictures differ.
fn card(seed: usize, photos: &[Vec<u8>]) -> Signed {
    let given = ["Zoë", "Maria Fernanda", "Nino", "Layla", "Oleksandr", "Thị Hương"][seed % 6];
    let family = ["Müller-Nguyễn", "de los Ángeles Gutiérrez", "Beridze", "al-Haddad", "Koval"][seed % 5];
    let second = [("ليلى الحداد", "ar"), ("ნინო ბერიძე", "ka"), ("Олександр Коваль", "uk")][seed % 3];
    let photo = &photos[seed % photos.len()];
    let name =
        |text: &str, language: &str| Name { text: text.to_owned(), language: Some(language.to_owned()) };
    Signed {
        card: Card {
            city: "City of Riverton".to_owned(),
            language: "en".to_owned(),
            labels: Labels::of(&Words::built_in(), "en", "en"),
            number: format!("7QK2-{seed:04}-9"),
            name: name(&format!("{given} {family}"), "en"),
            second_name: Some(name(second.0, second.1)),
            guardian: None,
            address: None,
            birth_date: Some(format!("19{:02}-04-23", seed % 100)),
            services: ["Library", "Clinic", "Bus and tram"].map(str::to_owned).to_vec(),
            library_number: Some("10990000000004".to_owned()),
            expiry: NaiveDate::from_ymd_opt(2028, 11, 30).unwrap(),
            hotline: Some("+1 555 0100".to_owned()),
            notice: vec!["This card belongs to its holder. Do not confiscate it.".to_owned()],
            portrait: Some(Photo::decode(photo).unwrap().portrait_jpeg().unwrap()),
        },
        identity_code: text(449, seed),
        service_code: text(1341, seed),
    }
}

fn in_arabic(card: Signed) -> Signed {
    let words = Words::built_in();
    let notice = [Message::BackIs, Message::BackIsNot, Message::BackKeep];
    let card = Signed { card: Card { language: "ar".to_owned(), ..card.card }, ..card };
    Signed {
        card: Card {
            labels: Labels::of(&words, "ar", "en"),
            services: ["المكتبة", "العيادة", "الحافلات"].map(str::to_owned).to_vec(),
            notice: notice.map(|message| words.say("ar", message, &[])).to_vec(),
            ..card.card
        },
        ..card
    }
}

fn photos() -> Vec<Vec<u8>> {
    (0..16).map(|seed| portrait::drawn(seed).unwrap()).collect()
}

/// A text that looks like Base45 of a compressed credential.
fn text(length: usize, seed: usize) -> String {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut state = seed as u64 * 0x9E37_79B9 + 1;
    let letters = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[(state >> 33) as usize % alphabet.len()])
    });
    letters.take(length).collect()
}
