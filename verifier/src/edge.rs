//! The only file of the verifier that reads the clock, or throws dice.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write as _};

use chrono::{DateTime, Utc};

/// The time on this machine's clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge: everything below takes the time as an argument")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Any number. It spreads what many machines would do at once, and is no secret.
#[must_use]
pub fn dice() -> u32 {
    let [a, b, c, d, ..] = RandomState::new().build_hasher().finish().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Says what is wrong, on standard error. Where nobody can be told, as on a full disk, the counter goes on.
pub fn complain(what: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "verifier: {what}");
}
