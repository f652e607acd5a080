//! What a stolen database tells: nobody's name.

use std::fs;
use std::path::Path;

use tests::hall::{Hall, on_postgres};

pub(crate) fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[test]
fn no_file_of_the_city_holds_a_name() {
    let hall = Hall::new("no_name");
    let csv = "full_name,second_name,second_lang,birth_date,address,guardian\n\
               Wilhelmina Quistgaard,ليلى الحداد,ar,1951-07-23,Kastanienallee 77,Theodora Quistgaard\n";
    let cards = hall.issue(csv);
    hall.issuer(&["revoke", cards[0]["number"].as_str().unwrap(), "--reason", "lost"]).good();
    hall.publish("public");
    let mut files = Vec::new();
    files_below(&hall.file("city"), &mut files);
    files_below(&hall.file("public"), &mut files);
    assert!(files.iter().any(|file| file.ends_with("bundle.cbor")));
    if !on_postgres() {
        assert!(files.iter().any(|file| file.ends_with("city.db")), "{files:?}");
    }
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    for file in files {
        let content = fs::read(&file).unwrap();
        for secret in
            ["Wilhelmina", "Quistgaard", "ليلى", "1951-07-23", "19510723", "Kastanienallee", "Theodora"]
        {
            for form in [secret.as_bytes().to_vec(), utf16(secret)] {
                let found = content.windows(form.len()).any(|window| window == form);
                assert!(!found, "{secret} stands in {}", file.display());
            }
        }
    }
}

#[test]
fn the_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    if on_postgres() {
        return;
    }
    let hall = Hall::new("db_mode");
    let mode = fs::metadata(hall.file("city/city.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
