//! Cards of another city, recognised.

use tests::hall::Hall;

#[test]
fn a_neighbour_is_recognised_with_its_lists() {
    let neighbour = Hall::empty("neighbour");
    neighbour.init("https://card.elsewhere.example", &[]).good();
    let card = neighbour.issue("full_name\nAna Novak\n")[0].clone();
    let text = card["service_qr"].as_str().unwrap();
    neighbour.publish("public");

    let hall = Hall::new("recognises");
    hall.publish_and_trust();
    let reason = |desk: &[&str]| hall.check_lines(desk, text).json()[0]["reason"].clone();
    assert_eq!(reason(&[]), "unknown_issuer");

    let (jwks, list) = (neighbour.file("public/jwks.json"), neighbour.file("public/s/1"));
    let recognise = |more: &[&str]| {
        let arguments = [
            &["recognise", "--iss", "https://card.elsewhere.example", "--name", "Elsewhere"],
            &["--services", "library", "--jwks", jwks.to_str().unwrap()][..],
            more,
        ];
        hall.issuer(&arguments.concat()).good();
        hall.publish_and_trust();
    };
    recognise(&[]);
    assert_eq!(reason(&[]), "status_unknown");
    recognise(&["--status-list", list.to_str().unwrap()]);
    hall.check_lines(&["--desk", "library"], text).good();
    assert_eq!(reason(&["--desk", "clinic"]), "service_not_granted");

    neighbour.issuer(&["revoke", card["number"].as_str().unwrap(), "--reason", "lost"]).good();
    neighbour.publish("public");
    recognise(&["--status-list", list.to_str().unwrap()]);
    assert_eq!(reason(&[]), "revoked");
}

#[test]
fn what_cannot_be_recognised_is_said() {
    let hall = Hall::new("not_recognised");
    hall.write("keys.json", r#"{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"}]}"#);
    let recognise = |iss: &str, services: &str| {
        let answer = hall.issuer(&[
            "recognise",
            "--iss",
            iss,
            "--jwks",
            "keys.json",
            "--name",
            "X",
            "--services",
            services,
            "--without-status",
        ]);
        assert_eq!(answer.status, Some(1));
        answer.complaint
    };
    assert!(recognise("https://x.example", "library").contains("no key in it can check a card"));
    assert!(recognise("https://card.alder.example", "library").contains("own issuer"));
    assert!(recognise("", "library").contains("is no issuer"));
}
