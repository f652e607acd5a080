//! How often a program may call: as many times a minute as its token says, in each process that serves.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::db::api_token::ApiToken;
use crate::web::desk::Clock;
use crate::web::limits::{Moment, Ticking, whole_seconds};

type Limiter = RateLimiter<NotKeyed, InMemoryState, Ticking, NoOpMiddleware<Moment>>;

/// The calls of every program.
pub(in crate::web) struct Calls {
    clock: Ticking,
    of: Mutex<HashMap<String, Arc<Limiter>>>,
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls(…)")
    }
}

impl Calls {
    pub(in crate::web) fn new(clock: &Clock) -> Self {
        Self { clock: Ticking(clock.clone()), of: Mutex::default() }
    }

    /// Whether a program may call; otherwise after how many seconds. There are as many limiters as tokens.
    pub(super) fn may_call(&self, token: &ApiToken) -> Result<(), u64> {
        let limiter = {
            let mut all = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            let limiter = all.entry(token.id.to_string()).or_insert_with(|| Arc::new(self.limiter(token)));
            Arc::clone(limiter)
        };
        limiter.check().map_err(|not_until| whole_seconds(not_until.wait_time_from(self.clock.now())).max(1))
    }

    fn limiter(&self, token: &ApiToken) -> Limiter {
        let calls = u32::try_from(token.calls_a_minute).ok().and_then(NonZeroU32::new);
        let quota = Quota::per_minute(calls.unwrap_or(NonZeroU32::MIN));
        RateLimiter::direct_with_clock(quota, self.clock.clone())
    }
}
