//! What the kiosk lets nobody do: other pages, other names, other methods, too much, too slowly.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;

use actix_web::http::Method;
use actix_web::http::header::ALLOW;

use super::*;

#[actix_web::test]
async fn other_pages_and_other_names_are_refused() {
    let hall = Hall::trusting(&City::port_alder());
    let body = json!({ "text": "A" });
    let fetch_site = |site: &'static str| verify_request().insert_header(("Sec-Fetch-Site", site));
    let refused = [
        (verify_request().insert_header((ORIGIN, "https://evil.example")), 403),
        (verify_request().insert_header((ORIGIN, "http://127.0.0.1:9999")), 403),
        (verify_request().insert_header((ORIGIN, "null")), 403),
        (fetch_site("cross-site"), 403),
        (fetch_site("same-site"), 403),
        (verify_request().insert_header((HOST, "evil.example")), 421),
    ];
    for (request, expected) in refused {
        let (status, kind, problem) = hall.ask(request.set_json(&body), today).await;
        assert_eq!((status, kind.as_str()), (expected, "application/problem+json"));
        assert_eq!(problem["status"], expected);
    }
    let own = fetch_site("same-origin").insert_header((ORIGIN, "http://127.0.0.1:8090"));
    assert_eq!(hall.ask(own.set_json(&body), today).await.0, 200);
}

#[actix_web::test]
async fn what_is_not_understood_is_a_problem() {
    let hall = Hall::trusting(&City::port_alder());
    let read = || TestRequest::post().uri("/v1/read").insert_header((HOST, "localhost"));
    let with_text = |length: usize| verify_request().set_json(json!({ "text": "A".repeat(length) }));
    for (request, expected) in [
        (verify_request().set_json(json!({ "txt": "A" })), 400),
        (verify_request().set_payload("A"), 415),
        (verify_request().set_json(json!({ "text": "A", "desk": "harbour" })), 422),
        (with_text(MAX_TEXT), 413),
        (read().set_payload(vec![0; MAX_PICTURE + 1]), 413),
        (read().set_payload("no picture"), 422),
        (TestRequest::get().uri("/elsewhere").insert_header((HOST, "localhost")), 404),
    ] {
        let (status, kind, problem) = hall.ask(request, today).await;
        assert_eq!((status, kind.as_str()), (expected, "application/problem+json"), "{problem}");
    }
    assert_eq!(hall.ask(with_text(MAX_TEXT / 2), today).await.0, 200);
}

#[actix_web::test]
async fn each_address_takes_its_own_method_alone() {
    let hall = Hall::trusting(&City::port_alder());
    let page = [("/", Method::GET), ("/counter.js", Method::GET)];
    let addresses = routes::table().into_iter().map(|row| (row.path, row.method)).chain(page);
    let mut refused = 0;
    for (path, allowed) in addresses {
        let others = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ];
        for method in others.into_iter().filter(|method| *method != allowed) {
            let request =
                TestRequest::with_uri(path).method(method.clone()).insert_header((HOST, "localhost"));
            let answer = hall.answer(request).await;
            assert_eq!(answer.status(), 405, "{method} {path}");
            assert_eq!(answer.headers().get(ALLOW).unwrap(), allowed.as_str(), "{method} {path}");
            assert_eq!(answer.headers().get(CONTENT_TYPE).unwrap(), "application/problem+json");
            refused += 1;
        }
    }
    assert_eq!(refused, 7 * 6);
}

#[actix_web::test]
async fn no_answer_invites_other_pages() {
    let hall = Hall::trusting(&City::port_alder());
    let own = || verify_request().set_json(json!({ "text": "A" }));
    let preflight = TestRequest::with_uri("/v1/verify")
        .method(Method::OPTIONS)
        .insert_header((HOST, "localhost"))
        .insert_header((ORIGIN, "http://localhost"))
        .insert_header(("Access-Control-Request-Method", "POST"));
    let requests = [
        own(),
        own().insert_header((ORIGIN, "https://evil.example")),
        own().insert_header((ORIGIN, "http://127.0.0.1:8090")),
        verify_request().insert_header((HOST, "evil.example")),
        preflight,
        state_request(""),
        TestRequest::with_uri("/").insert_header((HOST, "localhost")),
    ];
    for request in requests {
        let answer = hall.answer(request).await;
        let names: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
        assert!(!names.iter().any(|name| name.starts_with("access-control-")), "{names:?}");
        assert_eq!(answer.headers().get("Cross-Origin-Resource-Policy").unwrap(), "same-origin");
    }
}

#[actix_web::test]
async fn a_name_that_points_here_by_rebinding_sees_nothing() {
    let hall = Hall::trusting(&City::port_alder());
    for (host, expected) in
        [("localhost:8090", 200), ("[::1]:8090", 200), ("192.168.1.20:8090", 200)].into_iter().chain([
            ("evil.example:8090", 421),
            ("127.0.0.1.evil.example", 421),
            ("", 421),
            ("localhost.:8090", 421),
        ])
    {
        for path in ["/", "/v1/state", "/v1/bundle", "/v1/openapi.json", "/counter.js"] {
            // The page of the other name is of its own origin: only the host tells.
            let request = TestRequest::with_uri(path)
                .insert_header((HOST, host))
                .insert_header(("Sec-Fetch-Site", "same-origin"));
            assert_eq!(hall.answer(request).await.status(), expected, "{host} {path}");
        }
    }
}

/// A kiosk that is really served. It ends with the test's process.
fn served(hall: &Hall, patience: Duration) -> TcpStream {
    let mut kiosk = Kiosk::new(hall.store(), None, Clock::new(today)).unwrap();
    kiosk.patience = Patience(patience);
    let (told, address) = mpsc::channel();
    std::thread::spawn(move || {
        serve(kiosk, "127.0.0.1:0".parse().unwrap(), |address| told.send(address).unwrap()).unwrap();
    });
    let connection = TcpStream::connect(address.recv().unwrap()).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    connection
}

/// What the kiosk says to a part of a request, before it hangs up.
fn said_to(part: &str) -> String {
    let mut connection = served(&Hall::trusting(&City::port_alder()), Duration::from_millis(100));
    connection.write_all(part.as_bytes()).unwrap();
    let mut said = String::new();
    connection.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn a_client_that_never_ends_its_request_is_hung_up_on() {
    let said = said_to("GET /v1/state HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    for path in ["/v1/verify", "/v1/read"] {
        let said = said_to(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: 100\r\n\r\n{{\"text\": "
        ));
        assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
        assert!(said.to_lowercase().contains("content-type: application/problem+json"), "{said}");
        assert!(said.ends_with(r#""status":408,"detail":"send it again, in one go"}"#), "{said}");
    }
}

#[test]
fn who_waits_keeps_nobody_else_waiting() {
    let mut slow = served(&Hall::trusting(&City::port_alder()), PATIENCE);
    slow.write_all(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n").unwrap();
    let mut quick = TcpStream::connect(slow.peer_addr().unwrap()).unwrap();
    quick.write_all(b"GET /v1/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut said = String::new();
    quick.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200 OK"), "{said}");
}
