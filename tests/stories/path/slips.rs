//! The slip that is handed over with a card, and what its recovery code is good for.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use issuer::db::act::{Act, Actor, SubjectKind};
use issuer::db::audit::NewAuditEntry;
use issuer::db::card::{Card, CardState};
use issuer::db::enrolment::{Enrolment, EnrolmentState};
use issuer::recovery::RecoveryCode;
use serde_json::{Value, json};
use tests::hall::{Answer, Hall, run};

const RESIDENTS: &str = "\
language,full_name,second_name,second_lang,birth_date,address,guardian,services
en,Wilhelmina Quistgaard,,,1988-03-09,Kastanienallee 77,Theodora Lindqvist,
ar,Layla al-Haddad,ليلى الحداد,ar,1990-05-15,,,
fr,Anika Das,অনিকা দাস,bn,1990,,,library clinic
es,Tomás Ferreira,,,1975,,,clinic
";
const NAMES: [&str; 8] =
    ["Wilhelmina", "Quistgaard", "Theodora", "Kastanienallee", "Layla", "ليلى", "Anika", "Tomás"];

/// The pages of a document as text, one after the other.
fn pages(hall: &Hall, file: &str) -> Vec<String> {
    let text = hall.run("pdftotext", &["-layout", file, "-"]);
    // Right to left, poppler puts marks of direction around what it finds.
    let bare: String =
        text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect();
    bare.split_terminator('\u{c}').map(str::to_owned).collect()
}

/// The recovery code on a page: the one word of nineteen characters that is one.
fn code(page: &str) -> String {
    let words = page.split_whitespace();
    let codes: Vec<&str> =
        words.filter(|word| word.len() == 19 && RecoveryCode::parse(word).is_ok()).collect();
    assert_eq!(codes.len(), 1, "{page}");
    codes[0].to_owned()
}

fn codes(hall: &Hall, file: &str) -> Vec<String> {
    pages(hall, file).iter().map(|page| code(page)).collect()
}

fn number(card: &Value) -> &str {
    card["number"].as_str().unwrap()
}

/// Every card of the city's database, in the order of issue.
fn cards(hall: &Hall) -> Vec<Card> {
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap()
}

fn revoke(hall: &Hall, code: &str) -> Answer {
    hall.issuer(&["revoke", "--recovery", code, "--reason", "lost"])
}

#[test]
fn a_slip_says_it_all_and_names_nobody() {
    let hall = Hall::new("slip");
    hall.write("residents.csv", RESIDENTS);
    let arguments = [
        "issue",
        "--json",
        "--batch",
        "residents.csv",
        "--out",
        "cards.pdf",
        "--also",
        "slip=slips.pdf",
        "--also",
        "a4=new/sheets.pdf",
    ];
    let issued = hall.issuer(&arguments).good();
    assert!(
        issued.complaint.contains("slips.pdf holds the recovery code of every card"),
        "{}",
        issued.complaint
    );
    let issued_cards = issued.json();
    hall.run("qpdf", &["--check", "slips.pdf"]);
    let slips = pages(&hall, "slips.pdf");
    assert_eq!(slips.len(), 4);
    for (slip, card) in slips.iter().zip(&issued_cards) {
        assert!(slip.contains(number(card)), "{slip}");
        assert!(slip.contains("+1 555 0100") || slip.contains("+1\u{a0}555\u{a0}0100"), "{slip}");
        assert!(!issued.out.contains(&code(slip)), "the code was printed elsewhere");
        for name in NAMES {
            assert!(!slip.contains(name), "{name} in {slip}");
        }
    }
    for (slip, said) in [
        (0, "Register and be seen at the city's clinics."),
        (0, "You need no papers for this."),
        (1, "رمز"),
        (1, "المدينة"),
        (1, "Your recovery code"),
        (2, "Votre code de secours"),
        (2, "Bibliothèque"),
        (2, "What the city keeps"),
        (3, "Centro de salud"),
    ] {
        assert!(slips[slip].contains(said), "{said} is not in:\n{}", slips[slip]);
    }
    // Cards are valid for two years; what is kept goes seven days after hand-over.
    let about = hall.run("pdfinfo", &["-isodates", "slips.pdf"]);
    let printed = about.lines().find_map(|line| line.strip_prefix("CreationDate:")).unwrap().trim();
    let day = chrono::NaiveDate::parse_from_str(&printed[..10], "%Y-%m-%d").unwrap();
    for date in [day, day + chrono::Days::new(7), day + chrono::Months::new(24)] {
        assert!(slips[0].contains(&date.to_string()), "{date} is not in:\n{}", slips[0]);
    }
    assert!(about.contains("Page size:       419.52 x 595.2 pts"), "{about}");
    let labels: Value =
        serde_json::from_str(&hall.run("qpdf", &["--json", "--json-key=pagelabels", "slips.pdf"])).unwrap();
    let label = |page: &Value| page["label"]["/P"].as_str().unwrap().trim_start_matches("u:").to_owned();
    let labels: Vec<String> = labels["pagelabels"].as_array().unwrap().iter().map(label).collect();
    assert_eq!(labels, ["1 slip", "2 slip", "3 slip", "4 slip"]);
    assert_eq!(pages(&hall, "new/sheets.pdf").len(), 2);
}

