//! Everything that was typed at the desk, right or wrong, whole or half.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use shared::evidence::{AddressKind, Age, Born, Case, UnknownDocument};

use super::taken_photo::TakenPhoto;
use crate::card::Part;
use crate::config::City;
use crate::issuance::Application;
use crate::resident::{BirthDate, Resident, Typed, WrongField};

/// What was typed. It is kept as it stands, in the sealed record and nowhere else.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// The holder's language: of the card, and of what is read out.
    pub language: String,
    /// The types of papers that are shown, by their words in the city's table.
    pub evidence: Vec<String>,
    /// The kind of address, once one is chosen.
    pub address_kind: Option<AddressKind>,
    /// The address.
    pub address: String,
    /// Who takes the holder's post.
    pub care_of: String,
    /// The name in use.
    pub full_name: String,
    /// The name in a second script.
    pub second_name: String,
    /// That script's language.
    pub second_lang: String,
    /// The day of the birth date.
    pub birth_day: String,
    /// Its month.
    pub birth_month: String,
    /// Its year; alone, where no more is known.
    pub birth_year: String,
    /// Whether the birth date is not to stand on the card.
    pub birth_date_hidden: bool,
    /// What the holder says of their gender.
    pub gender: GenderChoice,
    /// The guardian of a minor.
    pub guardian: String,
    /// Whether the guardian came along.
    pub guardian_came: bool,
    /// The services wanted; none means all.
    pub services: Vec<String>,
    /// The photo.
    pub photo: Option<TakenPhoto>,
    /// The lines that the holder read and confirmed. A line that changes is confirmed no more.
    pub confirmed: BTreeSet<Line>,
}

/// What a holder says of their gender.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenderChoice {
    /// Nothing.
    #[default]
    Omitted,
    /// Female.
    F,
    /// Male.
    M,
    /// Neither.
    X,
    /// In their own words, which no credential has a place for: not on the card.
    OwnWords(String),
}

impl GenderChoice {
    fn letter(&self) -> &'static str {
        match self {
            Self::Omitted | Self::OwnWords(_) => "",
            Self::F => "F",
            Self::M => "M",
            Self::X => "X",
        }
    }
}

/// A line of the card, as the holder reviews it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The name.
    FullName,
    /// The name in a second script.
    SecondName,
    /// The birth date.
    BirthDate,
    /// The gender.
    Gender,
    /// The address.
    Address,
    /// The guardian.
    Guardian,
    /// What the card opens.
    Services,
    /// The photo.
    Photo,
}

impl Line {
    /// All of them, in the order of the card.
    pub const ALL: [Self; 8] = [
        Self::FullName,
        Self::SecondName,
        Self::BirthDate,
        Self::Gender,
        Self::Address,
        Self::Guardian,
        Self::Services,
        Self::Photo,
    ];
}

