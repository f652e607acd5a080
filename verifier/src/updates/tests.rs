//! What comes from the address, and what becomes of it: the exact effect on the store and on what the page is told.

use ::tests::city::{self, City, NOW, OTHER_ROOT, at};
use ::tests::lists_server::{ListsServer, Reply};
use tempfile::TempDir;

use super::*;

mod pieces;

const HOUR: i64 = 3_600;
/// How long a trickle is waited for.
const SHORT: Duration = Duration::from_millis(300);

/// A kiosk's folder that trusts Port Alder's list 12, and what keeps it new.
struct Counter {
    folder: TempDir,
    server: ListsServer,
    updates: Updates,
}

impl Counter {
    fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let counter = Self::untrusting(replies, None);
        counter.store().take(&bundle(12), None).unwrap();
        counter
    }

    fn untrusting(replies: impl IntoIterator<Item = Reply>, root: Option<Thumbprint>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = ListsServer::answering(replies);
        let store = Store::new(folder.path().to_owned());
        let source = server.url().parse().unwrap();
        let updates = Updates::new(source, store, root, TimeDelta::seconds(HOUR));
        Self { folder, server, updates }
    }

    fn store(&self) -> Store {
        Store::new(self.folder.path().to_owned())
    }

    fn sequence(&self) -> Option<u64> {
        self.store().load().unwrap().map(|trusted| trusted.trust_list().sequence)
    }

    fn ask(&self, second: i64) -> Result<(), Failure> {
        self.updates.ask(at(NOW + second), Jitter::of(200))
    }

    fn wait(&self, second: i64) -> i64 {
        self.updates.wait(at(NOW + second)).num_seconds()
    }
}

fn bundle(sequence: u64) -> Vec<u8> {
    City::port_alder().with(|city| city.trust_list.sequence = sequence).bundle()
}

fn root() -> Thumbprint {
    city::ROOT.public().thumbprint()
}

