//! The vectors of `shared/vectors` through the endpoint: to the letter what the core says, but for what the desk must
//! not see of it.

use std::collections::BTreeMap;

use ::tests::vectors::{BundleFile, Vector, at_desk};
use actix_web::test::{call_service, init_service, read_body};
use chrono::DateTime;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::keys::Thumbprint;
use shared::trusted::Trusted;

use super::super::*;
use super::{today, verify_request};

/// What the counter reads and the core alone does not: texts as a scanner's keyboard changes them.
const MENDED: [&str; 1] = ["text-lower-case"];

pub(super) fn read<T: DeserializeOwned>(folder: &str) -> Vec<T> {
    let folder = format!("{}/../shared/vectors/{folder}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// A store for each bundle, and an empty one.
pub(super) fn stores(folder: &std::path::Path) -> BTreeMap<Option<String>, Store> {
    let mut stores = BTreeMap::from([(None, Store::new(folder.join("none")))]);
    for bundle in read::<BundleFile>("bundles") {
        let store = Store::new(folder.join(&bundle.name));
        store.take(&bundle.bytes(), Thumbprint::parse(&bundle.root)).unwrap();
        stores.insert(Some(bundle.name), store);
    }
    stores
}

#[actix_web::test]
async fn the_endpoint_says_what_the_core_says() {
    let folder = tempfile::tempdir().unwrap();
    let stores = stores(folder.path());
    let (mut same, mut mended) = (0, Vec::new());
    for vector in ["valid", "invalid", "edge"].into_iter().flat_map(read::<Vector>) {
        let now = DateTime::parse_from_rfc3339(&vector.now).unwrap().to_utc();
        let store = stores[&vector.bundle].clone();
        let trusted = store.load().unwrap();
        let list = trusted.as_ref().map(Trusted::trust_list);
        let service = vector.desk.as_deref().map(|desk| list.unwrap().service(desk));
        let expected = match service {
            None => vector.expected.clone(),
            Some(Some(service)) => at_desk(vector.expected.clone(), &service.fields),
            // The counter asks for a desk that the city has, before it looks at any card.
            Some(None) => json!(422),
        };
        let kiosk = Data::new(Kiosk::new(store, None, Clock::new(today).stopped_at(now)).unwrap());
        let app = App::new().app_data(kiosk).configure(routes::all);
        let request = verify_request().set_json(json!({ "text": vector.text, "desk": vector.desk }));
        let answer = call_service(&init_service(app).await, request.to_request()).await;
        let mut answer: Value = serde_json::from_slice(&read_body(answer).await).unwrap();
        if answer["title"] == "Unknown desk" {
            answer = answer["status"].take();
        } else {
            answer.as_object_mut().unwrap().remove("screen");
        }
        if answer == expected {
            same += 1;
        } else {
            assert_eq!(answer["outcome"], "valid", "{}: {answer}", vector.name);
            mended.push(vector.name);
        }
    }
    mended.sort();
    assert_eq!(mended, MENDED);
    assert!(same >= 230, "only {same} vectors");
}
