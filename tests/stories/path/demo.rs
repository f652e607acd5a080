//! The demo: a whole city in one command, and a verdict by the command it prints.

use std::process::Command;

use tests::hall::{Answer, Hall, Lines, binary, run};

/// Runs a printed command as a person would who pastes it into a shell.
fn paste(hall: &Hall, line: &str) -> Answer {
    let folder = binary("verifier").parent().unwrap().to_owned();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    run(Command::new("sh").current_dir(hall.folder()).env("PATH", path).args(["-c", line]))
}

fn demo(hall: &Hall) -> String {
    hall.issuer(&["demo", "--no-serve"]).good().out
}

fn line_after<'a>(said: &'a str, heading: &str) -> &'a str {
    let (_, rest) = said.split_once(heading).unwrap_or_else(|| panic!("{heading} is not in:\n{said}"));
    rest.lines().nth(1).unwrap().trim()
}

#[test]
fn the_printed_commands_give_the_verdicts_they_promise() {
    let hall = Hall::empty("demo");
    let said = demo(&hall);
    let check = line_after(&said, "Now check a card");
    let untrusted = check.split_once("&& ").unwrap().1;
    let before = paste(&hall, untrusted);
    assert_eq!(before.status, Some(30), "{}", before.complaint);
    assert!(before.out.starts_with("cannot_tell: no_trust_list."), "{}", before.out);
    let good = paste(&hall, check).good();
    assert!(good.out.contains("\nvalid. The card is good."), "{}", good.out);
    let revoked = paste(&hall, line_after(&said, "And the revoked one"));
    assert_eq!(revoked.status, Some(20));
    assert!(revoked.out.starts_with("not_valid: revoked."), "{}", revoked.out);
    assert!(said.contains(line_after(&said, "Root fingerprint")));
    let root = hall.read("demo-city/public/root.txt");
    assert_eq!(String::from_utf8(root).unwrap().trim(), line_after(&said, "Root fingerprint"));
    for role in ["registrar", "approver", "auditor", "custodian"] {
        assert!(said.lines().any(|line| line.trim_start().starts_with(role)), "no {role} in:\n{said}");
    }
    assert_eq!(said.matches(".pdf").count(), 4);
    let printed = std::fs::read_dir(hall.file("demo-city/cards")).unwrap();
    let slips = printed.filter(|file| file.as_ref().unwrap().path().to_string_lossy().ends_with("-slip.pdf"));
    assert_eq!(slips.count(), 4);
    for file in
        ["city.toml", "public/bundle.cbor", "public/jwks.json", "public/trust-list.cbor", "public/s/1"]
    {
        assert!(hall.file("demo-city").join(file).is_file(), "{file}");
    }
}

#[test]
fn a_second_demo_goes_on_with_the_first() {
    let hall = Hall::empty("demo_again");
    let numbers = |said: &str| {
        let lines = said.lines().filter(|line| line.contains(".pdf"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let (first, second) = (demo(&hall), demo(&hall));
    assert_eq!(numbers(&first).len(), 4);
    assert_eq!(numbers(&first), numbers(&second));
    assert_eq!(line_after(&first, "Root fingerprint"), line_after(&second, "Root fingerprint"));
    assert_eq!(line_after(&first, "Officers"), line_after(&second, "Officers"));
    paste(&hall, line_after(&second, "Now check a card")).good();
}

#[test]
fn the_demo_is_served_on_a_page() {
    use std::io::{Read as _, Write as _};
    let hall = Hall::empty("demo_page");
    let mut command = hall.issuer_command(&["demo", "--listen", "127.0.0.1:0"]);
    let mut server = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let address = Lines::of(server.stdout.take().unwrap()).after("Serving http://").unwrap();
    let address = address.split('/').next().unwrap();
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    connection.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    connection.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    connection.read_to_string(&mut page).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 303 See Other"), "{answer}");
    assert!(answer.contains("location: /sign-in?next=%2F"), "{answer}");
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
    for part in
        ["Riverbend", "This is a demo city", "<td>registrar</td>", "<td>approver</td>", "default-src 'none'"]
    {
        assert!(page.contains(part), "{part} is not in:\n{page}");
    }
}
