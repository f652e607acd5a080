//! The `[evidence]` section: which papers are needed for a card, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared::evidence::{
    AddressKind, AddressRule, AgeRule, DocumentId, DocumentType, Features, GroupId, Need, Rules, Table,
};

use super::written::{Disagreement, in_every_language};
use super::{Language, Texts};

/// The section of a new city, with titles in more languages than a new city has.
pub(super) const BUILT_IN: &str = include_str!("evidence.toml");

/// Which papers are needed for a card.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What they are worth, and what is needed.
    pub rules: Rules,
    /// The paper that an earlier card of the city counts as at a renewal, if it counts.
    pub card: Option<DocumentId>,
    titles: BTreeMap<DocumentId, Texts>,
}

impl Evidence {
    /// What a type of document is called in a language, or in one that it is a form of, or else in the first of
    /// `others` that has a title.
    #[must_use]
    pub fn title<'a>(&'a self, id: &'a DocumentId, language: &str, others: &[Language]) -> &'a str {
        let Some(titles) = self.titles.get(id) else { return id.as_str() };
        let forms = std::iter::successors(Some(language), |tag| tag.rsplit_once('-').map(|(short, _)| short));
        let said =
            |tag: &str| titles.iter().find(|(one, _)| one.as_str() == tag).map(|(_, text)| text.as_str());
        forms
            .chain(others.iter().map(Language::as_str))
            .find_map(said)
            .or_else(|| titles.values().next().map(super::Text::as_str))
            .unwrap_or_else(|| id.as_str())
    }

