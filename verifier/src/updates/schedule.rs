//! When to ask for newer lists. It has neither clock nor dice: both come as arguments.

use chrono::{DateTime, TimeDelta, Utc};

use super::Failure;

/// How long after a first failure it is asked again; doubled with each further one, up to the interval.
const AGAIN: TimeDelta = TimeDelta::minutes(1);
/// Jitter at its most, in thousandths of a wait.
const SPREAD: i32 = 200;
const WHOLE: i32 = 1_000;

/// A share of a wait by which it is made longer or shorter, so that a city's counters do not all ask at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(i32);

impl Jitter {
    /// A share between a fifth less and a fifth more, by any number.
    #[must_use]
    pub fn of(dice: u32) -> Self {
        let sides = SPREAD.unsigned_abs() * 2 + 1;
        Self(i32::try_from(dice % sides).unwrap_or_default() - SPREAD)
    }

    fn of_wait(self, wait: TimeDelta) -> TimeDelta {
        wait + wait / WHOLE * self.0
    }
}

/// When the city was asked, and when it will be.
#[derive(Debug, Clone)]
pub struct Schedule {
    every: TimeDelta,
    next: Option<DateTime<Utc>>,
    asked: Option<DateTime<Utc>>,
    fetched: Option<DateTime<Utc>>,
    failure: Option<Failure>,
    failures: u32,
}

impl Schedule {
    /// Asks at once, then at this interval.
    #[must_use]
    pub fn new(every: TimeDelta) -> Self {
        Self { every, next: None, asked: None, fetched: None, failure: None, failures: 0 }
    }

    /// How long to wait before asking, zero where it is time.
    #[must_use]
    pub fn wait(&self, now: DateTime<Utc>) -> TimeDelta {
        let Some(next) = self.next else { return TimeDelta::zero() };
        let wait = next - now;
        // A clock that was set back would put it off by as much.
        let is_plan = wait <= Jitter(SPREAD).of_wait(self.every);
        if is_plan { wait.max(TimeDelta::zero()) } else { TimeDelta::zero() }
    }

    /// Notes what asking at `now` came to, and plans the next time.
    pub fn note(&mut self, came_to: Result<(), Failure>, now: DateTime<Utc>, jitter: Jitter) {
        if came_to != Err(Failure::NoRoot) {
            self.asked = Some(now);
        }
        self.failure = came_to.err();
        let wait = if came_to.is_ok() {
            self.fetched = Some(now);
            self.failures = 0;
            self.every
        } else {
            self.failures = self.failures.saturating_add(1);
            self.again()
        };
        self.next = Some(now.checked_add_signed(jitter.of_wait(wait)).unwrap_or(DateTime::<Utc>::MAX_UTC));
    }

    /// The wait after so many failures in a row.
    fn again(&self) -> TimeDelta {
        let doubled = 1_i32.checked_shl(self.failures.saturating_sub(1)).filter(|times| *times > 0);
        doubled.and_then(|times| AGAIN.checked_mul(times)).unwrap_or(self.every).min(self.every)
    }

    /// The interval.
    #[must_use]
    pub fn every(&self) -> TimeDelta {
        self.every
    }

    /// When it was last asked.
    #[must_use]
    pub fn asked(&self) -> Option<DateTime<Utc>> {
        self.asked
    }

    /// When the lists were last fetched, or said to be the newest.
    #[must_use]
    pub fn fetched(&self) -> Option<DateTime<Utc>> {
        self.fetched
    }

