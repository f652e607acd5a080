//! The card's own test vectors: texts of QR codes, what is trusted, where and when
//! they are scanned, and the verdict they must get.
//!
//! The generator writes them into `shared/vectors`; other implementations of the
//! format can run them.

mod caps;
mod codes;
mod dates;
mod dialects;
mod hostile;
mod people;
mod status;
mod trust;

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::trust_list::{Field, ServiceId};
use shared::trusted::Trusted;
use shared::verdict::{Desk, Verdict, verdict};

use crate::city::{City, NOW, at};
use crate::draft::Draft;

/// Where a vector belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Folder {
    /// Good cards.
    Valid,
    /// Cards that are not good, codes that are no cards.
    Invalid,
    /// Both sides of every limit.
    Edge,
}

impl Folder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Valid, Self::Invalid, Self::Edge];

    /// Its name on disk.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Edge => "edge",
        }
    }
}

/// A vector as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vector {
    /// Its name, also the file's.
    pub name: String,
    /// What it shows.
    pub description: String,
    /// The text in the QR code.
    pub text: String,
    /// Name of the bundle that is trusted, a file in `bundles`; none: nothing is.
    pub bundle: Option<String>,
    /// The service of the desk; none: no desk in particular.
    pub desk: Option<String>,
    /// When it is scanned, RFC 3339.
    pub now: String,
    /// The whole report.
    pub expected: Value,
}

impl Vector {
    /// The verdict on its text, trusting `trusted`.
    #[must_use]
    pub fn verdict(&self, trusted: Option<&Trusted>) -> Verdict {
        let now = chrono::DateTime::parse_from_rfc3339(&self.now).unwrap().to_utc();
        let service = self.desk.as_deref().map(|name| ServiceId::parse(name).unwrap());
        verdict(&self.text, trusted, service.as_ref().map_or(Desk::Any, Desk::Of), now)
    }
}

/// What the counter's page is sent of a report: not even the fields that its desk must not see.
#[must_use]
pub fn at_desk(mut report: Value, fields: &[Field]) -> Value {
    for (key, field, nothing) in [
        ("number", Field::Number, Value::Null),
        ("services", Field::Services, json!([])),
        ("expires", Field::Expires, Value::Null),
    ] {
        if !fields.contains(&field) {
            report.as_object_mut().unwrap().insert(key.to_owned(), nothing);
        }
    }
    report
}

/// A bundle as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleFile {
    /// Its name, also the file's.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// The fingerprint of its root key.
    pub root: String,
    /// The bundle, in base64.
    pub cbor: String,
}

impl BundleFile {
    /// The bundle's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        Base64::decode_vec(&self.cbor).unwrap()
    }
}

/// A vector as it is written down here: the outcome by hand, the rest of the report
/// by the verdict.
pub(crate) struct Case {
    folder: Folder,
    name: &'static str,
    description: &'static str,
    text: String,
    bundle: Option<&'static str>,
    desk: Option<&'static str>,
    now: i64,
    outcome: &'static str,
}

/// A case at no desk, now, trusting Port Alder's bundle. `outcome` is the outcome,
/// and after a colon the reason.
fn case(
    folder: Folder,
    name: &'static str,
    description: &'static str,
    text: String,
    outcome: &'static str,
) -> Case {
    Case { folder, name, description, text, bundle: Some("city"), desk: None, now: NOW, outcome }
}

fn valid(name: &'static str, description: &'static str, card: &Draft) -> Case {
    case(Folder::Valid, name, description, card.text(), "valid")
}

fn invalid(name: &'static str, description: &'static str, card: &Draft, outcome: &'static str) -> Case {
    case(Folder::Invalid, name, description, card.text(), outcome)
}

fn edge(name: &'static str, description: &'static str, card: &Draft, outcome: &'static str) -> Case {
    case(Folder::Edge, name, description, card.text(), outcome)
}

impl Case {
    fn desk(mut self, desk: &'static str) -> Self {
        self.desk = Some(desk);
        self
    }

    fn bundle(mut self, bundle: &'static str) -> Self {
        self.bundle = Some(bundle);
        self
    }

    fn no_trust(mut self) -> Self {
        self.bundle = None;
        self
    }

