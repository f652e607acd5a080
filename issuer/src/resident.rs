//! A resident as enrolled: what the city was told, checked once, on the way in.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike as _, NaiveDate};
use harfrust::unicode::script;
use serde::{Deserialize, Serialize};
use shared::claims::Gender;
use thiserror::Error;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use crate::config::City;
use crate::words;

/// Longest text taken, in characters.
pub const MAX_TEXT: usize = 200;

/// What a resident asks for, as typed. Printing it for a look into the program tells nothing of it, nor of a [`Resident`].
#[derive(Clone, Default)]
pub struct Typed<'a> {
    /// The name in use.
    pub full_name: &'a str,
    /// The name in a second script.
    pub second_name: &'a str,
    /// That script's language.
    pub second_lang: &'a str,
    /// `YYYY-MM-DD`, or a year.
    pub birth_date: &'a str,
    /// F, M or X.
    pub gender: &'a str,
    /// Address.
    pub address: &'a str,
    /// Guardian of a minor.
    pub guardian: &'a str,
    /// Services, with spaces between; none means all of the city's.
    pub services: &'a str,
    /// Language of the card; none means the city's first.
    pub language: &'a str,
}

/// A resident, checked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// The name in use.
    pub full_name: String,
    /// The name in a second script.
    pub second_name: Option<String>,
    /// That script's language.
    pub second_lang: Option<String>,
    /// When they were born.
    pub birth_date: Option<BirthDate>,
    /// Self-declared: F, M or X.
    pub gender: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Guardian of a minor.
    pub guardian: Option<String>,
    /// Services, in the city's order.
    pub services: Vec<String>,
    /// Language of the card.
    pub language: String,
}

impl fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl fmt::Debug for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resident(…)")
    }
}

/// A birth date, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BirthDate {
    /// The day.
    Day(NaiveDate),
    /// Only the year: printed, and left out of the credential.
    Year(i32),
}

/// Which field is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {wrong}")]
pub struct WrongField {
    /// The column or form field.
    pub field: &'static str,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Wrong {
    /// It must be given.
    #[error("missing; it must be given")]
    Missing,
    /// It is longer than [`MAX_TEXT`].
    #[error("{length} characters, {MAX_TEXT} are allowed")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// A character that is not text: a control, or one that turns the direction of what follows.
    #[error("the character U+{:04X} is not text; take it out", u32::from(*found))]
    NotText {
        /// The character.
        found: char,
    },
    /// Pictures in a name.
    #[error("names are written with letters; take out {found}")]
    NotLetters {
        /// The pictures, each once.
        found: String,
    },
    /// Not a date.
    #[error("{given:?} is not a date; write YYYY-MM-DD, or a year alone")]
    NotADate {
        /// What was given.
        given: String,
    },
    /// A birth date that cannot be.
    #[error("{given} is in the future, or before 1900")]
    ImpossibleDate {
        /// What was given.
        given: String,
    },
    /// Not a gender that the credential has.
    #[error("{given:?} is not F, M or X; leave it empty to say nothing")]
    NotAGender {
        /// What was given.
        given: String,
    },
    /// Not a service of the city.
    #[error("the city has no service {given:?}; it has: {known}")]
    NoSuchService {
        /// What was given.
        given: String,
        /// The city's services.
        known: String,
    },
    /// Not a language tag.
    #[error("{given:?} is not a language; write a tag such as en or ar")]
    NotALanguage {
        /// What was given.
        given: String,
    },
    /// A second name without its language, or the other way round.
    #[error("second_name and second_lang go together; give both or none")]
    Half,
}

