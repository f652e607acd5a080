//! Evidence: which papers show who somebody is and that they live here.
//!
//! The same rules answer at home, in the queue and at the desk. They know types of documents and their points, never a
//! document: nothing here could hold its number, and nobody is asked for a nationality or a status. What a paper is
//! worth, and to whom, is the city's table; what is missing is said with every paper that would do.

mod age;
mod reach;
mod rules;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Serialize, Serializer};

pub use age::{Age, Born};
pub use rules::{CaseNeed, Rules, RulesError};
pub use table::{
    AddressKind, AddressRule, AgeRule, DocumentId, DocumentType, Feature, Features, GroupId, MAX_DOCUMENTS,
    MAX_POINTS, Need, NotAWord, Table,
};

use reach::reach;

/// Somebody who asks for a card, as far as the rules look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// How old they are on the day.
    pub age: Age,
    /// What kind of address they give.
    pub address: AddressKind,
    /// Whether a parent or guardian came with them.
    pub guardian: bool,
    /// What they show.
    pub shown: Shown,
}

/// The types of documents that are shown, of one city's rules. A type counts once, however many papers of it there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown(u64);

impl Shown {
    /// Whether nothing is shown.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is shown here or there.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A document that the rules do not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no document {id:?}; there are: {known}")]
pub struct UnknownDocument {
    /// What was asked for.
    pub id: String,
    /// What there is, with commas between.
    pub known: String,
}

/// Something that must be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requirement {
    /// Points for who somebody is.
    IdentityPoints,
    /// Points for living here.
    ResidencyPoints,
    /// At least one document with this.
    Shows(Feature),
    /// A parent or guardian must come along. No document stands in for them.
    Guardian,
}

impl Requirement {
    /// Its name, in JSON and for finding its words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdentityPoints => "identity_points",
            Self::ResidencyPoints => "residency_points",
            Self::Shows(feature) => feature.as_str(),
            Self::Guardian => "guardian",
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How far one requirement is met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Which.
    pub requirement: Requirement,
    /// How much of it is needed: points, or 1.
    pub needed: u8,
    /// How much is there, at most what is needed.
    pub there: u8,
    /// The documents each of which would close it alone, and open no other; in the order of the table.
    pub closed_by: Vec<DocumentId>,
}

impl Standing {
    /// How much is missing.
    #[must_use]
    pub fn missing(&self) -> u8 {
        self.needed.saturating_sub(self.there)
    }
}

/// What is there and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// Every requirement of the case.
    pub requirements: Vec<Standing>,
    /// The fewest documents that close everything that documents can close; of several such sets, the one that the
    /// table names first. Empty when no document is missing.
    pub bring: Vec<DocumentId>,
}

impl Assessment {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.lacking().next().is_none()
    }

    /// What is missing.
    pub fn lacking(&self) -> impl Iterator<Item = &Standing> {
        self.requirements.iter().filter(|standing| standing.missing() > 0)
    }
}

/// Says what is there and what is missing.
///
/// Of a group of which only so many count, those count that leave the least missing: one more paper never makes
/// anything worse.
#[must_use]
pub fn assess(rules: &Rules, case: &Case) -> Assessment {
    let need = rules.need(case.age, case.address);
    let cap = need.sum();
    let best = |shown: u64| {
        let sums = reach(&rules.pieces(case.address, shown, 0), cap);
        sums.into_keys().min_by_key(|sum| sum.distance(cap)).unwrap_or_default()
    };
    let there = best(case.shown.0);
    let closes = |bit: u64, requirement: Requirement| {
        let then = best(case.shown.0 | bit);
        then.amount(requirement) >= cap.amount(requirement) && then.lacks_no_more_than(there)
    };
    let documents = || rules.documents();
    let standing = |requirement: Requirement| {
        let (needed, there) = (cap.amount(requirement), there.amount(requirement));
        let closed_by = documents()
            .filter(|(bit, _)| there < needed && case.shown.0 & bit == 0 && closes(*bit, requirement))
            .map(|(_, document)| document.id.clone())
            .collect();
        Standing { requirement, needed, there, closed_by }
    };
    let documented = [Requirement::IdentityPoints, Requirement::ResidencyPoints]
        .into_iter()
        .chain(need.shows.iter().map(Requirement::Shows));
    let mut requirements: Vec<Standing> =
        documented.filter(|requirement| cap.amount(*requirement) > 0).map(standing).collect();
    if need.guardian {
        let there = u8::from(case.guardian);
        let requirement = Requirement::Guardian;
        requirements.push(Standing { requirement, needed: 1, there, closed_by: Vec::new() });
    }
    let bring = rules.fewest(case.address, case.shown, cap).unwrap_or_default();
    Assessment { requirements, bring }
}
