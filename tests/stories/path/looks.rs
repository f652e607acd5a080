//! What a city decides about the looks of its cards, and every kind of paper that they are printed on.

use image::GrayImage;
use tests::hall::Hall;

const RESIDENTS: &str = "\
full_name,second_name,second_lang,birth_date,photo,language,guardian
Zoë Müller-Nguyễn,,,1988-03-09,face.jpg,en,
ليلى الحداد,Layla al-Haddad,en,1990-05-15,face.jpg,ar,
অনিকা রহমান,Anika Rahman,en,2016-02-01,face.jpg,fr,Farid Rahman
";

fn hall(story: &str) -> Hall {
    let hall = Hall::new(story);
    hall.write("face.jpg", issuer::card::portrait::drawn(3).unwrap());
    hall.write("residents.csv", RESIDENTS);
    hall
}

/// `city.toml` with a part of it replaced.
fn decide(hall: &Hall, from: &str, to: &str) {
    let decided = String::from_utf8(hall.read("city/city.toml")).unwrap();
    assert!(decided.contains(from), "{from}");
    hall.write("city/city.toml", decided.replacen(from, to, 1));
}

#[test]
fn one_batch_makes_every_layout() {
    let hall = hall("layouts");
    let also = ["slip=slips.pdf", "large=large.pdf", "a4=a4.pdf", "letter=letter.pdf", "proof=proofs"];
    let also: Vec<&str> = also.iter().flat_map(|also| ["--also", also]).collect();
    let batch = ["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--bleed", "--json"];
    let cards = hall.issuer(&[&batch, also.as_slice()].concat()).good().json();
    // Points: 85.60 x 54.02 mm with 1.02 mm more all around, A5, A4, Letter.
    for (file, pages, size) in [
        ("cards.pdf", 6, "248.4 x 158.88"),
        ("large.pdf", 6, "595.2 x 419.52"),
        ("slips.pdf", 3, "419.52 x 595.2"),
        ("a4.pdf", 2, "595.2 x 841.92"),
        ("letter.pdf", 2, "612 x 792"),
    ] {
        hall.run("qpdf", &["--check", file]);
        let told = hall.run("pdfinfo", &[file]);
        let line = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        assert_eq!(line("Pages:"), pages.to_string(), "{file}");
        assert!(line("Page size:").starts_with(size), "{file}: {}", line("Page size:"));
        assert_eq!(line("PDF version:"), "1.7", "{file}");
        assert_eq!(line("JavaScript:"), "no", "{file}");
        if file != "slips.pdf" {
            hall.issuer(&["card", "check", file]).good();
        }
    }
    let trimmed = hall.run("pdfinfo", &["-box", "cards.pdf"]);
    let trim = trimmed.lines().find_map(|line| line.strip_prefix("TrimBox:")).unwrap();
    assert_eq!(trim.split_whitespace().collect::<Vec<_>>(), ["2.88", "2.88", "245.52", "156.00"]);
    for card in &cards {
        for side in ["front", "back"] {
            let picture = hall.read(&format!("proofs/{}-{side}.png", card["number"].as_str().unwrap()));
            assert_eq!(image::load_from_memory(&picture).unwrap().into_rgb8().dimensions(), (1011, 638));
        }
    }
}

#[test]
fn pictures_for_screens_show_what_is_printed() {
    let hall = hall("proofs");
    let batch =
        ["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--also", "proof=proofs", "--json"];
    let cards = hall.issuer(&batch).good().json();
    hall.run("pdftoppm", &["-r", "300", "-png", "cards.pdf", "page"]);
    for (place, card) in cards.iter().enumerate() {
        for (side, page) in ["front", "back"].into_iter().zip(2 * place + 1..) {
            let open = |name: &str| image::load_from_memory(&hall.read(name)).unwrap().into_luma8();
            let proof = open(&format!("proofs/{}-{side}.png", card["number"].as_str().unwrap()));
            let printed = open(&format!("page-{page}.png"));
            assert_eq!(proof.dimensions(), printed.dimensions());
            let lost = [alone(&proof, &printed), alone(&printed, &proof)];
            let dark = printed.pixels().filter(|pixel| is_dark(pixel.0[0])).count();
            assert!(
                dark > 50_000 && lost.iter().all(|lost| lost * 500 < dark),
                "{side} of card {place}: {lost:?}"
            );
        }
    }
}

