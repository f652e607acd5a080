use std::collections::{BTreeMap, BTreeSet};

use super::*;

mod choices;

fn id(text: &str) -> DocumentId {
    DocumentId::try_from(text.to_owned()).unwrap()
}

fn group(text: &str) -> GroupId {
    GroupId::try_from(text.to_owned()).unwrap()
}

/// `id identity residency group features`; `-` is no group.
fn document(line: &str) -> DocumentType {
    let mut words = line.split(' ');
    let mut next = || words.next().unwrap();
    let (name, identity_points, residency_points) = (id(next()), number(next()), number(next()));
    let group = Some(next()).filter(|word| *word != "-").map(group);
    DocumentType { id: name, identity_points, residency_points, shows: features(words), group }
}

fn number(text: &str) -> u8 {
    text.parse().unwrap()
}

fn features<'a>(names: impl IntoIterator<Item = &'a str>) -> Features {
    names.into_iter().map(|name| Feature::ALL.into_iter().find(|one| one.as_str() == name).unwrap()).collect()
}

fn table() -> Table {
    let documents = [
        "passport 3 0 - photo birth_date",
        "consular 3 1 - photo birth_date address",
        "licence 3 1 - photo birth_date address",
        "birth 2 0 - birth_date guardianship",
        "employee 1 1 work photo",
        "payslip 0 1 work address",
        "school 1 1 - birth_date address",
        "utility 0 1 post address",
        "bank 1 1 post address",
        "shelter 1 2 - address",
        "host 0 2 -",
        "guardian-id 0 0 - guardian_identity",
    ];
    let counts = |ids: &[&str]| Some(ids.iter().map(|one| id(one)).collect());
    Table {
        need: Need { identity_points: 3, residency_points: 2, shows: features(["photo", "birth_date"]) },
        documents: documents.map(document).to_vec(),
        groups: BTreeMap::from([(group("post"), 1), (group("work"), 1)]),
        ages: vec![
            AgeRule {
                from: 0,
                to: 13,
                identity_points: Some(2),
                residency_points: Some(1),
                shows: Some(features(["birth_date", "guardianship", "guardian_identity"])),
                guardian: true,
            },
            AgeRule {
                from: 70,
                to: 255,
                identity_points: Some(1),
                residency_points: None,
                shows: Some(features(["photo"])),
                guardian: false,
            },
        ],
        addresses: BTreeMap::from([
            (AddressKind::Street, AddressRule { shows_address: true, ..AddressRule::default() }),
            (
                AddressKind::CareOf,
                AddressRule { counts: counts(&["shelter", "host"]), ..AddressRule::default() },
            ),
            (AddressKind::Withheld, AddressRule { residency_points: Some(1), ..AddressRule::default() }),
            (
                AddressKind::None,
                AddressRule {
                    residency_points: Some(1),
                    counts: counts(&["shelter", "school", "employee"]),
                    shows_address: false,
                },
            ),
        ]),
    }
}

fn rules() -> Rules {
    Rules::new(table()).unwrap()
}

fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(' ').filter(|word| !word.is_empty())
}

fn case(age: Option<u8>, address: AddressKind, guardian: bool, shown: &str) -> Case {
    let shown = rules().shown(words(shown)).unwrap();
    Case { age: age.map_or(Age::UNKNOWN, Age::years), address, guardian, shown }
}

/// What is missing, as `identity_points 2: a b; photo: c`, and what to bring.
fn told(assessment: &Assessment) -> [String; 2] {
    let join = |ids: &[DocumentId]| ids.iter().map(DocumentId::as_str).collect::<Vec<_>>().join(" ");
    let lacking = assessment.lacking().map(|standing| {
        let points = if standing.needed > 1 { format!(" {}", standing.missing()) } else { String::new() };
        format!("{}{points}: {}", standing.requirement, join(&standing.closed_by)).trim_end().to_owned()
    });
    [lacking.collect::<Vec<_>>().join("; "), join(&assessment.bring)]
}

/// The cases of `cases.txt`.
fn cases() -> impl Iterator<Item = (&'static str, Case, [&'static str; 2])> {
    include_str!("cases.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [who, shown, lacking, bring] = parts.try_into().unwrap();
        let mut who = words(who);
        let age = who.next().filter(|age| *age != "?").map(number);
        let address = who.next().unwrap();
        let address = AddressKind::ALL.into_iter().find(|one| one.as_str() == address).unwrap();
        let guardian = who.next().map(|word| assert_eq!(word, "guardian")).is_some();
        (line, case(age, address, guardian, shown), [lacking, bring])
    })
}