#[test]
fn the_code_on_paper_finds_and_blocks_the_card() {
    let hall = Hall::new("slip_lost");
    hall.write("residents.csv", RESIDENTS);
    let arguments = ["issue", "--json", "--batch", "residents.csv", "--out", "slips.pdf", "--layout", "slip"];
    let issued = hall.issuer(&arguments).good().json();
    let codes = codes(&hall, "slips.pdf");
    hall.publish_and_trust();
    let reason = |card: usize| {
        let verdict = hall.check_lines(&[], issued[card]["service_qr"].as_str().unwrap()).json();
        verdict[0]["reason"].clone()
    };
    // As it is heard on the telephone.
    let heard = codes[1].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let said = revoke(&hall, &heard).good().out;
    assert!(said.starts_with(&format!("{}: valid -> revoked.", number(&issued[1]))), "{said}");
    let suspended =
        hall.issuer(&["suspend", "--recovery", &codes[2], "--reason", "reported lost"]).good().out;
    assert!(suspended.starts_with(&format!("{}: valid -> suspended.", number(&issued[2]))), "{suspended}");
    hall.publish_and_trust();
    let reasons: Vec<Value> = (0..4).map(reason).collect();
    assert_eq!(reasons, [Value::Null, json!("revoked"), json!("suspended"), Value::Null]);
    hall.issuer(&["audit", "verify"]).good();
    for (typed, complaint) in [
        (
            "0123-4567-89AB-CDEF",
            "issuer: no card has this recovery code; ask for it again, letter by letter, or for the card's number\n",
        ),
        (
            "0123-4567",
            "issuer: this cannot be a recovery code: a recovery code has 16 letters and digits, this has 8\n",
        ),
    ] {
        let refused = revoke(&hall, typed);
        assert_eq!((refused.status, refused.complaint.as_str()), (Some(1), complaint));
    }
    // A number and a code at once, or neither, is no command.
    for more in [&[number(&issued[0]), "--recovery", codes[0].as_str()][..], &[]] {
        let arguments = [&["revoke", "--reason", "lost"], more].concat();
        assert_eq!(hall.issuer(&arguments).status, Some(64));
    }
}

