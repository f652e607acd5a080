//! What a heap of documents can add up to.
//!
//! Points are counted up to what is needed and no further, so there are few sums, and each is kept with the fewest new
//! documents that lead to it. That finds the smallest set exactly, where trying sets would take forever.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Requirement;
use super::table::Features;

/// Points and features: what is needed, or what there is of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sum {
    pub(super) identity: u8,
    pub(super) residency: u8,
    pub(super) shows: Features,
}

impl Sum {
    /// How much there is of a requirement.
    pub(super) fn amount(self, requirement: Requirement) -> u8 {
        match requirement {
            Requirement::IdentityPoints => self.identity,
            Requirement::ResidencyPoints => self.residency,
            Requirement::Shows(feature) => u8::from(self.shows.contains(feature)),
            Requirement::Guardian => 0,
        }
    }

    /// How far it is from `cap`: first in all points, then in those for identity.
    pub(super) fn distance(self, cap: Self) -> (u8, u8) {
        let identity = cap.identity.saturating_sub(self.identity);
        (identity.saturating_add(cap.residency.saturating_sub(self.residency)), identity)
    }

    /// Whether there is at least as much as in `other`, of points and of features.
    pub(super) fn lacks_no_more_than(self, other: Self) -> bool {
        self.identity >= other.identity
            && self.residency >= other.residency
            && other.shows.within(self.shows) == other.shows
    }

    fn seeing(self, shows: Features, cap: Self) -> Self {
        Self { shows: self.shows.or(shows.within(cap.shows)), ..self }
    }

    fn plus(self, worth: Self, cap: Self) -> Self {
        Self {
            identity: self.identity.saturating_add(worth.identity).min(cap.identity),
            residency: self.residency.saturating_add(worth.residency).min(cap.residency),
            ..self.seeing(worth.shows, cap)
        }
    }
}

/// New documents: fewer are better, then those that the table names first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    count: u32,
    first: Reverse<u64>,
}

impl Cost {
    const NOTHING: Self = Self { count: 0, first: Reverse(0) };

    /// The set of bits.
    pub(super) fn set(self) -> u64 {
        self.first.0.reverse_bits()
    }

    fn and(self, bit: u64) -> Self {
        Self { count: self.count.saturating_add(1), first: Reverse(self.first.0 | bit.reverse_bits()) }
    }
}

/// One document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) bit: u64,
    pub(super) worth: Sum,
    /// Not shown yet: it may be brought or not.
    pub(super) is_new: bool,
}

/// Documents of which so many give points, or all.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    pub(super) at_most: Option<u8>,
    pub(super) pieces: Vec<Piece>,
}

/// Every sum up to `cap` that the documents can give, with the fewest new documents for it. What a document shows is
/// seen even where its points do not count.
pub(super) fn reach(heaps: &[Heap], cap: Sum) -> BTreeMap<Sum, Cost> {
    let mut reached = BTreeMap::from([(Sum::default(), Cost::NOTHING)]);
    for heap in heaps {
        // By sum, and how many documents of this heap have given points.
        let mut within: BTreeMap<(Sum, u8), Cost> =
            reached.into_iter().map(|(sum, cost)| ((sum, 0), cost)).collect();
        for piece in &heap.pieces {
            let mut next = BTreeMap::new();
            for ((sum, counted), cost) in within {
                let cost_with = if piece.is_new { cost.and(piece.bit) } else { cost };
                if piece.is_new {
                    keep(&mut next, (sum, counted), cost);
                }
                match heap.at_most {
                    None => keep(&mut next, (sum.plus(piece.worth, cap), 0), cost_with),
                    Some(most) => {
                        keep(&mut next, (sum.seeing(piece.worth.shows, cap), counted), cost_with);
                        if counted < most {
                            keep(
                                &mut next,
                                (sum.plus(piece.worth, cap), counted.saturating_add(1)),
                                cost_with,
                            );
                        }
                    }
                }
            }
            within = next;
        }
        reached = BTreeMap::new();
        for ((sum, _), cost) in within {
            keep(&mut reached, sum, cost);
        }
    }
    reached
}

fn keep<K: Ord>(best: &mut BTreeMap<K, Cost>, key: K, cost: Cost) {
    best.entry(key).and_modify(|known| *known = cost.min(*known)).or_insert(cost);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Feature;

    #[test]
    fn a_sum_with_less_of_anything_lacks_more() {
        let sum = |identity, residency, shows: &[Feature]| Sum {
            identity,
            residency,
            shows: shows.iter().copied().collect(),
        };
        let there = sum(2, 2, &[Feature::Photo]);
        assert!(there.lacks_no_more_than(there));
        assert!(sum(3, 3, &[Feature::Photo, Feature::Address]).lacks_no_more_than(there));
        for less in
            [sum(1, 3, &[Feature::Photo]), sum(3, 1, &[Feature::Photo]), sum(3, 3, &[Feature::Address])]
        {
            assert!(!less.lacks_no_more_than(there), "{less:?}");
        }
    }
}
