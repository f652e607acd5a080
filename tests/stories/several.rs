//! Several real `issuer serve` on one database and one folder: a visit goes from one to the other, and nothing is there
//! twice.

use tests::hall::{Hall, binary};
use tests::load::{self, City, Full, Load};
use tests::stage;

/// A city that two servers serve.
fn two_servers(hall: &Hall) -> City {
    City::open(&binary("issuer"), &hall.file("city"), None, Full::default(), 2).unwrap()
}

#[test]
fn a_visit_goes_on_at_the_other_server_with_every_page() {
    let hall = Hall::new("several_visit");
    let city = two_servers(&hall);
    let origins = city.origins();
    assert_eq!(origins.len(), 2);
    // Signed in at the first: the second knows who it is.
    let mut browser = city.officer(0);
    browser.spread(vec![origins[1].clone()]);
    assert_eq!(browser.get("/queue").unwrap().path, "/queue");

    browser.spread(origins.clone());
    let mut acknowledged = Vec::new();
    let visited = load::visit(&mut browser, 7, true, &mut acknowledged).unwrap();
    assert_eq!(acknowledged, std::slice::from_ref(&visited.card));
    city.check(&acknowledged).unwrap();

    // A case that is begun at one stands in the queue of both.
    browser.spread(vec![origins[0].clone()]);
    let case = browser.post("/cases", &[("kind", "new")]).unwrap().path;
    let case = case.strip_suffix("/language").unwrap();
    let queues = origins.iter().map(|origin| {
        browser.spread(vec![origin.clone()]);
        browser.get("/queue/part").unwrap().text
    });
    let queues: Vec<String> = queues.collect();
    assert!(queues[0].contains(case), "{}", queues[0]);
    assert_eq!(queues[0], queues[1]);

    // Who signs out at one is signed out at the other.
    browser.spread(vec![origins[1].clone()]);
    browser.get("/").unwrap();
    browser.post("/sign-out", &[]).unwrap();
    browser.spread(vec![origins[0].clone()]);
    let page = browser.get("/queue");
    assert!(page.as_ref().map_or(true, |page| page.path.starts_with("/sign-in")), "{page:?}");
    drop(city);
    stage::whole(&hall, "city", "+0d");
}

#[test]
fn sixteen_desks_at_two_servers_take_no_number_and_no_place_twice() {
    let hall = Hall::new("several_desks");
    let mut city = two_servers(&hall);
    let load = Load {
        desks: 16,
        visits: 2,
        scan_every: usize::MAX,
        think: std::time::Duration::ZERO,
        verifiers: 0,
        kill_after: None,
        calls: false,
    };
    let outcome = load::run(&mut city, load).unwrap();
    assert_eq!(outcome.wrong, [""; 0]);
    assert_eq!(outcome.cards.len(), 32);
    city.check(&outcome.acknowledged).unwrap();
    // One of the two is killed while they work; the other goes on, and it comes back.
    let kill_after = Some(outcome.took / 4);
    let outcome = load::run(&mut city, Load { kill_after, ..load }).unwrap();
    assert_eq!(outcome.wrong, [""; 0]);
    assert!(outcome.cards.len() >= 16, "{}", outcome.cards.len());
    assert_eq!(outcome.cards.len() + outcome.cut_off, 32);
    city.check(&outcome.acknowledged).unwrap();
    drop(city);
    hall.issuer(&["revoke", "--half-issued", "--reason", "interrupted"]).good();
    stage::whole(&hall, "city", "+0d");
}
