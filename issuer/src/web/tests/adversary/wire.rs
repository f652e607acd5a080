//! On the wire of the real server: slow sending, forged frames and heads, addresses that no page has.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::web::tests::Town;
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
    let serving = web::Serving::at(([127, 0, 0, 1], 0).into());
    thread::spawn(move || web::serve(desk, &serving, move |at| ready.send(at.desk).unwrap()));
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
