//! Cards issued by calls of `/api/v1/cards`, as another program of the city makes them: one call a card, with a photo and a
//! key of its own. A call without an answer is made again with the same key, until it has one.

use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use issuer::card::portrait;
use serde_json::Value;
use ureq::Agent;

use super::visit::name;
use super::{Load, Outcome};

/// Between two tries of a call that had no answer.
const PAUSE: Duration = Duration::from_millis(100);
/// Most tries of one call.
const TRIES: usize = 600;

/// Photos as they are sent, made once.
static FACES: OnceLock<Vec<String>> = OnceLock::new();

/// A program that calls.
pub(super) struct Caller {
    agent: Agent,
    origin: String,
    token: String,
}

impl Caller {
    pub(super) fn new(origin: &str, token: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        FACES.get_or_init(|| {
            (0..8).map(|face| Base64::encode_string(&portrait::drawn(face).unwrap())).collect()
        });
        Self { agent: config.into(), origin: origin.to_owned(), token: token.to_owned() }
    }

    /// Issues as many cards as a desk has visits, one after the other, from this number on.
    #[expect(clippy::disallowed_methods, reason = "whose server died waits before it asks again")]
    pub(super) fn work(&self, load: Load, first: usize, outcome: &Mutex<Outcome>) {
        for number in first..first + load.visits {
            // Whoever calls waits for all tries together.
            let start = Instant::now();
            let (mut tries, mut answered) = (0, None);
            while answered.is_none() && tries < TRIES {
                match self.issue(number) {
                    Ok(answer) => answered = Some((answer, start.elapsed())),
                    Err(_) => thread::sleep(PAUSE),
                }
                tries += 1;
            }
            let mut outcome = outcome.lock().unwrap();
            outcome.cut_off += tries.saturating_sub(1);
            match answered {
                None => outcome.wrong.push(format!("call {number}: no answer in {TRIES} tries")),
                Some((Err(said), _)) => outcome.wrong.push(format!("call {number}: {said}")),
                Some((Ok(card), took)) => {
                    outcome.figures.note("POST", "/api/cards", took);
                    outcome.cards.push(card.clone());
                    outcome.acknowledged.push(card);
                }
            }
        }
    }

    /// The number of the card of one call, or what was said instead; an error where nothing was said, or only that the server
    /// is not ready.
    fn issue(&self, number: usize) -> Result<Result<String, String>, String> {
        let faces = FACES.get().map(Vec::as_slice).unwrap_or_default();
        let photo = faces.get(number % faces.len()).ok_or("no face")?;
        let (day, month) = (number % 28 + 1, number / 28 % 12 + 1);
        let body = format!(
            r#"{{"full_name":"{}","birth_date":"1988-{month:02}-{day:02}","services":["library","clinic"],"photo":"{photo}"}}"#,
            name(number)
        );
        let request = self
            .agent
            .post(format!("{}/api/v1/cards", self.origin))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Idempotency-Key", format!("\"load-of-cards-{number:010}\""))
            .header("Content-Type", "application/json");
        let mut answer = request.send(&body).map_err(|error| error.to_string())?;
        let text = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
        match answer.status().as_u16() {
            201 => {
                let told: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
                let card = told.get("number").and_then(Value::as_str);
                Ok(card.map(str::to_owned).ok_or_else(|| format!("no number in {text}")))
            }
            502..=504 => Err(text),
            status => Ok(Err(format!("{status}: {text}"))),
        }
    }
}
