//! Files of residents: what is wrong is said in full, and nothing is issued until all is right.

use tests::hall::{Answer, Hall};

fn issue(hall: &Hall, csv: impl AsRef<[u8]>) -> Answer {
    hall.write("residents.csv", csv);
    hall.issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json"])
}

fn complaint(hall: &Hall, csv: impl AsRef<[u8]>) -> String {
    let answer = issue(hall, csv);
    assert_eq!((answer.status, answer.out.as_str()), (Some(1), ""), "{}", answer.complaint);
    assert!(!hall.file("cards.pdf").exists());
    answer.complaint
}

#[test]
fn every_wrong_row_is_named_with_line_and_column() {
    let hall = Hall::new("wrong_rows");
    hall.write("short.jpg", &issuer::card::portrait::drawn(1).unwrap()[..500]);
    let said = complaint(
        &hall,
        "full_name,birth_date,gender,services,photo\n\
         Good Row,1990-05-15,F,library,\n\
         ,1990-02-30,Q,pool,missing.jpg\n\
         \"A name\nover two lines\",2100,,,short.jpg\n\
         Too,few\n\
         Last Row,,,,\n",
    );
    for part in [
        "nothing was issued:",
        "line 3, full_name: missing; it must be given",
        "line 3, birth_date: \"1990-02-30\" is not a date; write YYYY-MM-DD, or a year alone",
        "line 3, gender: \"Q\" is not F, M or X",
        "line 3, services: the city has no service \"pool\"; it has: library, clinic, transit",
        "line 3, photo: missing.jpg: ",
        "line 4, birth_date: 2100 is in the future",
        "line 4, photo: short.jpg: ",
        "line 6: 2 cells, the header has 5",
    ] {
        assert!(said.contains(part), "{part:?} is not in:\n{said}");
    }
    assert!(!said.contains("line 2") && !said.contains("line 7"), "{said}");
    // Nothing was issued, and nothing left half done: the corrected file makes the city's first cards.
    let cards = issue(&hall, "full_name\nGood Row\nLast Row\n").good().json();
    assert_eq!(cards.len(), 2);
}

#[test]
fn headers_are_checked() {
    let hall = Hall::new("headers");
    for (csv, part) in [
        (
            &b"full_name,nationality\nA B,x\n"[..],
            "unknown column \"nationality\"; the columns are: full_name,",
        ),
        (b"full_name,full_name\nA,B\n", "the column \"full_name\" stands twice"),
        (b"gender\nF\n", "the header has no column full_name"),
        (b"full_name\n", "there is no row below the header"),
        (b"full_name\n\xff\xfe\n", "line 2, full_name: not UTF-8; save the file as CSV UTF-8"),
    ] {
        let said = complaint(&hall, csv);
        assert!(said.contains(part), "{part:?} is not in:\n{said}");
    }
}

#[test]
fn what_spreadsheets_write_is_read() {
    let hall = Hall::new("spreadsheets");
    // A mark in front, semicolons, and a cell that a spreadsheet would run.
    let cards = issue(&hall, "\u{feff}services;full_name\r\nlibrary transit;=1+1\r\n").good().json();
    assert_eq!(cards.len(), 1);
    hall.publish_and_trust();
    let verdict = hall.check_lines(&[], cards[0]["identity_qr"].as_str().unwrap()).good().json();
    assert_eq!(verdict[0]["claims"]["full_name"], "=1+1");
    assert_eq!(verdict[0]["services"], serde_json::json!(["library", "transit"]));
}

#[test]
fn a_name_without_a_font_stops_the_batch_before_anything_is_signed() {
    let hall = Hall::new("no_font");
    // For private use: no font has it.
    let said = complaint(&hall, "full_name\nAna Novak\n\u{f0000}\n");
    assert!(said.contains("line 3: name: no font prints"), "{said}");
    assert!(!said.contains("line 2"), "{said}");
}

#[test]
fn a_name_printed_with_initials_is_told_and_stays_whole_in_the_credential() {
    let hall = Hall::new("initials");
    hall.write("maria.jpg", issuer::card::portrait::drawn(1).unwrap());
    let name = "Maria Fernanda Concepción de los Ángeles Esperanza Gutiérrez Villanueva";
    let answer = issue(&hall, format!("full_name,photo\nAna Novak,\n{name},maria.jpg\n"));
    assert_eq!(answer.status, Some(0), "{}", answer.complaint);
    let printed = "Maria Fernanda Concepción de los Ángeles Esperanza G. Villanueva";
    assert_eq!(
        answer.complaint.trim(),
        format!(
            "line 3: the name has no room in full and is printed as {printed:?}; the identity code has all of it"
        )
    );
    hall.publish_and_trust();
    let verdict = hall.check_lines(&[], answer.json()[1]["identity_qr"].as_str().unwrap()).good().json();
    assert_eq!(verdict[0]["claims"]["full_name"], name);
}

#[test]
fn pictures_in_a_name_are_refused() {
    let hall = Hall::new("pictures");
    let said = complaint(&hall, "full_name\nAna \u{1f600} Novak\n");
    assert!(said.contains("line 2, full_name: names are written with letters; take out \u{1f600}"), "{said}");
}

#[test]
fn a_file_is_issued_once() {
    let hall = Hall::new("once");
    let csv = "full_name\nAna Novak\nBo Ek\n";
    let first = issue(&hall, csv).good().json();
    let second = issue(&hall, csv);
    assert_eq!(second.status, Some(1));
    assert!(second.complaint.contains("every row would get a second card"), "{}", second.complaint);
    let third = hall
        .issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json", "--again"])
        .good()
        .json();
    let numbers = |cards: &[serde_json::Value]| {
        cards.iter().map(|card| card["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&first).len(), 2);
    assert!(numbers(&third).iter().all(|number| !numbers(&first).contains(number)));
}
