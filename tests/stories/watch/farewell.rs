//! A server that is told to stop, while sixteen officers issue: what it acknowledged is there, and nobody has half an answer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use issuer::Issuer;
use issuer::db::card::{Card, CardState};
use issuer::db::officer::Role;
use tests::desk::{Desk, arguments};
use tests::hall::Hall;
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
    let (visits, stopping) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for (officer, mut browser) in officers.into_iter().enumerate() {
            let (acknowledged, why_ended, visits, stopping) = (&acknowledged, &why_ended, &visits, &stopping);
            scope.spawn(move || {
                for number in 0.. {
                    let mut shown = Vec::new();
                    let ended = visit(&mut browser, officer * 10_000 + number, false, &mut shown);
                    acknowledged.lock().unwrap().append(&mut shown);
                    match ended {
                        Ok(_) => visits.fetch_add(1, Ordering::Relaxed),
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
        while visits.load(Ordering::Relaxed) < CLIENTS {
            thread::yield_now();
        }
        let ready = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assert!(desk.raw(ready).ends_with("ready\n"));
        stopping.store(true, Ordering::Relaxed);
        desk.terminate();
        // It still answers, and says that it will not for long; every answer is the last on its connection.
        let mut answer = desk.raw(ready);
        while answer.starts_with("HTTP/1.1 200") {
            answer = desk.raw(ready);
        }
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
    while !desk.raw("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ends_with("stopping\n") {
        thread::yield_now();
    }
    desk.terminate();
    assert_eq!(desk.ended().code(), Some(143));
    assert!(desk.log().contains("told to stop again: ends at once"), "{}", desk.log());
}
