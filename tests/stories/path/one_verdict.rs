//! One card, one verdict: the core, the command and the kiosk say the same, to the letter.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shared::trust_list::Field;
use shared::trusted::Trusted;
use shared::verdict::{Desk, verdict};
use tests::city;
use tests::hall::Hall;
use tests::kiosk::Kiosk;
use tests::vectors::{BundleFile, Folder, Vector, at_desk};

use crate::conformance;

/// What the counter reads and the core alone does not: texts as a scanner's keyboard changes them.
const MENDED: [&str; 1] = ["text-lower-case"];

fn read<T: serde::de::DeserializeOwned>(folder: &str) -> Vec<T> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// A verifier that trusts what is kept in a folder of the hall, at one moment: as a command, and as a kiosk.
struct Place<'a> {
    hall: &'a Hall,
    data: &'a str,
    now: &'a str,
    kiosk: Kiosk,
}

impl<'a> Place<'a> {
    fn open(hall: &'a Hall, data: &'a str, now: &'a str) -> Self {
        let kiosk = Kiosk::open(hall, &["--data", data, "--at", now, "--stopped"]);
        Self { hall, data, now, kiosk }
    }

    /// What the command says; its exit status where it says nothing.
    fn command(&self, text: &str, desk: Option<&str>) -> Value {
        let desk = desk.map(|desk| format!("--desk={desk}"));
        let mut arguments = vec!["check", "--json", "--data", self.data, "--at", self.now];
        arguments.extend(desk.as_deref());
        arguments.push(text);
        let answer = self.hall.verifier(&arguments);
        match answer.json().as_slice() {
            [report] => report.clone(),
            reports => json!([answer.status, reports]),
        }
    }

    /// What the kiosk says, and whether it is a verdict.
    fn kiosk(&self, text: &str, desk: Option<&str>) -> (u16, Value) {
        let scanned = json!({ "text": text, "desk": desk }).to_string();
        let (status, mut answer) =
            self.kiosk.ask("POST", "/v1/verify", "application/json", scanned.as_bytes());
        let screen = answer.as_object_mut().unwrap().remove("screen");
        assert_eq!(screen.is_some(), status == 200, "{answer}");
        (status, answer)
    }
}

/// The fields that a vector's desk shows, all where there is no desk; none where the city has no such desk.
fn fields(vector: &Vector, trusted: Option<&Trusted>) -> Option<Vec<Field>> {
    let Some(desk) = &vector.desk else { return Some(Field::ALL.to_vec()) };
    Some(trusted?.trust_list().service(desk)?.fields.clone())
}

#[test]
fn every_vector_gets_one_verdict() {
    let hall = Hall::empty("one_verdict");
    let mut trusted = BTreeMap::new();
    for bundle in read::<BundleFile>("bundles") {
        let (file, name) = (format!("{}.cbor", bundle.name), bundle.name.as_str());
        hall.write(&file, bundle.bytes());
        hall.verifier(&["trust", "--bundle", &file, "--root", &bundle.root, "--data", name]).good();
        trusted.insert(bundle.name.clone(), Trusted::establish(&bundle.bytes(), None).unwrap().0);
    }
    // One kiosk for each bundle and moment.
    let mut places: BTreeMap<(Option<String>, String), Vec<Vector>> = BTreeMap::new();
    for vector in Folder::ALL.into_iter().flat_map(|folder| read::<Vector>(folder.name())) {
        places.entry((vector.bundle.clone(), vector.now.clone())).or_default().push(vector);
    }
    let (mut same, mut mended, mut no_desk) = (0, Vec::new(), Vec::new());
    for ((bundle, now), vectors) in &places {
        let place = Place::open(&hall, bundle.as_deref().unwrap_or("nothing"), now);
        let trusted = bundle.as_ref().map(|name| &trusted[name]);
        for vector in vectors {
            let desk = vector.desk.as_deref();
            let core = serde_json::to_value(vector.verdict(trusted).report()).unwrap();
            assert_eq!(core, vector.expected, "{}", vector.name);
            let command = place.command(&vector.text, desk);
            let (status, kiosk) = place.kiosk(&vector.text, desk);
            let Some(fields) = fields(vector, trusted) else {
                assert_eq!((command, status), (json!([64, []]), 422), "{}", vector.name);
                no_desk.push(vector.name.as_str());
                continue;
            };
            assert_eq!((status, &kiosk), (200, &at_desk(command.clone(), &fields)), "{}", vector.name);
            if command == core {
                same += 1;
            } else {
                assert_eq!(command["outcome"], "valid", "{}", vector.name);
                mended.push(vector.name.as_str());
            }
        }
    }
    println!("one verdict: {same} vectors the same thrice, {mended:?} mended, {no_desk:?} without a desk");
    assert_eq!((same, mended.as_slice()), (239, &MENDED[..]));
    assert_eq!(no_desk, ["service-unknown-to-the-city"]);
}

#[test]
fn every_text_of_others_gets_one_verdict() {
    let Some(scanned) = conformance::scanned() else { return };
    let hall = Hall::empty("one_verdict_of_others");
    let now = conformance::CLOCK.to_string();
    let mut places: BTreeMap<Vec<u8>, Vec<&conformance::Scanned>> = BTreeMap::new();
    for one in &scanned {
        places.entry(one.trusted.to_bundle()).or_default().push(one);
    }
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for (number, (bundle, scanned)) in places.iter().enumerate() {
        let (file, data) = (format!("{number}.cbor"), format!("kept-{number}"));
        hall.write(&file, bundle);
        hall.verifier(&["trust", "--bundle", &file, "--data", &data]).good();
        let place = Place::open(&hall, &data, &now);
        for one in scanned {
            let core = verdict(&one.text, Some(&one.trusted), Desk::Any, city::at(conformance::CLOCK));
            let core = serde_json::to_value(core.report()).unwrap();
            assert_eq!(place.command(&one.text, None), core, "{}", one.name);
            assert_eq!(place.kiosk(&one.text, None), (200, core.clone()), "{}", one.name);
            let reason = core["reason"].as_str().or(core["outcome"].as_str()).unwrap();
            *outcomes.entry(reason.to_owned()).or_default() += 1;
        }
    }
    println!("one verdict: {} texts of others the same thrice, {outcomes:?}", scanned.len());
    assert_eq!(scanned.len(), 18 + 14 + 15);
    assert_eq!(outcomes["valid"], 2 + 8);
}