impl Draft {
    /// The resident, as the card would have it.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn resident(&self, city: &City, today: NaiveDate) -> Result<Resident, Vec<WrongField>> {
        let (birth_date, address, services) =
            (self.birth_text(), self.address_text(), self.services.join(" "));
        let typed = Typed {
            full_name: &self.full_name,
            second_name: &self.second_name,
            second_lang: &self.second_lang,
            birth_date: &birth_date,
            gender: self.gender.letter(),
            address: &address,
            guardian: &self.guardian,
            services: &services,
            language: &self.language,
        };
        let mut resident = Resident::parse(&typed, city, today)?;
        if self.birth_date_hidden {
            resident.birth_date = None;
        }
        Ok(resident)
    }

    /// The resident with pictures, ready for a card.
    ///
    /// # Errors
    /// What is wrong with the fields, or with the photo.
    pub fn application(&self, city: &City, today: NaiveDate) -> Result<Application, super::CaseError> {
        let resident = self.resident(city, today).map_err(super::CaseError::Fields)?;
        let pictures = self.photo.as_ref().map(|photo| photo.pictures(city.face_bytes()));
        Ok(Application { resident, pictures: pictures.transpose()? })
    }

    /// The case, for the rules of evidence. Until a kind of address is chosen, those for a street go; while no birth
    /// date can be read, those for everybody.
    ///
    /// # Errors
    /// When a paper is ticked that the city's table does not have any more.
    pub fn case(&self, city: &City, today: NaiveDate) -> Result<Case, UnknownDocument> {
        let born = self.birth_date(today).map(|date| match date {
            BirthDate::Day(day) => Born::Day(day),
            BirthDate::Year(year) => Born::Year(year),
        });
        Ok(Case {
            age: born.map_or(Age::UNKNOWN, |born| Age::on(today, born)),
            address: self.address_kind.unwrap_or(AddressKind::Street),
            guardian: self.guardian_came,
            shown: city.evidence.rules.shown(self.evidence.iter().map(String::as_str))?,
        })
    }

    /// The birth date, on the card or not, if what was typed is one.
    #[must_use]
    pub fn birth_date(&self, today: NaiveDate) -> Option<BirthDate> {
        BirthDate::parse(&self.birth_text(), today).ok().flatten()
    }

    /// The lines that the card would have.
    #[must_use]
    pub fn lines(&self) -> BTreeSet<Line> {
        Line::ALL.into_iter().filter(|line| !self.line(*line).is_empty()).collect()
    }

    /// The lines that the card would have and that the holder has not confirmed.
    #[must_use]
    pub fn not_confirmed(&self) -> Vec<Line> {
        self.lines().difference(&self.confirmed).copied().collect()
    }

    /// Takes back what was confirmed of lines that are no longer as they were.
    pub(super) fn unconfirm_changed(&mut self, before: &Self) {
        let changed = |line: &Line| self.line(*line) != before.line(*line);
        let kept = self.confirmed.iter().filter(|line| !(before.confirmed.contains(line) && changed(line)));
        self.confirmed = kept.copied().collect();
    }

    /// The draft of somebody whose card was made earlier.
    pub(super) fn of_resident(resident: &Resident) -> Self {
        let (mut day, mut month, mut year) = (String::new(), String::new(), String::new());
        match resident.birth_date {
            Some(BirthDate::Day(date)) => {
                (day, month) = (date.day().to_string(), date.month().to_string());
                year = date.year().to_string();
            }
            Some(BirthDate::Year(alone)) => year = alone.to_string(),
            None => {}
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            language: resident.language.clone(),
            address_kind: resident.address.as_ref().map(|_| AddressKind::Street),
            address: text(&resident.address),
            full_name: resident.full_name.clone(),
            second_name: text(&resident.second_name),
            second_lang: text(&resident.second_lang),
            birth_day: day,
            birth_month: month,
            birth_year: year,
            birth_date_hidden: resident.birth_date.is_none(),
            gender: match resident.gender.as_deref() {
                Some("F") => GenderChoice::F,
                Some("M") => GenderChoice::M,
                Some("X") => GenderChoice::X,
                _ => GenderChoice::Omitted,
            },
            guardian: text(&resident.guardian),
            services: resident.services.clone(),
            ..Self::default()
        }
    }

    /// The birth date as one text: a date, a year alone, or what was typed, for the message that it is none.
    fn birth_text(&self) -> String {
        let [day, month, year] =
            [&self.birth_day, &self.birth_month, &self.birth_year].map(|text| text.trim());
        match (day.is_empty(), month.is_empty()) {
            (true, true) => year.to_owned(),
            _ => format!("{year}-{month:0>2}-{day:0>2}"),
        }
    }

    fn address_text(&self) -> String {
        match self.address_kind {
            None | Some(AddressKind::Withheld | AddressKind::None) => String::new(),
            Some(AddressKind::Street) => self.address.clone(),
            Some(AddressKind::CareOf) => {
                let parts = [format!("c/o {}", self.care_of.trim()), self.address.trim().to_owned()];
                let given = parts.iter().filter(|part| !part.is_empty() && *part != "c/o ");
                given.cloned().collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// What stands in a line; nothing where the card has no such line.
    fn line(&self, line: Line) -> Vec<u8> {
        let text = match line {
            Line::FullName => self.full_name.trim().to_owned(),
            Line::SecondName => [self.second_name.trim(), self.second_lang.trim()].concat(),
            Line::BirthDate if self.birth_date_hidden => String::new(),
            Line::BirthDate => self.birth_text(),
            Line::Gender => self.gender.letter().to_owned(),
            Line::Address => self.address_text(),
            Line::Guardian => self.guardian.trim().to_owned(),
            // Without any, all are on the card.
            Line::Services => format!("services {}", self.services.join(" ")),
            Line::Photo => {
                return self.photo.as_ref().map_or_else(Vec::new, |photo| {
                    let part = photo.part.map_or_else(Vec::new, Part::to_bytes);
                    [photo.picture.as_slice(), &part].concat()
                });
            }
        };
        text.into_bytes()
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draft(…)")
    }
}

impl fmt::Debug for GenderChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GenderChoice(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::portrait;
    use crate::config::testing::city;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    fn born(day: &str, month: &str, year: &str) -> Draft {
        Draft {
            full_name: "Zo\u{eb}".to_owned(),
            birth_day: day.to_owned(),
            birth_month: month.to_owned(),
            birth_year: year.to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn three_boxes_are_a_date_a_year_or_wrong() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).map(BirthDate::Day);
        for (draft, expected) in [
            (born("9", "3", "1988"), day(1988, 3, 9)),
            (born(" 09 ", "12", "1988 "), day(1988, 12, 9)),
            (born("", "", "1988"), Some(BirthDate::Year(1988))),
        ] {
            assert_eq!(draft.resident(&city(), today()).unwrap().birth_date, expected);
        }
        for draft in
            [born("31", "2", "1988"), born("9", "", "1988"), born("", "3", "1988"), born("9", "3", "88")]
        {
            let wrong = draft.resident(&city(), today()).unwrap_err();
            assert_eq!(wrong.iter().map(|one| one.field).collect::<Vec<_>>(), ["birth_date"]);
            assert_eq!(draft.birth_date(today()), None);
        }
    }

    #[test]
    fn a_hidden_birth_date_counts_and_stands_nowhere() {
        let draft = Draft { birth_date_hidden: true, ..born("1", "1", "2016") };
        assert_eq!(draft.resident(&city(), today()).unwrap().birth_date, None);
        assert_eq!(draft.case(&city(), today()).unwrap().age, Age::years(10));
        assert!(!draft.lines().contains(&Line::BirthDate));
    }

    #[test]
    fn the_address_is_that_of_its_kind() {
        let address = |kind| {
            let mut draft = born("", "", "");
            (draft.address, draft.care_of) = ("Main St 1".to_owned(), "Ms. Ek".to_owned());
            draft.address_kind = kind;
            draft.resident(&city(), today()).unwrap().address
        };
        assert_eq!(address(None), None);
        assert_eq!(address(Some(AddressKind::Withheld)), None);
        assert_eq!(address(Some(AddressKind::Street)).as_deref(), Some("Main St 1"));
        assert_eq!(address(Some(AddressKind::CareOf)).as_deref(), Some("c/o Ms. Ek, Main St 1"));
    }

    #[test]
    fn a_line_that_changes_is_confirmed_no_more() {
        let mut before = born("", "", "1988");
        before.confirmed = before.lines();
        assert_eq!(before.not_confirmed(), []);
        let mut after = before.clone();
        after.full_name = "Zoe".to_owned();
        after.guardian = "Bo".to_owned();
        after.unconfirm_changed(&before);
        assert_eq!(after.not_confirmed(), [Line::FullName, Line::Guardian]);
        let mut hidden = before.clone();
        hidden.birth_date_hidden = true;
        hidden.unconfirm_changed(&before);
        assert_eq!(hidden.not_confirmed(), []);
    }

    #[test]
    fn a_photo_is_kept_light_and_cut_where_it_was_chosen() {
        let mut photo = TakenPhoto::of(&portrait::drawn(1).unwrap()).unwrap();
        assert!(photo.picture.len() < 200_000);
        let whole = photo.likeness().unwrap().portrait_jpeg().unwrap();
        photo.part = Some(Part { left: 150, top: 200, width: 300, height: 400 });
        assert_ne!(photo.likeness().unwrap().portrait_jpeg().unwrap(), whole);
        assert!(TakenPhoto::of(b"no picture").is_err());
        let draft = Draft { photo: Some(photo), ..born("", "", "1988") };
        let json = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), draft);
        assert_eq!(format!("{draft:?}"), "Draft(…)");
    }
}