#[test]
fn every_case_is_judged_as_it_is_written() {
    let mut count = 0;
    for (line, case, expected) in cases() {
        count += 1;
        let assessment = assess(&rules(), &case);
        assert_eq!(told(&assessment), expected, "{line}");
        assert_eq!(assessment.is_met(), expected[0].is_empty(), "{line}");
    }
    assert_eq!(count, 54);
}

#[test]
fn what_is_there_is_counted_up_to_what_is_needed() {
    let case = case(Some(8), AddressKind::Street, true, "birth school utility");
    let amounts: Vec<_> = assess(&rules(), &case)
        .requirements
        .iter()
        .map(|standing| (standing.requirement.as_str(), standing.there, standing.needed))
        .collect();
    assert_eq!(
        amounts,
        [
            ("identity_points", 2, 2),
            ("residency_points", 1, 1),
            ("birth_date", 1, 1),
            ("address", 1, 1),
            ("guardianship", 1, 1),
            ("guardian_identity", 0, 1),
            ("guardian", 1, 1),
        ]
    );
}

#[test]
fn an_assessment_is_plain_json() {
    let assessment = assess(&rules(), &case(Some(34), AddressKind::None, false, "passport"));
    assert_eq!(
        serde_json::to_value(&assessment).unwrap(),
        serde_json::json!({
            "requirements": [
                { "requirement": "identity_points", "needed": 3, "there": 3, "closed_by": [] },
                { "requirement": "residency_points", "needed": 1, "there": 0,
                  "closed_by": ["employee", "school", "shelter"] },
                { "requirement": "photo", "needed": 1, "there": 1, "closed_by": [] },
                { "requirement": "birth_date", "needed": 1, "there": 1, "closed_by": [] },
            ],
            "bring": ["employee"],
        })
    );
}

#[test]
fn a_document_that_the_rules_do_not_know_is_named() {
    let unknown = rules().shown(["passport", "visa"]).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "there is no document \"visa\"; there are: passport, consular, licence, birth, employee, payslip, school, \
         utility, bank, shelter, host, guardian-id"
    );
}

#[test]
fn a_table_that_makes_no_sense_is_refused() {
    let refused = |change: &dyn Fn(&mut Table), message: &str| {
        let mut table = table();
        change(&mut table);
        assert_eq!(Rules::new(table).unwrap_err().to_string(), message);
    };
    refused(&|table| table.documents.clear(), "there are 0 documents; write 1 to 64");
    refused(
        &|table| {
            table.documents = (0..65).map(|n| document(&format!("d{n} 1 1 - photo"))).collect();
            table.groups.clear();
        },
        "there are 65 documents; write 1 to 64",
    );
    refused(
        &|table| table.documents.push(document("passport 1 0 -")),
        "there are two documents with id = \"passport\"; give one of them another id",
    );
    refused(
        &|table| table.documents.push(document("gold 11 0 -")),
        "document gold: 11 points are too many; write at most 10",
    );
    refused(
        &|table| table.documents.push(document("paper 0 0 -")),
        "document paper gives no points and shows nothing; give it some, or take it out",
    );
    refused(
        &|table| table.documents.push(document("gas 0 1 bills")),
        "document gas is in the group \"bills\", which there is not; add it to the groups",
    );
    refused(
        &|table| table.groups.extend([(group("bills"), 1)]),
        "no document is in the group \"bills\"; take it out, or name it at a document",
    );
    refused(
        &|table| table.groups.extend([(group("post"), 0)]),
        "of the group \"post\" nothing would count; write 1 or more",
    );
    refused(
        &|table| {
            let counts = Some(BTreeSet::from([id("friend")]));
            table.addresses.insert(AddressKind::Withheld, AddressRule { counts, ..AddressRule::default() });
        },
        "address withheld: there is no document \"friend\"",
    );
    refused(&|table| table.need.residency_points = 11, "evidence: 11 points are too many; write at most 10");
    refused(
        &|table| table.ages[1].identity_points = Some(12),
        "age 70 to 255: 12 points are too many; write at most 10",
    );
    refused(
        &|table| table.addresses.get_mut(&AddressKind::None).unwrap().residency_points = Some(20),
        "address none: 20 points are too many; write at most 10",
    );
    refused(&|table| table.ages[0].from = 14, "age 14 to 13: the end is before the beginning");
    refused(
        &|table| table.ages[0].to = 70,
        "there are two rules for the age of 70; let one end before the other begins",
    );
    refused(
        &|table| {
            for document in &mut table.documents {
                document.shows = document.shows.iter().filter(|one| *one != Feature::Photo).collect();
            }
        },
        "with the address \"street\", all documents together do not give what is needed: photo is missing",
    );
    refused(
        &|table| table.documents.retain(|one| one.id != id("guardian-id")),
        "at the age of 0 to 13 and with the address \"street\", all documents together do not give what is needed: \
         guardian_identity is missing",
    );
    // A point each of consular, licence and school, one of the group "work", one of the group "post".
    refused(
        &|table| {
            table.documents.retain(|one| !["shelter", "host"].contains(&one.id.as_str()));
            table.addresses.remove(&AddressKind::CareOf);
            table.addresses.remove(&AddressKind::None);
            table.need.residency_points = 6;
        },
        "with the address \"street\", all documents together do not give what is needed: residency_points is missing",
    );
}

