//! A card of nobody, for whoever changes colours, emblem, texts or layouts.

use chrono::{DateTime, Utc};

use super::print;
use crate::card::{self, Photo, Press, portrait};
use crate::issuance::{Application, Pictures, Terms};
use crate::resident::{Resident, Typed};
use crate::{Error, Issuer};

/// What the codes of a sample say, over and over. No verifier takes it for a card.
const NOT_A_CARD: &str = "SAMPLE NOT A CARD ";
/// Characters in the codes of a card with a portrait and names in one script.
const IDENTITY_CODE: usize = 380;
const SERVICE_CODE: usize = 1340;

/// A card of an invented resident in one of the city's languages. Its codes are as large as usual, and no card's.
///
/// # Errors
/// When the language or the invented resident is not what the city allows.
pub fn sample(
    press: &Press,
    issuer: &Issuer,
    language: Option<&str>,
    now: DateTime<Utc>,
) -> Result<card::Signed, Error> {
    let typed = Typed {
        full_name: "Zo\u{eb} M\u{fc}ller-Nguy\u{1ec5}n",
        birth_date: "1988-03-09",
        language: language.unwrap_or_default(),
        ..Typed::default()
    };
    let resident = Resident::parse(&typed, &issuer.city, now.date_naive()).map_err(|wrong| {
        Error::Refused(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let refused = |error: card::PhotoError| Error::Refused(error.to_string());
    let photo = portrait::drawn(1).and_then(|jpeg| Photo::decode(&jpeg)).map_err(refused)?;
    let pictures = Pictures { portrait: photo.portrait_jpeg().map_err(refused)?, face: Vec::new() };
    let application = Application { resident, pictures: Some(pictures) };
    let code = |length: usize| NOT_A_CARD.chars().cycle().take(length).collect();
    Ok(card::Signed {
        card: print::face(
            press,
            &issuer.city,
            &application,
            print::SAMPLE_NUMBER,
            Terms::of(&issuer.city, now),
        ),
        identity_code: code(IDENTITY_CODE),
        service_code: code(SERVICE_CODE),
    })
}
