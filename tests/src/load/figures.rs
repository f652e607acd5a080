//! Times of answers, by address.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Times of answers, by address: ids and numbers in addresses stand as `*`.
#[derive(Debug, Default)]
pub struct Figures(BTreeMap<String, Vec<Duration>>);

impl Figures {
    /// Notes an answer.
    pub fn note(&mut self, method: &str, path: &str, took: Duration) {
        self.0.entry(format!("{method} {}", pattern(path))).or_default().push(took);
    }

    /// Takes the times of others in.
    pub fn add(&mut self, others: Self) {
        for (name, mut times) in others.0 {
            self.0.entry(name).or_default().append(&mut times);
        }
    }

    /// How many answers there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The time under which this share of all answers stayed.
    #[must_use]
    pub fn share(&self, share: f64) -> Duration {
        of(self.0.values().flatten().copied().collect(), share)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<34} {:>6} {:>9} {:>9} {:>9} {:>9}", "ms", "times", "p50", "p95", "p99", "most")?;
        let all = self.0.values().flatten().copied().collect();
        for (name, times) in
            self.0.iter().map(|(name, times)| (name.as_str(), times.clone())).chain([("all", all)])
        {
            let [p50, p95, p99, most] =
                [0.5, 0.95, 0.99, 1.0].map(|share| of(times.clone(), share).as_secs_f64() * 1e3);
            writeln!(f, "{name:<34} {:>6} {p50:>9.1} {p95:>9.1} {p99:>9.1} {most:>9.1}", times.len())?;
        }
        Ok(())
    }
}

fn of(mut times: Vec<Duration>, share: f64) -> Duration {
    times.sort_unstable();
    // The smallest time that at least this share does not exceed.
    let wanted = (1..=times.len()).find(|rank| ratio(*rank, times.len()) >= share);
    wanted.and_then(|rank| times.get(rank - 1)).copied().unwrap_or_default()
}

fn ratio(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}

/// An address without its ids, numbers and query.
fn pattern(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let named = |part: &&str| !part.bytes().any(|byte| byte.is_ascii_digit());
    let parts = path.split('/').map(|part| if named(&part) { part } else { "*" });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Figures, pattern};

    #[test]
    fn shares_are_those_of_the_nearest_rank() {
        let mut figures = Figures::default();
        for ms in 1..=100 {
            figures.note("GET", "/queue", Duration::from_millis(ms));
        }
        assert_eq!(figures.count(), 100);
        for (share, ms) in [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)] {
            assert_eq!(figures.share(share), Duration::from_millis(ms));
        }
        assert_eq!(Figures::default().share(0.95), Duration::ZERO);
    }

    #[test]
    fn addresses_of_one_kind_are_one() {
        assert_eq!(pattern("/cases/0198-ab/person?done=x"), "/cases/*/person");
        assert_eq!(pattern("/queue"), "/queue");
    }
}
