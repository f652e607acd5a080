//! Sixteen clients issue and revoke at once, and one after the other is killed at a moment of chance: whatever was
//! acknowledged stands, and nothing is there twice. `KILLS` says how often.
//!
//! A client is a process of its own on the city's database, as a desk's server or a command is: it makes one card of a
//! file, says so, revokes every third, says so, and begins anew.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use issuer::Issuer;
use issuer::db::act::Actor;
use issuer::db::card::CardState;
use issuer::db::card_status::CardStatus;
use issuer::revocation::{self, Change, Named};
use tests::hall::{again, within};
use tests::power_loss::Chance;
use tests::stage::Stage;

const CLIENTS: usize = 16;
/// All is looked at after so many kills.
const LOOK: usize = 25;
const FOLDER: &str = "STORY_KILLS";

fn kills() -> usize {
    std::env::var("KILLS").map_or(LOOK, |text| text.parse().unwrap())
}

#[test]
#[ignore = "not a story: a client that the story below starts and kills"]
fn client() {
    let issuer = Issuer::open(Path::new(&std::env::var(FOLDER).unwrap()), None).unwrap();
    let actor = Actor::command_line("hall");
    for round in 0.. {
        let now = issuer::edge::now();
        let name = format!("Resident {} {round}", std::process::id());
        let card = within::issue(&issuer, &name, &actor, now);
        let number = card.draft.number();
        say(&serde_json::json!({ "number": number, "service_qr": card.service_qr }).to_string());
        if round % 3 == 0 {
            revocation::change(&issuer, Change::Revoke, Named::Number(number), "lost", &actor, now).unwrap();
            say(&format!("revoked {number}"));
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// A client that runs, and the file that it acknowledges in.
struct Running {
    child: Child,
    said: std::path::PathBuf,
}

impl Running {
    fn start(stage: &Stage, number: usize) -> Self {
        let said = stage.hall.file(&format!("said-{number}"));
        let mut client = again("kills::client");
        client.env(FOLDER, stage.hall.file("city"));
        let child = client
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&said).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, said }
    }

    /// Kills it, and gives what it had said by then.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        let said = std::fs::read_to_string(&self.said).unwrap();
        assert_eq!(status.code(), None, "it ended by itself: {said}");
        said
    }
}

/// What was acknowledged by all clients.
#[derive(Default)]
struct Acknowledged {
    issued: BTreeMap<String, String>,
    revoked: BTreeSet<String>,
}

impl Acknowledged {
    fn note(&mut self, stage: &mut Stage, said: &str) {
        stage.note(said);
        self.issued.clone_from(&stage.reported);
        self.revoked.extend(said.lines().filter_map(|line| line.strip_prefix("revoked ")).map(str::to_owned));
    }
}

/// Everything that must hold while nobody works.
fn look(stage: &Stage, acknowledged: &Acknowledged) {
    stage.whole();
    let statuses: BTreeMap<String, CardStatus> =
        stage.cards().into_iter().map(|card| (card.number, card.status)).collect();
    for number in &acknowledged.revoked {
        assert_eq!(statuses[number], CardStatus::Revoked, "a revocation was lost: {number}");
    }
}

#[test]
fn clients_that_are_killed_lose_nothing_and_double_nothing() {
    let kills = kills();
    let mut stage = Stage::new("random_kills");
    let mut acknowledged = Acknowledged::default();
    let mut chance = Chance::new(20_261_124);
    let began = Instant::now();
    let mut done = 0;
    while done < kills {
        let mut running: Vec<_> = (0..CLIENTS).map(|number| Running::start(&stage, number)).collect();
        for _ in 0..LOOK.min(kills - done) {
            // From before a client's first write to some way into its work.
            #[expect(clippy::disallowed_methods, reason = "a moment of chance; nothing is waited for")]
            std::thread::sleep(Duration::from_millis(u64::try_from(chance.below(250)).unwrap()));
            let number = chance.below(CLIENTS);
            let new = Running::start(&stage, CLIENTS + done);
            let said = std::mem::replace(&mut running[number], new).kill();
            acknowledged.note(&mut stage, &said);
            done += 1;
        }
        for client in running {
            acknowledged.note(&mut stage, &client.kill());
        }
        look(&stage, &acknowledged);
    }
    let verdicts = stage.verdicts();
    for (number, verdict) in &verdicts {
        let status = if acknowledged.revoked.contains(number) { "not_valid: revoked" } else { "valid" };
        // One that was killed between the revocation and the word about it.
        let untold = verdict == "not_valid: revoked" && status == "valid";
        assert!(verdict == status || untold, "{number}: {verdict}");
    }
    let cards = stage.cards();
    let half = cards.iter().filter(|card| card.state == CardState::Reserved).count();
    let said = stage.hall.issuer(&["revoke", "--half-issued", "--reason", "interrupted"]).good().out;
    assert_eq!(said.matches("valid -> revoked").count(), half);
    stage.whole();
    println!(
        "{kills} kills under {CLIENTS} clients, and {} more at {} looks, in {:.0} s: {} cards, {} acknowledged, {} \
         revocations acknowledged, {half} half issued and revoked; nothing lost, nothing twice",
        CLIENTS * kills.div_ceil(LOOK),
        kills.div_ceil(LOOK),
        began.elapsed().as_secs_f64(),
        cards.len(),
        acknowledged.issued.len(),
        acknowledged.revoked.len(),
    );
    assert!(acknowledged.issued.len() > kills / 4, "{}", acknowledged.issued.len());
}
