//! Keys on disk: protected, private, replaced without harm to the cards that are out.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tests::hall::{Hall, run};

#[test]
fn cards_of_a_retired_key_stay_good() {
    let hall = Hall::new("rotate");
    let before = hall.issue("full_name\nAna Novak\n")[0]["service_qr"].as_str().unwrap().to_owned();
    hall.issuer(&["key", "rotate", "--now"]).good();
    let after = hall.issue("full_name\nBo Ek\n")[0]["service_qr"].as_str().unwrap().to_owned();
    hall.publish_and_trust();
    hall.check_lines(&["--desk", "library"], &format!("{before}\n{after}\n")).good();
    let keys = hall.issuer(&["key", "list", "--json"]).good().json();
    let mut states: Vec<_> = keys.iter().map(|key| format!("{} {}", key["use"], key["state"])).collect();
    states.sort();
    assert_eq!(states, ["\"card\" \"active\"", "\"card\" \"retired\"", "\"status\" \"active\""]);
    assert!(keys.iter().all(|key| key["jwk"]["crv"] == "Ed25519"));
    // Each key has lists of its own.
    assert!(hall.file("public/s/1").is_file() && hall.file("public/s/2").is_file());
}

#[test]
fn key_files_are_private_and_refused_when_they_are_not() {
    let hall = Hall::new("private");
    let mut files = Vec::new();
    for folder in ["city/keys", "city/keys/signing", "city/keys/secret", "city/keys/destroy-by"] {
        for entry in fs::read_dir(hall.file(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                files.push(entry.path());
            }
        }
    }
    assert!(files.len() >= 4, "{files:?}");
    for file in &files {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    let root = hall.file("city/keys/root.pem");
    fs::set_permissions(&root, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = hall.issuer(&["publish", "--out", "public"]);
    assert_eq!(refused.status, Some(1));
    assert!(refused.complaint.contains("has mode 0640") && refused.complaint.contains("chmod 600"));
}

#[test]
fn a_passphrase_protects_every_key() {
    let hall = Hall::empty("passphrase");
    hall.write("passphrase", "correct horse\n");
    hall.init("https://card.alder.example", &["--passphrase-file", "passphrase"]).good();
    let root = String::from_utf8(hall.read("city/keys/root.pem")).unwrap();
    assert!(root.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{root}");
    let without = hall.issuer(&["publish", "--out", "public"]);
    assert_eq!(without.status, Some(1));
    assert!(without.complaint.contains("ISSUER_PASSPHRASE"), "{}", without.complaint);
    let given = |passphrase: &str| {
        run(hall.issuer_command(&["publish", "--out", "public"]).env("ISSUER_PASSPHRASE", passphrase))
    };
    assert!(given("wrong").complaint.contains("the passphrase is not the one"));
    given("correct horse").good();
    // As systemd hands it over.
    hall.write("credentials/issuer-passphrase", "correct horse");
    run(hall
        .issuer_command(&["key", "rotate", "--now"])
        .env("CREDENTIALS_DIRECTORY", hall.file("credentials")))
    .good();
}
