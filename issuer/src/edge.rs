//! The one place that reads the clock and the operating system's randomness.
//!
//! Everything else takes `now`, seeds and ids as arguments.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::{Builder, Uuid};

/// The time now, in whole milliseconds.
#[must_use]
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "this is the one file that reads the clock")]
    Utc::now().trunc_subsecs(3)
}

/// `N` bytes from the operating system's random number generator.
///
/// # Panics
/// When the operating system gives no random bytes: without them no key, number or nonce may be made.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without random bytes nothing safe can be done")]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new version 7 UUID with the time `now` in front, so that ids sort by age.
#[must_use]
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_time_and_never_repeat() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_123).unwrap();
        let (one, other) = (new_id(now), new_id(now));
        assert_ne!(one, other);
        assert_eq!(one.get_version_num(), 7);
        let (seconds, nanos) = one.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_800_000_000, 123_000_000));
    }
}
