//! A file of cards is measured before it is printed: `issuer card check`.

use tests::hall::Hall;

#[test]
fn cards_and_sheets_are_measured_and_found_good() {
    let hall = Hall::new("measured");
    let _ = hall.issue("full_name,language\nZoë Müller-Nguyễn,en\nLayla al-Haddad,ar\n");
    let codes = hall.issuer(&["card", "check", "cards.pdf", "--json"]).good().json();
    let said: Vec<_> = codes.iter().map(|code| (code["page"].as_u64().unwrap(), &code["mode"])).collect();
    assert_eq!(said, (1..=4).map(|page| (page, &codes[0]["mode"])).collect::<Vec<_>>());
    for code in &codes {
        assert_eq!(code["mode"], "alphanumeric");
        assert_eq!(code["faults"], serde_json::json!([]));
        assert_eq!((&code["on_dots"], &code["card_known"]), (&true.into(), &true.into()), "{code}");
        assert!(code["module_mm"].as_f64().unwrap() >= 0.423 && code["edge_mm"].as_f64().unwrap() >= 1.0);
        for side in ["left", "right", "above", "below"] {
            assert!(code["quiet"][side]["modules"].as_f64().unwrap() >= 4.0, "{code}");
        }
    }
    let said = hall.issuer(&["card", "check", "cards.pdf"]).good().out;
    assert_eq!(said.lines().filter(|line| line.ends_with("; black on white: good")).count(), 4, "{said}");

    let sheets =
        ["issue", "--again", "--batch", "residents.csv", "--out", "sheets.pdf", "--layout", "letter"];
    let _ = hall.issuer(&sheets).good();
    let said = hall.issuer(&["card", "check", "sheets.pdf"]).good().out;
    assert_eq!(said.matches("mm more to the edge of the card; black on white: good").count(), 4, "{said}");
}

#[test]
fn a_scaled_page_and_other_files_are_refused() {
    let hall = Hall::new("scaled");
    let _ = hall.issue("full_name\nAna Novak\n");
    // As a viewer does that fits cards to smaller paper: 92 of 100.
    let scaled = hall.run("qpdf", &["--qdf", "--object-streams=disable", "cards.pdf", "scaled.pdf"]);
    assert_eq!(scaled, "");
    let written = hall.read("scaled.pdf");
    let at = |needle: &[u8]| written.windows(needle.len()).position(|bytes| bytes == needle);
    assert!(at(b"q 1 0 0 1 0 0 cm").is_some());
    let mut smaller = written.clone();
    while let Some(place) = smaller.windows(16).position(|bytes| bytes == b"q 1 0 0 1 0 0 cm") {
        smaller.splice(place..place + 16, *b"q .92 0 0 .92 0 0 cm");
    }
    hall.write("scaled.pdf", smaller);
    let answer = hall.issuer(&["card", "check", "scaled.pdf"]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.out.contains("page 1: code 1"), "{}", answer.out);
    assert!(answer.out.contains("  - modules of 0.389 mm: at least 0.40 mm are needed"), "{}", answer.out);
    assert!(
        answer.complaint.contains("codes fall under the minimum; do not print this file"),
        "{}",
        answer.complaint
    );

    hall.write("empty.pdf", "");
    for (file, complaint) in [
        ("empty.pdf", "this is not a PDF"),
        ("residents.csv", "this is not a PDF"),
        ("nothing.pdf", "cannot read"),
    ] {
        let answer = hall.issuer(&["card", "check", file]);
        assert_eq!((answer.status, answer.out.as_str()), (Some(1), ""));
        assert!(answer.complaint.contains(complaint), "{}", answer.complaint);
    }
}
