//! What has no place to be kept: the number of a document, a nationality, a legal status.

use std::collections::BTreeSet;

use shared::trust_list::Field;

use crate::resident::{BirthDate, Resident};

/// Parts of names of fields that must not be.
const NEVER: [&str; 20] = [
    "nation", "citizen", "country", "origin", "immigra", "legal", "visa", "permit", "asylum", "refugee",
    "passport", "document", "paper", "licence", "license", "serial", "scan", "ethnic", "relig", "ssn",
];

/// Every column that says `number` or `status`: a card's number, a card's status, and none of a person.
const OF_CARDS: [&str; 11] = [
    "card.number",
    "card.status",
    "card.status_index",
    "card.status_list_id",
    "kept_status.status",
    "kept_status.status_index",
    "kept_status.status_list_id",
    "kit_revocation.number",
    "recognised_issuer.has_status",
    "status_change.from_status",
    "status_change.to_status",
];

fn says_never(name: &str) -> bool {
    // The type of a document is all that may be kept of it.
    let name = name.to_lowercase().replace("document_type", "");
    NEVER.iter().any(|never| name.contains(never))
}

/// `table.column` of every table of `schema.rs`.
fn columns_of_diesel() -> BTreeSet<String> {
    let mut table = "";
    let mut renamed = None;
    let mut columns = BTreeSet::new();
    for line in include_str!("schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            table = name;
        } else if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            renamed = name.strip_suffix("\"]");
        } else if let Some((name, _)) = line.split_once(" -> ") {
            columns.insert(format!("{table}.{}", renamed.take().unwrap_or(name)));
        }
    }
    columns
}

/// `table.column` of every table that the migrations make.
fn columns_of_migrations() -> BTreeSet<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = folders.filter(|path| path.is_dir()).map(|path| path.join("up.sql")).collect();
    files.sort();
    let mut columns = BTreeSet::new();
    for file in files {
        let sql = std::fs::read_to_string(file).unwrap();
        let mut table: Option<String> = None;
        for line in sql.lines().map(str::trim).filter(|line| !line.starts_with("--")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match (&table, words.as_slice()) {
                (None, ["CREATE", "TABLE", name, ..]) => table = Some((*name).to_owned()),
                (None, ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..]) => {
                    columns.insert(format!("{name}.{column}"));
                }
                (Some(_), [")" | ");", ..]) => table = None,
                (Some(name), [column, kind, ..]) if is_type(kind) => {
                    columns.insert(format!("{name}.{}", column.trim_matches('"')));
                }
                _ => {}
            }
        }
    }
    columns
}

fn is_type(word: &str) -> bool {
    ["TEXT", "BIGINT", "BOOLEAN", "BYTEA", "TIMESTAMP", "DATE"].contains(&word.trim_end_matches(','))
}

#[test]
fn such_names_are_found() {
    for name in
        ["enrolment.nationality", "enrolment.passport_number", "evidence.document_number", "x.legal_status"]
    {
        assert!(says_never(name), "{name}");
    }
    assert!(!says_never("evidence.document_type"));
}

#[test]
fn no_column_holds_a_document_number_a_nationality_or_a_status() {
    let columns = columns_of_diesel();
    assert_eq!(columns, columns_of_migrations(), "schema.rs has the columns of the migrations");
    assert!(columns.len() > 60 && columns.contains("enrolment.sealed"), "{columns:?}");
    let wrong: Vec<_> = columns.iter().filter(|column| says_never(column)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let numbers_and_statuses: Vec<_> = columns
        .iter()
        .map(String::as_str)
        .filter(|name| {
            let (_, column) = name.split_once('.').unwrap();
            column.contains("number") || column.contains("status")
        })
        .collect();
    assert_eq!(numbers_and_statuses, OF_CARDS);
}

#[test]
fn what_is_sealed_of_a_resident_is_this_and_nothing_else() {
    let resident = Resident {
        full_name: "Ana Novak".to_owned(),
        second_name: None,
        second_lang: None,
        birth_date: Some(BirthDate::Year(1990)),
        gender: None,
        address: None,
        guardian: None,
        services: Vec::new(),
        language: "en".to_owned(),
    };
    let sealed = serde_json::to_value(resident).unwrap();
    let mut fields: Vec<&str> = sealed.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let allowed = [
        "address",
        "birth_date",
        "full_name",
        "gender",
        "guardian",
        "language",
        "second_lang",
        "second_name",
        "services",
    ];
    assert_eq!(fields, allowed);
}

#[test]
fn what_is_sealed_of_a_visit_is_this_and_nothing_else() {
    let sealed = serde_json::to_value(crate::enrolment::Draft::default()).unwrap();
    let mut fields: Vec<&str> = sealed.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let allowed = [
        "address",
        "address_kind",
        "birth_date_hidden",
        "birth_day",
        "birth_month",
        "birth_year",
        "care_of",
        "confirmed",
        "evidence",
        "full_name",
        "gender",
        "guardian",
        "guardian_came",
        "language",
        "photo",
        "second_lang",
        "second_name",
        "services",
    ];
    assert_eq!(fields, allowed);
}

/// What the tables of a visit hold: ids, words of short lists, times, counts and keyed hashes.
#[test]
fn the_tables_of_a_visit_have_no_place_for_a_name() {
    let columns = columns_of_diesel();
    for part in
        ["name", "language", "birth", "gender", "address", "guardian", "photo", "face", "words", "text"]
    {
        let wrong: Vec<_> = columns
            .iter()
            .filter(|column| !column.starts_with("recognised_issuer."))
            .filter(|column| column.split_once('.').is_some_and(|(_, column)| column.contains(part)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

#[test]
fn no_field_of_a_code_is_one_either() {
    for field in Field::ALL.map(Field::as_str) {
        assert!(!says_never(field) && !field.contains("status"), "{field}");
    }
}

#[test]
fn a_table_of_papers_takes_no_number() {
    // What an entry of the table may say, named by the refusal of a word that it may not.
    let entry =
        "[evidence]\nidentity_points = 0\nresidency_points = 0\n[[evidence.document]]\nid = \"passport\"\n";
    for word in ["number", "nationality", "status", "country", "file"] {
        let error = crate::config::City::parse(&format!("{entry}{word} = \"x\"\n")).unwrap_err().to_string();
        let expected = format!(
            "unknown field `{word}`, expected one of `id`, `title`, `identity_points`, `residency_points`, `shows`, `group`, `card`"
        );
        assert!(error.contains(&expected), "{error}");
    }
}
