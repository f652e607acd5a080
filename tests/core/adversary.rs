//! What an attacker tries, and the exact reason it fails for.

mod bundles;
mod cards;
mod flips;
mod shapes;

use shared::trusted::Trusted;
use shared::verdict::{Desk, verdict};
use tests::city::{NOW, at};

/// The outcome at no desk, now, with the reason after a colon.
fn outcome(text: &str, trusted: &Trusted) -> String {
    outcome_at(text, trusted, NOW)
}

fn outcome_at(text: &str, trusted: &Trusted, now: i64) -> String {
    let outcome = verdict(text, Some(trusted), Desk::Any, at(now)).outcome;
    match outcome.reason() {
        Some(reason) => format!("{}: {reason}", outcome.as_str()),
        None => outcome.as_str().to_owned(),
    }
}
