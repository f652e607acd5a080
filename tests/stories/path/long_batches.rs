//! Batches of many rows: printed into several files, killed at any moment, gone on with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use issuer::Issuer;
use issuer::db::card::{Card, CardState};
use issuer::recovery::{RecoveryCode, RecoveryKey};
use sha2::{Digest as _, Sha256};
use tests::hall::{Answer, Hall, until};

/// A file of so many residents, each with one of three photos where they have some.
fn residents(hall: &Hall, rows: usize, photos: bool) {
    let mut csv = "full_name,photo\n".to_owned();
    for row in 0..rows {
        let photo = if photos { format!("face{}.jpg", row % 3) } else { String::new() };
        writeln!(csv, "Resident Number{row},{photo}").unwrap();
    }
    for face in 0..3_u8 {
        hall.write(&format!("face{face}.jpg"), issuer::card::portrait::drawn(u64::from(face)).unwrap());
    }
    hall.write("residents.csv", csv);
}

fn issue(hall: &Hall, more: &[&str]) -> Answer {
    hall.issuer(&[&["issue", "--batch", "residents.csv", "--out", "out/cards.pdf"], more].concat())
}

/// Every card of the city's database.
fn cards(hall: &Hall) -> Vec<Card> {
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap()
}

/// The files in `out`, in order.
fn names(hall: &Hall) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(hall.file("out")) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The same, and what is in each.
fn files(hall: &Hall) -> BTreeMap<String, [u8; 32]> {
    let digest = |name: &str| Sha256::digest(std::fs::read(hall.file("out").join(name)).unwrap()).into();
    names(hall).into_iter().map(|name| (name.clone(), digest(&name))).collect()
}

/// The pages of a file as text.
fn pages(hall: &Hall, name: &str) -> Vec<String> {
    let text = hall.run("pdftotext", &["-layout", &format!("out/{name}"), "-"]);
    text.split_terminator('\u{c}').map(str::to_owned).collect()
}

/// The card numbers and recovery codes on the slips of a file.
fn slips(hall: &Hall, name: &str) -> Vec<(String, RecoveryCode)> {
    let one = |page: &String| {
        let words: Vec<&str> = page.split_whitespace().collect();
        let codes = words.iter().filter(|word| word.len() == 19);
        let codes: Vec<_> = codes.filter_map(|word| RecoveryCode::parse(word).ok()).collect();
        let is_number = |word: &&&str| shared::id::CardNumber::parse(word).is_ok();
        let number = words.iter().find(is_number).unwrap_or_else(|| panic!("no number in:\n{page}"));
        assert_eq!(codes.len(), 1, "{page}");
        ((*number).to_owned(), codes[0].clone())
    };
    pages(hall, name).iter().map(one).collect()
}

/// Every slip of every file finds its card, and every card has one slip.
fn every_code_is_good(hall: &Hall, count: usize) {
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    let key = RecoveryKey::of(&issuer.keystore).unwrap();
    let hashes: BTreeMap<String, Vec<u8>> =
        cards(hall).into_iter().map(|card| (card.number, card.recovery_hash.unwrap())).collect();
    let files = names(hall).into_iter().filter(|name| name.starts_with("slips"));
    let slips: Vec<_> = files.flat_map(|name| slips(hall, &name)).collect();
    assert_eq!((slips.len(), hashes.len()), (count, count));
    for (number, code) in slips {
        assert_eq!(key.hash(&code), hashes[&number], "the slip of {number} is void");
    }
}

