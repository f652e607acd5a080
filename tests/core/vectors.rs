//! The checked-in vectors: read as another implementation would read them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use shared::keys::Thumbprint;
use shared::trusted::Trusted;
use tests::vectors::{BundleFile, Folder, Vector, files};

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors"))
}

fn read<T: serde::de::DeserializeOwned>(folder: &str) -> BTreeMap<String, T> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let parse = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    };
    entries.map(parse).collect()
}

fn trusted() -> BTreeMap<String, Trusted> {
    let establish = |(name, file): (String, BundleFile)| {
        let root = Thumbprint::parse(&file.root).unwrap();
        (name, Trusted::establish(&file.bytes(), Some(root)).unwrap().0)
    };
    read("bundles").into_iter().map(establish).collect()
}

fn all() -> Vec<(Folder, Vector)> {
    let of = |folder: Folder| {
        read::<Vector>(folder.name()).into_iter().map(move |(name, vector)| {
            assert_eq!(name, vector.name);
            (folder, vector)
        })
    };
    Folder::ALL.into_iter().flat_map(of).collect()
}

#[test]
fn each_gets_its_whole_report() {
    let trusted = trusted();
    for (_, vector) in all() {
        let verdict = vector.verdict(vector.bundle.as_ref().map(|name| &trusted[name]));
        let report = serde_json::to_value(verdict.report()).unwrap();
        assert_eq!(report, vector.expected, "{}: {:?}", vector.name, verdict.read_error);
    }
}

#[test]
fn the_generator_writes_the_very_same_files() {
    let written = files();
    for (path, text) in &written {
        let found = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(found == *text, "{} is not what the generator writes: run it again", path.display());
    }
    let mut on_disk = BTreeSet::new();
    for folder in ["valid", "invalid", "edge", "bundles"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        on_disk.extend(entries.map(|entry| Path::new(folder).join(entry.unwrap().file_name())));
    }
    assert_eq!(on_disk, written.into_keys().collect());
}

#[test]
fn every_outcome_and_reason_occurs() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (folder, vector) in all() {
        let outcome = vector.expected["outcome"].as_str().unwrap();
        let good = outcome.starts_with("valid");
        match folder {
            Folder::Valid => assert!(good, "{}", vector.name),
            Folder::Invalid => assert!(!good, "{}", vector.name),
            Folder::Edge => {}
        }
        let reason = vector.expected["reason"].as_str().unwrap_or("-");
        *found.entry(format!("{outcome} {reason}")).or_default() += 1;
    }
    let expected = [
        "cannot_tell clock_behind",
        "cannot_tell no_trust_list",
        "cannot_tell not_a_card",
        "cannot_tell status_unknown",
        "cannot_tell unknown_issuer",
        "cannot_tell unknown_key",
        "cannot_tell unreadable",
        "not_valid bad_signature",
        "not_valid expired",
        "not_valid key_compromised",
        "not_valid not_yet_valid",
        "not_valid revoked",
        "not_valid service_not_granted",
        "not_valid suspended",
        "valid -",
        "valid_stale -",
    ];
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    let count: usize = found.values().sum();
    assert!(count >= 60, "only {count} vectors");
    println!("vectors: {count}, {found:?}");
}

#[test]
fn every_part_of_a_dialect_occurs() {
    let mut parts = BTreeSet::new();
    for (_, vector) in all() {
        if let Some(dialect) = vector.expected["dialect"].as_str() {
            parts.extend(dialect.split('+').map(str::to_owned));
        }
    }
    let expected =
        ["bstr169", "ed25519", "es256", "hex", "no-kid", "spec", "tag61", "unprotected-kid", "untagged"];
    assert_eq!(parts, expected.map(str::to_owned).into());
}

#[test]
fn no_vector_ever_shows_what_its_desk_must_not_see() {
    for (_, vector) in all() {
        let claims = &vector.expected["claims"];
        let good = vector.expected["outcome"].as_str().unwrap().starts_with("valid");
        assert_eq!(claims.is_object(), good, "{}", vector.name);
        if vector.desk.as_deref() == Some("transit") {
            assert!(claims.get("full_name").is_none() && claims.get("birth_date").is_none());
        }
        let text = vector.expected.to_string();
        assert!(!text.contains("nationality") && !text.contains("legal_status"));
    }
}
