//! From an issued card to the card on paper.

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

use super::{BatchError, BatchFile, RowError, Shortened};
use crate::card::{self, Emblem, Fonts, Label, Labels, Name, Press};
use crate::config::{City, Texts};
use crate::issuance::{Application, IssuedCard, Terms};
use crate::resident::Resident;
use crate::words::Message;
use crate::{Error, Issuer, files, parallel};

/// A number of the usual width, for trying a card out before it has its own.
const SAMPLE_NUMBER: &str = "0000-0000-0";

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

/// Lays out every card before anything is signed. Gives the names that are printed with initials.
pub(super) fn preflight(
    press: &Press,
    issuer: &Issuer,
    file: &BatchFile,
    now: DateTime<Utc>,
) -> Result<Vec<Shortened>, Error> {
    let terms = Terms::of(&issuer.city, now);
    let mut errors = Vec::new();
    let mut shortened = Vec::new();
    let tried = parallel::map(&file.rows, |row| {
        press.preflight(&face(press, &issuer.city, &row.application, SAMPLE_NUMBER, terms))
    });
    for (row, tried) in file.rows.iter().zip(tried) {
        let line = row.line;
        let wrong = match tried {
            Ok(told) => {
                let names = told.shortened.into_iter();
                shortened.extend(names.map(|(field, printed)| Shortened { line, field, printed }));
                continue;
            }
            Err(card::CardError::Unprintable { problems, .. }) => {
                problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            }
            Err(other) => other.to_string(),
        };
        errors.push(RowError { line, column: None, wrong });
    }
    if errors.is_empty() { Ok(shortened) } else { Err(BatchError::Rows(errors).into()) }
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
fn text(texts: &Texts, language: &str, city: &City) -> String {
    let wanted = texts.iter().find(|(tag, _)| tag.as_str() == language);
    let usual = city.languages.first().and_then(|first| texts.get(first));
    wanted.map(|(_, text)| text).or(usual).map(|text| text.as_str().to_owned()).unwrap_or_default()
}