#[test]
fn no_file_of_the_city_holds_a_code() {
    let hall = Hall::new("slip_secret");
    hall.write("residents.csv", RESIDENTS);
    // Whoever prints no slip makes no code.
    hall.issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf"]).good();
    assert!(cards(&hall).iter().all(|card| card.recovery_hash.is_none()));
    hall.issuer(&["issue", "--again", "--batch", "residents.csv", "--out", "c.pdf", "--also", "slip=s.pdf"])
        .good();
    let hashes: BTreeSet<Vec<u8>> = cards(&hall).into_iter().filter_map(|card| card.recovery_hash).collect();
    assert_eq!(hashes.len(), 4);
    assert!(hashes.iter().all(|hash| hash.len() == 32));
    let codes = codes(&hall, "s.pdf");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 4);
    revoke(&hall, &codes[0]).good();
    hall.publish("public");
    let mut files = Vec::new();
    for folder in ["city", "public"] {
        super::privacy::files_below(&hall.file(folder), &mut files);
    }
    assert!(files.iter().any(|file| file.ends_with("bundle.cbor")));
    for code in &codes {
        let bare = code.replace('-', "");
        let symbol = |c: char| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(c).unwrap();
        let bits = bare.chars().fold(0_u128, |bits, c| (bits << 5) | u128::try_from(symbol(c)).unwrap());
        let bytes = bits.to_be_bytes()[6..].to_vec();
        for file in &files {
            let content = std::fs::read(file).unwrap();
            for form in [code.as_bytes(), bare.as_bytes(), &bytes] {
                let found = content.windows(form.len()).any(|window| window == form);
                assert!(!found, "a code stands in {}", file.display());
            }
        }
    }
}

/// A batch of sixty whose run is killed once its first card is signed.
fn killed(story: &str) -> Hall {
    let hall = Hall::new(story);
    hall.write("face.jpg", issuer::card::portrait::drawn(5).unwrap());
    let names: Vec<String> = (0..60).map(|row| format!("Resident {row},face.jpg")).collect();
    hall.write("residents.csv", format!("full_name,photo\n{}\n", names.join("\n")));
    let mut child = hall.issuer_command(&ISSUE).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "the run was over before it was killed");
    assert!(!hall.file("slips.pdf").exists() && !hall.file("cards.pdf").exists());
    hall
}

const ISSUE: [&str; 8] = [
    "issue",
    "--json",
    "--batch",
    "residents.csv",
    "--out",
    "slips.pdf",
    "--layout=slip",
    "--also=card=cards.pdf",
];

#[test]
fn a_resumed_batch_makes_new_codes_but_for_cards_handed_over() {
    let hall = killed("slip_resumed");
    let before = cards(&hall);
    assert_eq!(before.len(), 60);
    let holder = before.iter().find(|card| card.batch_row == Some(7)).unwrap();
    assert_eq!(holder.state, CardState::Issued);
    let enrolment = holder.enrolment_id.clone().unwrap();
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    let entry = NewAuditEntry {
        at: issuer::edge::now(),
        actor: Actor::command_line("hall"),
        act: Act::EnrolmentViewed,
        subject_kind: SubjectKind::Enrolment,
        subject: enrolment.to_string(),
        reason: None,
    };
    issuer
        .db
        .write(|tx| {
            tx.audit(entry)?;
            Ok::<_, issuer::Error>(
                Enrolment::step(tx.conn(), &enrolment, EnrolmentState::hand_over)?.unwrap(),
            )
        })
        .unwrap();
    drop(issuer);
    let lines = hall.issuer(&ISSUE).good().json();
    let printed = codes(&hall, "slips.pdf");
    assert_eq!((lines.len(), printed.len()), (60, 59), "the holder has a slip already");
    let after = cards(&hall);
    let hash = |cards: &[Card], number: &str| {
        cards.iter().find(|card| card.number == number).unwrap().recovery_hash.clone().unwrap()
    };
    for card in &before {
        let same = hash(&before, &card.number) == hash(&after, &card.number);
        assert_eq!(same, card.number == holder.number, "{}", card.number);
    }
    let first = revoke(&hall, &printed[0]).good().out;
    assert!(first.starts_with(&format!("{}: valid -> revoked.", number(&lines[0]))), "{first}");
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let hall = killed("slip_full");
    hall.write("slips.pdf", "old slips");
    // What the killed run left in the database's journal is put in its place.
    hall.issuer(&["migrate"]).good();
    // Files may grow to 480 KB: the slips do, the cards are larger.
    let full = |arguments: &[&str]| {
        let issuer = hall.issuer_command(arguments);
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 960; exec \"$0\" \"$@\""]).arg(issuer.get_program());
        command.args(issuer.get_args()).current_dir(hall.folder()).env("ISSUER_DATA", "city");
        run(&mut command)
    };
    let failed = full(&ISSUE);
    assert_eq!(failed.status, Some(1), "{}", failed.complaint);
    assert!(failed.complaint.contains("issuer: cannot write cards.pdf: "), "{}", failed.complaint);
    let mut left: Vec<String> = std::fs::read_dir(hall.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["city", "face.jpg", "residents.csv", "slips.pdf"]);
    assert_eq!(hall.read("slips.pdf"), b"old slips");
    // With room again, the same file goes on.
    let issued = hall.issuer(&ISSUE).good().json();
    assert_eq!((issued.len(), cards(&hall).len()), (60, 60));
    assert_eq!(codes(&hall, "slips.pdf").len(), 60);
}