fn time(second: i64) -> String {
    at(NOW + second).to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[test]
fn newer_lists_are_taken_and_the_next_question_names_their_tag() {
    let counter = Counter::new([Reply::Bundle(bundle(13), "\"thirteen\""), Reply::Status(304, "")]);
    assert_eq!(counter.wait(0), 0);
    assert_eq!(counter.ask(0), Ok(()));
    assert_eq!((counter.sequence(), counter.wait(0)), (Some(13), HOUR));
    let question = counter.server.question();
    assert!(question.starts_with("get /bundle.cbor http/1.1\r\n"), "{question}");
    assert!(question.contains("\r\nuser-agent: verifier\r\n"), "{question}");
    for secret in ["if-none-match", "cookie", "authorization", "referer"] {
        assert!(!question.contains(secret), "{question}");
    }
    let stamp = counter.store().stamp().unwrap();
    assert_eq!(counter.ask(HOUR), Ok(()));
    assert!(counter.server.question().contains("\r\nif-none-match: \"thirteen\"\r\n"));
    assert_eq!((counter.sequence(), counter.store().stamp().unwrap()), (Some(13), stamp));
    let expected = Report {
        host: "127.0.0.1".to_owned(),
        every_s: HOUR,
        asked_at: Some(time(HOUR)),
        fetched_at: Some(time(HOUR)),
        next_at: Some(time(2 * HOUR)),
        failure: None,
        failures: 0,
    };
    assert_eq!(counter.updates.report(), expected);
    // The tag still stands after an answer that was none.
    assert_eq!(counter.ask(2 * HOUR), Err(Failure::HttpStatus));
    assert!(counter.server.question().contains("if-none-match: \"thirteen\""));
}

#[test]
fn whatever_is_wrong_leaves_the_good_lists_and_is_told_by_its_name() {
    let good = bundle(13);
    let half = good[..good.len() / 2].to_vec();
    let mut altered = good.clone();
    *altered.last_mut().unwrap() ^= 1;
    let foreign = City::port_alder().with(|city| city.root = OTHER_ROOT).bundle();
    let fork = City::port_alder().with(|city| city.trust_list.next_update += 1).bundle();
    let old_list = City::port_alder().with(|city| {
        city.trust_list.sequence = 13;
        city.lists[0].issued_at -= 1;
    });
    let elsewhere = ListsServer::answering([Reply::Bundle(good.clone(), "\"moved\"")]);
    let location: &'static str = format!("\r\nLocation: {}", elsewhere.url()).leak();
    let mut counter = Counter::new([]);
    let stamp = counter.store().stamp().unwrap();
    for (what, reply, expected) in [
        ("an error", Reply::Status(500, ""), Failure::HttpStatus),
        ("nothing there", Reply::Status(404, ""), Failure::HttpStatus),
        ("unchanged, though no tag was named", Reply::Status(304, ""), Failure::HttpStatus),
        ("success without lists", Reply::Status(204, ""), Failure::HttpStatus),
        ("a redirect", Reply::Status(302, location), Failure::Redirected),
        ("a redirect for good", Reply::Status(308, location), Failure::Redirected),
        ("garbage", Reply::Bundle(b"<html>garbage</html>".to_vec(), "\"g\""), Failure::NotABundle),
        ("nothing", Reply::Bundle(Vec::new(), "\"e\""), Failure::CutShort),
        ("no HTTP", Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"), Failure::NotHttp),
        ("the end at once", Reply::Raw(b""), Failure::CutShort),
        ("half a body of a whole length", Reply::Promised(good.len(), half.clone()), Failure::CutShort),
        ("half a body of no length", Reply::Unmeasured(half.clone()), Failure::CutShort),
        ("half a body in chunks", Reply::Chunks(half.clone()), Failure::CutShort),
        ("half a bundle in a whole body", Reply::Bundle(half, "\"h\""), Failure::CutShort),
        ("a changed byte", Reply::Bundle(altered, "\"a\""), Failure::Damaged),
        ("an older trust list", Reply::Bundle(bundle(11), "\"11\""), Failure::Older),
        ("an older status list", Reply::Bundle(old_list.bundle(), "\"old\""), Failure::Older),
        ("another list of this number", Reply::Bundle(fork, "\"fork\""), Failure::Forked),
        ("another city", Reply::Bundle(foreign, "\"other\""), Failure::OtherCity),
        ("a slow trickle", Reply::Trickle(100_000), Failure::TooSlow),
        ("100 MB that say so", Reply::Zeros(100_000_000, true), Failure::TooLarge),
    ] {
        counter.updates.patience = if matches!(reply, Reply::Trickle(_)) { SHORT } else { PATIENCE };
        counter.server.then(reply);
        assert_eq!(counter.ask(0), Err(expected), "{what}");
        assert_eq!(counter.store().stamp().unwrap(), stamp, "{what}");
        assert_eq!(counter.sequence(), Some(12), "{what}");
        let question = counter.server.question();
        assert!(!question.contains("if-none-match"), "{what}: {question}");
        let report = counter.updates.report();
        assert_eq!(
            (report.failure, report.asked_at, report.fetched_at),
            (Some(expected), Some(time(0)), None),
            "{what}"
        );
    }
    assert!(!elsewhere.was_asked(), "a redirect was followed");
    assert_eq!(counter.updates.report().failures, 21);
    assert_eq!(counter.wait(0), HOUR);
    // And then all is well again.
    counter.server.then(Reply::Unmeasured(good));
    assert_eq!(counter.ask(9), Ok(()));
    let report = counter.updates.report();
    assert_eq!((report.failure, report.failures, report.fetched_at), (None, 0, Some(time(9))));
    assert_eq!(counter.sequence(), Some(13));
}

#[test]
fn a_hundred_megabytes_are_left_after_the_largest_bundle() {
    let counter = Counter::new([Reply::Zeros(100_000_000, false)]);
    assert_eq!(counter.ask(0), Err(Failure::TooLarge));
    assert_eq!(counter.sequence(), Some(12));
    let sent = counter.server.end();
    assert!((33_554_432..60_000_000).contains(&sent), "{sent} bytes");
}

#[test]
fn who_is_not_there_or_does_not_prove_who_it_is_changes_nothing() {
    let counter = Counter::new([]);
    let plain = counter.server.url().replace("http://", "https://");
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, expected) in
        [(plain, Failure::Tls), (format!("http://{gone}/bundle.cbor"), Failure::Unreachable)]
    {
        let updates = Updates::new(address.parse().unwrap(), counter.store(), None, TimeDelta::seconds(HOUR));
        assert_eq!(updates.ask(at(NOW), Jitter::of(200)), Err(expected), "{address}");
        assert_eq!((updates.wait(at(NOW)).num_seconds(), counter.sequence()), (60, Some(12)), "{address}");
    }
}

#[test]
fn failures_are_asked_again_later_and_later() {
    let counter = Counter::new((0..8).map(|_| Reply::Status(500, "")));
    let mut now = 0;
    let mut waits = Vec::new();
    for _ in 0..8 {
        assert_eq!(counter.ask(now), Err(Failure::HttpStatus));
        let wait = counter.wait(now);
        waits.push(wait);
        now += wait;
    }
    assert_eq!(waits, [60, 120, 240, 480, 960, 1_920, HOUR, HOUR]);
}

#[test]
fn where_nobody_is_trusted_nothing_is_asked() {
    let counter = Counter::untrusting([], None);
    assert_eq!(counter.ask(0), Err(Failure::NoRoot));
    assert!(!counter.server.was_asked());
    assert_eq!((counter.updates.report().asked_at, counter.sequence()), (None, None));
    // A person loads the first bundle meanwhile.
    counter.store().take(&bundle(12), None).unwrap();
    counter.server.then(Reply::Bundle(bundle(13), "\"13\""));
    assert_eq!((counter.ask(60), counter.sequence()), (Ok(()), Some(13)));
}

#[test]
fn a_root_that_was_named_takes_the_first_lists_and_no_others() {
    let foreign = City::port_alder().with(|city| city.root = OTHER_ROOT).bundle();
    let replies = [Reply::Bundle(foreign, "\"other\""), Reply::Bundle(bundle(12), "\"12\"")];
    let counter = Counter::untrusting(replies, Some(root()));
    assert_eq!((counter.ask(0), counter.sequence()), (Err(Failure::OtherCity), None));
    assert_eq!((counter.ask(60), counter.sequence()), (Ok(()), Some(12)));
    assert_eq!(counter.store().pin().unwrap(), Some(root()));
}

#[test]
fn lists_that_somebody_else_changed_are_fetched_whole() {
    let answers = || Reply::Bundle(bundle(13), "\"13\"");
    let counter = Counter::new([answers(), answers(), answers(), Reply::Status(304, "")]);
    counter.ask(0).unwrap();
    assert!(!counter.server.question().contains("if-none-match"));
    // Damaged: a 304 would leave it so.
    std::fs::write(counter.folder.path().join("trusted.cbor"), "damaged").unwrap();
    counter.ask(HOUR).unwrap();
    assert!(!counter.server.question().contains("if-none-match"));
    assert_eq!(counter.sequence(), Some(13));
    // Emptied and begun anew, with older lists.
    std::fs::remove_file(counter.folder.path().join("trusted.cbor")).unwrap();
    counter.store().take(&bundle(12), None).unwrap();
    counter.ask(2 * HOUR).unwrap();
    assert!(!counter.server.question().contains("if-none-match"));
    assert_eq!(counter.sequence(), Some(13));
    counter.ask(3 * HOUR).unwrap();
    assert!(counter.server.question().contains("if-none-match"));
}

#[test]
fn lists_that_cannot_be_kept_are_told_and_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: nobody can write there, whoever runs this.
    let store = Store::new(folder.path().join("kept"));
    std::fs::write(store.folder(), "").unwrap();
    let server = ListsServer::answering([Reply::Bundle(bundle(13), "\"13\"")]);
    let updates = Updates::new(server.url().parse().unwrap(), store, Some(root()), TimeDelta::seconds(HOUR));
    assert_eq!(updates.ask(at(NOW), Jitter::of(200)), Err(Failure::NotKept));
}
