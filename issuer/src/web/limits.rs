//! How often somebody may try: slower after some tries, never shut out for good.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, Utc};
use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::desk::Clock;

/// Tries that are free, for a login from one address.
const FREE_TRIES: u32 = 5;
/// After them, one in so long.
const TRY_EVERY: Duration = Duration::from_secs(30);
/// What one address may try, whoever it names.
const FREE_OF_ADDRESS: u32 = 60;
const ADDRESS_EVERY: Duration = Duration::from_secs(2);
/// Codes that may be tried once a password is right.
const FREE_CODES: u32 = 5;
const CODE_EVERY: Duration = Duration::from_secs(60);
/// Entries after which those that are full again are forgotten.
const MANY: usize = 10_000;

type Keyed = RateLimiter<String, HashMapStateStore<String>, Ticking, NoOpMiddleware<Moment>>;

/// The limits of sign-in.
pub(super) struct Limits {
    tries: Keyed,
    addresses: Keyed,
    codes: Keyed,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits(…)")
    }
}

impl Limits {
    pub(super) fn new(clock: &Clock) -> Self {
        let keyed = |burst: u32, every: Duration| {
            let quota = Quota::with_period(every).unwrap_or(Quota::per_second(NonZeroU32::MIN));
            let quota = quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
            RateLimiter::new(quota, HashMapStateStore::default(), Ticking(clock.clone()))
        };
        Self {
            tries: keyed(FREE_TRIES, TRY_EVERY),
            addresses: keyed(FREE_OF_ADDRESS, ADDRESS_EVERY),
            codes: keyed(FREE_CODES, CODE_EVERY),
        }
    }

    /// Whether somebody at an address may try to sign in with a login; otherwise after how many seconds. A colleague at
    /// another address is not held up by it.
    pub(super) fn may_try(&self, login: &str, address: &str) -> Result<(), u64> {
        check(&self.addresses, address)?;
        check(&self.tries, &format!("{address} {login}"))
    }

    /// Whether another code may be tried for an officer whose password was right.
    pub(super) fn may_try_code(&self, officer: &str) -> bool {
        check(&self.codes, officer).is_ok()
    }
}

fn check(limiter: &Keyed, key: &str) -> Result<(), u64> {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter
        .check_key(&key.to_owned())
        .map_err(|not_until| whole_seconds(not_until.wait_time_from(limiter.clock().now())))
}

pub(super) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The desk's clock, as the limiter reads it.
#[derive(Debug, Clone)]
pub(super) struct Ticking(pub(super) Clock);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(DateTime<Utc>);

impl GovernorClock for Ticking {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(self.0.now())
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        (self.0 - earlier.0).to_std().unwrap_or_default().into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        let duration = chrono::Duration::from_std(duration.into()).unwrap_or_default();
        Self(self.0.checked_sub_signed(duration).unwrap_or(DateTime::<Utc>::MIN_UTC))
    }
}

impl std::ops::Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, duration: Nanos) -> Self {
        let duration = chrono::Duration::from_std(duration.into()).unwrap_or_default();
        Self(self.0.checked_add_signed(duration).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
}

#[cfg(test)]
mod tests {
    use super::super::desk::testing::Hands;
    use super::*;

    #[test]
    fn tries_slow_down_and_never_end() {
        let hands = Hands::at_ten();
        let limits = Limits::new(&hands.clock());
        for _ in 0..5 {
            assert_eq!(limits.may_try("amina", "10.0.0.1"), Ok(()));
        }
        assert_eq!(limits.may_try("amina", "10.0.0.1"), Err(30));
        // Neither the colleague beside nor the officer elsewhere is held up.
        assert_eq!(limits.may_try("bo", "10.0.0.1"), Ok(()));
        assert_eq!(limits.may_try("amina", "10.0.0.2"), Ok(()));
        hands.forward(chrono::Duration::seconds(30));
        assert_eq!(limits.may_try("amina", "10.0.0.1"), Ok(()));
        assert!(limits.may_try("amina", "10.0.0.1").is_err());
        for _ in 0..5 {
            assert!(limits.may_try_code("one"));
        }
        assert!(!limits.may_try_code("one"));
        assert!(limits.may_try_code("other"));
        hands.forward(chrono::Duration::seconds(60));
        assert!(limits.may_try_code("one"));
    }

    #[test]
    fn an_address_that_tries_every_login_slows_down_too() {
        let limits = Limits::new(&Hands::at_ten().clock());
        let passed = (0..100).filter(|n| limits.may_try(&format!("login-{n}"), "10.0.0.1").is_ok());
        assert_eq!(passed.count(), 60);
    }
}
