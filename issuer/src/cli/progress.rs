//! One line that says how far a batch is.

use std::io::{IsTerminal as _, Write as _};

use chrono::{DateTime, TimeDelta, Utc};

use crate::batch::{Looked, Step};

/// Between two lines: on a terminal one takes the place of the other, elsewhere they stand below each other.
const ON_TERMINAL: TimeDelta = TimeDelta::milliseconds(200);
const ELSEWHERE: TimeDelta = TimeDelta::seconds(10);

/// Tells how far a batch is, on standard error.
pub(super) struct Progress {
    shown: bool,
    terminal: bool,
    /// When the file began to be looked through, and when the first part was signed with so many cards done.
    began: DateTime<Utc>,
    signing: Option<(DateTime<Utc>, usize)>,
    last: Option<DateTime<Utc>>,
}

impl Progress {
    /// Shown on a terminal, or where it is asked for.
    pub(super) fn new(asked: bool, now: DateTime<Utc>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { shown: asked || terminal, terminal, began: now, signing: None, last: None }
    }

    pub(super) fn tell(&mut self, step: &Step<'_>, now: DateTime<Utc>) {
        let (line, is_last) = match *step {
            Step::Looked(looked) => (of_looking(looked, now - self.began), false),
            Step::Signed { cards, of } => {
                let (began, before) = *self.signing.get_or_insert((now, cards));
                (of_signing(cards, of, cards - before, now - began), cards == of)
            }
            Step::Card(..) => return,
        };
        let pause = if self.terminal { ON_TERMINAL } else { ELSEWHERE };
        if !self.shown || (!is_last && self.last.is_some_and(|last| now - last < pause)) {
            return;
        }
        self.last = Some(now);
        let mut err = std::io::stderr().lock();
        // Whoever does not listen any more is no reason to stop.
        let _ = if self.terminal { write!(err, "\r{line}\x1b[K") } else { writeln!(err, "{line}") };
        let _ = err.flush();
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        if self.terminal && self.last.is_some() {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r\x1b[K");
            let _ = err.flush();
        }
    }
}

fn of_looking(looked: Looked, since: TimeDelta) -> String {
    let Looked { rows, bytes, of } = looked;
    let share = bytes.saturating_mul(100) / of.max(1);
    let left = remaining(bytes, of.saturating_sub(bytes), since);
    format!("Checked {} rows, {share} %{}{left}", counted(rows), rate(rows, since))
}

fn of_signing(cards: usize, of: usize, counting: usize, since: TimeDelta) -> String {
    let [done, left] = [counting, of.saturating_sub(cards)].map(|n| u64::try_from(n).unwrap_or(u64::MAX));
    let left = remaining(done, left, since);
    format!("Issued {} of {} cards{}{left}", counted(cards), counted(of), rate(counting, since))
}

fn rate(done: usize, since: TimeDelta) -> String {
    let millis = usize::try_from(since.num_milliseconds()).unwrap_or(0);
    match done.saturating_mul(1000).checked_div(millis) {
        None | Some(0) => String::new(),
        Some(rate) => format!(", {} a second", counted(rate)),
    }
}

/// How long what is left will take, if it goes on as it went.
fn remaining(done: u64, left: u64, since: TimeDelta) -> String {
    let millis = u64::try_from(since.num_milliseconds()).unwrap_or(0);
    if left == 0 || done == 0 || millis == 0 {
        return String::new();
    }
    let seconds = left.saturating_mul(millis).div_ceil(done.saturating_mul(1000));
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!(", {seconds} s left"),
        (0, minutes, seconds) => format!(", {minutes} min {seconds} s left"),
        (hours, minutes, _) => format!(", {hours} h {minutes} min left"),
    }
}

/// With a comma between thousands.
fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_long() {
        let since = |seconds| TimeDelta::seconds(seconds);
        let looked = Looked { rows: 12_500, bytes: 250_000, of: 1_000_000 };
        assert_eq!(of_looking(looked, since(10)), "Checked 12,500 rows, 25 %, 1,250 a second, 30 s left");
        assert_eq!(of_signing(500, 100_000, 0, since(0)), "Issued 500 of 100,000 cards");
        assert_eq!(
            of_signing(20_500, 100_000, 20_000, since(40)),
            "Issued 20,500 of 100,000 cards, 500 a second, 2 min 39 s left"
        );
        assert_eq!(
            of_signing(1_000, 100_000, 500, since(60)),
            "Issued 1,000 of 100,000 cards, 8 a second, 3 h 18 min left"
        );
        assert_eq!(of_signing(60, 60, 60, since(1)), "Issued 60 of 60 cards, 60 a second");
    }
}
