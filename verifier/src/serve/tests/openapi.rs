//! What is described is what is answered: every address, every outcome, every problem.

use std::collections::BTreeSet;

use ::tests::described::Described;
use ::tests::vectors::Vector;
use actix_web::http::Method;
use chrono::TimeDelta;

use super::vectors::{read, stores};
use super::*;
use crate::updates::{Jitter, Updates};

/// The description as it is served.
async fn served() -> Described {
    let request = TestRequest::get().uri("/v1/openapi.json").insert_header((HOST, "localhost"));
    let (status, kind, document) = Hall::empty().ask(request, today).await;
    assert_eq!((status, kind.as_str()), (200, "application/json"));
    Described(document)
}

#[actix_web::test]
async fn every_address_is_described_and_nothing_else() {
    let Described(document) = served().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path} says nothing of itself");
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let served: BTreeSet<String> =
        routes::table().iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    assert_eq!(described, served);
    assert_eq!(served.len(), 5);
    // Nothing is named that is not there.
    let text = document.to_string();
    let named: BTreeSet<&str> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let there: BTreeSet<&str> =
        document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, there);
}

#[actix_web::test]
async fn every_verdict_is_as_described() {
    let described = served().await;
    let schema = described.answer("POST", "/v1/verify", 200, "application/json");
    let folder = tempfile::tempdir().unwrap();
    let stores = stores(folder.path());
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for vector in ["valid", "invalid", "edge"].into_iter().flat_map(read::<Vector>) {
        let now = DateTime::parse_from_rfc3339(&vector.now).unwrap().to_utc();
        let store = stores[&vector.bundle].clone();
        let kiosk = Data::new(Kiosk::new(store, None, Clock::new(today).stopped_at(now)).unwrap());
        let service = init_service(App::new().app_data(kiosk).configure(routes::all)).await;
        let request = verify_request().set_json(json!({ "text": vector.text, "desk": vector.desk }));
        let answer = call_service(&service, request.to_request()).await;
        if answer.status() == 200 {
            let answer: Value = serde_json::from_slice(&read_body(answer).await).unwrap();
            described.check(schema, &answer, &vector.name);
            seen.insert(format!("{} {}", answer["outcome"], answer["reason"]));
            count += 1;
        }
    }
    assert_eq!((seen.len(), count), (16, 240), "{seen:?}");
    // And no outcome or reason is described that there is not.
    let schemas = &described.0["components"]["schemas"];
    let (outcomes, reasons) = (&schemas["Outcome"]["enum"], &schemas["Reason"]["enum"]);
    assert_eq!(*outcomes, json!(["valid", "valid_stale", "not_valid", "cannot_tell"]));
    let told = reasons.as_array().unwrap();
    assert!(
        told.iter().all(|reason| seen.iter().any(|seen| seen.ends_with(&format!(" {reason}")))),
        "{told:?}"
    );
}

#[actix_web::test]
async fn every_state_is_as_described() {
    let described = served().await;
    let schema = described.answer("GET", "/v1/state", 200, "application/json");
    let trusting = Hall::trusting(&City::port_alder());
    let damaged = Hall::trusting(&City::port_alder());
    std::fs::write(damaged.folder.path().join("trusted.cbor"), "").unwrap();
    for (hall, kept) in [(Hall::empty(), "nothing"), (trusting, "good"), (damaged, "damaged")] {
        let (status, _, state) = hall.ask(state_request("desk=library&language=ar"), today).await;
        assert_eq!(status, 200);
        described.check(schema, &state, kept);
        assert_eq!((&state["kept"], &state["updates"]), (&json!(kept), &Value::Null));

        // Nobody answers there.
        let source = "http://127.0.0.1:1/".parse().unwrap();
        let updates = Arc::new(Updates::new(source, hall.store(), None, TimeDelta::hours(1)));
        for failures in 0..2 {
            let told = hall.state(&updates).await;
            described.check(schema, &told, kept);
            assert_eq!(told["updates"]["failures"], failures);
            let _ = updates.ask(today(), Jitter::of(0));
        }
    }
}

