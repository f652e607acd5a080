//! The only file of the verifier that reads the clock.

use chrono::{DateTime, Utc};

/// The time on this machine's clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge: everything below takes the time as an argument")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
