//! One card, tried out before it has a number.

use super::print::{SAMPLE_NUMBER, codes_fit, face, problems};
use crate::card::{CardError, CardSide, Paper, Press};
use crate::config::City;
use crate::issuance::{Application, Draft, Terms};

/// Whether a card can be printed; gives the names that have no room in full, as they are printed.
///
/// # Errors
/// What is in the way, in a line.
pub fn fits(
    press: &Press,
    city: &City,
    application: &Application,
    terms: Terms,
) -> Result<Vec<String>, String> {
    let card = face(press, city, application, SAMPLE_NUMBER, terms);
    let told = press.preflight_on(Paper::Card, &card).map_err(|error| problems(&error))?;
    let lengths = Draft::code_lengths(city, application, terms).map_err(|error| error.to_string())?;
    codes_fit(lengths, [told.identity_room, told.service_room])?;
    Ok(told.shortened.into_iter().map(|(_, printed)| printed).collect())
}

/// A picture of a side of a card that is not signed yet.
///
/// # Errors
/// When it cannot be laid out.
pub fn proof(
    press: &Press,
    city: &City,
    application: &Application,
    terms: Terms,
    side: CardSide,
    dpi: u32,
) -> Result<Vec<u8>, CardError> {
    press.proof_unsigned(Paper::Card, &face(press, city, application, SAMPLE_NUMBER, terms), side, dpi)
}