/// Dark pixels of a picture where the other has nothing dark within a pixel: two programs smooth edges in two ways.
fn alone(one: &GrayImage, other: &GrayImage) -> usize {
    let near = |x: u32, y: u32| {
        let columns = x.saturating_sub(1)..(x + 2).min(other.width());
        columns
            .flat_map(|x| (y.saturating_sub(1)..(y + 2).min(other.height())).map(move |y| (x, y)))
            .any(|(x, y)| other.get_pixel(x, y).0[0] < 190)
    };
    one.enumerate_pixels().filter(|(x, y, pixel)| is_dark(pixel.0[0]) && !near(*x, *y)).count()
}

fn is_dark(level: u8) -> bool {
    level < 110
}

#[test]
fn colours_that_cannot_be_read_are_refused() {
    let hall = hall("colours");
    decide(&hall, "accent = \"#0a5466\"", "accent = \"#e0b000\"");
    let refused = hall.issuer(&["card", "sample", "--out", "sample.pdf"]);
    assert_eq!(refused.status, Some(1));
    let said = "accent #e0b000 on white has a contrast of 2.02:1; texts need 4.5:1, so take a darker colour";
    assert!(refused.complaint.contains(said), "{}", refused.complaint);
    decide(&hall, "#e0b000", "#7a2e8e");
    hall.issuer(&["card", "sample", "--out", "sample.pdf"]).good();
    hall.run("pdftoppm", &["-r", "300", "-png", "-singlefile", "sample.pdf", "sample"]);
    let page = image::load_from_memory(&hall.read("sample.png")).unwrap().into_rgb8();
    assert!(
        page.pixels().any(|pixel| pixel.0 == [0x7a, 0x2e, 0x8e] || pixel.0 == [0x7a, 0x2e, 0x8f]),
        "purple"
    );
}

#[test]
fn a_city_may_have_layouts_and_texts_of_its_own() {
    let hall = hall("own_layouts");
    let built_in = hall.issuer(&["card", "layouts"]).good().out;
    hall.write("city/mine.toml", built_in.replacen("box = [4.0, 43.6,", "box = [14.0, 33.6,", 1));
    decide(&hall, "# layouts = \"layouts.toml\"", "layouts = \"mine.toml\"");
    let refused = hall.issuer(&["card", "sample", "--out", "sample.pdf"]);
    assert_eq!(refused.status, Some(1));
    assert!(refused.complaint.contains("card.front: portrait and services overlap"), "{}", refused.complaint);
    hall.write("city/mine.toml", built_in.replacen("box = [4.0, 43.6, 47.9", "box = [6.0, 43.6, 45.9", 1));
    hall.write("city/locales/en.ftl", "card-title = Bridge pass\n");
    for layout in ["card", "large"] {
        hall.issuer(&["card", "sample", "--out", "sample.pdf", "--outlines", "--layout", layout]).good();
        let texts = hall.run("pdftotext", &["-layout", "sample.pdf", "-"]);
        assert!(texts.contains("Bridge pass"), "{texts}");
        for name in ["portrait", "names", "facts", "services", "column", "library"] {
            assert!(texts.contains(name), "{name} in {texts}");
        }
    }
    // What a sample's codes say is no card, whoever scans it.
    hall.run("pdftoppm", &["-r", "300", "-png", "sample.pdf", "sample"]);
    let scanned = hall.verifier(&["check", "--json", "sample-1.png", "sample-2.png"]);
    assert_eq!(scanned.status, Some(30), "{}", scanned.out);
    for verdict in scanned.json() {
        assert_eq!(verdict["reason"], "not_a_card");
    }
    hall.write("city/locales/en.ftl", "card-titel = Bridge pass\n");
    let refused = hall.issuer(&["card", "sample", "--out", "sample.pdf"]);
    assert!(refused.complaint.contains("en.ftl: line 1"), "{}", refused.complaint);
}

#[test]
fn what_does_not_fit_a_code_is_told_before_a_card_has_a_number() {
    let hall = Hall::new("code_room");
    // Many different letters: they deflate badly.
    let long: String = ('\u{400}'..'\u{4ff}').filter(|letter| letter.is_alphabetic()).take(120).collect();
    let long: Vec<String> =
        long.chars().collect::<Vec<_>>().chunks(12).map(|part| part.iter().collect()).collect();
    let long = long.join(" ");
    hall.write("residents.csv", format!("full_name,guardian\nZoë,\n{long},{long}\n"));
    let refused = hall.issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf"]);
    assert_eq!(refused.status, Some(1));
    assert!(refused.complaint.contains("nothing was issued"), "{}", refused.complaint);
    assert!(refused.complaint.contains("line 3: "), "{}", refused.complaint);
    assert!(!hall.file("cards.pdf").exists());
}
