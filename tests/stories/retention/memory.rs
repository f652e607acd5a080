//! The memory of the running server: once it has done with them and their day is past, it holds nobody.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use base64ct::{Base64, Encoding as _};
use chrono::Datelike as _;
use issuer::db::officer::Role;
use tests::desk::{Desk, arguments};
use tests::hall::{Hall, run};
use tests::load::{Browser, Person, visit_of};

use super::canaries::{self, Canary};
use super::search::Search;
use crate::path::privacy::files_below;

/// How many come to the desk.
const VISITS: usize = 4;
/// How many are in a file.
const ROWS: usize = 12;
/// Looks at the memory before what is found counts: a connection that its browser has left is closed a moment later.
const LOOKS: usize = 6;

fn person(number: usize, canary: &Canary) -> Person {
    let born: chrono::NaiveDate = canary.birth_date.parse().unwrap();
    let (day, month) = (usize::try_from(born.day()).unwrap(), usize::try_from(born.month()).unwrap());
    Person {
        full_name: canary.full_name.clone(),
        second_name: (String::new(), String::new()),
        born: (day, month, usize::try_from(born.year()).unwrap()),
        photo: issuer::card::portrait::drawn(u64::try_from(100 + number).unwrap()).unwrap(),
    }
}

/// What stands in the memory that the process may write to: heap, stacks, and whatever else it mapped. What it mapped of
/// files read-only is on the disk too.
fn memory(process: u32) -> io::Result<Vec<(String, Vec<u8>)>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
    let memory = File::open(format!("/proc/{process}/mem"))?;
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut columns = line.split_whitespace();
        let (range, rights) = (columns.next().unwrap(), columns.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut content = vec![0; usize::try_from(to - from).unwrap()];
        // A page that was given back meanwhile cannot be read.
        let mut read = 0;
        while let Ok(more) = memory.read_at(&mut content[read..], from + u64::try_from(read).unwrap()) {
            read += more;
            if more == 0 {
                break;
            }
        }
        content.truncate(read);
        let name = columns.nth(3).unwrap_or("anonymous").to_owned();
        found.push((format!("{name} at {range}"), content));
    }
    Ok(found)
}

/// Searches the memory of a process; how many bytes there were.
fn look(search: &mut Search, process: u32) -> io::Result<usize> {
    let maps = memory(process)?;
    for (place, content) in &maps {
        search.bare(content, place);
    }
    Ok(maps.iter().map(|(_, content)| content.len()).sum())
}

/// The search finds what this very process holds: otherwise finding nothing elsewhere would mean nothing. False where the
/// memory of a process cannot be read.
fn is_able(one: &Canary) -> bool {
    let mut search = Search::default();
    search.look_for_text(&one.surname);
    let held = format!("held by the story: {}", one.surname);
    if let Err(why) = look(&mut search, std::process::id()) {
        println!("passed over: the memory of a process cannot be read here ({why})");
        return false;
    }
    assert!(!search.found().is_empty(), "the search is blind: {held}");
    true
}

/// Issues a file of residents in the browser, prints it, and says that it is printed.
fn issue_file(browser: &mut Browser, residents: &[Canary]) {
    let csv = canaries::csv(residents, 0);
    let fields = [("layout", "card"), ("slips", "yes")];
    let job = browser.upload("/batches", &fields, ("csv", csv.as_bytes())).unwrap().path;
    browser.wait_while(&job, "looking");
    browser.post(&format!("{job}/issue"), &[]).unwrap();
    browser.wait_while(&job, "issuing");
    browser.get(&format!("{job}/documents/cards.pdf")).unwrap();
    browser.post(&format!("{job}/close"), &[]).unwrap();
}