#[test]
fn files_of_one_number_hold_the_same_people() {
    let hall = Hall::new("split");
    residents(&hall, 25, true);
    let said = issue(&hall, &["--split", "10", "--also", "slip=out/slips.pdf"]).good();
    assert_eq!(said.out, "Issued 25 cards: 6 numbered files of out/cards.pdf, out/slips.pdf\n");
    assert!(
        said.complaint
            .starts_with("the numbered files of out/slips.pdf hold the recovery code of every card")
    );
    let expected: Vec<String> =
        ["cards", "slips"].iter().flat_map(|of| (1..=3).map(move |n| format!("{of}-{n:04}.pdf"))).collect();
    assert_eq!(names(&hall), expected);
    let by_row: BTreeMap<i64, String> =
        cards(&hall).into_iter().map(|card| (card.batch_row.unwrap(), card.number)).collect();
    for (volume, rows) in [(1, 1..=10), (2, 11..=20), (3, 21..=25)] {
        let numbers: Vec<&String> = rows.clone().map(|row| &by_row[&row]).collect();
        let slips = slips(&hall, &format!("slips-000{volume}.pdf"));
        assert_eq!(slips.iter().map(|(number, _)| number).collect::<Vec<_>>(), numbers);
        let name = format!("cards-000{volume}.pdf");
        hall.run("qpdf", &["--check", &format!("out/{name}")]);
        let pages = pages(&hall, &name);
        assert_eq!(pages.len(), 2 * numbers.len());
        for (row, number) in rows.zip(numbers) {
            let front = pages.iter().position(|page| page.contains(&format!("Number{}", row - 1))).unwrap();
            assert!(pages[front].contains(number.as_str()), "{}", pages[front]);
        }
    }
    every_code_is_good(&hall, 25);
    let again = issue(&hall, &["--split", "10", "--also", "slip=out/slips.pdf"]);
    assert!(again.complaint.contains("every row would get a second card"), "{}", again.complaint);
}

#[test]
fn sheets_are_filled_before_the_next_file_begins() {
    let hall = Hall::new("split_sheets");
    residents(&hall, 30, false);
    issue(&hall, &["--layout", "a4", "--skip", "7", "--split", "1", "--also", "slip=out/slips.pdf"]).good();
    let expected: Vec<String> =
        ["cards", "slips"].iter().flat_map(|of| (1..=4).map(move |n| format!("{of}-{n:04}.pdf"))).collect();
    assert_eq!(names(&hall), expected);
    let count = |name: &str| pages(&hall, name).len();
    assert_eq!((1..=4).map(|n| count(&format!("cards-000{n}.pdf"))).collect::<Vec<_>>(), [2, 2, 2, 2]);
    assert_eq!((1..=4).map(|n| count(&format!("slips-000{n}.pdf"))).collect::<Vec<_>>(), [3, 10, 10, 7]);
    every_code_is_good(&hall, 30);
}

#[test]
fn nothing_is_issued_where_a_late_row_is_wrong() {
    let hall = Hall::new("late_row");
    let mut csv = "full_name\n".to_owned();
    for row in 0..1_300 {
        writeln!(csv, "{}", if row == 1_234 { String::from("\"\"") } else { format!("Ana{row}") }).unwrap();
    }
    hall.write("residents.csv", csv);
    let refused = issue(&hall, &["--split", "100"]);
    assert_eq!(refused.status, Some(1));
    assert_eq!(
        refused.complaint,
        "issuer: nothing was issued: \n  line 1236, full_name: missing; it must be given\n"
    );
    assert!(cards(&hall).is_empty());
    assert_eq!(names(&hall), Vec::<String>::new());
}

const ROWS: usize = 360;
const OF_ONE_FILE: usize = 30;
const SPLIT: [&str; 4] = ["--split", "30", "--also", "slip=out/slips.pdf"];

/// Runs a batch and kills it when `is_time` says so; whether it was killed in its course.
fn kill_when(hall: &Hall, is_time: impl Fn() -> bool) -> bool {
    let arguments = [&["issue", "--batch", "residents.csv", "--out", "out/cards.pdf"][..], &SPLIT].concat();
    let complaint = std::fs::File::create(hall.file("complaint.txt")).unwrap();
    let mut child = hall.issuer_command(&arguments).stdout(Stdio::null()).stderr(complaint).spawn().unwrap();
    until("it is time to kill the batch, or it has ended", || {
        is_time() || child.try_wait().unwrap().is_some()
    });
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    let complaint = || std::fs::read_to_string(hall.file("complaint.txt")).unwrap();
    assert!(ended.code().is_none_or(|code| code == 0), "{ended}: {}", complaint());
    ended.code().is_none()
}

