//! How fast cards are printed, and how large they get: `cargo bench -p issuer`.
//!
//! On one core, as the targets are meant: `taskset -c 0 cargo bench -p issuer`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a measurement, not a program"
)]

use std::time::Instant;

use chrono::{DateTime, NaiveDate};
use issuer::card::{Card, Fonts, Labels, Name, Photo, Press, Signed, portrait};
use issuer::words::Words;

const IN_ONE: usize = 500;
const ROUNDS: usize = 15;

fn main() {
    let press = Press::new(Fonts::new(true)).unwrap();
    let cards: Vec<Signed> = (0..IN_ONE).map(card).collect();
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    // Fonts are read once.
    let one = press.print(&cards[..1], now).unwrap();
    let photo = cards[0].card.portrait.as_ref().unwrap().jpeg().len();
    println!("photo in each card: {photo} bytes (made beforehand)");
    let seconds = median(|round| drop(press.print(&cards[round..=round], now).unwrap()));
    println!("one card a document: {:6.0} a second, {} bytes", 1.0 / seconds, one.len());
    let all = press.print(&cards, now).unwrap();
    let seconds = median(|_| drop(press.print(&cards, now).unwrap()));
    println!(
        "{IN_ONE} in a document: {:6.0} a second, {} bytes a card",
        IN_ONE as f64 / seconds,
        all.len() / IN_ONE
    );
    let seconds = median(|round| drop(press.preflight(&cards[round].card).unwrap()));
    println!("layout alone:        {:6.0} a second", 1.0 / seconds);
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
fn card(seed: usize) -> Signed {
    let given = ["Zoë", "Maria Fernanda", "Nino", "Layla", "Oleksandr", "Thị Hương"][seed % 6];
    let family = ["Müller-Nguyễn", "de los Ángeles Gutiérrez", "Beridze", "al-Haddad", "Koval"][seed % 5];
    let second = [("ليلى الحداد", "ar"), ("ნინო ბერიძე", "ka"), ("Олександр Коваль", "uk")][seed % 3];
    let jpeg = portrait::drawn(seed as u64 % 16).unwrap();
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
            portrait: Some(Photo::decode(&jpeg).unwrap().portrait_jpeg().unwrap()),
        },
        identity_code: text(449, seed),
        service_code: text(1341, seed),
    }
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
