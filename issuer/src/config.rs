//! `city.toml`: what a city decides about its cards.
//!
//! Reading it gives types that hold only what is allowed; whatever is not says which line, what is wrong, and what
//! may stand there.

mod amounts;
mod evidence;
mod template;
#[cfg(test)]
pub(crate) mod testing;
mod words;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::card::Palette;
use crate::db::DatabaseUrl;

pub use amounts::{Duplicates, FaceBudget, Keep, Span, UpdateDays, ValidYears};
pub use evidence::Evidence;
pub use template::TemplateAnswers;
pub use words::{CityUrl, Field, Language, Refused, ServiceId, Text};

/// A text in each of the city's languages.
pub type Texts = BTreeMap<Language, Text>;

/// A city, as its `city.toml` tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "written::Written")]
#[non_exhaustive]
pub struct City {
    /// The city's name.
    pub name: Texts,
    /// The issuer's address, which every card bears.
    pub url: CityUrl,
    /// The languages, the usual one first. There is at least one.
    pub languages: Vec<Language>,
    /// The telephone number that holders and counters may call.
    pub hotline: Text,
    /// Where the database is; a relative file is meant from the data directory.
    pub database: DatabaseUrl,
    /// How long cards are valid.
    pub valid_years: ValidYears,
    /// The most bytes a face may take in a code.
    pub face_budget: FaceBudget,
    /// File of the emblem, from the data directory.
    pub emblem: Option<Text>,
    /// File of the city's own layouts, from the data directory.
    pub layouts: Option<Text>,
    /// The colours of the card.
    pub palette: Palette,
    /// Where a found card is handed in.
    pub return_to: Option<Text>,
    /// What the identity code holds.
    pub identity_code: Vec<Field>,
    /// What the service code holds.
    pub service_code: Vec<Field>,
    /// How long personal data is kept.
    pub retention: Retention,
    /// How often the trust list is signed anew.
    pub trust_list: TrustListPlan,
    /// Whether the city finds out that somebody has a card already.
    pub duplicates: Duplicates,
    /// Which papers are needed for a card.
    pub evidence: Evidence,
    /// What the card opens. There is at least one.
    pub services: Vec<Service>,
}

/// How long personal data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Retention {
    /// After the card was handed over.
    pub after_hand_over: Keep,
    /// When no card came of the enrolment.
    pub without_card: Span,
    /// How long after enrolment a single case may be kept, where an officer says so; without it, no longer than the
    /// two above.
    #[serde(default)]
    pub longest: Option<Span>,
}

/// How often the trust list is signed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TrustListPlan {
    /// Days until counters should have a newer one.
    pub next_update_days: UpdateDays,
}

/// Something that the card opens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Service {
    /// The word on the card.
    #[serde(deserialize_with = "words::service_id")]
    pub id: ServiceId,
    /// What people call it.
    pub title: Texts,
    /// What it means to have it on the card, in plain words.
    pub scope: Texts,
    /// What its counter shows of the card.
    pub fields: Vec<Field>,
    /// The oldest status list its counter accepts.
    pub oldest_list: Span,
}

impl City {
    /// Reads the text of a `city.toml`.
    ///
    /// # Errors
    /// When it is not TOML, a field is missing or unknown, or a value is not allowed. The message says where and what
    /// to write instead.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Reads a `city.toml`; a relative database file is then meant from the directory it lies in.
    ///
    /// # Errors
    /// As [`City::parse`], and when it cannot be read.
    pub fn load(path: &Path) -> Result<Self, CityError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CityError::Read { path: path.to_owned(), source })?;
        let mut city =
            Self::parse(&text).map_err(|source| CityError::Wrong { path: path.to_owned(), source })?;
        if let Some(dir) = path.parent() {
            city.database = city.database.relative_to(dir);
        }
        Ok(city)
    }

    /// A commented `city.toml` for a new city.
    #[must_use]
    pub fn template(answers: &TemplateAnswers) -> String {
        template::write(answers)
    }

    /// The language that goes where no other is asked for: the first.
    #[must_use]
    pub fn usual_language(&self) -> &str {
        self.languages.first().map_or("en", Language::as_str)
    }

    /// The city's name in a language, or in its usual one.
    #[must_use]
    pub fn name_in(&self, language: &str) -> &str {
        self.text_in(&self.name, language)
    }

    /// A text in a language, or in the city's usual one.
    #[must_use]
    pub fn text_in<'t>(&self, texts: &'t Texts, language: &str) -> &'t str {
        let said = |language: &str| texts.iter().find(|(tag, _)| tag.as_str() == language);
        said(language).or_else(|| said(self.usual_language())).map_or("", |(_, text)| text.as_str())
    }

    /// The bytes that the face in a service code may take.
    #[must_use]
    pub fn face_bytes(&self) -> usize {
        usize::try_from(self.face_budget.bytes()).unwrap_or(usize::MAX)
    }

    /// The service of this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|one| one.id.as_str() == id)
    }
}

