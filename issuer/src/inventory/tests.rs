//! No field of the real schema without a word.

use std::collections::BTreeSet;

use super::*;
use crate::db::testing::{cities, now};

#[test]
fn every_field_of_the_database_is_described_and_none_that_is_not_there() {
    for city in cities() {
        let items = inventory(&city.issuer, now()).unwrap();
        let real: BTreeSet<_> = items.iter().map(|item| (item.table.as_str(), item.field.as_str())).collect();
        let undescribed: Vec<_> = items.iter().filter(|item| item.kind == Kind::Undescribed).collect();
        assert!(undescribed.is_empty(), "add them to inventory/fields.rs: {undescribed:#?}");
        let known: BTreeSet<_> = fields::FIELDS.iter().map(|(table, field, ..)| (*table, *field)).collect();
        let gone: Vec<_> = known.difference(&real).collect();
        assert!(gone.is_empty(), "no such field: {gone:?}");
        assert_eq!(known.len(), fields::FIELDS.len(), "each once");
        for table in real.iter().map(|(table, _)| table).collect::<BTreeSet<_>>() {
            if let Some(time) = fields::time_of(table) {
                assert!(real.contains(&(*table, time)), "{table}.{time}");
            }
        }
    }
}

#[test]
fn what_stands_is_counted_with_its_dates() {
    for city in cities() {
        for name in ["Ana Novak", "Bo Ek", "Cy Li"] {
            city.enrol(name, now());
        }
        let find = |field: &str, at| {
            let items = inventory(&city.issuer, at).unwrap();
            items
                .into_iter()
                .find(|item| (item.table.as_str(), item.field.as_str()) == ("enrolment", field))
                .unwrap()
        };
        let last = (now() + chrono::Duration::days(30)).date_naive();
        let sealed = find("sealed", now());
        assert_eq!((sealed.kind, sealed.count, sealed.until), (Kind::Sealed, 3, Until::LastDay(last)));
        assert_eq!((sealed.oldest, sealed.newest), (Some(now()), Some(now())));
        assert_eq!(find("state", now()).until, Until::Kept);

        let late = now() + chrono::Duration::days(31);
        let actor = crate::db::act::Actor::command_line("hall");
        crate::retention::run(&city.issuer, crate::retention::Clock::Confirmed, &actor, late).unwrap();
        let sealed = find("sealed", late);
        assert_eq!((sealed.count, sealed.until), (0, Until::Empty));
        assert_eq!(find("state", late).count, 3);
        let json = serde_json::to_string(&sealed).unwrap();
        assert!(json.contains("\"kind\":\"sealed\",") && json.contains("\"until\":\"empty\""), "{json}");
    }
}
