//! What somebody at the other end of the wire tries: slow sending, forged frames and heads, texts that would be more.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::http::Method;

use super::visit::Visit;
use super::{Browser, Page, Town, bare};
use crate::db::Word as _;
use crate::db::officer::Role;
use crate::web::routes::table;
use crate::web::{self, Patience};

/// What browsers may take here: long enough for an honest one on a busy machine.
const SHORT: Patience = Patience {
    head: Duration::from_millis(700),
    form: Duration::from_millis(900),
    upload: Duration::from_millis(1500),
};
/// By when each connection of a slow one must be over.
const OVER: Duration = Duration::from_secs(10);

/// The real server, for as long as the tests run, and its folder.
fn served() -> (SocketAddr, tempfile::TempDir) {
    let Town { desk, dir, .. } = Town::new();
    let mut desk = Arc::into_inner(desk.into_inner()).unwrap();
    desk.patience = SHORT;
    let (ready, address) = mpsc::channel();
    thread::spawn(move || web::serve(desk, ([127, 0, 0, 1], 0).into(), move |at| ready.send(at).unwrap()));
    (address.recv_timeout(OVER).unwrap(), dir)
}

fn connected(address: SocketAddr) -> TcpStream {
    let connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(OVER)).unwrap();
    connection
}

/// All that comes back before the connection is closed.
fn answers(address: SocketAddr, sent: &[u8]) -> String {
    let mut connection = connected(address);
    // Whoever is cut off in the middle of sending has an answer too.
    let _ = connection.write_all(sent);
    let mut got = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match connection.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => got.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("not closed: {error}; {}", String::from_utf8_lossy(&got)),
        }
    }
    String::from_utf8_lossy(&got).into_owned()
}

/// Sends a beginning, and then a byte now and then, until it is cut off; what came back.
fn trickled(address: SocketAddr, beginning: &[u8]) -> String {
    let mut connection = connected(address);
    connection.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    connection.write_all(beginning).unwrap();
    let (begun, mut got, mut piece) = (Instant::now(), Vec::new(), [0; 4096]);
    while begun.elapsed() < OVER {
        let sent = connection.write_all(b"a");
        match connection.read(&mut piece) {
            Ok(0) => return String::from_utf8(got).unwrap(),
            Ok(length) => got.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock && sent.is_ok() => {}
            Err(_) => return String::from_utf8(got).unwrap(),
        }
    }
    panic!("still connected after {OVER:?}: {}", String::from_utf8_lossy(&got));
}

