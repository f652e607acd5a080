//! From an issued card to the card on paper.

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

use super::slip::{slip, slip_of};
use super::{BatchError, BatchFile, Row, RowError};
use crate::card::{self, CardError, Emblem, Fonts, Label, Labels, Name, Paper, Press};
use crate::config::{City, Texts};
use crate::issuance::{Application, IssuedCard, Terms};
use crate::recovery::RecoveryCode;
use crate::resident::Resident;
use crate::words::Message;
use crate::{Error, Issuer, files, parallel};

/// A number of the usual width, for trying a card out before it has its own.
const SAMPLE_NUMBER: &str = "0000-0000-0";
/// `WWWW-WWWW-WWWW-WWWW`, the widest recovery code there is.
const WIDEST_CODE: [u8; 10] = [0xe7, 0x39, 0xce, 0x73, 0x9c, 0xe7, 0x39, 0xce, 0x73, 0x9c];

/// The press of a city, with its emblem.
///
/// # Errors
/// When the emblem cannot be read, or is no picture that can be printed.
pub fn press(issuer: &Issuer) -> Result<Press, Error> {
    let press = Press::new(Fonts::new(true));
    let Some(name) = &issuer.city.emblem else { return Ok(press) };
    let path = issuer.data.join(name.as_str());
    let refused = |wrong: String| Error::Refused(format!("{}: {wrong}", path.display()));
    let emblem = Emblem::read(&files::read(&path)?).map_err(|error| refused(error.to_string()))?;
    press.with_emblem(&emblem).map_err(|error| refused(error.to_string()))
}

/// Lays out every card, and every slip where slips are asked for, before anything is signed.
pub(super) fn preflight(
    press: &Press,
    issuer: &Issuer,
    file: &BatchFile,
    slips: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let city = &issuer.city;
    let (terms, day) = (Terms::of(city, now), now.date_naive());
    let card =
        |row: &Row| press.preflight(&face(press, city, &row.application, SAMPLE_NUMBER, terms)).map(drop);
    let sample = || (SAMPLE_NUMBER, RecoveryCode::from_random(&WIDEST_CODE));
    let slip = |row: &Row| {
        press.preflight_slip(&slip_of(press, city, &row.application.resident, sample(), terms, day))
    };
    let tried = parallel::map(&file.rows, |row| {
        let slip =
            if slips { slip(row).map_err(|error| format!("slip: {}", problems(&error))) } else { Ok(()) };
        [card(row).map_err(|error| problems(&error)), slip]
    });
    let rows = file.rows.iter().zip(tried);
    let errors: Vec<RowError> = rows
        .flat_map(|(row, tried)| {
            let wrong = tried.into_iter().filter_map(Result::err);
            wrong.map(|wrong| RowError { line: row.line, column: None, wrong })
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(BatchError::Rows(errors).into()) }
}

/// What is in the way, in a line.
fn problems(error: &CardError) -> String {
    match error {
        CardError::Unprintable { problems, .. } => {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// The cards on paper.
pub(super) fn cards(
    press: &Press,
    issuer: &Issuer,
    cards: &[IssuedCard],
    paper: Paper,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Error> {
    let cards: Vec<_> = cards.iter().map(|card| printable(press, &issuer.city, card)).collect();
    Ok(press.print_on(paper, &cards, now)?)
}

/// The slips of those cards that have a new recovery code.
pub(super) fn slips(
    press: &Press,
    issuer: &Issuer,
    cards: &[IssuedCard],
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Error> {
    let slips: Vec<_> = cards.iter().filter_map(|card| slip(press, &issuer.city, card, now)).collect();
    if slips.is_empty() {
        return Err(Error::Refused(
            "every card of this batch was handed over with its slip; run it without slips".to_owned(),
        ));
    }
    Ok(press.print_slips(&slips, now)?)
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

fn face(press: &Press, city: &City, application: &Application, number: &str, terms: Terms) -> card::Card {
    let resident = &application.resident;
    let (language, words) = (&resident.language, press.words());
    let title = |id: &String| city.service(id).map(|service| text(&service.title, language, city));
    let own = city.languages.first().map_or("en", |first| first.as_str());
    // A language without texts of ours: the card speaks the city's.
    let spoken = if words.has(language) { language.as_str() } else { own };
    let keep = Label::of(words, Message::BackKeep, spoken, own);
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
        services: resident.services.iter().filter_map(title).collect(),
        library_number: library_number(resident, number),
        expiry: terms.last_day,
        hotline: Some(city.hotline.as_str().to_owned()),
        notice: [Message::BackIs, Message::BackIsNot]
            .into_iter()
            .map(|message| words.say(spoken, message, &[]))
            .chain([keep.first])
            .chain(keep.second)
            .collect(),
        portrait: application.pictures.as_ref().map(|pictures| pictures.portrait.clone()),
    }
}

/// The number for libraries, on cards that open the service of that name.
fn library_number(resident: &Resident, number: &str) -> Option<String> {
    let opens = resident.services.iter().any(|service| service == "library");
    CardNumber::parse(number).ok().filter(|_| opens).and_then(|number| card::library_number(&number))
}

/// A text in the holder's language where the city has it, otherwise in the city's first.
pub(super) fn text(texts: &Texts, language: &str, city: &City) -> String {
    let wanted = texts.iter().find(|(tag, _)| tag.as_str() == language);
    let usual = city.languages.first().and_then(|first| texts.get(first));
    wanted.map(|(_, text)| text).or(usual).map(|text| text.as_str().to_owned()).unwrap_or_default()
}
