//! A table that makes sense: every word in it is known, and everybody can meet it.

use std::collections::BTreeSet;
use std::iter;

use super::reach::{Heap, Piece, Sum, reach};
use super::table::{
    AddressKind, AgeRule, DocumentId, DocumentType, Feature, Features, GroupId, MAX_DOCUMENTS, MAX_POINTS,
    Need, Table,
};
use super::{Age, Shown, UnknownDocument};

/// The rules of a city. At every age and with every kind of address, there are documents that meet them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(Table);

/// Why a table makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// There are too few or too many types of documents.
    #[error("there are {count} documents; write 1 to {MAX_DOCUMENTS}")]
    Documents {
        /// How many.
        count: usize,
    },
    /// More points than there may be.
    #[error("{whose}: {points} points are too many; write at most {MAX_POINTS}")]
    Points {
        /// Of what.
        whose: String,
        /// How many.
        points: u8,
    },
    /// Two types of documents have one word.
    #[error("there are two documents with id = \"{id}\"; give one of them another id")]
    Twice {
        /// The word.
        id: DocumentId,
    },
    /// A document that is good for nothing.
    #[error("document {id} gives no points and shows nothing; give it some, or take it out")]
    Useless {
        /// Which.
        id: DocumentId,
    },
    /// A document is in a group that there is not.
    #[error("document {id} is in the group \"{group}\", which there is not; add it to the groups")]
    UnknownGroup {
        /// Which document.
        id: DocumentId,
        /// Which group.
        group: GroupId,
    },
    /// A group without documents.
    #[error("no document is in the group \"{group}\"; take it out, or name it at a document")]
    EmptyGroup {
        /// Which.
        group: GroupId,
    },
    /// A group of which nothing counts.
    #[error("of the group \"{group}\" nothing would count; write 1 or more")]
    ZeroGroup {
        /// Which.
        group: GroupId,
    },
    /// An address rule counts a document that there is not.
    #[error("address {}: there is no document \"{id}\"", address.as_str())]
    UnknownCounted {
        /// With which address.
        address: AddressKind,
        /// The word.
        id: DocumentId,
    },
    /// Ages that end before they begin.
    #[error("age {from} to {to}: the end is before the beginning")]
    Backwards {
        /// The first year.
        from: u8,
        /// The last year.
        to: u8,
    },
    /// Two rules for an age.
    #[error("there are two rules for the age of {years}; let one end before the other begins")]
    AgeTwice {
        /// The age.
        years: u8,
    },
    /// No documents can meet the rules.
    #[error(
        "{}with the address \"{}\", all documents together do not give what is needed: {lacking} is missing",
        age.map(|(from, to)| format!("at the age of {from} to {to} and ")).unwrap_or_default(),
        address.as_str()
    )]
    Unreachable {
        /// At which ages, where a rule of their own goes for them.
        age: Option<(u8, u8)>,
        /// With which address.
        address: AddressKind,
        /// What cannot be had, with commas between.
        lacking: String,
    },
}

impl Rules {
    /// The rules of a table.
    ///
    /// # Errors
    /// [`RulesError`] where the table makes no sense.
    pub fn new(table: Table) -> Result<Self, RulesError> {
        documents_make_sense(&table)?;
        ages_make_sense(&table)?;
        let rules = Self(table);
        let everybody = iter::once(None).chain(rules.0.ages.iter().map(|rule| Some((rule.from, rule.to))));
        for age in everybody {
            for address in AddressKind::ALL {
                rules.can_be_met(age, address)?;
            }
        }
        Ok(rules)
    }