#[test]
fn the_servers_memory_holds_nobody_once_their_day_is_past() {
    let all: Vec<Canary> = (0..VISITS + ROWS).map(Canary::of).collect();
    if !is_able(&all[0]) {
        return;
    }
    let hall = Hall::new("retention_memory");
    hall.write("temp/kept", "");
    let desk = Desk::started(&hall, hall.issuer_command(&arguments(&[])).env("TMPDIR", hall.file("temp")));
    let mut search = Search::default();
    for canary in &all {
        search.look_for_text(&canary.surname);
        search.look_for_text(&canary.birth_date);
        search.look_for_text(&canary.street);
    }
    let mut browser = desk.officer(&hall, "amina", Role::Registrar);
    let (visitors, rows) = all.split_at(VISITS);
    let mut shown = Vec::new();
    for (number, canary) in visitors.iter().enumerate() {
        let person = person(number, canary);
        search.look_for_photo(&Base64::encode_string(&person.photo));
        visit_of(&mut browser, &person, number == 0, &mut shown).unwrap();
    }
    issue_file(&mut browser, rows);

    // What else shows a record: everything that is held, the record's name beside its card, a draft that is left.
    for number in &shown {
        browser.get(&format!("/holder/{number}")).unwrap();
        browser.post(&format!("/cards/{number}/open"), &[]).unwrap();
    }
    let page = browser.post("/cases", &[("kind", "new")]).unwrap();
    let case = page.path.strip_suffix("/language").unwrap().to_owned();
    let wrong = [("version", &*page.version().unwrap()), ("full_name", &all[0].full_name), ("do", "on")];
    assert!(browser.post(&format!("{case}/person"), &wrong).is_err());
    browser.post(&format!("/holder/{}/destroy", shown[0]), &[("sure", "yes")]).ok();
    browser.post("/sign-out", &[]).unwrap();
    drop(browser);

    let _ = hall.issuer_at("+40d", &["retention", "run", "--even-though-clock-jumped"]).good();
    let mut bytes = 0;
    for _ in 0..LOOKS {
        assert!(desk.raw("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").contains("200 OK"));
        search.found();
        bytes = look(&mut search, desk.id()).unwrap();
        if search.is_nothing_found() {
            break;
        }
    }
    assert_eq!(search.found(), [""; 0]);
    // The sessions, the database's journals, the log and the temporary files of a server at work.
    let mut files = Vec::new();
    for folder in ["city", "temp"] {
        files_below(&hall.file(folder), &mut files);
    }
    for file in &files {
        search.file(file);
    }
    search.bytes_of(desk.log().as_bytes(), "the log");
    assert_eq!(search.found(), [""; 0]);
    assert!(files.iter().all(|file| file.extension().is_none_or(|kind| kind != "pdf")), "{files:?}");
    println!(
        "{VISITS} visits with photos and a file of {ROWS}: afterwards {} forms looked for in {bytes} bytes of heap, stacks and \
         the like: 0 found",
        search.forms()
    );
}

#[test]
fn the_program_leaves_no_core_dump() {
    let hall = Hall::new("retention_core");
    // A folder of its own, a limit that is no limit, and a program that dies as of a fault.
    let dies = |command: &str| {
        let shell = format!("ulimit -c unlimited; {command}");
        Command::new("sh").current_dir(hall.folder()).args(["-c", &shell]).status().unwrap()
    };
    let other = dies("kill -ABRT $$");
    assert_eq!(other.signal(), Some(6));
    if !other.core_dumped() {
        println!("no program leaves a core dump here; what the issuer asks for is looked at all the same");
    }
    let before = cores(&hall);
    let program = tests::hall::binary("issuer");
    let mut server = hall.command_of("sh".as_ref(), &["-c"]);
    let serve = format!(
        "ulimit -c unlimited 2>/dev/null; exec {} serve --listen 127.0.0.1:0 --metrics 127.0.0.1:0",
        program.display()
    );
    let mut desk = Desk::started(&hall, server.arg(serve));
    let limits = fs::read_to_string(format!("/proc/{}/limits", desk.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).collect::<Vec<_>>(), ["0", "0", "bytes"]);
    let status = run(Command::new("sh").args(["-c", &format!("kill -ABRT {}", desk.id())]));
    assert_eq!(status.status, Some(0), "{}", status.complaint);
    let ended = desk.ended();
    assert_eq!((ended.signal(), ended.core_dumped()), (Some(6), false));
    assert_eq!(cores(&hall), before);
}

/// How many core dumps lie in the folder.
fn cores(hall: &Hall) -> usize {
    let files = fs::read_dir(hall.folder()).unwrap().map(|file| file.unwrap().file_name());
    files.filter(|name| name.to_string_lossy().starts_with("core")).count()
}