#[test]
fn words_are_plain() {
    for text in ["passport", "a", "id-2", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert_eq!(id(text).as_str(), text);
        assert_eq!(group(text).to_string(), text);
    }
    for text in ["", "Passport", "pass port", "é", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert_eq!(DocumentId::try_from(text.to_owned()), Err(NotAWord { text: text.to_owned() }));
    }
}

#[test]
fn the_largest_table_is_judged() {
    let documents = (0..64).map(|n| {
        let feature = Feature::ALL[n % 5].as_str();
        document(&format!("d{n} {} {} {} {feature}", n % 4, n % 3, ["-", "one", "two"][n % 3]))
    });
    let rules = Rules::new(Table {
        need: Need { identity_points: 10, residency_points: 10, shows: Feature::ALL.into_iter().collect() },
        documents: documents.collect(),
        groups: BTreeMap::from([(group("one"), 3), (group("two"), 4)]),
        ages: Vec::new(),
        addresses: BTreeMap::new(),
    })
    .unwrap();
    let case = Case {
        age: Age::UNKNOWN,
        address: AddressKind::Street,
        guardian: false,
        shown: rules.shown(["d0", "d1"]).unwrap(),
    };
    let assessment = assess(&rules, &case);
    let shown = rules.shown(assessment.bring.iter().map(DocumentId::as_str)).unwrap();
    assert!(assess(&rules, &Case { shown: shown.and(case.shown), ..case }).is_met());
}

#[test]
fn a_document_shown_twice_is_shown_once() {
    let (nothing, passport) = (Shown::default(), rules().shown(["passport"]).unwrap());
    assert!(nothing.is_empty() && !passport.is_empty());
    assert_eq!(passport.and(passport), passport);
    let both = rules().shown(["passport", "host"]).unwrap();
    assert_eq!(passport.and(rules().shown(["host"]).unwrap()), both);
}

#[test]
fn what_is_not_needed_is_not_listed() {
    let mut table = table();
    table
        .addresses
        .insert(AddressKind::Withheld, AddressRule { residency_points: Some(0), ..AddressRule::default() });
    let rules = Rules::new(table).unwrap();
    let case = case(Some(30), AddressKind::Withheld, false, "passport");
    let listed: Vec<_> = assess(&rules, &case).requirements.iter().map(|one| one.requirement).collect();
    assert!(listed.contains(&Requirement::IdentityPoints), "{listed:?}");
    assert!(!listed.contains(&Requirement::ResidencyPoints), "{listed:?}");
}

#[test]
fn groups_and_features_say_what_they_are() {
    assert_eq!((group("post").as_str(), id("passport").as_str()), ("post", "passport"));
    let two = Features::from(BTreeSet::from([Feature::Photo, Feature::Address]));
    assert_eq!(two, features(["photo", "address"]));
    assert!(two.contains(Feature::Address) && !two.contains(Feature::BirthDate));
    assert_eq!(two.with(Feature::Photo), two);
    assert_eq!(format!("{two:?}"), "{Photo, Address}");
}
