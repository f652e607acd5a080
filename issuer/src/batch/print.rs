//! From an issued card to the card on paper.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

use super::output::Product;
use super::slip::{slip, slip_of};
use super::{Row, RowError, RowWrong, Shortened};
use crate::card::{self, CardError, Label, Labels, Name, Paper, Press};
use crate::config::{City, Field, Text, Texts};
use crate::issuance::{Application, Draft, IssuedCard, Terms};
use crate::recovery::RecoveryCode;
use crate::resident::Resident;
use crate::words::{Message, Words};
use crate::{Error, Issuer, parallel};

/// A number of the usual width, for trying a card out before it has its own.
pub(super) const SAMPLE_NUMBER: &str = "0000-0000-0";
/// `WWWW-WWWW-WWWW-WWWW`, the widest recovery code there is.
const WIDEST_CODE: [u8; 10] = [0xe7, 0x39, 0xce, 0x73, 0x9c, 0xe7, 0x39, 0xce, 0x73, 0x9c];

/// Lays out a card, and its slip where slips are asked for, before anything is signed. Gives the names that are printed
/// with initials.
pub(super) fn preflight(
    press: &Press,
    city: &City,
    row: &Row,
    products: &[Product],
    now: DateTime<Utc>,
) -> Result<Vec<Shortened>, Vec<RowError>> {
    let (terms, day) = (Terms::of(city, now), now.date_naive());
    let face = face(press, city, &row.application, SAMPLE_NUMBER, terms);
    let lengths = Draft::code_lengths(city, &row.application, terms).map_err(|error| error.to_string());
    let card = |paper| {
        let told = press.preflight_on(paper, &face).map_err(|error| problems(&error))?;
        codes_fit(lengths.clone()?, [told.identity_room, told.service_room])?;
        Ok(told.shortened)
    };
    let sample = || (SAMPLE_NUMBER, RecoveryCode::from_random(&WIDEST_CODE));
    let slip = || {
        press.preflight_slip(&slip_of(press, city, &row.application.resident, sample(), terms, day))?;
        Ok(Vec::new())
    };
    let (mut shortened, mut errors) = (Vec::new(), Vec::new());
    for product in products {
        let told = match product {
            Product::Cards(paper) => card(*paper),
            Product::Proofs => card(Paper::Card),
            Product::Slips => slip().map_err(|error| format!("slip: {}", problems(&error))),
        };
        let line = row.line;
        match told {
            Ok(names) => {
                shortened.extend(names.into_iter().map(|(field, printed)| Shortened {
                    line,
                    field,
                    printed,
                }));
            }
            Err(wrong) => errors.push(RowError { line, column: None, wrong: RowWrong::Unprintable(wrong) }),
        }
    }
    // What two outputs have in common is said once.
    errors.dedup();
    shortened.dedup();
    if errors.is_empty() { Ok(shortened) } else { Err(errors) }
}

/// Whether a card's data fit its codes, found out before the card has a number.
pub(super) fn codes_fit(lengths: [usize; 2], rooms: [usize; 2]) -> Result<(), String> {
    for ((code, length), room) in ["identity", "service"].into_iter().zip(lengths).zip(rooms) {
        if length > room {
            return Err(format!(
                "the {code} code would take {length} characters and has room for {room}; shorten the names, or leave \
                 out what the city puts into that code (city.toml)"
            ));
        }
    }
    Ok(())
}