#[test]
fn what_cannot_be_written_stops_the_batch_before_anything_is_signed() {
    let hall = Hall::new("slip_places");
    hall.write("residents.csv", RESIDENTS);
    hall.write("folder/there.txt", "");
    for (out, also, complaint) in [
        ("folder", "slip=slips.pdf", "folder is a folder; name a file in it"),
        ("cards.pdf", "slip=folder", "folder is a folder; name a file in it"),
        ("cards.pdf", "slip=/dev/full", "/dev/full is not a file that can be replaced"),
        ("cards.pdf", "slip=/proc/slips.pdf", "cannot write to the folder /proc: "),
        ("residents.csv/cards.pdf", "slip=slips.pdf", "cannot make the folder residents.csv: "),
        ("cards.pdf", "slip=./cards.pdf", "two outputs would go to ./cards.pdf; give each a file of its own"),
    ] {
        let refused = hall.issuer(&["issue", "--batch", "residents.csv", "--out", out, "--also", also]);
        assert_eq!((refused.status, refused.out.as_str()), (Some(1), ""), "{out} {also}");
        assert!(refused.complaint.starts_with(&format!("issuer: {complaint}")), "{}", refused.complaint);
        assert!(!hall.file("cards.pdf").exists() && !hall.file("slips.pdf").exists());
    }
    let refused =
        hall.issuer(&["issue", "--batch", "residents.csv", "--out", "c.pdf", "--also", "leaflet=l.pdf"]);
    assert_eq!(refused.status, Some(64));
    assert!(
        refused.complaint.contains("there are: card, large, a4, letter, proof, slip"),
        "{}",
        refused.complaint
    );
    assert!(cards(&hall).is_empty(), "nothing was issued");
}

#[test]
fn a_service_with_too_much_to_say_is_named_before_anything_is_signed() {
    let hall = Hall::new("slip_long");
    let settings = String::from_utf8(hall.read("city/city.toml")).unwrap();
    let scope = "Travel by bus and tram at the residents' fare.";
    let long = "Travel by bus and tram at the fare of residents. ".repeat(10);
    let mut grown = settings.replace(scope, long.trim());
    for more in 1..=6 {
        let (_, service) = settings.split_at(settings.rfind("[[service]]").unwrap());
        grown.push_str(
            &service.replace("\"transit\"", &format!("\"transit{more}\"")).replace(scope, long.trim()),
        );
    }
    hall.write("city/city.toml", grown);
    hall.write("residents.csv", RESIDENTS);
    let refused =
        hall.issuer(&["issue", "--batch", "residents.csv", "--out", "slips.pdf", "--layout", "slip"]);
    assert_eq!(refused.status, Some(1));
    assert!(refused.complaint.contains("line 2: slip: the texts of the slip take "), "{}", refused.complaint);
    assert!(refused.complaint.contains(" are there; most take the services"), "{}", refused.complaint);
    assert!(cards(&hall).is_empty() && !hall.file("slips.pdf").exists());
}