/// Why a `city.toml` is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CityError {
    /// It cannot be read.
    #[error("cannot read {}; `issuer init` writes one", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Something in it is not allowed.
    #[error("{}: {source}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: toml::de::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> String {
        City::template(&TemplateAnswers {
            name: Text::try_from("Bridge \"Old\" Town".to_owned()).unwrap(),
            url: CityUrl::try_from("https://card.example.org".to_owned()).unwrap(),
            hotline: Text::try_from("+1 555 0100".to_owned()).unwrap(),
        })
    }

    #[test]
    fn the_template_is_a_good_city() {
        let city = City::parse(&template()).unwrap();
        let languages: Vec<_> = city.languages.iter().map(Language::as_str).collect();
        assert_eq!(languages, ["en", "es", "fr", "ar"]);
        assert!(city.name.values().all(|name| name.as_str() == "Bridge \"Old\" Town"));
        assert_eq!(city.url.as_str(), "https://card.example.org");
        assert_eq!(city.database, DatabaseUrl::Sqlite("city.db".into()));
        assert_eq!(city.valid_years.years(), 2);
        assert_eq!(city.face_budget.bytes(), 660);
        assert_eq!(city.trust_list.next_update_days.days(), 30);
        let kept = city.retention.after_hand_over;
        assert!(matches!(kept, Keep::For(span) if span.duration() == chrono::Duration::days(7)));
        assert_eq!(city.retention.without_card.duration(), chrono::Duration::days(30));
        let ids: Vec<_> = city.services.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["library", "clinic", "transit"]);
        let private = [Field::FullName, Field::SecondName, Field::BirthDate];
        assert!(!city.service_code.iter().any(|field| private.contains(field)));
        assert!(city.service("library").is_some());
        assert!(city.service("pool").is_none());
    }

    #[test]
    fn a_relative_database_is_meant_from_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("city.toml");
        let missing = City::load(&path).unwrap_err().to_string();
        assert!(missing.contains("issuer init"), "{missing}");
        std::fs::write(&path, template()).unwrap();
        let city = City::load(&path).unwrap();
        assert_eq!(city.database, DatabaseUrl::Sqlite(dir.path().join("city.db")));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        for (right, wrong, message) in [
            ("https://card", "http://card", "line 12"),
            ("https://card", "http://card", "must begin with https://"),
            ("sqlite:city.db", "sqllite:city.db", "write sqlite:PATH"),
            ("hotline = ", "hot_line = ", "unknown field `hot_line`, expected one of"),
            ("valid_years = 2", "valid_years = 0", "0 is not allowed; write a number from 1 to 10"),
            ("face_budget = 660", "face_budget = 5000", "write a number from 200 to 660"),
            ("next_update_days = 30", "next_update_days = 400", "write a number from 1 to 366"),
            (
                "after_hand_over = \"7d\"",
                "after_hand_over = \"7 weeks\"",
                "write days or hours, such as \"7d\" or \"36h\"",
            ),
            (
                "duplicates = \"1 year\"",
                "duplicates = \"on\"",
                "on is not allowed; write \"1 year\" to \"10 years\", or \"off\"",
            ),
            ("without_card = \"30d\"", "without_card = \"until-expiry\"", "write days or hours"),
            ("\"guardian\"", "\"guard\"", "unknown variant `guard`, expected one of `number`"),
            ("id = \"clinic\"", "id = \"library\"", "two services with id = \"library\""),
            ("id = \"clinic\"", "id = \"Health clinic\"", "such as \"library\""),
            ("\"es\", ", "", "name has a text in \"es\"; add \"es\" to languages"),
            ("\"ar\"]", "\"ar\", \"pt\"]", "name has no text in \"pt\"; add one"),
            ("\"ar\"]", "\"ar\", \"Portuguese\"]", "such as \"en\" or \"zh-hant\""),
            ("\"gender\", ", "", "service clinic: fields names \"gender\", which is on neither code"),
        ] {
            let text = template().replacen(right, wrong, 1);
            assert_ne!(text, template(), "{right} is in the template");
            let error = City::parse(&text).unwrap_err().to_string();
            assert!(error.contains(message), "{message:?} is not in:\n{error}");
        }
    }
}
