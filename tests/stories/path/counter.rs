//! The counter's page, served by the real program: a good card and a revoked one, as a picture and as a text.

use serde_json::{Value, json};
use tests::captures::Camera;
use tests::city::{self, City};
use tests::hall::Hall;
use tests::kiosk::Kiosk;

/// The verdict on the only code of a picture.
fn verdict(counter: &Kiosk, picture: &[u8]) -> Value {
    let codes = counter.post("/v1/read", "image/png", picture);
    assert_eq!(codes["texts"].as_array().unwrap().len(), 1);
    let scanned = json!({ "text": codes["texts"][0], "desk": "library", "language": "pt" });
    counter.post("/v1/verify", "application/json", scanned.to_string().as_bytes())
}

#[test]
fn the_page_tells_a_good_card_from_a_revoked_one() {
    let hall = Hall::empty("counter");
    hall.issuer(&["demo", "--no-serve"]).good();
    hall.verifier(&["trust", "--bundle", "demo-city/public/bundle.cbor"]).good();
    let numbers = String::from_utf8(hall.read("demo-city/demo-cards.txt")).unwrap();
    let numbers: Vec<&str> = numbers.lines().collect();
    let counter = Kiosk::open(&hall, &[]);
    let good = verdict(&counter, &hall.read(&format!("demo-city/cards/{}.png", numbers[0])));
    assert_eq!((&good["outcome"], &good["number"]), (&json!("valid"), &json!(numbers[0])));
    assert_eq!(good["screen"]["title"], "Válido");
    assert_eq!(good["claims"]["face"]["format"], "webp");
    let revoked = verdict(&counter, &hall.read(&format!("demo-city/cards/{}.png", numbers[3])));
    assert_eq!((&revoked["outcome"], &revoked["reason"]), (&json!("not_valid"), &json!("revoked")));
    assert_eq!(revoked["screen"]["sentence"], "O cartão foi revogado.");
    assert_eq!(revoked["screen"]["hotline"], "+1 555 0100");
}

/// Lists for 2.5 million cards, one in a hundred revoked. The verifier's example `large_city` measures the same with the
/// optimised program.
#[test]
fn a_large_city_fits_into_a_small_machine() {
    let hall = Hall::empty("large");
    hall.write("city.cbor", City::large(2_500_000).bundle());
    hall.verifier(&["trust", "--bundle", "city.cbor"]).good();
    let counter = Kiosk::open(&hall, &["--at", &city::NOW.to_string()]);
    let scanned = json!({ "text": city::identity().text(), "desk": "library" }).to_string();
    let frame = Camera::GOOD.take(&image::GrayImage::from_pixel(1011, 638, image::Luma([255])));
    for _ in 0..20 {
        let verdict = counter.post("/v1/verify", "application/json", scanned.as_bytes());
        assert_eq!(verdict["outcome"], "valid");
        let _ = counter.post("/v1/read", "image/jpeg", &frame);
    }
    let kilobytes = counter.most_memory();
    assert!(kilobytes < 50_000, "{kilobytes} kB");
}