    /// What goes in a city that has not written down anything.
    pub(super) fn built_in() -> Result<Self, Disagreement> {
        #[derive(Deserialize)]
        struct Section {
            evidence: WrittenEvidence,
        }
        // A test reads it without an error.
        let section: Section =
            toml::from_str(BUILT_IN).map_err(|error| Disagreement::BuiltInEvidence(error.to_string()))?;
        section.evidence.read()
    }
}

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenEvidence {
    identity_points: u8,
    residency_points: u8,
    #[serde(default)]
    shows: Features,
    #[serde(default)]
    groups: BTreeMap<GroupId, u8>,
    #[serde(default)]
    address: BTreeMap<AddressKind, WrittenAddress>,
    #[serde(default)]
    age: Vec<WrittenAge>,
    document: Vec<WrittenDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAddress {
    residency_points: Option<u8>,
    counts: Option<BTreeSet<DocumentId>>,
    #[serde(default)]
    shows_address: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAge {
    #[serde(default)]
    from: u8,
    #[serde(default = "oldest")]
    to: u8,
    identity_points: Option<u8>,
    residency_points: Option<u8>,
    shows: Option<Features>,
    #[serde(default)]
    guardian: bool,
}

fn oldest() -> u8 {
    u8::MAX
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDocument {
    id: DocumentId,
    title: Texts,
    #[serde(default)]
    identity_points: u8,
    #[serde(default)]
    residency_points: u8,
    #[serde(default)]
    shows: Features,
    group: Option<GroupId>,
    #[serde(default)]
    card: bool,
}

impl WrittenEvidence {
    /// The section of a city with these languages.
    pub(super) fn read_in(self, languages: &[Language]) -> Result<Evidence, Disagreement> {
        for document in &self.document {
            let what = format!("evidence document {}: title", document.id);
            in_every_language(&what, &document.title, languages)?;
        }
        self.read()
    }

    fn read(self) -> Result<Evidence, Disagreement> {
        let mut titles = BTreeMap::new();
        let mut documents = Vec::with_capacity(self.document.len());
        let mut earlier: Option<DocumentId> = None;
        for written in self.document {
            let WrittenDocument { id, title, identity_points, residency_points, shows, group, card } =
                written;
            if card && let Some(other) = earlier.replace(id.clone()) {
                return Err(Disagreement::TwoCards { one: other, other: id });
            }
            titles.insert(id.clone(), title);
            documents.push(DocumentType { id, identity_points, residency_points, shows, group });
        }
        let rules = Rules::new(Table {
            need: Need {
                identity_points: self.identity_points,
                residency_points: self.residency_points,
                shows: self.shows,
            },
            documents,
            groups: self.groups,
            ages: self.age.into_iter().map(WrittenAge::read).collect(),
            addresses: self.address.into_iter().map(|(kind, rule)| (kind, rule.read())).collect(),
        })?;
        Ok(Evidence { rules, card: earlier, titles })
    }
}

impl WrittenAddress {
    fn read(self) -> AddressRule {
        let Self { residency_points, counts, shows_address } = self;
        AddressRule { residency_points, counts, shows_address }
    }
}

impl WrittenAge {
    fn read(self) -> AgeRule {
        let Self { from, to, identity_points, residency_points, shows, guardian } = self;
        AgeRule { from, to, identity_points, residency_points, shows, guardian }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::City;
    use crate::config::testing::answers;

    fn template() -> String {
        City::template(&answers())
    }

    /// A city without the section.
    fn bare() -> String {
        let template = template();
        let (before, rest) = template.split_once("# Which papers are needed").unwrap();
        let (_, after) = rest.split_once("# What the card opens.").unwrap();
        format!("{before}{after}").replacen(" `fields` is what", "# `fields` is what", 1)
    }

    #[test]
    fn a_city_without_the_section_has_the_rules_of_a_new_one() {
        let new = City::parse(&template()).unwrap();
        let city = City::parse(&bare()).unwrap();
        assert_eq!(city.evidence.rules, new.evidence.rules);
        assert_eq!(city.evidence.card, new.evidence.card);
        assert_eq!(new.evidence.card.map(|id| id.to_string()).as_deref(), Some("city-card"));
        let passport = DocumentId::try_from("passport".to_owned()).unwrap();
        for (language, title) in [
            ("es", "Pasaporte de cualquier país, vigente o vencido"),
            ("es-419", "Pasaporte de cualquier país, vigente o vencido"),
            ("uk", "Паспорт будь-якої країни, навіть прострочений"),
            ("so", "Passport of any country, expired or not"),
        ] {
            assert_eq!(city.evidence.title(&passport, language, &city.languages), title, "{language}");
        }
        let new = City::parse(&template()).unwrap();
        let title = new.evidence.title(&passport, "uk", &new.languages);
        assert_eq!(title, "Passport of any country, expired or not", "a new city has no Ukrainian");
    }

    #[test]
    fn the_built_in_titles_are_in_eight_languages() {
        let evidence = Evidence::built_in().unwrap();
        assert_eq!(evidence.titles.len(), 17);
        for (id, titles) in &evidence.titles {
            let languages: Vec<&str> = titles.keys().map(Language::as_str).collect();
            assert_eq!(languages, ["ar", "de", "en", "es", "fr", "it", "pt", "uk"], "{id}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        for (right, wrong, message) in [
            (
                "[\"photo\", \"birth_date\"]",
                "[\"picture\"]",
                "unknown variant `picture`, expected one of `photo`",
            ),
            ("id = \"passport\"", "id = \"A passport\"", "write one word of a-z, 0-9 and -"),
            ("id = \"consular-card\"", "id = \"passport\"", "two documents with id = \"passport\""),
            ("group = \"letters\"", "group = \"bills\"", "in the group \"bills\", which there is not"),
            (
                "counts = [\"city-card\"",
                "counts = [\"visa\"",
                "address care_of: there is no document \"visa\"",
            ),
            (
                "title.fr = \"Carte consulaire\"\n",
                "",
                "evidence document consular-card: title has no text in \"fr\"",
            ),
            ("identity_points = 3\nresidency", "identity_points = 11\nresidency", "write at most 10"),
            ("to = 13", "to = 20", "two rules for the age of 14"),
            ("residency_points = 1\n# What", "residency_points = 9\n# What", "residency_points is missing"),
            ("letters = 2", "letters = 0", "of the group \"letters\" nothing would count"),
            ("[evidence.address.none]", "[evidence.address.nowhere]", "unknown variant `nowhere`"),
            (
                "id = \"lease\"",
                "id = \"lease\"\ncard = true",
                "city-card and lease both have card = true; leave it at one",
            ),
            ("id = \"lease\"", "id = \"lease\"\nnumber = true", "unknown field `number`"),
        ] {
            let text = template().replacen(right, wrong, 1);
            assert_ne!(text, template(), "{right} is in the template");
            let error = City::parse(&text).unwrap_err().to_string();
            assert!(error.contains(message), "{message:?} is not in:\n{error}");
        }
    }
}
