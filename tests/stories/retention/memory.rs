//! What is left of the running server outside its database: no core dump.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use tests::desk::Desk;
use tests::hall::{Hall, run};

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