/// What is in the way, in a line.
pub(super) fn problems(error: &CardError) -> String {
    match error {
        CardError::Unprintable { problems, .. } => {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// Dots an inch of pictures for screens: 1011 x 638 pixels a side.
const PROOF_DPI: u32 = 300;

/// Pictures of the fronts and backs of cards in a folder.
pub(super) fn proofs(
    press: &Press,
    issuer: &Issuer,
    cards: &[IssuedCard],
    folder: &Path,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let made = parallel::map(cards, |card| {
        let number = card.draft.number();
        let sides = press.proof(Paper::Card, &printable(press, &issuer.city, card), PROOF_DPI)?;
        let names = ["front", "back"].map(|side| folder.join(format!("{number}-{side}.png")));
        Ok(names.into_iter().zip(sides).collect::<Vec<_>>())
    });
    Ok(made.into_iter().collect::<Result<Vec<_>, CardError>>()?.concat())
}

/// The document of issued cards or of their slips, as PDF.
///
/// # Errors
/// When it cannot be printed, or is none: pictures are many files.
pub fn document(
    press: &Press,
    issuer: &Issuer,
    product: Product,
    cards: &[IssuedCard],
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Error> {
    match product {
        Product::Cards(paper) => {
            let cards: Vec<_> = cards.iter().map(|card| printable(press, &issuer.city, card)).collect();
            Ok(press.print_on(paper, &cards, now)?)
        }
        Product::Slips => {
            let slips: Vec<_> =
                cards.iter().filter_map(|card| slip(press, &issuer.city, card, now)).collect();
            if slips.is_empty() { Err(no_slips()) } else { Ok(press.print_slips(&slips, now)?) }
        }
        Product::Proofs => Err(Error::Refused("pictures of cards are no document".to_owned())),
    }
}

/// Slips are asked for of cards none of which has a new recovery code.
pub(super) fn no_slips() -> Error {
    Error::Refused("every card of this batch was handed over with its slip; run it without slips".to_owned())
}

/// The card as it is printed.
#[must_use]
pub fn printable(press: &Press, city: &City, issued: &IssuedCard) -> card::Signed {
    let draft = &issued.draft;
    card::Signed {
        card: face(press, city, draft.application(), draft.number(), draft.terms()),
        identity_code: issued.identity_qr.clone(),
        service_code: issued.service_qr.clone(),
    }
}

pub(super) fn face(
    press: &Press,
    city: &City,
    application: &Application,
    number: &str,
    terms: Terms,
) -> card::Card {
    let resident = &application.resident;
    let (language, words) = (&resident.language, press.words());
    let title = |id: &String| city.service(id).map(|service| text(&service.title, language, city));
    let (spoken, own) = (spoken(words, language, city), city.usual_language());
    card::Card {
        city: text(&city.name, language, city),
        language: spoken.to_owned(),
        labels: Labels::of(words, spoken, own),
        number: number.to_owned(),
        name: Name { text: resident.full_name.clone(), language: None },
        second_name: resident
            .second_name
            .as_ref()
            .map(|name| Name { text: name.clone(), language: resident.second_lang.clone() }),
        birth_date: resident.birth_date.map(|date| date.printed(spoken)),
        guardian: resident.guardian.clone(),
        address: resident.address.clone().filter(|_| city.identity_code.contains(&Field::Address)),
        services: resident.services.iter().filter_map(title).collect(),
        library_number: library_number(resident, number),
        expiry: terms.last_day,
        hotline: Some(city.hotline.as_str().to_owned()),
        notice: notice(words, spoken, own, city.return_to.as_ref().map(Text::as_str)),
        portrait: application.pictures.as_ref().map(|pictures| pictures.portrait.clone()),
    }
}

/// What the card is, is not, and to whom it belongs: in the holder's language, and in short in the city's. Then where
/// it is handed in when found.
fn notice(words: &Words, spoken: &str, own: &str, place: Option<&str>) -> Vec<String> {
    let all = [Message::BackIs, Message::BackIsNot, Message::BackKeep];
    let brief = Label::of(words, Message::BackBrief, spoken, own).second;
    let place = place.map(|place| words.say(spoken, Message::BackReturn, &[("place", place)]));
    all.into_iter().map(|message| words.say(spoken, message, &[])).chain(brief).chain(place).collect()
}

/// The number for libraries, on cards that open the service of that name.
fn library_number(resident: &Resident, number: &str) -> Option<String> {
    let opens = resident.services.iter().any(|service| service == "library");
    CardNumber::parse(number).ok().filter(|_| opens).and_then(|number| card::library_number(&number))
}

/// The language that a card and its slip speak: the holder's, or the city's where there are no words of ours in it.
pub(super) fn spoken<'a>(words: &Words, language: &'a str, city: &'a City) -> &'a str {
    if words.has(language) { language } else { city.usual_language() }
}

/// A text in the holder's language where the city has it, otherwise in the city's first.
pub(super) fn text(texts: &Texts, language: &str, city: &City) -> String {
    let wanted = texts.iter().find(|(tag, _)| tag.as_str() == language);
    let usual = city.languages.first().and_then(|first| texts.get(first));
    wanted.map(|(_, text)| text).or(usual).map(|text| text.as_str().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::card::{Card, Fonts, Paper};

    /// A card with everything that the back may say, in one language in a city of another.
    fn full(words: &Words, spoken: &str, own: &str) -> Card {
        Card {
            city: "Riverbend".to_owned(),
            language: spoken.to_owned(),
            labels: Labels::of(words, spoken, own),
            number: "QZ2W-M4XD-9".to_owned(),
            name: Name { text: "Zo\u{eb} M\u{fc}ller".to_owned(), language: None },
            second_name: None,
            birth_date: Some("1988-03-09".to_owned()),
            guardian: None,
            address: None,
            services: vec!["Library".to_owned(), "Clinic".to_owned(), "Bus and tram".to_owned()],
            library_number: Some("10990000000004".to_owned()),
            expiry: NaiveDate::from_ymd_opt(2028, 11, 30).unwrap(),
            hotline: Some("+1 555 010 0199".to_owned()),
            notice: notice(words, spoken, own, Some("City Hall, 1 Main Street")),
            portrait: None,
        }
    }

    #[test]
    fn every_pair_of_languages_fits_every_layout() {
        let press = Press::new(Fonts::new(false)).unwrap();
        let words = press.words();
        let mut wrong = Vec::new();
        for spoken in words.languages() {
            for own in words.languages() {
                for paper in [Paper::Card, Paper::Large] {
                    if let Err(error) = press.preflight_on(paper, &full(words, spoken, own)) {
                        wrong.push(format!("{spoken} in {own}, {paper:?}: {error}"));
                    }
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }
}
