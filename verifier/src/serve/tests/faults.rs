//! The verifier's folder at its worst: what is checked goes on, and what is wrong is told.

use std::fs;

use super::*;

async fn state_of(kiosk: &Data<Kiosk>) -> Value {
    let service = init_service(App::new().app_data(kiosk.clone()).configure(routes::all)).await;
    let answer = call_service(&service, TestRequest::get().uri("/v1/state").to_request()).await;
    serde_json::from_slice(&read_body(answer).await).unwrap()
}

async fn verdict_of(kiosk: &Data<Kiosk>) -> (String, Value) {
    let service = init_service(App::new().app_data(kiosk.clone()).configure(routes::all)).await;
    let body = json!({ "text": city::identity().text(), "desk": "library" });
    let answer = call_service(&service, verify_request().set_json(body).to_request()).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = serde_json::from_slice(&read_body(answer).await).unwrap();
    (format!("{} {}", answer["outcome"], answer["reason"]), answer["screen"]["advice"].clone())
}

fn kiosk(hall: &Hall) -> Data<Kiosk> {
    Data::new(Kiosk::new(hall.store(), Some("library".to_owned()), Clock::new(today)).unwrap())
}

#[actix_web::test]
async fn damaged_lists_are_no_lists_until_the_bundle_is_loaded_again() {
    let hall = Hall::trusting(&City::port_alder());
    fs::write(hall.folder.path().join("trusted.cbor"), "damaged").unwrap();
    let kiosk = kiosk(&hall);
    let (verdict, advice) = verdict_of(&kiosk).await;
    assert_eq!(verdict, r#""cannot_tell" "no_trust_list""#);
    assert_eq!(advice, "Load the city's bundle on this computer: verifier trust --bundle FILE");
    let state = state_of(&kiosk).await;
    assert_eq!(
        (&state["kept"], &state["city"], &state["updates"]),
        (&json!("damaged"), &Value::Null, &Value::Null)
    );
    hall.store().take(&City::port_alder().bundle(), None).unwrap();
    assert_eq!(verdict_of(&kiosk).await.0, r#""valid" null"#);
    assert_eq!(state_of(&kiosk).await["kept"], "good");
}

#[actix_web::test]
async fn lists_in_memory_outlive_their_file() {
    let hall = Hall::trusting(&City::port_alder());
    let kiosk = kiosk(&hall);
    for (file, content) in [("trusted.cbor", "damaged"), ("trusted.cbor", ""), ("root.txt", "no fingerprint")]
    {
        fs::write(hall.folder.path().join(file), content).unwrap();
        assert_eq!(verdict_of(&kiosk).await.0, r#""valid" null"#, "{file}");
        let state = state_of(&kiosk).await;
        assert_eq!((&state["kept"], &state["city"]), (&json!("damaged"), &json!("Port Alder")), "{file}");
    }
    let root = city::ROOT.public().thumbprint();
    hall.store().take(&City::port_alder().bundle(), Some(root)).unwrap();
    assert_eq!(state_of(&kiosk).await["kept"], "good");
}

#[actix_web::test]
async fn a_folder_that_cannot_be_read_is_told() {
    let hall = Hall::trusting(&City::port_alder());
    let kiosk = kiosk(&hall);
    let (here, away) = (hall.folder.path().to_owned(), hall.folder.path().with_extension("away"));
    fs::rename(&here, &away).unwrap();
    fs::write(&here, "").unwrap();
    assert_eq!(verdict_of(&kiosk).await.0, r#""valid" null"#);
    assert_eq!(state_of(&kiosk).await["kept"], "unreadable");
    fs::remove_file(&here).unwrap();
    fs::rename(&away, &here).unwrap();
    assert_eq!(state_of(&kiosk).await["kept"], "good");
}

#[actix_web::test]
async fn lists_that_a_person_takes_away_are_gone() {
    let hall = Hall::trusting(&City::port_alder());
    let kiosk = kiosk(&hall);
    fs::remove_file(hall.folder.path().join("trusted.cbor")).unwrap();
    assert_eq!(verdict_of(&kiosk).await.0, r#""cannot_tell" "no_trust_list""#);
    assert_eq!(state_of(&kiosk).await["kept"], "nothing");
}

#[test]
fn a_desk_that_the_city_has_not_is_refused_at_the_start() {
    let hall = Hall::trusting(&City::port_alder());
    let refused = Kiosk::new(hall.store(), Some("harbour".to_owned()), Clock::new(today)).unwrap_err();
    assert!(matches!(refused, DeskError::Unknown { .. }), "{refused}");
}
