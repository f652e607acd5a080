//! The vectors of `shared/vectors`, and other people's beside the repository, through the page's own core in Chromium: each
//! verdict is the one of the native library, to the letter.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde_json::{Value, json};
use shared::keys::{Thumbprint, unhex};
use shared::trusted::Trusted;
use shared::verdict::Desk;
use tests::city::NOW;
use tests::vectors::{BundleFile, Vector};
use verifier::answer::Answer;
use verifier::counter::{Counter, parse_desk};
use verifier::words::Words;

use super::Installed;

/// A text, and where and when it is scanned.
struct Scanned {
    name: String,
    text: String,
    /// Which of the bundles is trusted.
    bundle: Option<String>,
    desk: String,
    now: i64,
}

/// The core is asked as the page's worker asks it, all in one go: the answers as they are written, or the refusal.
const ASK: &str = "const [bundles, scanned, done] = arguments;
    (async () => {
      const { default: init, Core } = await import(new URL('core.js', location.href));
      await init({ module_or_path: new URL('core.wasm', location.href) });
      const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
      const cores = new Map([[null, new Core()]]);
      for (const [name, { cbor, root }] of Object.entries(bundles)) {
        const core = new Core();
        core.load(bytes(cbor), root);
        cores.set(name, core);
      }
      return scanned.map(([bundle, text, desk, now]) => {
        try { return cores.get(bundle).verify(text, undefined, desk, 'en', now) } catch (error) { return error.message }
      });
    })().then(done, (error) => done(String(error)))";

#[test]
fn the_core_in_a_browser_says_what_the_library_says() {
    let Some(app) = Installed::open() else { return };
    let bundles = bundles();
    let trusted: BTreeMap<&str, Trusted> = bundles
        .iter()
        .map(|(name, bundle)| {
            let pinned = Thumbprint::parse(&bundle.root);
            (name.as_str(), Trusted::establish(&bundle.bytes(), pinned).unwrap().0)
        })
        .collect();
    let vectors = vectors();
    let suites = suites();
    println!("{} vectors, {} texts of other suites", vectors.len(), suites.len());
    assert_eq!(vectors.len(), 241);
    let scanned: Vec<Scanned> = vectors.into_iter().chain(suites).collect();
    let asked: Vec<Value> = scanned
        .iter()
        .map(|Scanned { text, bundle, desk, now, .. }| json!([bundle, text, desk, now]))
        .collect();
    let files: BTreeMap<&String, Value> =
        bundles.iter().map(|(name, file)| (name, json!({ "cbor": file.cbor, "root": file.root }))).collect();
    let answers = app.page.run_later(ASK, vec![json!(files), json!(asked)]);
    let answers = answers.as_array().unwrap_or_else(|| panic!("{answers}"));
    assert_eq!(answers.len(), scanned.len());
    let words = Words::built_in();
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for (scanned, answer) in scanned.iter().zip(answers) {
        let trusted = scanned.bundle.as_deref().map(|name| &trusted[name]);
        let expected = native(scanned, trusted, &words);
        assert_eq!(answer.as_str().unwrap(), expected, "{}", scanned.name);
        let answer: Value = serde_json::from_str(&expected).unwrap_or(json!({ "outcome": expected }));
        *told.entry(answer["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    println!("{told:?}");
    // Cards of every outcome were among them.
    for outcome in ["valid", "valid_stale", "not_valid", "cannot_tell"] {
        assert!(told[outcome] >= 2, "{outcome}: {told:?}");
    }
}

/// What the library writes, in the order in which it writes it.
fn native(scanned: &Scanned, trusted: Option<&Trusted>, words: &Words) -> String {
    let now = DateTime::from_timestamp(scanned.now, 0).unwrap();
    let service = match scanned.desk.as_str() {
        "" => None,
        desk => match parse_desk(desk, trusted) {
            Ok(service) => Some(service),
            Err(_) => return "no-desk".to_owned(),
        },
    };
    let desk = service.as_ref().map_or(Desk::Any, Desk::Of);
    let checked = Counter { trusted, desk, now }.check(&scanned.text, None);
    serde_json::to_string(&Answer::of(&checked, trusted, desk, "en", words)).unwrap()
}

fn own(folder: &str) -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors").join(folder))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn bundles() -> BTreeMap<String, BundleFile> {
    let file = |path: PathBuf| serde_json::from_value::<BundleFile>(read(&path)).unwrap();
    own("bundles").into_iter().map(file).map(|file| (file.name.clone(), file)).collect()
}

fn vectors() -> Vec<Scanned> {
    let all = ["valid", "invalid", "edge"].into_iter().flat_map(own);
    all.map(|path| {
        let vector: Vector = serde_json::from_value(read(&path)).unwrap();
        Scanned {
            now: DateTime::parse_from_rfc3339(&vector.now).unwrap().timestamp(),
            name: vector.name,
            text: vector.text,
            bundle: vector.bundle,
            desk: vector.desk.unwrap_or_default(),
        }
    })
    .collect()
}

/// Every text of a code in other people's suites, and every token of theirs as our codes would carry it.
fn suites() -> Vec<Scanned> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance");
    if !all.exists() {
        println!("conformance: no {}, passed over", all.display());
        return Vec::new();
    }
    let mut texts = Vec::new();
    for folder in ["claim-169/valid", "claim-169/invalid", "claim-169/edge", "claim-169-inji"] {
        for file in files(&all.join(folder)) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let end = file.extension().and_then(|end| end.to_str());
            if end == Some("json") {
                gather(&name, &read(&file), &mut texts);
            } else if end == Some("hex") {
                let token = unhex(fs::read_to_string(&file).unwrap().trim()).unwrap();
                texts.push((name, tests::pack::text(&token)));
            }
        }
    }
    assert_eq!(texts.len(), 32);
    // Without a word on whom to trust, and by a city that does not know them.
    let known = texts.iter().flat_map(|(name, text)| {
        [None, Some("city".to_owned())].map(|bundle| Scanned {
            name: name.clone(),
            text: text.clone(),
            bundle,
            desk: String::new(),
            now: NOW,
        })
    });
    known.collect()
}

fn gather(name: &str, value: &Value, texts: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member.as_str()) {
                    ("qr_data", Some(text)) => {
                        texts.push((name.to_owned(), text.to_owned()));
                    }
                    ("cwt_hex", Some(hex)) => {
                        texts.push((name.to_owned(), tests::pack::text(hex.as_bytes())));
                    }
                    _ => {
                        gather(name, member, texts);
                    }
                }
            }
        }
        Value::Array(members) => {
            for member in members {
                gather(name, member, texts);
            }
        }
        _ => {}
    }
}