    /// What was written down.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.0
    }

    /// The documents of these words, as shown.
    ///
    /// # Errors
    /// The first word that is none.
    pub fn shown<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<Shown, UnknownDocument> {
        ids.into_iter().try_fold(Shown::default(), |shown, id| {
            let found = self.documents().find(|(_, document)| document.id.as_str() == id);
            let (bit, _) = found.ok_or_else(|| {
                let known: Vec<&str> = self.documents().map(|(_, document)| document.id.as_str()).collect();
                UnknownDocument { id: id.to_owned(), known: known.join(", ") }
            })?;
            Ok(shown.and(Shown(bit)))
        })
    }

    /// What is needed at an age and with a kind of address, and whether a guardian must come along.
    #[must_use]
    pub fn need(&self, age: Age, address: AddressKind) -> CaseNeed {
        let band = self.0.ages.iter().find(|rule| age.is_within(rule.from, rule.to));
        self.need_in(band, address)
    }

    /// The documents with their bits, in order.
    pub(super) fn documents(&self) -> impl Iterator<Item = (u64, &DocumentType)> + Clone {
        iter::successors(Some(1_u64), |bit| Some(bit.rotate_left(1))).zip(&self.0.documents)
    }

    /// What the documents of two sets are worth with a kind of address.
    pub(super) fn pieces(&self, address: AddressKind, shown: u64, new: u64) -> Vec<Heap> {
        let counts = self.0.addresses.get(&address).and_then(|rule| rule.counts.as_ref());
        let in_group = |group: Option<&GroupId>| {
            let pieces = self
                .documents()
                .filter(|(bit, document)| (shown | new) & bit != 0 && document.group.as_ref() == group)
                .map(|(bit, document)| Piece {
                    bit,
                    worth: Sum {
                        identity: document.identity_points,
                        residency: match counts {
                            Some(counts) if !counts.contains(&document.id) => 0,
                            _ => document.residency_points,
                        },
                        shows: document.shows,
                    },
                    is_new: shown & bit == 0,
                });
            pieces.collect()
        };
        let groups = self
            .0
            .groups
            .iter()
            .map(|(group, most)| Heap { at_most: Some(*most), pieces: in_group(Some(group)) });
        groups.chain([Heap { at_most: None, pieces: in_group(None) }]).collect()
    }

    /// The fewest documents beside those shown that give all of `cap`.
    pub(super) fn fewest(&self, address: AddressKind, shown: Shown, cap: Sum) -> Option<Vec<DocumentId>> {
        let set = reach(&self.pieces(address, shown.0, u64::MAX), cap).get(&cap)?.set();
        let chosen = self.documents().filter(|(bit, _)| set & bit != 0);
        Some(chosen.map(|(_, document)| document.id.clone()).collect())
    }

    fn need_in(&self, band: Option<&AgeRule>, address: AddressKind) -> CaseNeed {
        let Need { identity_points, residency_points, shows } = self.0.need;
        let rule = self.0.addresses.get(&address);
        let by_age = band.and_then(|rule| rule.residency_points);
        let by_address = rule.and_then(|rule| rule.residency_points);
        let shows = band.and_then(|rule| rule.shows).unwrap_or(shows);
        CaseNeed {
            identity_points: band.and_then(|rule| rule.identity_points).unwrap_or(identity_points),
            // Whoever has two reasons for fewer points needs the fewest.
            residency_points: by_age.into_iter().chain(by_address).min().unwrap_or(residency_points),
            shows: match rule {
                Some(rule) if rule.shows_address => shows.with(Feature::Address),
                _ => shows,
            },
            guardian: band.is_some_and(|rule| rule.guardian),
        }
    }

    fn can_be_met(&self, age: Option<(u8, u8)>, address: AddressKind) -> Result<(), RulesError> {
        let band = self.0.ages.iter().find(|rule| age == Some((rule.from, rule.to)));
        let cap = self.need_in(band, address).sum();
        let sums = reach(&self.pieces(address, u64::MAX, 0), cap);
        let best = sums.into_keys().min_by_key(|sum| sum.distance(cap)).unwrap_or_default();
        if best == cap {
            return Ok(());
        }
        let mut lacking = Vec::new();
        if best.identity < cap.identity {
            lacking.push("identity_points");
        }
        if best.residency < cap.residency {
            lacking.push("residency_points");
        }
        lacking.extend(cap.shows.iter().filter(|one| !best.shows.contains(*one)).map(Feature::as_str));
        Err(RulesError::Unreachable { age, address, lacking: lacking.join(", ") })
    }
}

/// What is needed in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseNeed {
    /// Points for who somebody is.
    pub identity_points: u8,
    /// Points for living here.
    pub residency_points: u8,
    /// What at least one document must show.
    pub shows: Features,
    /// Whether a parent or guardian must come along.
    pub guardian: bool,
}

impl CaseNeed {
    pub(super) fn sum(self) -> Sum {
        Sum { identity: self.identity_points, residency: self.residency_points, shows: self.shows }
    }
}

fn documents_make_sense(table: &Table) -> Result<(), RulesError> {
    let count = table.documents.len();
    if !(1..=MAX_DOCUMENTS).contains(&count) {
        return Err(RulesError::Documents { count });
    }
    let mut ids = BTreeSet::new();
    for document in &table.documents {
        let id = &document.id;
        if !ids.insert(id) {
            return Err(RulesError::Twice { id: id.clone() });
        }
        let points = [document.identity_points, document.residency_points];
        at_most_points(&format!("document {id}"), &points)?;
        if points == [0, 0] && document.shows.is_empty() {
            return Err(RulesError::Useless { id: id.clone() });
        }
        if let Some(group) = document.group.as_ref().filter(|group| !table.groups.contains_key(group)) {
            return Err(RulesError::UnknownGroup { id: id.clone(), group: group.clone() });
        }
    }
    for (group, most) in &table.groups {
        if *most == 0 {
            return Err(RulesError::ZeroGroup { group: group.clone() });
        }
        if !table.documents.iter().any(|document| document.group.as_ref() == Some(group)) {
            return Err(RulesError::EmptyGroup { group: group.clone() });
        }
    }
    for (address, rule) in &table.addresses {
        at_most_points(&format!("address {}", address.as_str()), rule.residency_points.as_slice())?;
        if let Some(id) = rule.counts.iter().flatten().find(|id| !ids.contains(id)) {
            return Err(RulesError::UnknownCounted { address: *address, id: id.clone() });
        }
    }
    at_most_points("evidence", &[table.need.identity_points, table.need.residency_points])
}

fn ages_make_sense(table: &Table) -> Result<(), RulesError> {
    for (at, rule) in table.ages.iter().enumerate() {
        let AgeRule { from, to, .. } = *rule;
        if to < from {
            return Err(RulesError::Backwards { from, to });
        }
        let points: Vec<u8> = rule.identity_points.into_iter().chain(rule.residency_points).collect();
        at_most_points(&format!("age {from} to {to}"), &points)?;
        let before = table.ages.iter().take(at);
        if let Some(years) =
            before.map(|other| other.from.max(from)..=other.to.min(to)).find_map(|mut both| both.next())
        {
            return Err(RulesError::AgeTwice { years });
        }
    }
    Ok(())
}

fn at_most_points(whose: &str, points: &[u8]) -> Result<(), RulesError> {
    match points.iter().find(|points| **points > MAX_POINTS) {
        Some(points) => Err(RulesError::Points { whose: whose.to_owned(), points: *points }),
        None => Ok(()),
    }
}
