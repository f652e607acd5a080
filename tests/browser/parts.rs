//! A bundle over a screen: the loop of codes in a browser, photographed, and given to another verifier.

use tests::city::{self, City};
use tests::hall::Hall;

use crate::rig::{Page, Setup, Width};

#[test]
fn a_bundle_goes_over_a_screen() {
    let Some(page) = Page::open(&Setup::default()) else { return };
    let hall = Hall::empty("loop");
    let bundle = City::port_alder().bundle();
    hall.write("city.cbor", &bundle);
    let arguments = ["bundle-qr", "--bundle", "city.cbor", "--out", "loop.html", "--language", "ar"];
    let said = hall.verifier(&arguments).good().out;
    let parts = bundle.len().div_ceil(600);
    assert_eq!(said, format!("{parts} codes in loop.html: open it in a browser.\n"));
    page.go(&format!("file://{}", hall.file("loop.html").display()));
    page.hold();
    assert_eq!(page.text("h1"), "قوائم المدينة");
    page.is_accessible();
    page.screenshots("loop-ar");
    page.size(Width::Desk);

    // The last photos first, and one left out; the city's own page is passed over.
    let mut pictures = Vec::new();
    for _ in 0..parts {
        let number = page.text("#part").split(' ').nth(1).unwrap().to_owned();
        hall.write(&format!("{number}.png"), page.picture());
        pictures.insert(0, format!("{number}.png"));
        page.advance(250);
    }
    assert_eq!(pictures.len(), parts);
    let trust = |pictures: &[String]| {
        let mut arguments = vec!["trust", "--qr"];
        arguments.extend(pictures.iter().map(String::as_str));
        hall.verifier(&arguments)
    };
    let without_one = trust(&pictures[1..]);
    assert_eq!(without_one.status, Some(64));
    let missing = pictures[0].trim_end_matches(".png");
    assert_eq!(without_one.complaint, format!("verifier: these parts are missing: {missing}\n"));
    let said = trust(&pictures).good().out;
    assert!(said.contains(&city::ROOT.public().thumbprint().to_string()), "{said}");
    assert_eq!(trust(&pictures).good().out.lines().next(), Some("Trust list 12: unchanged."));
    assert!(page.complaints().is_empty());
}