#[test]
fn a_batch_killed_again_and_again_ends_as_one_that_was_not() {
    let hall = Hall::new("kills_of_many");
    residents(&hall, ROWS, false);
    let mut whole: BTreeMap<String, [u8; 32]> = BTreeMap::new();
    let mut killed = 0;
    for round in 0..6_u32 {
        let (before, known) = (whole.len(), cards(&hall).len());
        let began = Instant::now();
        // While the file is looked through, at any moment of the signing, and when so many more files are there.
        let died = kill_when(&hall, || match round % 3 {
            0 => began.elapsed() > Duration::from_millis(u64::from(round * 400 + 50)),
            1 => names(&hall).len() > before + 1,
            _ => cards(&hall).len() >= (known + 90).min(ROWS),
        });
        killed += u32::from(died);
        let now = files(&hall);
        // What was whole stays as it was, and nothing else lies there: no half file, no name, no code.
        for (name, digest) in &whole {
            assert_eq!(now.get(name), Some(digest), "{name} was made again");
        }
        for name in now.keys().filter(|name| !whole.contains_key(*name)) {
            assert!(Path::new(name).extension().is_some_and(|end| end == "pdf"), "{name} was left");
            hall.run("qpdf", &["--check", &format!("out/{name}")]);
        }
        whole = now;
    }
    assert!(killed >= 4, "only {killed} runs were killed in their course");
    let reserved = cards(&hall).len();
    let (stayed, pairs) = (whole.len(), ROWS / OF_ONE_FILE);
    let done = issue(&hall, &SPLIT).good();
    let said: Vec<&str> = done.out.lines().collect();
    assert_eq!(
        said[0],
        format!("Issued {ROWS} cards: {} numbered files of out/cards.pdf, out/slips.pdf", 2 * pairs)
    );
    assert_eq!(said[1], format!("{reserved} of them are those of an interrupted run."));
    assert_eq!(said[2], format!("{stayed} files of that run were whole and stay as they are."));
    let now = files(&hall);
    assert_eq!(now.len(), 2 * pairs);
    for (name, digest) in &whole {
        assert_eq!(now.get(name), Some(digest), "{name} was made again");
    }
    let all = cards(&hall);
    let numbers: BTreeSet<&str> = all.iter().map(|card| card.number.as_str()).collect();
    let rows: BTreeSet<i64> = all.iter().filter_map(|card| card.batch_row).collect();
    assert_eq!((all.len(), numbers.len(), rows.len()), (ROWS, ROWS, ROWS));
    assert!(all.iter().all(|card| card.state == CardState::Issued));
    every_code_is_good(&hall, ROWS);
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn a_file_that_is_gone_is_made_again_and_its_old_slips_are_void() {
    let hall = Hall::new("split_gone");
    residents(&hall, 350, false);
    let split = ["--split", "50", "--also", "slip=out/slips.pdf"];
    // Where the third volume's slips would be something else stands: the run ends there.
    hall.write("out/slips-0003.pdf/in the way", "");
    let failed = issue(&hall, &split);
    assert_eq!(failed.status, Some(1));
    assert!(failed.complaint.starts_with("issuer: cannot write out/slips-0003.pdf"), "{}", failed.complaint);
    std::fs::remove_dir_all(hall.file("out/slips-0003.pdf")).unwrap();
    let before = files(&hall);
    let kept = slips(&hall, "slips-0002.pdf");
    let gone = slips(&hall, "slips-0001.pdf");
    // It was printed and deleted, and its cards were not.
    std::fs::remove_file(hall.file("out/slips-0001.pdf")).unwrap();
    issue(&hall, &split).good();
    let after = files(&hall);
    for name in ["cards-0001.pdf", "cards-0002.pdf", "slips-0002.pdf"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_ne!(before["slips-0001.pdf"], after["slips-0001.pdf"]);
    assert_eq!(slips(&hall, "slips-0002.pdf"), kept);
    let anew = slips(&hall, "slips-0001.pdf");
    assert!(anew.iter().zip(&gone).all(|(new, old)| new.0 == old.0 && new.1 != old.1));
    every_code_is_good(&hall, 350);
    let lost = |code: &RecoveryCode| {
        hall.issuer(&["revoke", "--recovery", &code.printed(), "--reason", "lost"]).status
    };
    assert_eq!((lost(&gone[0].1), lost(&anew[0].1)), (Some(1), Some(0)));
}

#[test]
fn a_batch_without_slips_gets_them_when_it_goes_on_with_them() {
    let hall = Hall::new("split_then_slips");
    residents(&hall, 60, false);
    hall.write("out/cards-0002.pdf/in the way", "");
    assert_eq!(issue(&hall, &["--split", "20"]).status, Some(1));
    assert!(cards(&hall).iter().all(|card| card.recovery_hash.is_none()));
    std::fs::remove_dir_all(hall.file("out/cards-0002.pdf")).unwrap();
    let first = files(&hall)["cards-0001.pdf"];
    let done = issue(&hall, &["--split", "20", "--also", "slip=out/slips.pdf"]).good();
    assert!(done.out.ends_with("\n1 files of that run were whole and stay as they are.\n"), "{}", done.out);
    assert_eq!(files(&hall)["cards-0001.pdf"], first);
    every_code_is_good(&hall, 60);
}

#[test]
fn a_job_is_of_one_file() {
    let hall = Hall::new("job");
    residents(&hall, 5, true);
    hall.write("out/cards.pdf/in the way", "");
    let spring = ["--job", "spring"];
    assert_eq!(issue(&hall, &spring).status, Some(1));
    assert!(cards(&hall).is_empty());
    std::fs::remove_dir_all(hall.file("out/cards.pdf")).unwrap();
    issue(&hall, &spring).good();
    let refused = issue(&hall, &spring);
    assert!(refused.complaint.contains("every row would get a second card"), "{}", refused.complaint);
    residents(&hall, 6, true);
    let refused = issue(&hall, &spring);
    assert_eq!(
        refused.complaint,
        "issuer: the job spring is of another file, or a photo of it was changed since: put that back, or choose \
         another name\n"
    );
    assert_eq!(cards(&hall).len(), 5);
    issue(&hall, &["--job", "autumn"]).good();
    assert_eq!(cards(&hall).len(), 11);
    for name in ["", "two words", &"x".repeat(65)] {
        assert_eq!(issue(&hall, &["--job", name]).status, Some(64), "{name:?}");
    }
}

#[test]
fn an_open_batch_keeps_its_name() {
    let hall = Hall::new("job_open");
    residents(&hall, 5, false);
    hall.refuse("INSERT", "batch_file");
    let failed = issue(&hall, &[]);
    assert_eq!(failed.status, Some(1));
    assert!(failed.complaint.starts_with("issuer: the database refused a query"), "{}", failed.complaint);
    assert_eq!(names(&hall), Vec::<String>::new());
    assert_eq!(issue(&hall, &["--job", "spring"]).status, Some(1));
    hall.allow("batch_file");
    let refused = issue(&hall, &["--job", "autumn"]);
    assert_eq!(
        refused.complaint,
        "issuer: this file was begun as the job spring and is not complete; go on with it: --job spring\n"
    );
    let done = issue(&hall, &["--job", "spring"]).good();
    assert_eq!(done.out, "Issued 5 cards: out/cards.pdf\n5 of them are those of an interrupted run.\n");
    assert_eq!(cards(&hall).len(), 5);
}

#[test]
fn how_far_it_is_is_said_where_somebody_asks() {
    let hall = Hall::new("progress");
    residents(&hall, 600, false);
    let quiet = issue(&hall, &[]).good();
    assert_eq!(quiet.complaint, "");
    let said = issue(&hall, &["--again", "--progress"]).good();
    let lines: Vec<&str> = said.complaint.lines().collect();
    assert!(lines[0].starts_with("Checked 500 rows, "), "{}", said.complaint);
    assert!(lines.last().unwrap().starts_with("Issued 600 of 600 cards"), "{}", said.complaint);
}

#[test]
fn a_file_that_comes_through_a_pipe_is_read_once() {
    let hall = Hall::new("piped");
    residents(&hall, 3, false);
    let issuer = hall.issuer_command(&["issue", "--batch", "/dev/stdin", "--out", "cards.pdf", "--json"]);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "cat residents.csv | \"$0\" \"$@\""])
        .arg(issuer.get_program())
        .args(issuer.get_args());
    command.current_dir(hall.folder()).env("ISSUER_DATA", "city");
    assert_eq!(tests::hall::run(&mut command).good().json().len(), 3);
}