fn is_alive(address: SocketAddr) {
    let answer = answers(address, b"GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("alive\n"), "{answer}");
}

/// A form for whoever reaches this machine, of a length that is said.
fn form(length: usize) -> String {
    format!(
        "POST /language HTTP/1.1\r\nHost: desk\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[test]
fn who_sends_slowly_is_cut_off() {
    let (address, _dir) = served();
    let head = trickled(address, b"GET /sign-in HTTP/1.1\r\nHost: desk\r\nX-Slow: ");
    assert!(head.starts_with("HTTP/1.1 408 Request Timeout"), "{head}");
    let body = trickled(address, form(100_000).as_bytes());
    assert!(body.starts_with("HTTP/1.1 408 Request Timeout"), "{body}");
    assert!(body.contains("It took too long to arrive."), "{body}");
    let nothing = answers(address, b"");
    assert!(nothing.is_empty() || nothing.starts_with("HTTP/1.1 408"), "{nothing}");
    is_alive(address);
}

#[test]
fn many_who_send_nothing_hold_up_nobody() {
    let (address, _dir) = served();
    let mut idle = Vec::new();
    for number in 0..400 {
        let mut connection = connected(address);
        match number % 3 {
            0 => {}
            1 => connection.write_all(b"GET / HTTP/1.1\r\nHost: d").unwrap(),
            _ => connection.write_all(form(5000).as_bytes()).unwrap(),
        }
        idle.push(connection);
    }
    let begun = Instant::now();
    is_alive(address);
    let page = answers(address, b"GET /sign-in HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // And each of them is gone by itself.
    for mut connection in idle {
        let mut rest = Vec::new();
        let ended = connection.read_to_end(&mut rest);
        assert!(ended.is_ok() || ended.unwrap_err().kind() == ErrorKind::ConnectionReset);
    }
}

#[test]
fn one_request_is_never_taken_for_two() {
    let (address, _dir) = served();
    let head = "POST /language HTTP/1.1\r\nHost: desk\r\nSec-Fetch-Site: same-origin\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n";
    let second = "GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n";
    // Said clearly, the second is one of its own.
    for lengths in ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
        let answer = answers(address, format!("{head}{lengths}\r\n0\r\n\r\n{second}").as_bytes());
        assert!(answer.contains("alive"), "{lengths:?}: {answer}");
    }
    for lengths in [
        "Content-Length: 0\r\nContent-Length: 42\r\n",
        "Content-Length: 0, 42\r\n",
        "Content-Length: +0\r\n",
        "Content-Length: 0x0\r\n",
        "Content-Length: -1\r\n",
        "Content-Length : 0\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\x0bchunked\r\n",
        "X: a\r\n Transfer-Encoding: chunked\r\n",
    ] {
        let answer = answers(address, format!("{head}{lengths}\r\n0\r\n\r\n{second}").as_bytes());
        assert!(!answer.contains("alive"), "{lengths:?}: {answer}");
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{lengths:?}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 5"), "{lengths:?}: {answer}");
    }
    is_alive(address);
}

#[test]
fn addresses_that_no_page_has_lead_nowhere() {
    let (address, _dir) = served();
    let long = format!("/cards/{}", "a".repeat(200_000));
    for path in [
        "/cards/\0",
        "/%00",
        "/cards/%00",
        "/cards/%ff",
        "/static/x/..%2f..%2fCargo.toml",
        "/static/x/%2e%2e/%2e%2e/Cargo.toml",
        "/static/x/../../Cargo.toml",
        "/static/x//etc/passwd",
        "//evil.example/",
        "http://evil.example/",
        "/a b",
        "*",
        long.as_str(),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n");
        let answer = answers(address, request.as_bytes());
        let status = answer.split(' ').nth(1).unwrap_or_default();
        let shown: String = path.chars().take(60).collect();
        assert!(["", "303", "400", "404", "414", "431"].contains(&status), "{shown:?}: {answer}");
        assert!(!answer.contains("[package]") && !answer.contains("root:"), "{shown:?}: {answer}");
        assert!(
            !answer.to_lowercase().contains("location: //") && !answer.contains("location: http"),
            "{answer}"
        );
    }
    let heads = [
        "Host: desk\r\nHost: evil.example",
        "Host: desk\0",
        "Host: desk\r\nCookie: __Host-session=a\0b",
        "Host: desk\r\nCookie: __Host-language=en%0d%0aInjected: yes",
        "Host: desk\r\nAccept-Language: \u{fffd}\u{fffd}",
        "Host: \"><script>alert(1)</script>",
    ];
    for head in heads {
        let request = format!("GET /sign-in HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n");
        let answer = answers(address, request.as_bytes());
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["200", "400"].contains(&status), "{head:?}: {answer}");
        assert!(!answer.contains("evil.example") && !answer.contains("<script>alert"), "{head:?}: {answer}");
        assert!(!answer.contains("\r\nInjected"), "{head:?}: {answer}");
    }
    is_alive(address);
}

/// What is written into every field: a head of its own, a script, an end of text.
const EVIL: &str = "a\r\nInjected: yes\r\n\r\n<script>alert(1)</script>\"'><b>\0";

/// The names of the fields of all forms.
fn fields() -> BTreeSet<String> {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let page = std::fs::read_to_string(path).unwrap();
            names.extend(
                page.split(" name=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
            );
        }
    }
    names
}

/// An address with each of its places filled: what the address is of, then something that is none.
fn filled(path: &str, case: &str, other: &str) -> String {
    let mut out = path.replace("{case}", case);
    while let Some((before, rest)) = out.clone().split_once('{') {
        out = format!("{before}{other}{}", rest.split_once('}').unwrap().1);
    }
    out
}

/// Only what was meant to be there is in an answer.
fn is_clean(page: &Page, what: &str) {
    assert!(!page.status.is_server_error(), "{what}: {} {}", page.status, page.text);
    assert!(!page.headers.contains_key("injected"), "{what}");
    let kind = page.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
    if kind != "text/plain; charset=utf-8" {
        assert!(
            !page.text.contains("<script>alert") && !page.text.contains("'><b>"),
            "{what}: {}",
            page.text
        );
    }
    assert!(page.location.is_empty() || page.location.starts_with('/'), "{what}: {}", page.location);
    assert!(!page.location.starts_with("//"), "{what}: {}", page.location);
    let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{what}: {policy}");
    for part in policy.split("; ") {
        let sources = part.split(' ').skip(1);
        for source in sources {
            assert!(["'none'", "'self'", "blob:", "data:"].contains(&source), "{what}: {part}");
        }
    }
}

#[actix_web::test]
async fn whatever_stands_in_a_field_or_an_address_stays_there() {
    let town = Town::new();
    let app = town.app().await;
    let mut browsers = Vec::new();
    for role in Role::ALL {
        browsers.push((*role, Browser::of(&town, &app, *role).await));
    }
    let at_desk = browsers.iter().find(|(role, _)| *role == Role::Registrar).unwrap().1.clone();
    let visit = Visit::begin(&town, &app, at_desk).await;
    visit.to_review().await;
    let mut fields = fields();
    assert!(fields.remove("form_token") && fields.len() > 40, "{fields:?}");
    let (mut asked, mut shown) = (0, 0);
    for row in table().iter().filter(|row| row.place.path != "/sign-out") {
        let (role, browser) = browsers.iter().find(|(role, _)| row.place.access.allows(*role)).unwrap();
        for other in ["x", "%0d%0aInjected:%20yes", "%00", "..%2f..%2fetc%2fpasswd", "%3Cscript%3Ealert(1)"] {
            let path = filled(row.place.path, &visit.id, other);
            let version = visit.case().version.to_string();
            let of = |name: &str| if name == "version" { version.clone() } else { EVIL.to_owned() };
            let sent: Vec<_> = fields.iter().map(|name| (name.clone(), of(name))).collect();
            let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            for method in &row.methods {
                let page = match *method {
                    Method::POST => browser.post(&app, &path, &sent).await,
                    _ => browser.send(&app, bare(method.clone(), &format!("{path}?{}", query(&sent)))).await,
                };
                is_clean(&page, &format!("{method} {path} as {}", role.as_str()));
                asked += 1;
                shown += usize::from(page.text.contains("&#60;script&#62;alert(1)"));
            }
        }
    }
    assert!(asked > 5 * table().len(), "{asked}");
    // Where it was typed it stands, as text.
    assert!(shown > 20, "{shown}");
}

fn query(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}

#[actix_web::test]
async fn another_cases_address_says_no_more_than_none() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    for id in ["x", "00000000-0000-0000-0000-000000000000", "0190a000-0000-7000-8000-000000000000", "%2e%2e"]
    {
        for row in table().iter().filter(|row| row.place.path.starts_with("/cases/{case}")) {
            for method in &row.methods {
                let path = filled(row.place.path, id, "front");
                let page = match *method {
                    Method::POST => {
                        browser
                            .post(
                                &app,
                                &path,
                                &[("version", "1"), ("language", "fr"), ("outcome", "printed")],
                            )
                            .await
                    }
                    _ => browser.send(&app, bare(method.clone(), &path)).await,
                };
                assert_eq!(page.status.as_u16(), 404, "{method} {path}: {}", page.text);
            }
        }
    }
}

#[actix_web::test]
async fn a_form_of_an_earlier_moment_leads_to_where_the_case_stands() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let visit = Visit::begin(&town, &app, browser.clone()).await;
    visit.to_review().await;
    visit.issue().await;
    let stands = format!("/cases/{}/print", visit.id);
    for step in ["papers", "person", "photo", "review"] {
        let sent = [("version", "1"), ("full_name", "Somebody Else"), ("do", "on")];
        let page = browser.post(&app, &format!("/cases/{}/{step}", visit.id), &sent).await;
        assert_eq!(page.location, stands, "{step}: {}", page.text);
    }
}
