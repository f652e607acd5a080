//! What Prometheus is told, on an address of its own.
//!
//! Numbers and closed sets of words alone: no label has a value that somebody could make up, and none says anything of a
//! person. Two kinds of numbers, told apart by where they come from:
//!
//! - **of this process**, counted as it works: requests, writes, acts, scheduled work. With several issuers add them up.
//! - **of the city**, read from the database when they are asked for ([`State`]): queue, cards of the day, lists,
//!   retention. Every issuer tells the same; take the highest. What commands did is among them, batches too.

mod http;
mod state;

use std::sync::atomic::AtomicI64;

use chrono::{DateTime, Utc};
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use http::{Answered, Http};
pub use state::State;

use crate::Issuer;
use crate::crash;
use crate::db::DatabaseUrl;

/// What every name begins with.
const PREFIX: &str = "issuer";

type Labels = [(&'static str, &'static str); 1];

/// What the server does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// What is due every hour: destruction, receipts, checkpoints, closing of cases whose records are gone.
    Hourly,
}

impl Work {
    const ALL: [Self; 1] = [Self::Hourly];

    fn labels(self) -> Labels {
        [(
            "work",
            match self {
                Self::Hourly => "hourly",
            },
        )]
    }
}

/// The numbers of this process.
#[derive(Debug)]
pub struct Metrics {
    /// Requests.
    pub http: Http,
    succeeded: Family<Labels, Gauge<i64, AtomicI64>>,
    failures: Family<Labels, Counter>,
    draining: Gauge,
    registry: Registry,
}

impl Metrics {
    /// The numbers of a process that serves this issuer.
    #[must_use]
    pub fn of(issuer: &Issuer) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let engine = match issuer.city.database {
            DatabaseUrl::Sqlite(_) => "sqlite",
            DatabaseUrl::Postgres(_) => "postgres",
        };
        let build = Info::new([("version", crash::VERSION), ("engine", engine)]);
        registry.register("build", "The program and its database engine", build);
        let http = Http::default();
        http.register(&mut registry);
        issuer.db.figures().register(&mut registry);
        let (succeeded, failures) = (Family::default(), Family::default());
        registry.register(
            "schedule_last_success_timestamp_seconds",
            "When this process last did its scheduled work; 0 before the first time",
            succeeded.clone(),
        );
        registry.register("schedule_failures", "Times that scheduled work failed", failures.clone());
        let draining = Gauge::default();
        registry.register(
            "draining",
            "1 while the server ends what is under way before it stops",
            draining.clone(),
        );
        let metrics = Self { http, succeeded, failures, draining, registry };
        for work in Work::ALL {
            drop(metrics.succeeded.get_or_create(&work.labels()));
            drop(metrics.failures.get_or_create(&work.labels()));
        }
        metrics
    }

    /// Scheduled work was done.
    pub fn succeeded(&self, work: Work, now: DateTime<Utc>) {
        self.succeeded.get_or_create(&work.labels()).set(now.timestamp());
    }

    /// Scheduled work failed.
    pub fn failed(&self, work: Work) {
        self.failures.get_or_create(&work.labels()).inc();
    }

    /// The server stops.
    pub fn drains(&self) {
        self.draining.set(1);
    }

    /// Everything, in Prometheus's text format. Without the city's state the database could not be asked.
    ///
    /// # Errors
    /// Never: a text takes what is written to it.
    pub fn text(&self, state: Option<&State>, now: DateTime<Utc>) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        let mut registry = Registry::with_prefix(PREFIX);
        let up: Gauge = Gauge::default();
        up.set(i64::from(state.is_some()));
        registry.register("database_up", "1 when the database answered just now", up);
        if let Some(state) = state {
            state.register(&mut registry, now);
        }
        prometheus_text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{databases, entry, now};
    use crate::db::{DbError, Figures};

    fn told(figures: &Figures) -> String {
        let mut registry = Registry::with_prefix(PREFIX);
        figures.register(&mut registry);
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn only_what_is_kept_is_counted_and_a_refusal_is_no_fault_of_the_log() {
        for test in databases() {
            test.write(|_| Ok(()));
            // Refused for a reason of its own.
            let refused: Result<(), DbError> = test.db.write(|tx| {
                tx.audit(entry("lost"))?;
                Err(DbError::NoPostgres)
            });
            assert!(refused.is_err());
            let text = told(test.db.figures());
            let lines: Vec<&str> = text.lines().collect();
            let act = entry("any").act;
            let counted = format!("issuer_acts_total{{act=\"{}\"}} 1", crate::db::Word::as_str(act));
            assert!(lines.contains(&counted.as_str()), "{text}");
            assert!(lines.contains(&"issuer_audit_write_failures_total 0"), "{text}");
            assert!(lines.contains(&"issuer_database_write_duration_seconds_count 2"), "{text}");
            assert!(lines.contains(&"issuer_database_connections_in_use 0"), "{text}");
            assert!(lines.contains(&"issuer_database_writers_waiting 0"), "{text}");

            // Nothing was noted of it, so it did not happen.
            let unaudited = test.db.write(|_| Ok::<_, DbError>(()));
            assert!(matches!(unaudited, Err(DbError::NotAudited)));
            let text = told(test.db.figures());
            assert!(text.contains("\nissuer_audit_write_failures_total 1\n"), "{text}");
        }
    }

    #[test]
    fn a_database_that_does_not_answer_is_told_and_the_rest_too() {
        for city in crate::db::testing::cities() {
            let metrics = Metrics::of(&city.issuer);
            metrics.succeeded(Work::Hourly, now());
            metrics.failed(Work::Hourly);
            metrics.drains();
            let text = metrics.text(None, now()).unwrap();
            assert!(text.contains("\nissuer_database_up 0\n"), "{text}");
            assert!(!text.contains("issuer_queue_cases"), "{text}");
            let at = format!(
                "\nissuer_schedule_last_success_timestamp_seconds{{work=\"hourly\"}} {}\n",
                now().timestamp()
            );
            assert!(text.contains(&at), "{text}");
            assert!(text.contains("\nissuer_schedule_failures_total{work=\"hourly\"} 1\n"), "{text}");
            assert!(text.contains("\nissuer_draining 1\n"), "{text}");
        }
    }
}
