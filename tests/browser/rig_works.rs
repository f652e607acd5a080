//! The rig itself, on a page of its own: what it reports must be what happens.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use base64ct::{Base64, Encoding as _};
use serde_json::json;
use tests::captures::Camera;

use crate::rig::{Page, Scanner, Setup, Width, camera};

/// A page with one of each fault, for as long as the test runs.
fn served(html: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut asked = String::new();
            BufReader::new(&connection).read_line(&mut asked).unwrap();
            let (length, found) =
                if asked.contains(" / ") { (html.len(), "200 OK") } else { (0, "404 Not Found") };
            let head = format!(
                "HTTP/1.1 {found}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            let _ = connection.write_all(head.as_bytes());
            let _ = connection.write_all(&html.as_bytes()[..length]);
        }
    });
    address
}

#[test]
fn time_moves_and_keys_arrive() {
    let Some(page) = Page::open(&Setup::default()) else { return };
    let address = served(
        "<!doctype html><html lang=en><title>T</title><link rel=icon href=data:,><main><h1 id=told>-</h1>\
         <label>Box <input id=box autofocus></label></main><script>
         let strokes = []; document.onkeydown = (event) => strokes.push([event.code, event.key, event.timeStamp]);
         let fast = 0; const begun = Date.now();
         setInterval(() => { fast += 1 }, 1000);
         setTimeout(() => { told.textContent = Date.now() - begun >= 59e3 && fast }, 60_000);
         </script></html>",
    );
    page.go(&format!("http://{address}/"));
    page.advance(59_000);
    assert_eq!(page.text("#told"), "-");
    page.advance(2_000);
    assert_eq!(page.text("#told"), "60");
    let before = page.run("return Date.now()", Vec::new()).as_i64().unwrap();
    page.reload();
    let after = page.run("return Date.now()", Vec::new()).as_i64().unwrap();
    assert!((0..30_000).contains(&(after - before)), "{before} {after}");
    for pace in [5, 50] {
        page.run("strokes = []; box.value = ''; box.focus()", Vec::new());
        page.scan("AB+ 7", Scanner { pace, ..Scanner::FAST });
        assert_eq!(page.run("return box.value", Vec::new()), json!("AB+ 7"));
        let codes = page.run("return strokes.map(([code]) => code)", Vec::new());
        assert_eq!(codes, json!(["KeyA", "KeyB", "Equal", "Space", "Digit7", "Enter"]));
        let took = page.run("return strokes[5][2] - strokes[0][2]", Vec::new()).as_f64().unwrap();
        assert!((took - f64::from(5 * pace)).abs() < 1.0, "{took} ms for 5 keys of {pace}");
    }
    page.run("box.value = ''; box.focus()", Vec::new());
    page.paste("pasted");
    page.until("box.value === 'pasted'");
    assert!(page.complaints().is_empty());
    assert_eq!(page.axe(), Vec::<String>::new());
}

#[test]
fn faults_are_found() {
    let Some(page) = Page::open(&Setup::default()) else { return };
    let address = served(
        "<!doctype html><html><title>T</title><main><h1>H</h1><img src=http://127.0.0.1:9/elsewhere.png></main>\
         <script>console.error('bad')</script></html>",
    );
    let origin = format!("http://{address}");
    page.go(&format!("{origin}/"));
    let found = page.axe().join("\n");
    assert!(found.contains("image-alt") && found.contains("html-has-lang"), "{found}");
    assert!(page.complaints().iter().any(|line| line.contains("bad")));
    assert!(page.requests().iter().any(|request| request.url.ends_with(":9/elsewhere.png")));
    let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| page.kept_to(&origin)));
    assert!(kept.is_err());
    page.size(Width::Phone);
    page.dark(true);
    let seen = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]";
    assert_eq!(page.run(seen, Vec::new()), json!([390, true]));
    page.offline(true);
    let fetched = page.run_later("fetch('/').then(() => arguments[0](1), () => arguments[0](0))", Vec::new());
    assert_eq!(fetched, json!(0));
}

#[test]
fn the_camera_shows_the_film() {
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("card.mjpeg");
    let text = "PORT ALDER";
    camera::film(&film, &Camera { fill: 0.4, ..Camera::GOOD }, &[camera::code_of(text)]);
    let Some(page) = Page::open(&Setup { camera: Some(film), ..Setup::default() }) else { return };
    let address =
        served("<!doctype html><html lang=en><title>T</title><video id=seen autoplay muted></video></html>");
    page.go(&format!("http://{address}/"));
    let frame = page.run_later(
        "const done = arguments[0];
         navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } }).then(async (stream) => {
           seen.srcObject = stream;
           // The first frames are black, until the film runs.
           for (let frame = 0; frame < 30; frame += 1) await new Promise((go) => seen.requestVideoFrameCallback(go));
           const canvas = new OffscreenCanvas(seen.videoWidth, seen.videoHeight);
           canvas.getContext('2d').drawImage(seen, 0, 0);
           const reader = new FileReader();
           reader.onload = () => done(reader.result.split(',')[1]);
           reader.readAsDataURL(await canvas.convertToBlob());
         }).catch((error) => done(String(error)));",
        Vec::new(),
    );
    let png = Base64::decode_vec(frame.as_str().unwrap()).unwrap();

    assert_eq!(reader::codes_in(&png).unwrap(), [text]);
}
