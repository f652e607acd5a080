//! What this process does with the database, in numbers for whoever watches it.

use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::Word as _;
use super::act::Act;

/// The numbers of a [`super::Database`]; clones count together.
#[derive(Clone, Debug)]
pub struct Figures {
    writes: Histogram,
    waiting: Gauge,
    in_use: Gauge,
    unaudited: Counter,
    acts: Family<[(&'static str, &'static str); 1], Counter>,
}

impl Default for Figures {
    fn default() -> Self {
        // A write waits for the disk: from half a millisecond to the ten seconds after which SQLite gives up.
        let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        Self {
            writes: Histogram::new(seconds),
            waiting: Gauge::default(),
            in_use: Gauge::default(),
            unaudited: Counter::default(),
            acts: Family::default(),
        }
    }
}

impl Figures {
    /// Gives the numbers their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "database_write_duration_seconds",
            "Time of a write transaction, its wait for its turn among them",
            self.writes.clone(),
        );
        registry.register(
            "database_writers_waiting",
            "Writers of this process that wait for their turn",
            self.waiting.clone(),
        );
        registry.register(
            "database_connections_in_use",
            "Connections of this process at work",
            self.in_use.clone(),
        );
        registry.register(
            "audit_write_failures",
            "Acts that did not happen because the audit log could not be written",
            self.unaudited.clone(),
        );
        registry.register("acts", "Entries of the audit log that this process made", self.acts.clone());
        // An act that never happened is told as well: its first time is then seen as a rise.
        for act in Act::ALL {
            drop(self.acts.get_or_create(&[("act", act.as_str())]));
        }
    }

    pub(super) fn write_begins(&self) -> Writing {
        Writing { began: Instant::now(), took: self.writes.clone() }
    }

    pub(super) fn waits(&self) -> Counted {
        Counted::new(&self.waiting)
    }

    pub(super) fn uses(&self) -> Counted {
        Counted::new(&self.in_use)
    }

    pub(super) fn not_audited(&self) {
        self.unaudited.inc();
    }

    pub(super) fn done(&self, acts: &[Act]) {
        for act in acts {
            self.acts.get_or_create(&[("act", act.as_str())]).inc();
        }
    }
}

/// Counts as long as it lives.
pub(super) struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A write; its time is noted when it ends, however it ends.
pub(super) struct Writing {
    began: Instant,
    took: Histogram,
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.took.observe(self.began.elapsed().as_secs_f64());
    }
}