impl Resident {
    /// Checks what was typed.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn parse(typed: &Typed<'_>, city: &City, today: NaiveDate) -> Result<Self, Vec<WrongField>> {
        let mut wrong = Vec::new();
        let full_name = parse_name(typed.full_name).and_then(|name| name.ok_or(Wrong::Missing));
        let full_name = keep(&mut wrong, "full_name", full_name);
        let second_name = keep(&mut wrong, "second_name", parse_name(typed.second_name)).flatten();
        let address = keep(&mut wrong, "address", parse_text(typed.address)).flatten();
        let guardian = keep(&mut wrong, "guardian", parse_name(typed.guardian)).flatten();
        let second_lang = keep(&mut wrong, "second_lang", parse_language(typed.second_lang)).flatten();
        if clean(typed.second_name).is_empty() != typed.second_lang.trim().is_empty() {
            wrong.push(WrongField { field: "second_lang", wrong: Wrong::Half });
        }
        let birth_date = keep(&mut wrong, "birth_date", parse_birth_date(typed.birth_date, today)).flatten();
        let gender = keep(&mut wrong, "gender", parse_gender(typed.gender)).flatten();
        let services = keep(&mut wrong, "services", parse_services(typed.services, city));
        let language = keep(&mut wrong, "language", parse_language(typed.language)).flatten();
        match (full_name, services, wrong.is_empty()) {
            (Some(full_name), Some(services), true) => Ok(Self {
                full_name,
                second_name,
                second_lang,
                birth_date,
                gender,
                address,
                guardian,
                services,
                language: language.unwrap_or_else(|| city.usual_language().to_owned()),
            }),
            _ => Err(wrong),
        }
    }

    /// The gender as the credential numbers it.
    #[must_use]
    pub fn gender(&self) -> Option<Gender> {
        self.gender.as_deref().and_then(Gender::from_letter)
    }
}

impl BirthDate {
    /// Reads a date or a year; none where nothing is given.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(given: &str, today: NaiveDate) -> Result<Option<Self>, Wrong> {
        parse_birth_date(given, today)
    }

    /// `YYYYMMDD`, for the credential: a year alone is not in it.
    #[must_use]
    pub fn for_credential(self) -> Option<String> {
        match self {
            Self::Day(day) => Some(day.format("%Y%m%d").to_string()),
            Self::Year(_) => None,
        }
    }

    /// As printed in a language.
    #[must_use]
    pub fn printed(self, language: &str) -> String {
        match self {
            Self::Day(day) => words::date(language, day),
            Self::Year(year) => year.to_string(),
        }
    }
}

fn keep<T>(wrong: &mut Vec<WrongField>, field: &'static str, parsed: Result<T, Wrong>) -> Option<T> {
    parsed.map_err(|error| wrong.push(WrongField { field, wrong: error })).ok()
}

/// A text without pictures.
fn parse_name(given: &str) -> Result<Option<String>, Wrong> {
    let name = parse_text(given)?;
    let mut found = String::new();
    for picture in name.iter().flat_map(|name| name.chars()).filter(|c| is_picture(*c)) {
        if !found.contains(picture) {
            found.push(picture);
        }
    }
    if found.is_empty() { Ok(name) } else { Err(Wrong::NotLetters { found }) }
}

/// Emoji and other pictures.
fn is_picture(c: char) -> bool {
    c.general_category() == GeneralCategory::OtherSymbol
        || matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}')
}

/// A text with single spaces between its words; none where it is empty.
fn parse_text(given: &str) -> Result<Option<String>, Wrong> {
    let text = clean(given);
    if let Some(found) = text.chars().find(|c| is_not_text(*c)) {
        return Err(Wrong::NotText { found });
    }
    match text.chars().count() {
        0 => Ok(None),
        1..=MAX_TEXT => Ok(Some(text)),
        length => Err(Wrong::TooLong { length }),
    }
}

