//! What is found without trying every choice, against every choice tried.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::*;
use super::{group, id};

/// Rules of up to eight documents; where a need cannot be met there are none.
fn any_rules() -> impl Strategy<Value = Rules> {
    let document = (0..4_u8, 0..3_u8, 0..32_u8, 0..3_usize);
    (prop::collection::vec(document, 1..9), 0..6_u8, 0..4_u8, 0..32_u8, 1..3_u8, 1..3_u8).prop_filter_map(
        "cannot be met",
        |(documents, identity_points, residency_points, shows, one, two)| {
            let features = |bits: u8| -> Features {
                Feature::ALL
                    .into_iter()
                    .zip(0..)
                    .filter(|(_, n)| bits & (1 << n) != 0)
                    .map(|(f, _)| f)
                    .collect()
            };
            let groups = [None, Some(group("one")), Some(group("two"))];
            let mut table = Table {
                need: Need { identity_points, residency_points, shows: features(shows) },
                documents: Vec::new(),
                groups: BTreeMap::from([(group("one"), one), (group("two"), two)]),
                ages: Vec::new(),
                addresses: BTreeMap::new(),
            };
            for (n, (identity_points, residency_points, bits, of)) in documents.into_iter().enumerate() {
                table.documents.push(DocumentType {
                    id: id(&format!("d{n}")),
                    identity_points,
                    residency_points,
                    shows: features(bits),
                    group: groups[of].clone(),
                });
            }
            table
                .groups
                .retain(|group, _| table.documents.iter().any(|one| one.group.as_ref() == Some(group)));
            Rules::new(table).ok()
        },
    )
}

fn judge(rules: &Rules, shown: u64) -> Assessment {
    let shown = Shown(shown);
    assess(rules, &Case { age: Age::UNKNOWN, address: AddressKind::Street, guardian: false, shown })
}

fn bits(rules: &Rules, ids: &[DocumentId]) -> u64 {
    rules.shown(ids.iter().map(DocumentId::as_str)).unwrap().0
}

/// Whether some choice of at most so many of each group gives all points: every choice is tried.
fn met_by_trying(rules: &Rules, shown: u64) -> bool {
    let table = rules.table();
    let of =
        |set: u64| table.documents.iter().zip(0..).filter(move |(_, n)| set & (1 << n) != 0).map(|(d, _)| d);
    let seen = of(shown).fold(Features::default(), |seen, document| seen.or(document.shows));
    let total =
        |set: u64, points: fn(&DocumentType) -> u8| of(set).map(|one| u32::from(points(one))).sum::<u32>();
    table.need.shows.within(seen) == table.need.shows
        && (0..256_u64).filter(|counted| counted & !shown == 0).any(|counted| {
            table.groups.iter().all(|(group, most)| {
                of(counted).filter(|one| one.group.as_ref() == Some(group)).count() <= usize::from(*most)
            }) && total(counted, |one| one.identity_points) >= u32::from(table.need.identity_points)
                && total(counted, |one| one.residency_points) >= u32::from(table.need.residency_points)
        })
}

proptest! {
    #[test]
    fn it_is_met_when_some_choice_meets_it(rules in any_rules(), shown in 0..256_u64) {
        prop_assert_eq!(judge(&rules, shown).is_met(), met_by_trying(&rules, shown));
    }

    // Group limits are no exception: what counts is chosen anew, and never for the worse.
    #[test]
    fn one_more_document_never_makes_it_worse(rules in any_rules(), shown in 0..256_u64, more in 0..8_u32) {
        let total = |shown| judge(&rules, shown).lacking().map(|one| u32::from(one.missing())).sum::<u32>();
        prop_assert!(total(shown | 1 << more) <= total(shown));
        if judge(&rules, shown).is_met() {
            prop_assert!(judge(&rules, shown | 1 << more).is_met());
        }
    }

    #[test]
    fn what_closes_a_requirement_closes_it(rules in any_rules(), shown in 0..256_u64) {
        for standing in judge(&rules, shown).lacking() {
            for closing in &standing.closed_by {
                let bit = bits(&rules, std::slice::from_ref(closing));
                prop_assert_eq!(shown & bit, 0);
                let then = judge(&rules, shown | bit);
                prop_assert!(then.lacking().all(|one| one.requirement != standing.requirement));
            }
        }
    }

    #[test]
    fn what_to_bring_is_enough_and_the_fewest(rules in any_rules(), shown in 0..256_u64) {
        let known = (1_u64 << rules.table().documents.len()) - 1;
        let shown = shown & known;
        let bring = bits(&rules, &judge(&rules, shown).bring);
        prop_assert_eq!(bring & shown, 0);
        prop_assert!(met_by_trying(&rules, shown | bring));
        let fewest = (0..=known).filter(|more| met_by_trying(&rules, shown | more)).map(u64::count_ones).min();
        prop_assert_eq!(fewest, Some(bring.count_ones()));
    }
}