#[actix_web::test]
async fn every_problem_is_as_described() {
    let described = served().await;
    let hall = Hall::trusting(&City::port_alder());
    let local =
        |method: Method, path| TestRequest::with_uri(path).method(method).insert_header((HOST, "localhost"));
    let read = || local(Method::POST, "/v1/read");
    let with_text = |length: usize| verify_request().set_json(json!({ "text": "A".repeat(length) }));
    let mut requests = vec![
        (Method::GET, "/v1/state", 400, local(Method::GET, "/v1/state?desk=a&desk=b")),
        (Method::POST, "/v1/verify", 400, verify_request().set_json(json!({ "txt": "A" }))),
        (Method::POST, "/v1/verify", 415, verify_request().set_payload("A")),
        (
            Method::POST,
            "/v1/verify",
            422,
            verify_request().set_json(json!({ "text": "A", "desk": "harbour" })),
        ),
        (Method::POST, "/v1/verify", 413, with_text(MAX_TEXT)),
        (Method::POST, "/v1/read", 413, read().set_payload(vec![0; MAX_PICTURE + 1])),
        (Method::POST, "/v1/read", 422, read().set_payload("no picture")),
    ];
    for row in routes::table() {
        let foreign = local(row.method.clone(), row.path).insert_header((ORIGIN, "https://evil.example"));
        let rebound =
            TestRequest::with_uri(row.path).method(row.method.clone()).insert_header((HOST, "evil.example"));
        requests.push((row.method.clone(), row.path, 403, foreign));
        requests.push((row.method, row.path, 421, rebound));
    }
    assert_eq!(requests.len(), 17);
    for (method, path, expected, request) in requests {
        let (status, kind, problem) = hall.ask(request, today).await;
        assert_eq!(
            (status, kind.as_str()),
            (expected, "application/problem+json"),
            "{method} {path}: {problem}"
        );
        assert_eq!(problem["status"], expected);
        described.check(described.answer(method.as_str(), path, status, &kind), &problem, path);
    }
    // What belongs to no address, and what a test in process cannot bring about.
    let problem = &json!({ "$ref": "#/components/schemas/Problem" });
    for (request, expected) in
        [(local(Method::GET, "/elsewhere"), 404), (local(Method::PUT, "/v1/state"), 405)]
    {
        let (status, kind, said) = hall.ask(request, today).await;
        assert_eq!((status, kind.as_str()), (expected, "application/problem+json"));
        described.check(problem, &said, "elsewhere");
    }
    for said in [Problem::too_slow(), Problem::internal()] {
        let said = serde_json::to_value(said).unwrap();
        let status = u16::try_from(said["status"].as_u64().unwrap()).unwrap();
        let schema = described.answer("POST", "/v1/read", status, "application/problem+json");
        described.check(schema, &said, "/v1/read");
    }
}

#[actix_web::test]
async fn codes_and_questions_are_as_described() {
    let described = served().await;
    let schema = described.answer("POST", "/v1/read", 200, "application/json");
    described.check(schema, &json!({ "texts": ["A"] }), "/v1/read");
    let asked =
        &described.0["paths"]["/v1/verify"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    described.check(
        asked,
        &json!({ "text": "A", "pressed": null, "desk": "library", "language": "pt" }),
        "asked",
    );
    described.check(asked, &json!({ "text": "A" }), "asked");
    assert_eq!(described.0["components"]["schemas"]["Scanned"]["additionalProperties"], false);
    let bundle = &described.0["paths"]["/v1/bundle"]["get"]["responses"];
    let picture =
        &described.0["paths"]["/v1/read"]["post"]["requestBody"]["content"]["application/octet-stream"];
    let bytes = json!({ "$ref": "#/components/schemas/File" });
    assert_eq!(
        [&bundle["200"]["content"]["application/cbor"]["schema"], &picture["schema"]],
        [&bytes, &bytes]
    );
    let file = &described.0["components"]["schemas"]["File"];
    assert_eq!((&file["type"], &file["format"]), (&json!("string"), &json!("binary")));
    assert!(bundle["204"].is_object());
    assert!(bundle["200"]["headers"]["X-Root-Fingerprint"].is_object());
}
