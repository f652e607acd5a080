//! The clock that verdicts are made by.

use chrono::{DateTime, TimeDelta, Utc};

/// A clock: this machine's, one that is ahead of it or behind, or one that stands still.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    machine: fn() -> DateTime<Utc>,
    ahead: TimeDelta,
    stopped: Option<DateTime<Utc>>,
}

impl Clock {
    /// This machine's clock.
    #[must_use]
    pub fn new(machine: fn() -> DateTime<Utc>) -> Self {
        Self { machine, ahead: TimeDelta::zero(), stopped: None }
    }

    /// The same clock, put to `time` now. It runs on from there.
    #[must_use]
    pub fn put_to(self, time: DateTime<Utc>) -> Self {
        Self { ahead: time - (self.machine)(), ..self }
    }

    /// A clock that stands at `time`.
    #[must_use]
    pub fn stopped_at(self, time: DateTime<Utc>) -> Self {
        Self { stopped: Some(time), ..self }
    }

    /// The time. At the end of all times the clock stops.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.stopped.unwrap_or_else(|| {
            (self.machine)().checked_add_signed(self.ahead).unwrap_or(DateTime::<Utc>::MAX_UTC)
        })
    }
}

#[cfg(test)]
mod tests {
    use ::tests::city;

    use super::*;

    #[test]
    fn a_clock_is_put_to_a_time() {
        let machine = || city::at(city::NOW);
        assert_eq!(Clock::new(machine).now(), city::at(city::NOW));
        assert_eq!(Clock::new(machine).put_to(city::at(7)).now(), city::at(7));
        assert_eq!(Clock::new(machine).stopped_at(city::at(8)).now(), city::at(8));
    }
}