    /// When it will be asked next; none: at once.
    #[must_use]
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.next
    }

    /// Why the last time brought nothing; none where it did.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// How often in a row it has brought nothing.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use ::tests::city::{NOW, at};

    use super::*;

    const HOUR: i64 = 3_600;
    const NONE: Jitter = Jitter(0);

    fn after(came_to: &[Result<(), Failure>], jitter: Jitter) -> Schedule {
        let mut schedule = Schedule::new(TimeDelta::seconds(HOUR));
        for result in came_to {
            schedule.note(*result, at(NOW), jitter);
        }
        schedule
    }

    fn wait_s(schedule: &Schedule, since: i64) -> i64 {
        schedule.wait(at(NOW + since)).num_seconds()
    }

    #[test]
    fn it_waits_by_this_table() {
        let failed = |times: usize| vec![Err(Failure::Unreachable); times];
        let good_then = |more: usize| [vec![Ok(())], failed(more)].concat();
        for (what, came_to, jitter, expected) in [
            ("at once", vec![], NONE, 0),
            ("an hour after a good answer", vec![Ok(())], NONE, HOUR),
            ("a fifth less", vec![Ok(())], Jitter(-SPREAD), 2_880),
            ("a fifth more", vec![Ok(())], Jitter(SPREAD), 4_320),
            ("a minute after a failure", failed(1), NONE, 60),
            ("spread as well", failed(1), Jitter(-SPREAD), 48),
            ("doubled", failed(2), NONE, 120),
            ("doubled again", failed(3), NONE, 240),
            ("just under the interval", failed(6), NONE, 1_920),
            ("never longer than the interval", failed(7), NONE, HOUR),
            ("but for its jitter", failed(7), Jitter(SPREAD), 4_320),
            ("not after very many", failed(31), NONE, HOUR),
            ("nor where doubling overflows", failed(40), NONE, HOUR),
            ("nor far beyond", failed(1_000), NONE, HOUR),
            ("a good answer counts for nothing later", good_then(1), NONE, 60),
            ("a failure counts for nothing after it", [failed(9), vec![Ok(())]].concat(), NONE, HOUR),
        ] {
            assert_eq!(wait_s(&after(&came_to, jitter), 0), expected, "{what}");
        }
    }

    #[test]
    fn time_that_passes_or_jumps_is_no_trouble() {
        let schedule = after(&[Ok(())], NONE);
        for (what, since, expected) in [
            ("half of it is over", HOUR / 2, HOUR / 2),
            ("the last second", HOUR - 1, 1),
            ("its time", HOUR, 0),
            ("the machine slept", 30 * HOUR, 0),
            ("the clock was set back a little", -60, HOUR + 60),
            ("as far as jitter may reach", -720, HOUR + 720),
            ("the clock was set back a lot", -721, 0),
            ("by a year", -365 * 24 * HOUR, 0),
        ] {
            assert_eq!(wait_s(&schedule, since), expected, "{what}");
        }
    }

    #[test]
    fn a_short_interval_is_the_longest_wait_after_a_failure_too() {
        let mut schedule = Schedule::new(TimeDelta::seconds(1));
        schedule.note(Err(Failure::TooSlow), at(NOW), NONE);
        assert_eq!(wait_s(&schedule, 0), 1);
    }

    #[test]
    fn what_failed_is_told_until_it_is_mended() {
        let mut schedule = after(&[Ok(()), Err(Failure::Older), Err(Failure::TooSlow)], NONE);
        assert_eq!((schedule.failure(), schedule.failures()), (Some(Failure::TooSlow), 2));
        schedule.note(Ok(()), at(NOW + 5), NONE);
        assert_eq!((schedule.failure(), schedule.failures()), (None, 0));
        assert_eq!((schedule.asked(), schedule.fetched()), (Some(at(NOW + 5)), Some(at(NOW + 5))));
        schedule.note(Err(Failure::Older), at(NOW + 9), NONE);
        assert_eq!((schedule.asked(), schedule.fetched()), (Some(at(NOW + 9)), Some(at(NOW + 5))));
        assert_eq!(schedule.next(), Some(at(NOW + 69)));
        schedule.note(Err(Failure::NoRoot), at(NOW + 69), NONE);
        assert_eq!(schedule.asked(), Some(at(NOW + 9)));
    }

    #[test]
    fn every_number_is_a_jitter_and_none_goes_past_a_fifth() {
        let thrown: std::collections::BTreeSet<i32> =
            (0..4_010).map(|dice| Jitter::of(dice).0).chain([Jitter::of(u32::MAX).0]).collect();
        assert_eq!((thrown.len(), thrown.first(), thrown.last()), (401, Some(&-200), Some(&200)));
    }
}
