//! A server that is told to stop, while sixteen officers issue: what it acknowledged is there, and nobody has half an answer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use issuer::Issuer;
use issuer::db::card::{Card, CardState};
use issuer::db::officer::Role;
use scopeguard::defer;
use tests::desk::{Desk, arguments};
use tests::hall::{Hall, until};
use tests::load::{Browser, Wrong, visit};

const CLIENTS: usize = 16;

/// Makes a desk with sixteen officers who are signed in.
fn desk(hall: &Hall, more: &[&str]) -> (Desk, Vec<Browser>) {
    let desk = Desk::started(hall, &mut hall.issuer_command(&arguments(more)));
    let officers =
        (0..CLIENTS).map(|officer| desk.officer(hall, &format!("officer-{officer}"), Role::Registrar));
    let officers = officers.collect();
    (desk, officers)
}

#[test]
fn a_server_told_to_stop_ends_what_is_under_way_and_loses_nothing() {
    let hall = Hall::new("watch_farewell");
    let (mut desk, officers) = desk(&hall, &["--drain", "2"]);
    let acknowledged = Mutex::new(Vec::new());
    let why_ended = Mutex::new(BTreeMap::<String, usize>::new());
    let (visits, stopping, over) = (AtomicUsize::new(0), AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        // Where the story fails the officers end too.
        defer!(over.store(true, Ordering::Relaxed));
        for (officer, mut browser) in officers.into_iter().enumerate() {
            let (acknowledged, why_ended, visits, stopping, over) =
                (&acknowledged, &why_ended, &visits, &stopping, &over);
            scope.spawn(move || {
                for number in (0..).take_while(|_| !over.load(Ordering::Relaxed)) {
                    let mut shown = Vec::new();
                    let ended = visit(&mut browser, officer * 10_000 + number, false, &mut shown);
                    acknowledged.lock().unwrap().append(&mut shown);
                    match ended {
                        Ok(_) => visits.fetch_add(1, Ordering::Relaxed),
                        Err(_) if over.load(Ordering::Relaxed) => return,
                        Err(Wrong::NoAnswer(why)) => {
                            assert!(stopping.load(Ordering::Relaxed), "{why}");
                            let why = why.rsplit(": ").next().unwrap_or_default().to_owned();
                            *why_ended.lock().unwrap().entry(why).or_default() += 1;
                            return;
                        }
                        Err(Wrong::Said(said)) => panic!("{said}"),
                    };
                }
            });
        }
        until("there are so many visits as officers", || visits.load(Ordering::Relaxed) >= CLIENTS);
        let ready = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assert!(desk.raw(ready).ends_with("ready\n"));
        stopping.store(true, Ordering::Relaxed);
        desk.terminate();
        // It still answers, and says that it will not for long; every answer is the last on its connection.
        let mut answer = String::new();
        until("it is not ready", || {
            answer = desk.raw(ready);
            !answer.starts_with("HTTP/1.1 200")
        });
        assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("stopping\n"), "{answer}");
        let alive = desk.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(alive.contains("connection: close") && alive.ends_with("alive\n"), "{alive}");
        assert_eq!(desk.ended().code(), Some(0), "{}", desk.log());
    });
    // Refused, or closed before a byte of an answer: nobody was told half of one.
    let why_ended = why_ended.into_inner().unwrap();
    assert_eq!(why_ended.values().sum::<usize>(), CLIENTS, "{why_ended:?}");
    let torn: Vec<_> = why_ended.keys().filter(|why| !is_whole(why)).collect();
    assert_eq!(torn, Vec::<&String>::new());

    let acknowledged = acknowledged.into_inner().unwrap();
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    let cards = issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap();
    let good = cards.iter().filter(|card| card.state == CardState::Issued);
    let good: Vec<&str> = good.map(|card| card.number.as_str()).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|number| !good.contains(&number.as_str())).collect();
    assert_eq!(lost, Vec::<&String>::new());
    assert_eq!(cards.len(), good.len(), "what was begun was ended");
    let _ = hall.issuer(&["audit", "verify"]).good();
    println!(
        "told to stop under {CLIENTS} officers, after {} visits: {} cards acknowledged, all there; officers ended by {why_ended:?}",
        visits.into_inner(),
        acknowledged.len()
    );
}

/// What a browser says of a connection that was never made, or closed before an answer began.
fn is_whole(why: &str) -> bool {
    ["Connection refused", "Connection reset by peer", "io: Peer disconnected"]
        .iter()
        .any(|whole| why.contains(whole))
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let hall = Hall::new("watch_twice");
    let mut desk = Desk::open(&hall, &["--drain", "600"]);
    desk.terminate();
    let ready = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    until("it says that it stops", || desk.raw(ready).ends_with("stopping\n"));
    desk.terminate();
    assert_eq!(desk.ended().code(), Some(143));
    assert!(desk.log().contains("told to stop again: ends at once"), "{}", desk.log());
}