    fn now(mut self, now: i64) -> Self {
        self.now = now;
        self
    }
}

/// Every bundle by name.
#[must_use]
pub fn bundles() -> BTreeMap<&'static str, (BundleFile, City)> {
    let file = |(name, description, city): (&'static str, &str, City)| {
        let root = city.root.public().thumbprint().to_string();
        let cbor = Base64::encode_string(&city.bundle());
        let file = BundleFile { name: name.to_owned(), description: description.to_owned(), root, cbor };
        (name, (file, city))
    };
    trust::bundles().into_iter().map(file).collect()
}

/// Every vector, with its folder. Panics where the verdict is not the one that was
/// written down.
#[must_use]
pub fn vectors() -> Vec<(Folder, Vector)> {
    let trusted: BTreeMap<_, _> =
        bundles().into_iter().map(|(name, (_, city))| (name, city.trusted())).collect();
    let cases = [
        people::cases(),
        dialects::cases(),
        dates::cases(),
        status::cases(),
        trust::cases(),
        codes::cases(),
        hostile::cases(),
        caps::cases(),
    ];
    let mut surprises = Vec::new();
    let vectors = cases.into_iter().flatten().map(|case| finish(case, &trusted, &mut surprises)).collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    vectors
}

fn finish(case: Case, trusted: &BTreeMap<&str, Trusted>, surprises: &mut Vec<String>) -> (Folder, Vector) {
    let mut vector = Vector {
        name: case.name.to_owned(),
        description: case.description.to_owned(),
        text: case.text,
        bundle: case.bundle.map(str::to_owned),
        desk: case.desk.map(str::to_owned),
        now: at(case.now).to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        expected: Value::Null,
    };
    let verdict = vector.verdict(case.bundle.map(|name| trusted.get(name).unwrap()));
    let found = match verdict.outcome.reason() {
        Some(reason) => format!("{}: {reason}", verdict.outcome.as_str()),
        None => verdict.outcome.as_str().to_owned(),
    };
    if found != case.outcome {
        surprises.push(format!("{}: {found} instead of {}: {verdict:?}", case.name, case.outcome));
    }
    vector.expected = serde_json::to_value(verdict.report()).unwrap();
    // In one order, whatever order serde_json was built to keep.
    vector.expected.sort_all_objects();
    (case.folder, vector)
}

/// Every file of the vectors, by its path under `shared/vectors`.
#[must_use]
pub fn files() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for (name, (bundle, _)) in bundles() {
        files.insert(PathBuf::from("bundles").join(format!("{name}.json")), json(&bundle));
    }
    for (folder, vector) in vectors() {
        let path = PathBuf::from(folder.name()).join(format!("{}.json", vector.name));
        let twice = files.insert(path, json(&vector));
        assert!(twice.is_none(), "two vectors are called {}", vector.name);
    }
    files
}

fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap();
    text.push('\n');
    text
}

/// The first inputs of each fuzz target, by name.
#[must_use]
pub fn seeds() -> BTreeMap<&'static str, BTreeMap<String, Vec<u8>>> {
    let mut seeds: BTreeMap<&'static str, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    let mut add = |target, name: &str, bytes: Vec<u8>| {
        seeds.entry(target).or_default().insert(name.to_owned(), bytes);
    };
    for (_, vector) in vectors() {
        if let Ok(token) = shared::qr_text::decode(&vector.text) {
            add("qr_text", &format!("{}.token", vector.name), token.bytes.clone());
            add("credential", &vector.name, token.bytes);
        }
        add("qr_text", &format!("{}.text", vector.name), vector.text.into_bytes());
    }
    for (name, (file, city)) in bundles() {
        add("bundle", name, file.bytes());
        let signed = city.signed_trust_list();
        if let Ok(sign1) = shared::cose::Sign1::parse(&signed) {
            add("trust_list", &format!("{name}.payload"), sign1.payload.to_vec());
        }
        add("trust_list", name, signed);
        for (place, list) in city.lists.iter().enumerate() {
            add("status_list", &format!("{name}-{place}"), list.draft().token());
            add("status_list", &format!("{name}-{place}.list"), list.statuses.to_cbor());
        }
    }
    seeds
}