/// The text with single spaces between its words, and without the marks that keyboards and copying leave, which nobody
/// sees: two names that look alike would not be the same. Joiners stay after letters of scripts that are written with
/// them.
fn clean(given: &str) -> String {
    let mut text = String::with_capacity(given.len());
    for c in given.chars() {
        let joined = text.chars().next_back().is_some_and(|before| !needs_no_joiner(before));
        match c {
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' => {}
            '\u{200c}' | '\u{200d}' if !joined => {}
            c => text.push(c),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a joiner after this character changes nothing that can be seen.
fn needs_no_joiner(c: char) -> bool {
    let without = [*b"Latn", *b"Grek", *b"Cyrl", *b"Armn", *b"Geor", *b"Hani", *b"Hira", *b"Kana", *b"Hang"];
    c.is_whitespace() || without.contains(&script(u32::from(c)).tag().to_be_bytes())
}

/// Controls, and what turns the direction of the text around it: a name that reads otherwise than it is written would
/// deceive whoever reads it. The one who types it should know, so it is refused and not taken out.
fn is_not_text(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn parse_birth_date(given: &str, today: NaiveDate) -> Result<Option<BirthDate>, Wrong> {
    let given = given.trim();
    if given.is_empty() {
        return Ok(None);
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let date = match given.split('-').collect::<Vec<_>>().as_slice() {
        [year] if year.len() == 4 && digits(year) => year.parse().ok().map(BirthDate::Year),
        [year, month, day]
            if [year.len(), month.len(), day.len()] == [4, 2, 2]
                && [year, month, day].iter().all(|part| digits(part)) =>
        {
            given.parse().ok().map(BirthDate::Day)
        }
        _ => None,
    };
    let date = date.ok_or_else(|| Wrong::NotADate { given: given.to_owned() })?;
    let possible = match date {
        BirthDate::Day(day) => (1900..).contains(&day.year()) && day <= today,
        BirthDate::Year(year) => (1900..=today.year()).contains(&year),
    };
    if possible { Ok(Some(date)) } else { Err(Wrong::ImpossibleDate { given: given.to_owned() }) }
}

fn parse_gender(given: &str) -> Result<Option<String>, Wrong> {
    let given = given.trim();
    if given.is_empty() {
        return Ok(None);
    }
    match Gender::from_letter(given) {
        Some(gender) => Ok(Some(gender.letter().to_owned())),
        None => Err(Wrong::NotAGender { given: given.to_owned() }),
    }
}

/// The services wanted, in the city's order.
fn parse_services(given: &str, city: &City) -> Result<Vec<String>, Wrong> {
    let known = || city.services.iter().map(|service| service.id.as_str());
    let wanted: BTreeSet<&str> =
        given.split([' ', ',', ';', '\t', '\n']).filter(|word| !word.is_empty()).collect();
    if let Some(unknown) = wanted.iter().find(|word| city.service(word).is_none()) {
        let known = known().collect::<Vec<_>>().join(", ");
        return Err(Wrong::NoSuchService { given: (*unknown).to_owned(), known });
    }
    Ok(known().filter(|id| wanted.is_empty() || wanted.contains(id)).map(str::to_owned).collect())
}

fn parse_language(given: &str) -> Result<Option<String>, Wrong> {
    let given = given.trim();
    let fits = |text: &str| {
        let mut parts = text.split('-');
        parts.next().is_some_and(|first| {
            (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        }) && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    match given {
        "" => Ok(None),
        tag if fits(tag) => Ok(Some(tag.to_owned())),
        other => Err(Wrong::NotALanguage { given: other.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Photo;
    use crate::card::portrait::drawn;
    use crate::config::testing::city;
    use crate::issuance::{Application, Pictures};

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    fn parse(typed: &Typed<'_>) -> Result<Resident, Vec<String>> {
        Resident::parse(typed, &city(), today())
            .map_err(|wrong| wrong.iter().map(WrongField::to_string).collect())
    }

    #[test]
    fn printing_a_resident_names_nobody() {
        let typed = Typed { full_name: "Zoë Müller", birth_date: "1988-05-04", ..Typed::default() };
        let resident = parse(&typed).unwrap();
        let pictures = Pictures::of(&Photo::decode(&drawn(1).unwrap()).unwrap(), 660).unwrap();
        let application = Application { resident, pictures: Some(pictures) };
        let said = format!("{typed:?}, {application:?}");
        let expected = "Typed(…), Application { resident: Resident(…), pictures: Some(Pictures(…)) }";
        assert_eq!(said, expected);
    }

    #[test]
    fn a_name_alone_is_enough() {
        let resident = parse(&Typed { full_name: "  Zoë \n Müller ", ..Typed::default() }).unwrap();
        assert_eq!(resident.full_name, "Zoë Müller");
        assert_eq!(resident.services, ["library", "clinic", "transit"]);
        assert_eq!(resident.language, "en");
        assert_eq!(resident.birth_date, None);
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_a_name_like_any_other() {
        let name = "=HYPERLINK(\"https://x.example\")";
        assert_eq!(parse(&Typed { full_name: name, ..Typed::default() }).unwrap().full_name, name);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let typed = Typed {
            full_name: "A\u{202e}B",
            second_name: "ليلى",
            birth_date: "2026-11-25",
            gender: "W",
            services: "library pool",
            language: "Arabic",
            ..Typed::default()
        };
        assert_eq!(
            parse(&typed).unwrap_err(),
            [
                "full_name: the character U+202E is not text; take it out",
                "second_lang: second_name and second_lang go together; give both or none",
                "birth_date: 2026-11-25 is in the future, or before 1900",
                "gender: \"W\" is not F, M or X; leave it empty to say nothing",
                "services: the city has no service \"pool\"; it has: library, clinic, transit",
                "language: \"Arabic\" is not a language; write a tag such as en or ar",
            ]
        );
        assert_eq!(parse(&Typed::default()).unwrap_err(), ["full_name: missing; it must be given"]);
    }

    #[test]
    fn names_are_written_with_letters() {
        for (name, found) in [("Ana 😀 Nov😀ak", "😀"), ("👩🏽\u{200d}🚀", "👩🏽🚀"), ("☺\u{fe0f} 🇺🇦", "☺🇺🇦")]
        {
            let wrong = Wrong::NotLetters { found: found.to_owned() };
            assert_eq!(parse_name(name), Err(wrong.clone()));
            assert_eq!(wrong.to_string(), format!("names are written with letters; take out {found}"));
        }
        for name in
            ["Ana-Marija O’Neill, Jr.", "Nguyễn", "ⵜⵉⵏⵀⵉⵏⴰⵏ", "王小明 (2)", "葛\u{e0100}城", "བསྟན་འཛིན་"]
        {
            assert_eq!(parse_name(name), Ok(Some(name.to_owned())));
        }
    }

    #[test]
    fn marks_that_nobody_sees_are_taken_out() {
        let name = "\u{200f}ليلى\u{200e} Ha\u{ad}ddad\u{200b}";
        assert_eq!(parse_name(name), Ok(Some("ليلى Haddad".to_owned())));
        let typed = Typed { full_name: "\u{200b} \u{200f}", ..Typed::default() };
        assert_eq!(parse(&typed).unwrap_err(), ["full_name: missing; it must be given"]);
    }

    #[test]
    fn birth_dates_are_days_or_years() {
        let born = |text| parse_birth_date(text, today());
        assert_eq!(born("1990-05-15").unwrap().unwrap().for_credential().unwrap(), "19900515");
        assert_eq!(born("1990").unwrap().unwrap().for_credential(), None);
        assert_eq!(born("1990").unwrap().unwrap().printed("en"), "1990");
        for wrong in ["1990-13-01", "1990-02-30", "15.05.1990", "19900515", "1990-5-15", "90"] {
            assert_eq!(born(wrong), Err(Wrong::NotADate { given: wrong.to_owned() }), "{wrong}");
        }
        for impossible in ["1899", "1899-12-31", "2027", "2026-11-25"] {
            assert!(matches!(born(impossible), Err(Wrong::ImpossibleDate { .. })), "{impossible}");
        }
    }

    #[test]
    fn joiners_stay_and_long_texts_are_told_their_length() {
        for name in ["श्री\u{200d}राम", "علی\u{200c}رضا", "ක්\u{200d}රිෂාන්ති", "അവന്\u{200d}"]
        {
            assert_eq!(parse_name(name), Ok(Some(name.to_owned())));
        }
        assert_eq!(parse_name("An\u{200d}na\u{200c} \u{200d}Li"), Ok(Some("Anna Li".to_owned())));
        assert_eq!(parse_text(&"a".repeat(300)), Err(Wrong::TooLong { length: 300 }));
        assert_eq!(parse_text(&"a".repeat(201)), Err(Wrong::TooLong { length: 201 }));
    }
}
